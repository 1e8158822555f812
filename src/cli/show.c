/* SPDX-License-Identifier: MIT */
/* show.c: how a case, its findings and its notices look to a person: everything that a reviewer must see, on one page. */
#include "cli.h"

#include <string.h>

const char *cg_status_label(const casegate_workflow *workflow, int32_t status)
{
    const casegate_status *found = workflow != NULL ? casegate_workflow_status(workflow, status) : NULL;
    const char *label = found != NULL ? casegate_label_for(found->labels, found->label_count, "en") : NULL;

    return label != NULL ? label : found != NULL ? found->name : status == 0 ? "-" : "?";
}

int cg_status_colour(const casegate_workflow *workflow, int32_t status)
{
    static const int colours[] = { CG_PLAIN, CG_DIM, CG_YELLOW, CG_GREEN, CG_RED, CG_DIM };
    const casegate_status *found = workflow != NULL ? casegate_workflow_status(workflow, status) : NULL;

    return found != NULL && found->phase > 0 && found->phase <= CASEGATE_PHASE_CLOSED ? colours[found->phase] : CG_PLAIN;
}

const char *cg_action_name(const casegate_workflow *workflow, int32_t action)
{
    const casegate_action *found = workflow != NULL ? casegate_workflow_action(workflow, action) : NULL;

    return found != NULL ? found->name : "?";
}

const char *cg_reason_label(const casegate_label *const *labels, size_t count, const char *code)
{
    const char *label = casegate_label_for(labels, count, "en");

    return label != NULL ? label : code;
}

/* "NC-1042 (0197...): Received, revision 1, attempt 1" */
void cg_put_headline(struct cg_tool *tool, const casegate_head *head, const casegate_workflow *workflow)
{
    casegate_buffer *out = tool->out;

    if (head->reference != NULL && *head->reference != 0) {
        cg_put_coloured(out, tool->colour, CG_BOLD, head->reference);
        cg_put(out, " ");
    }
    cg_put(out, "(");
    cg_put_safe(out, head->id);
    cg_put(out, "): ");
    cg_put_coloured(out, tool->colour, cg_status_colour(workflow, head->status), cg_status_label(workflow, head->status));
    cg_putf(out, ", revision %u, attempt %u\n", head->revision, head->attempt);
}

/* ---- parts of a case --------------------------------------------------------------------------------------------- */

struct part {
    const char *before, *text;
};

/* "  label      text" from the parts that have a text; "-" if none has. */
static void put_line(casegate_buffer *out, const char *label, const struct part *parts, size_t count)
{
    int any = 0;

    cg_putf(out, "  %-12s ", label);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].text == NULL || *parts[i].text == 0)
            continue;
        cg_put(out, any ? ", " : "");
        cg_put(out, parts[i].before);
        cg_put_safe(out, parts[i].text);
        any = 1;
    }
    cg_put(out, any ? "\n" : "-\n");
}
#define PARTS(...) ((const struct part[]){ __VA_ARGS__ })
#define PUT_LINE(out, label, ...) put_line(out, label, PARTS(__VA_ARGS__), sizeof PARTS(__VA_ARGS__) / sizeof(struct part))

static void put_title(struct cg_tool *tool, const char *title)
{
    cg_put_coloured(tool->out, tool->colour, CG_BOLD, title);
    cg_put(tool->out, "\n");
}

static void put_timed(casegate_buffer *out, const char *label, int64_t us, const char *by)
{
    if (us == 0)
        return;
    cg_putf(out, "  %-12s ", label);
    cg_put_time(out, us);
    cg_put(out, by != NULL && *by != 0 ? " by " : "");
    cg_put_safe(out, by);
    cg_put(out, "\n");
}

static void put_people(struct cg_tool *tool, const casegate_head *head, const casegate_content *content)
{
#define GET(field) casegate_content_get(content, CASEGATE_CONTENT_##field)
    casegate_buffer *out = tool->out;

    PUT_LINE(out, "patient", { "", GET(PATIENT_NAME) }, { "id ", GET(PATIENT_ID) }, { "born ", GET(PATIENT_BIRTH_DATE) },
             { "", GET(PATIENT_SEX) });
    PUT_LINE(out, "dentist", { "", GET(DENTIST_NAME) }, { "id ", GET(DENTIST_ID) }, { "", GET(DENTIST_EMAIL) });
    PUT_LINE(out, "clinic", { "", head->clinic }, { "", GET(CLINIC_NAME) }, { "", GET(CLINIC_EMAIL) });
    PUT_LINE(out, "lab", { "", head->lab });
    PUT_LINE(out, "due", { "", GET(DUE) });
    PUT_LINE(out, "scans by", { "", GET(SCAN_METHOD) });
    if (*GET(REMAKE_OF) != 0)
        PUT_LINE(out, "remake of", { "", GET(REMAKE_OF) });
#undef GET
}

