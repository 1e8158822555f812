/* SPDX-License-Identifier: MIT */
/* sample.h: a content and an event with every member set: those of golden.py. */
#ifndef CASEGATE_SAMPLE_H
#define CASEGATE_SAMPLE_H

#include "unit.h"

#define SALT "00112233445566778899aabbccddeeff"
#define SHA "abababababababababababababababababababababababababababababababab"
#define ONES "1:1111111111111111111111111111111111111111111111111111111111111111"
#define TWOS "1:2222222222222222222222222222222222222222222222222222222222222222"

static const char *const sample_teeth[] = { "11", "12" };
static const casegate_service sample_service = {
    .size = sizeof(casegate_service), .id = "s1", .code = "crown", .name = "Krone", .material = "zirconia", .shade = "A2",
    .notes = "thin\nedge", .due = "2026-03-20", .teeth = sample_teeth, .tooth_count = 2, .quantity = 2
};
static const casegate_answer sample_answer = {
    .size = sizeof(casegate_answer), .id = "q1", .service = "s1", .question = "Bite?", .response = "open", .required = 1
};
static const casegate_file sample_file = {
    .size = sizeof(casegate_file), .id = "f1", .kind = "scan", .name = "upper.stl", .media_type = "model/stl", .sha256 = SHA,
    .uri = "s3://bucket/upper.stl", .bytes = 0, .size_known = 1
};
static const char *const sample_texts[CG_CONTENT_TEXTS + 1] = {
    NULL, "NC-1042", "Ann Gr\xC3\xB6\xC3\x9F" "e", "p-1", "1980-05-01", "female", "d-7", "Dr. Who", "who@clinic.example",
    "North Clinic",
    "desk@clinic.example", "Please call.", "digital_upload", "2026-03-16", "case-0"
};

static inline casegate_content_builder *sample_builder(casegate_host *host)
{
    static const casegate_service plain = { .size = sizeof plain, .id = "s2" };
    static const casegate_file unknown = { .size = sizeof unknown, .id = "f2", .kind = "image" };
    casegate_content_builder *builder = casegate_content_builder_new(host, NULL);
    for (int32_t field = 1; field <= CG_CONTENT_TEXTS; field++) casegate_content_set(builder, field, sample_texts[field]);
    casegate_content_add_service(builder, &sample_service);
    casegate_content_add_service(builder, &plain);
    casegate_content_add_answer(builder, &sample_answer);
    casegate_content_add_file(builder, &sample_file);
    casegate_content_add_file(builder, &unknown);
    return builder;
}

static inline casegate_content *finished(casegate_content_builder *builder)
{
    casegate_content *content = NULL;
    casegate_error err = ERROR;
    if (casegate_content_builder_finish(builder, &content, &err) != CASEGATE_OK) fail_msg("%s: %s", err.field, err.text);
    return content;
}

static const casegate_label sample_en = { .size = sizeof(casegate_label), .language = "en", .text = "No capacity" };
static const casegate_label sample_de = { .size = sizeof(casegate_label), .language = "de", .text = "Keine Kapazit\xC3\xA4t" };
static const casegate_label *const sample_labels[] = { &sample_en, &sample_de };
static const casegate_file *const sample_files[] = { &sample_file };
static const char *const sample_changed[] = { "due", "services[s1]" };

/* Without text_digest, content_digest and what seals it. */
static inline casegate_event sample_event(void)
{
    return (casegate_event) {
        .size = sizeof(casegate_event), .case_id = "case-1", .clinic = "clinic-1", .lab = "lab-1", .workflow = "intake",
        .workflow_version = 1, .seq = 3, .time_us = INT64_C(1772438400000000), .actor = "u-1", .actor_role = 3,
        .actor_org = "lab-1",
        .action = 5, .from = 2, .to = 4, .revision = 1, .attempt = 1, .reason = "no_capacity", .reason_labels = sample_labels,
        .reason_label_count = 2, .comment = "Sorry.", .files = sample_files, .file_count = 1, .changed = sample_changed,
        .changed_count = 2, .request = "r-1", .request_digest = ONES, .salt = SALT, .policy = "default"
    };
}

#endif
