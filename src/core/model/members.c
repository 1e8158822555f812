/* SPDX-License-Identifier: MIT */
/* members.c: what the members of every view are called, hold, and where they lie: a new field is one line here. */
#include "model.h"

#define COUNT(list) (sizeof (list) / sizeof (list)[0])
#define MEMBER(view, name, tag, kind, member, limit) \
    { sizeof(casegate_member), name, tag, CASEGATE_KIND_##kind, offsetof(casegate_##view, member), 0, CG_LIMIT_##limit }
#define COUNTED(view, name, tag, kind, member, counter, limit) \
    { sizeof(casegate_member), name, tag, CASEGATE_KIND_##kind, offsetof(casegate_##view, member), \
      offsetof(casegate_##view, counter), CG_LIMIT_##limit }
#define FIELD(name, field, kind, limit) \
    { sizeof(casegate_member), name, CASEGATE_CONTENT_##field, CASEGATE_KIND_##kind, 0, 0, CG_LIMIT_##limit }
enum { CG_LIMIT_NONE = 0 };

static const casegate_member content[] = {
    FIELD("reference", REFERENCE, LINE, LINE),
    FIELD("patient.name", PATIENT_NAME, LINE, LINE),
    FIELD("patient.id", PATIENT_ID, ID, IDS),
    FIELD("patient.birth_date", PATIENT_BIRTH_DATE, DATE, LINE),
    FIELD("patient.sex", PATIENT_SEX, LINE, LINE),
    FIELD("dentist.id", DENTIST_ID, ID, IDS),
    FIELD("dentist.name", DENTIST_NAME, LINE, LINE),
    FIELD("dentist.email", DENTIST_EMAIL, EMAIL, LINE),
    FIELD("clinic.name", CLINIC_NAME, LINE, LINE),
    FIELD("clinic.email", CLINIC_EMAIL, EMAIL, LINE),
    FIELD("instructions", INSTRUCTIONS, TEXT, INSTRUCTIONS),
    FIELD("scan_method", SCAN_METHOD, LINE, LINE),
    FIELD("due", DUE, DATE, LINE),
    FIELD("remake_of", REMAKE_OF, ID, IDS),
    FIELD("services", SERVICES, SERVICES, SERVICES),
    FIELD("answers", ANSWERS, ANSWERS, ANSWERS),
    FIELD("files", FILES, FILES, FILES)
};

static const casegate_member service[] = {
    MEMBER(service, "id", 1, ID, id, IDS),
    MEMBER(service, "code", 2, LINE, code, LINE),
    MEMBER(service, "name", 3, LINE, name, LINE),
    MEMBER(service, "material", 4, LINE, material, LINE),
    MEMBER(service, "shade", 5, LINE, shade, LINE),
    COUNTED(service, "teeth", 6, LINES, teeth, tooth_count, LINE),
    MEMBER(service, "quantity", 7, INT32, quantity, NONE),
    MEMBER(service, "notes", 8, TEXT, notes, TEXT),
    MEMBER(service, "due", 9, DATE, due, LINE)
};

static const casegate_member answer[] = {
    MEMBER(answer, "id", 1, ID, id, IDS),
    MEMBER(answer, "service", 2, ID, service, IDS),
    MEMBER(answer, "question", 3, TEXT, question, TEXT),
    MEMBER(answer, "response", 4, TEXT, response, TEXT),
    MEMBER(answer, "required", 5, BOOL, required, NONE)
};

static const casegate_member file[] = {
    MEMBER(file, "id", 1, ID, id, IDS),
    MEMBER(file, "kind", 2, FILE_KIND, kind, LINE),
    MEMBER(file, "name", 3, FILE_NAME, name, LINE),
    MEMBER(file, "media_type", 4, LINE, media_type, LINE),
    COUNTED(file, "size", 5, INT64, bytes, size_known, NONE),
    MEMBER(file, "sha256", 6, SHA256, sha256, LINE),
    MEMBER(file, "uri", 7, URI, uri, URI)
};

static const casegate_member label[] = {
    MEMBER(label, "language", 1, ID, language, IDS),
    MEMBER(label, "text", 2, LINE, text, LINE)
};

static const casegate_member head[] = {
    MEMBER(head, "id", 0, ID, id, IDS),
    MEMBER(head, "clinic", 0, ID, clinic, IDS),
    MEMBER(head, "lab", 0, ID, lab, IDS),
    MEMBER(head, "workflow", 0, LINE, workflow, LINE),
    MEMBER(head, "workflow_version", 0, UINT32, workflow_version, NONE),
    MEMBER(head, "status", 0, STATUS, status, NONE),
    MEMBER(head, "phase", 0, PHASE, phase, NONE),
    MEMBER(head, "version", 0, UINT32, version, NONE),
    MEMBER(head, "revision", 0, UINT32, revision, NONE),
    MEMBER(head, "attempt", 0, UINT32, attempt, NONE),
    MEMBER(head, "created", 0, TIME, created_us, NONE),
    MEMBER(head, "submitted", 0, TIME, submitted_us, NONE),
    MEMBER(head, "decided", 0, TIME, decided_us, NONE),
    MEMBER(head, "decided_by", 0, ID, decided_by, IDS),
    MEMBER(head, "reason", 0, ID, reason, IDS),
    MEMBER(head, "rejected_seq", 0, UINT32, rejected_seq, NONE),
    MEMBER(head, "first_submitted_seq", 0, UINT32, first_submitted_seq, NONE),
    MEMBER(head, "first_submitted_revision", 0, UINT32, first_submitted_revision, NONE),
    MEMBER(head, "content_digest", 0, LINE, content_digest, LINE),
    MEMBER(head, "event_hash", 0, LINE, event_hash, LINE),
    MEMBER(head, "dentist", 0, ID, dentist, IDS),
    MEMBER(head, "clinic_email", 0, EMAIL, clinic_email, LINE),
    MEMBER(head, "dentist_email", 0, EMAIL, dentist_email, LINE),
    MEMBER(head, "reference", 0, LINE, reference, LINE),
    MEMBER(head, "patient_name", 0, LINE, patient_name, LINE),
    MEMBER(head, "dentist_name", 0, LINE, dentist_name, LINE),
    MEMBER(head, "due", 0, DATE, due, LINE),
    MEMBER(head, "service_count", 0, UINT32, service_count, NONE)
};

/* In the order of JSON; the canonical form goes by tag. */
static const casegate_member event[] = {
    MEMBER(event, "case", 1, ID, case_id, IDS),
    MEMBER(event, "clinic", 2, ID, clinic, IDS),
    MEMBER(event, "lab", 3, ID, lab, IDS),
    MEMBER(event, "workflow", 4, LINE, workflow, LINE),
    MEMBER(event, "workflow_version", 5, UINT32, workflow_version, NONE),
    MEMBER(event, "seq", 6, UINT32, seq, NONE),
    MEMBER(event, "at", 7, TIME, time_us, NONE),
    MEMBER(event, "actor", 8, ID, actor, IDS),
    MEMBER(event, "role", 9, ROLE, actor_role, NONE),
    MEMBER(event, "org", 10, ID, actor_org, IDS),
    MEMBER(event, "action", 11, ACTION, action, NONE),
    MEMBER(event, "from", 12, STATUS, from, NONE),
    MEMBER(event, "to", 13, STATUS, to, NONE),
    MEMBER(event, "revision", 14, UINT32, revision, NONE),
    MEMBER(event, "attempt", 15, UINT32, attempt, NONE),
    MEMBER(event, "reason", 16, ID, reason, IDS),
    COUNTED(event, "reason_label", 17, LABELS, reason_labels, reason_label_count, NONE),
    MEMBER(event, "comment", 0, TEXT, comment, TEXT),
    COUNTED(event, "files", 0, FILES, files, file_count, FILES),
    COUNTED(event, "changed", 19, LINES, changed, changed_count, NONE),
    MEMBER(event, "request_id", 20, ID, request, IDS),
    MEMBER(event, "request_digest", 21, LINE, request_digest, LINE),
    MEMBER(event, "content_digest", 22, LINE, content_digest, LINE),
    MEMBER(event, "text_digest", 18, LINE, text_digest, LINE),
    MEMBER(event, "salt", 0, LINE, salt, LINE),
    MEMBER(event, "policy", 23, LINE, policy, LINE),
    MEMBER(event, "key", 24, LINE, key, LINE),
    MEMBER(event, "previous_hash", 25, LINE, previous_hash, LINE),
    MEMBER(event, "hash", 0, LINE, hash, LINE),
    MEMBER(event, "erased", 0, BOOL, erased, NONE)
};

static const casegate_member notice[] = {
    MEMBER(notice, "id", 0, ID, id, LINE),
    MEMBER(notice, "case", 0, ID, case_id, IDS),
    MEMBER(notice, "seq", 0, UINT32, seq, NONE),
    MEMBER(notice, "ordinal", 0, UINT32, ordinal, NONE),
    MEMBER(notice, "template", 0, LINE, template_code, LINE),
    MEMBER(notice, "channel", 0, LINE, channel, LINE),
    MEMBER(notice, "to", 0, RECIPIENT, to, NONE),
    MEMBER(notice, "org", 0, ID, org, IDS),
    MEMBER(notice, "person", 0, ID, person, IDS),
    MEMBER(notice, "address", 0, LINE, address, LINE),
    MEMBER(notice, "mutable", 0, BOOL, mutable_, NONE),
    MEMBER(notice, "clinic", 0, ID, clinic, IDS),
    MEMBER(notice, "lab", 0, ID, lab, IDS),
    MEMBER(notice, "reference", 0, LINE, reference, LINE),
    MEMBER(notice, "attempt", 0, UINT32, attempt, NONE),
    MEMBER(notice, "at", 0, TIME, time_us, NONE),
    MEMBER(notice, "reason", 0, ID, reason, IDS),
    COUNTED(notice, "reason_label", 0, LABELS, reason_labels, reason_label_count, NONE),
    MEMBER(notice, "comment", 0, TEXT, comment, TEXT),
    COUNTED(notice, "files", 0, FILES, files, file_count, FILES),
    MEMBER(notice, "state", 0, NOTICE_STATE, state, NONE),
    MEMBER(notice, "tries", 0, UINT32, tries, NONE),
    MEMBER(notice, "next", 0, TIME, next_us, NONE),
    MEMBER(notice, "lease", 0, LINE, lease, LINE),
    MEMBER(notice, "last_error", 0, LINE, last_error, LINE),
    MEMBER(notice, "read", 0, BOOL, read, NONE)
};

static const cg_view views[] = {
    [CASEGATE_VIEW_CONTENT] = { content, COUNT(content), 0 },
    [CASEGATE_VIEW_SERVICE] = { service, COUNT(service), sizeof(casegate_service) },
    [CASEGATE_VIEW_ANSWER] = { answer, COUNT(answer), sizeof(casegate_answer) },
    [CASEGATE_VIEW_FILE] = { file, COUNT(file), sizeof(casegate_file) },
    [CASEGATE_VIEW_LABEL] = { label, COUNT(label), sizeof(casegate_label) },
    [CASEGATE_VIEW_HEAD] = { head, COUNT(head), sizeof(casegate_head) },
    [CASEGATE_VIEW_EVENT] = { event, COUNT(event), sizeof(casegate_event) },
    [CASEGATE_VIEW_NOTICE] = { notice, COUNT(notice), sizeof(casegate_notice) }
};

const cg_view *cg_view_of(int32_t view)
{
    return view >= CASEGATE_VIEW_CONTENT && view < (int32_t)COUNT(views) ? &views[view] : NULL;
}

int cg_is_text(const casegate_member *member)
{
    return member->kind >= CASEGATE_KIND_ID && member->kind <= CASEGATE_KIND_FILE_KIND;
}

size_t casegate_member_count(int32_t view)
{
    const cg_view *found = cg_view_of(view);
    return found ? found->count : 0;
}

const casegate_member *casegate_member_at(int32_t view, size_t i)
{
    const cg_view *found = cg_view_of(view);
    return found && i < found->count ? &found->members[i] : NULL;
}