static void add_teeth(struct cg_tool *tool, struct cg_table *table, const casegate_service *service)
{
    casegate_buffer *teeth = casegate_buffer_new(NULL);

    for (size_t k = 0; teeth != NULL && k < service->tooth_count; k++) {
        cg_put(teeth, k > 0 ? " " : "");
        cg_put(teeth, service->teeth[k]);
    }
    cg_wrote(tool, teeth != NULL ? casegate_buffer_status(teeth) : CASEGATE_E_NOMEM);
    cg_table_cell(table, teeth != NULL ? casegate_buffer_data(teeth) : "");
    casegate_buffer_free(teeth);
}

static void add_service(struct cg_tool *tool, struct cg_table *table, const casegate_service *service)
{
    cg_table_cell(table, service->id);
    cg_table_cell(table, service->code);
    cg_table_cell(table, service->name);
    cg_table_cell(table, service->material);
    cg_table_cell(table, service->shade);
    add_teeth(tool, table, service);
    cg_table_cellf(table, "%d", (int)(service->quantity > 0 ? service->quantity : 1));
    cg_table_cell(table, service->due);
    cg_table_note(table, "notes", service->notes);
}

static void put_services(struct cg_tool *tool, const casegate_content *content)
{
    static const char *const heads[] = { "ID", "CODE", "SERVICE", "MATERIAL", "SHADE", "TEETH", "QUANTITY", "DUE" };
    size_t count = casegate_content_service_count(content);

    put_title(tool, count > 0 ? "Services" : "Services: none");
    if (count == 0)
        return;
    struct cg_table *table = cg_table_new(heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < count; i++)
        add_service(tool, table, casegate_content_service(content, i));
    cg_wrote(tool, cg_table_write(table, tool->out, tool->colour, "  "));
}

static void put_answers(struct cg_tool *tool, const casegate_content *content)
{
    size_t count = casegate_content_answer_count(content);

    if (count > 0)
        put_title(tool, "Questions and responses");
    for (size_t i = 0; i < count; i++) {
        const casegate_answer *answer = casegate_content_answer(content, i);
        cg_put(tool->out, "  ");
        cg_put_safe(tool->out, answer->id);
        if (answer->service != NULL && *answer->service != 0) {
            cg_put(tool->out, " on ");
            cg_put_safe(tool->out, answer->service);
        }
        cg_put(tool->out, answer->required ? " (required): " : ": ");
        cg_put_safe(tool->out, answer->question);
        cg_put(tool->out, "\n");
        int open = answer->response == NULL || *answer->response == 0;
        cg_put_block(tool->out, open ? "(no response)" : answer->response, "      ");
    }
}

void cg_put_files(struct cg_tool *tool, const casegate_file *const *files, size_t count, const char *indent)
{
    static const char *const heads[] = { "ID", "KIND", "NAME", "TYPE", "BYTES" };
    struct cg_table *table = cg_table_new(heads, 5);

    for (size_t i = 0; i < count; i++) {
        cg_table_cell(table, files[i]->id);
        cg_table_cell(table, files[i]->kind);
        cg_table_cell(table, files[i]->name);
        cg_table_cell(table, files[i]->media_type);
        if (files[i]->size_known)
            cg_table_cellf(table, "%lld", (long long)files[i]->bytes);
        else
            cg_table_cell(table, "?");
        cg_table_note(table, "at", files[i]->uri);
        cg_table_note(table, "sha256", files[i]->sha256);
    }
    cg_wrote(tool, cg_table_write(table, tool->out, tool->colour, indent));
}

static void put_content_files(struct cg_tool *tool, const casegate_content *content)
{
    const casegate_file *files[256];
    size_t all = casegate_content_file_count(content), done = 0;

    put_title(tool, all > 0 ? "Files" : "Files: none");
    while (done < all) {
        size_t count = 0;
        while (count < sizeof files / sizeof *files && done < all)
            files[count++] = casegate_content_file(content, done++);
        cg_put_files(tool, files, count, "  ");
    }
}

static void put_rejection(struct cg_tool *tool, const casegate_head *head)
{
    const casegate_event *event = casegate_outcome_rejection(tool->outcome);

    if (head->reason == NULL || *head->reason == 0)
        return;
    put_title(tool, "Rejected because");
    PUT_LINE(tool->out, "code", { "", head->reason });
    if (event == NULL)
        return;
    PUT_LINE(tool->out, "reason", { "", cg_reason_label(event->reason_labels, event->reason_label_count, event->reason) });
    put_timed(tool->out, "decided", event->time_us, event->actor);
    if (event->comment != NULL && *event->comment != 0) {
        cg_put(tool->out, "  comment\n");
        cg_put_block(tool->out, event->comment, "      ");
    }
    if (event->erased)
        cg_put(tool->out, "  comment and files were erased\n");
    if (event->file_count > 0)
        cg_put_files(tool, event->files, event->file_count, "  ");
}

/* The answer of casegate_engine_view(): everything that the reviewer must see. revision: which was asked for, 0: the current. */
void cg_put_case(struct cg_tool *tool, uint32_t revision)
{
    const casegate_head *head = casegate_outcome_head(tool->outcome);
    const casegate_content *content = casegate_outcome_content(tool->outcome);
    const char *instructions = content != NULL ? casegate_content_get(content, CASEGATE_CONTENT_INSTRUCTIONS) : "";

    cg_put_headline(tool, head, casegate_outcome_workflow(tool->outcome));
    if (revision != 0 && revision != head->revision)
        cg_putf(tool->out, "  shown as of revision %u, which is not the current one\n", revision);
    put_timed(tool->out, "created", head->created_us, NULL);
    put_timed(tool->out, "submitted", head->submitted_us, NULL);
    put_timed(tool->out, "decided", head->decided_us, head->decided_by);
    if (content == NULL) {
        cg_put(tool->out, "  the content is not kept any more\n");
        put_rejection(tool, head);
        return;
    }
    put_people(tool, head, content);
    put_services(tool, content);
    put_answers(tool, content);
    if (*instructions != 0) {
        put_title(tool, "Instructions");
        cg_put_block(tool->out, instructions, "  ");
    }
    put_content_files(tool, content);
    put_rejection(tool, head);
}

void cg_put_findings(struct cg_tool *tool, const casegate_findings *findings)
{
    static const char *const heads[] = { "FINDING", "WHERE", "LEVEL", "SUGGESTS" };
    struct cg_table *table = cg_table_new(heads, 4);

    for (size_t i = 0; i < casegate_findings_count(findings); i++) {
        const casegate_finding *finding = casegate_findings_at(findings, i);
        cg_table_cell(table, finding->name);
        cg_table_paint(table, finding->level == CASEGATE_LEVEL_WARN ? CG_YELLOW : CG_RED);
        cg_table_cell(table, finding->subject);
        cg_table_cell(table, casegate_level_name(finding->level));
        cg_table_cell(table, finding->suggests);
    }
    cg_wrote(tool, cg_table_write(table, tool->out, tool->colour, "  "));
}

static const char *where_to(const casegate_notice *notice)
{
    if (strcmp(notice->channel, "portal") != 0)
        return notice->address;
    return notice->person != NULL && *notice->person != 0 ? notice->person : notice->org;
}

static int state_colour(int32_t state)
{
    return state == CASEGATE_NOTICE_DEAD ? CG_RED : state == CASEGATE_NOTICE_DELIVERED ? CG_GREEN : CG_YELLOW;
}

/* Who was told: the notices of a change. */
void cg_put_notices(struct cg_tool *tool)
{
    static const char *const heads[] = { "TOLD", "BY", "ADDRESS", "STATE" };
    struct cg_table *table = cg_table_new(heads, 4);

    for (size_t i = 0; i < casegate_outcome_notice_count(tool->outcome); i++) {
        const casegate_notice *notice = casegate_outcome_notice_at(tool->outcome, i);
        cg_table_cellf(table, "%s", casegate_recipient_name(notice->to));
        cg_table_cell(table, notice->channel);
        cg_table_cell(table, where_to(notice));
        cg_table_cell(table, casegate_notice_state_name(notice->state));
        cg_table_paint(table, state_colour(notice->state));
        cg_table_note(table, "last try", notice->last_error);
    }
    cg_wrote(tool, cg_table_write(table, tool->out, tool->colour, "  "));
}
