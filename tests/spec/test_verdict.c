/* SPDX-License-Identifier: MIT */
/* test_verdict.c: every cause of a refusal: its number, its parameters, its words, and its place among the others. */
#include "spec.h"

#define MAY(a, b, c) (CASEGATE_MAY_##a | CASEGATE_MAY_##b | CASEGATE_MAY_##c)

/* ---- names and parameters ----------------------------------------------------------------------------------------------- */

/* docs/rules.md, section 4, by hand: number, code, parameters as in JSON. */
static const struct kind { int32_t code; const char *name, *parameters; } kinds[] = {
    { 1, "not_found", "" }, { 2, "unknown_action", "action" }, { 3, "partial_decision", "service" }, { 4, "not_submitted", "" },
    { 5, "already_submitted", "" }, { 6, "already_accepted", "at by" }, { 7, "already_rejected", "reason" }, { 8, "locked", "" },
    { 9, "wrong_status", "status" }, { 10, "wrong_role", "role" }, { 11, "no_permission", "permission" },
    { 12, "review_required", "" },
    { 13, "stale_review", "given current changed" }, { 14, "reason_required", "" }, { 15, "reason_unknown", "reason" },
    { 16, "comment_required", "reason" }, { 17, "file_required", "reason" }, { 18, "incomplete", "finding subject" },
    { 19, "guard_refused", "guard text" }, { 20, "invalid_input", "field problem" }, { 21, "request_reused", "" },
};

TEST(every_obstacle_has_its_number_its_name_and_its_parameters)
{
    UNUSED(state);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        char names[64] = "";
        const casegate_parameter *p;
        assert_string_equal(casegate_obstacle_name(kinds[i].code), kinds[i].name);
        assert_int_equal(casegate_find_obstacle(kinds[i].name), kinds[i].code);
        for (size_t k = 0; (p = casegate_obstacle_parameter(kinds[i].code, k)) != NULL; k++) {
            if (k) strcat(names, " ");
            strcat(names, p->name);
        }
        assert_string_equal(names, kinds[i].parameters);
    }
    assert_string_equal(casegate_obstacle_name(0), "");
    assert_string_equal(casegate_obstacle_name(22), "");
    assert_int_equal(casegate_find_obstacle("no_such"), 0);
    assert_null(casegate_obstacle_parameter(22, 0));
}

/* ---- each of them, produced ----------------------------------------------------------------------------------------------- */

typedef void ask_fn(spec_world *world);

static void nothing(spec_world *w) { w->facts.kase = NULL; spec_ask(w, CASEGATE_ACCEPT); }
static void unknown(spec_world *w) { spec_ask(w, 1234567); }
static void partial_accept(spec_world *w) { spec_ask(w, CASEGATE_ACCEPT); w->request.service = "s1"; }
static void partial_reject(spec_world *w) { spec_ask(w, CASEGATE_REJECT); w->request.service = "s1"; }
static void edit(spec_world *w) { spec_ask(w, CASEGATE_EDIT); }
static void submit(spec_world *w) { spec_ask(w, CASEGATE_SUBMIT); }
static void accept(spec_world *w) { spec_ask(w, CASEGATE_ACCEPT); }
static void reject(spec_world *w) { spec_ask(w, CASEGATE_REJECT); }
static void everything(spec_world *w) { spec_use_actor(w, spec_actor(CASEGATE_CLINIC_USER, ALL_INTAKE, NULL)); }
static void accept_draft(spec_world *w) { everything(w); accept(w); }
static void reject_draft(spec_world *w) { everything(w); reject(w); }
static void no_permission(spec_world *w)
{
    spec_use_actor(w, spec_actor(CASEGATE_LAB_USER, MAY(VIEW, REJECT, EDIT), NULL));
    accept(w);
}
static void accept_unseen(spec_world *w) { accept(w); w->request.revision = 0; }
static void reject_unseen(spec_world *w) { reject(w); w->request.revision = 0; }
static void edit_unseen(spec_world *w) { edit(w); w->request.revision = 0; }
static void accept_stale(spec_world *w) { accept(w); w->request.revision = 2; w->facts.reviewed = w->other; }
static void submit_stale(spec_world *w) { submit(w); w->request.revision = 4; }
static void no_reason(spec_world *w) { reject(w); w->request.reason = NULL; }
static void empty_reason(spec_world *w) { reject(w); w->request.reason = ""; }
static void wrong_reason(spec_world *w) { reject(w); w->request.reason = "because"; }

static void demanding_policy(spec_world *w)
{
    casegate_policy_builder *b = casegate_policy_builder_new(NULL, "demanding");
    casegate_policy_add_reason(b, "chatty", CASEGATE_NEED_COMMENT);
    casegate_policy_add_reason(b, "proven", CASEGATE_NEED_FILE);
    casegate_policy_add_reason(b, "both", CASEGATE_NEED_COMMENT | CASEGATE_NEED_FILE);
    spec_use_policy(w, b);
    reject(w);
}

static void no_comment(spec_world *w) { demanding_policy(w); w->request.reason = "chatty"; }
static void no_file(spec_world *w) { demanding_policy(w); w->request.reason = "proven"; }
static void neither(spec_world *w) { demanding_policy(w); w->request.reason = "both"; }

static void incomplete_head(spec_world *w)
{
    casegate_head head = *casegate_case_head(w->kase);
    head.patient_name = NULL;
    head.service_count = 0;
    spec_use_head(w, &head);
}

static void incomplete_submit(spec_world *w) { incomplete_head(w); submit(w); }
static void incomplete_accept(spec_world *w) { incomplete_head(w); accept(w); }
static void incomplete_reject(spec_world *w) { incomplete_head(w); reject(w); }

static const casegate_guard_answer passes = { .size = sizeof passes, .name = "credit" };
static const casegate_guard_answer refuses = { .size = sizeof refuses, .name = "capacity",
                                               .refused = "The furnace is full until Monday." };
static const casegate_guard_answer refuses_too = { .size = sizeof refuses_too, .name = "paid", .refused = "An invoice is open." };
static const casegate_guard_answer *const answers[] = { &refuses, &passes, &refuses_too };

static void guarded(spec_world *w) { accept(w); w->facts.guards = answers; w->facts.guard_count = COUNT(answers); }
static void bad_comment(spec_world *w) { reject(w); w->request.comment = "ring\a"; }

static const casegate_event prior = { .size = sizeof prior, .case_id = CASE, .seq = 6, .to = CASEGATE_REJECTED, .request = "r-1",
                                      .request_digest = "1:then", .revision = 3, .attempt = 1 };
static void reused(spec_world *w)
{
    accept(w);
    w->request.request = "r-1";
    w->facts.prior = &prior;
    w->facts.request_digest = "1:now";
}

#define LAB_SAYS(status, ask, words) { CASEGATE_##status, CASEGATE_LAB_USER, ask, words }
#define CLINIC_SAYS(status, ask, words) { CASEGATE_##status, CASEGATE_CLINIC_USER, ask, words }
static const struct produced { int32_t status, role; ask_fn *ask; const char *words; } produced[] = {
    LAB_SAYS(RECEIVED, nothing, "not_found"),
    LAB_SAYS(DRAFT, accept, "not_found"),
    LAB_SAYS(RECEIVED, unknown, "unknown_action(action=1234567)"),
    LAB_SAYS(RECEIVED, partial_accept, "partial_decision(service=s1)"),
    LAB_SAYS(RECEIVED, partial_reject, "partial_decision(service=s1)"),
    CLINIC_SAYS(DRAFT, accept_draft, "not_submitted wrong_role(role=clinic_user)"),
    CLINIC_SAYS(DRAFT, reject_draft, "not_submitted wrong_role(role=clinic_user)"),
    CLINIC_SAYS(RECEIVED, submit, "already_submitted"),
    CLINIC_SAYS(IN_PRODUCTION, submit, "already_accepted(at=2026-03-01T08:00:00.000000Z,by=lars)"),
    LAB_SAYS(IN_PRODUCTION, accept, "already_accepted(at=2026-03-01T08:00:00.000000Z,by=lars)"),
    LAB_SAYS(IN_PRODUCTION, reject, "already_accepted(at=2026-03-01T08:00:00.000000Z,by=lars)"),
    LAB_SAYS(REJECTED, accept, "already_rejected(reason=unreadable_scan)"),
    CLINIC_SAYS(IN_PRODUCTION, edit, "locked"),
    LAB_SAYS(RECEIVED, no_permission, "no_permission(permission=accept)"),
    LAB_SAYS(RECEIVED, accept_unseen, "review_required"),
    LAB_SAYS(RECEIVED, reject_unseen, "review_required"),
    CLINIC_SAYS(DRAFT, edit_unseen, "review_required"),
    LAB_SAYS(RECEIVED, accept_stale, "stale_review(given=2,current=3,changed=due)"),
    CLINIC_SAYS(DRAFT, submit_stale, "stale_review(given=4,current=3,changed=)"),
    LAB_SAYS(RECEIVED, no_reason, "reason_required"),
    LAB_SAYS(RECEIVED, empty_reason, "reason_required"),
    LAB_SAYS(RECEIVED, wrong_reason, "reason_unknown(reason=because)"),
    LAB_SAYS(RECEIVED, no_comment, "comment_required(reason=chatty)"),
    LAB_SAYS(RECEIVED, no_file, "file_required(reason=proven)"),
    LAB_SAYS(RECEIVED, neither, "comment_required(reason=both) file_required(reason=both)"),
    CLINIC_SAYS(DRAFT, incomplete_submit,
                "incomplete(finding=patient_missing,subject=patient.name) incomplete(finding=service_missing,subject=services)"),
    LAB_SAYS(RECEIVED, incomplete_accept,
             "incomplete(finding=patient_missing,subject=patient.name) incomplete(finding=service_missing,subject=services)"),
    LAB_SAYS(RECEIVED, incomplete_reject, ""),
    LAB_SAYS(RECEIVED, guarded, "guard_refused(guard=capacity,text=The furnace is full until Monday.) "
                                "guard_refused(guard=paid,text=An invoice is open.)"),
    LAB_SAYS(RECEIVED, bad_comment, "invalid_input(field=comment,problem=control)"),
    LAB_SAYS(RECEIVED, reused, "request_reused"),
};

/* CG-R05 CG-R06 CG-R07 CG-R08 CG-R09 CG-R15 CG-R16 CG-R18 CG-R19 CG-R20 */
TEST(each_obstacle_is_answered_when_its_condition_holds_with_its_parameters)
{
    UNUSED(state);
    for (size_t i = 0; i < COUNT(produced); i++) {
        spec_world world;
        spec_open(&world, produced[i].status, produced[i].role);
        produced[i].ask(&world);

        assert_refused(&world, produced[i].words);

        spec_close(&world);
    }
}

/* A host's definition can have it; intake answers every status with a code of its own. */
TEST(wrong_status_has_words_though_no_action_of_intake_answers_with_it)
{
    UNUSED(state);
    assert_int_equal(casegate_find_obstacle("wrong_status"), CASEGATE_WRONG_STATUS);
    assert_string_equal(casegate_obstacle_parameter(CASEGATE_WRONG_STATUS, 0)->name, "status");
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static void look_at_words(const casegate_verdict *verdict)
{
    for (size_t i = 0; i < casegate_verdict_count(verdict); i++) {
        for (int32_t which = 0; which <= 1; which++) {
            char text[512], small[8];
            size_t len = casegate_verdict_text(verdict, i, which, text, sizeof text);
            assert_in_range(len, 10, sizeof text - 1);
            assert_int_equal(strlen(text), len);
            assert_null(strpbrk(text, "{}[]"));
            assert_int_equal(casegate_verdict_text(verdict, i, which, NULL, 0), len);
            assert_int_equal(casegate_verdict_text(verdict, i, which, small, sizeof small), len);
            assert_int_equal(strlen(small), sizeof small - 1);
            assert_memory_equal(small, text, sizeof small - 1);
        }
    }
}

/* CG-R15 */
TEST(every_obstacle_has_a_sentence_and_a_remedy_and_both_are_cut_like_snprintf)
{
    UNUSED(state);
    for (size_t i = 0; i < COUNT(produced); i++) {
        spec_world world;
        spec_open(&world, produced[i].status, produced[i].role);
        produced[i].ask(&world);
        spec_decide(&world);

        look_at_words(casegate_decision_verdict(world.decision));

        spec_close(&world);
    }
}

TEST(parameters_stand_in_the_sentence_and_what_is_absent_leaves_no_trace)
{
    UNUSED(state);
    char text[256];
    spec_world world;
    spec_open(&world, CASEGATE_IN_PRODUCTION, CASEGATE_LAB_USER);
    accept(&world);

    spec_decide(&world);
    casegate_verdict_text(casegate_decision_verdict(world.decision), 0, 0, text, sizeof text);
    assert_string_equal(text, "The case was accepted by lars at 2026-03-01T08:00:00.000000Z; an acceptance is final.");

    casegate_head head = spec_head(CASEGATE_IN_PRODUCTION);
    head.decided_by = NULL;
    head.decided_us = 0;
    spec_use_head(&world, &head);
    spec_decide(&world);
    casegate_verdict_text(casegate_decision_verdict(world.decision), 0, 0, text, sizeof text);
    assert_string_equal(text, "The case was accepted; an acceptance is final.");

    spec_close(&world);
}

TEST(beyond_the_last_obstacle_there_is_nothing)
{
    UNUSED(state);
    char text[8] = "x";
    casegate_verdict *verdict = casegate_verdict_new(NULL);

    assert_null(casegate_verdict_at(verdict, 0));
    assert_null(casegate_verdict_list(verdict, 0, 0));
    assert_int_equal(casegate_verdict_text(verdict, 0, 0, text, sizeof text), 0);
    assert_string_equal(text, "");

    casegate_verdict_free(verdict);
}

/* ---- together ---------------------------------------------------------------------------------------------------- */

/* CG-R15 */
TEST(all_obstacles_of_a_bad_decision_stand_in_one_verdict_in_their_order)
{
    UNUSED(state);
    spec_world world;
    const casegate_file file = { .size = sizeof file, .id = "x1", .name = "../shadow" };
    const casegate_file *const files[] = { &file };
    spec_open(&world, CASEGATE_REJECTED, CASEGATE_DENTIST);
    demanding_policy(&world);
    world.request.service = "s2";
    world.request.revision = 2;
    world.request.reason = "no such";
    world.request.comment = "\x80";
    world.request.files = files;
    world.request.file_count = 1;
    world.facts.reviewed = world.other;

    assert_refused(&world, "partial_decision(service=s2) already_rejected(reason=unreadable_scan) wrong_role(role=dentist) "
                           "no_permission(permission=reject) stale_review(given=2,current=3,changed=due) "
                           "reason_unknown(reason=no such) "
                           "invalid_input(field=reason,problem=format) invalid_input(field=comment,problem=encoding) "
                           "invalid_input(field=files[x1].name,problem=format)");

    spec_close(&world);
}

TEST(an_unknown_action_does_not_hide_what_else_is_wrong)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, 99);
    world.request.revision = 9;
    world.request.reason = "because";
    world.request.request = "r 1";

    assert_refused(&world, "unknown_action(action=99) stale_review(given=9,current=3,changed=) reason_unknown(reason=because) "
                           "invalid_input(field=request_id,problem=format)");

    spec_close(&world);
}

TEST(an_unknown_reason_that_is_malformed_too_has_both_obstacles)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    reject(&world);
    world.request.reason = "not an id";

    assert_refused(&world, "reason_unknown(reason=not an id) invalid_input(field=reason,problem=format)");

    spec_close(&world);
}

/* CG-R04 CG-R19 */
TEST(findings_come_before_guards_and_guards_before_inputs)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    incomplete_head(&world);
    guarded(&world);
    world.request.comment = "ring\a";

    spec_decide(&world);

    assert_string_equal(spec_words(casegate_decision_verdict(world.decision), 0),
                        "incomplete incomplete guard_refused guard_refused invalid_input");
    spec_close(&world);
}

/* CG-R19 */
TEST(what_guards_said_is_not_told_to_someone_who_could_not_act_anyway)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    no_permission(&world);
    world.facts.guards = answers;
    world.facts.guard_count = COUNT(answers);

    assert_refused(&world, "no_permission(permission=accept)");

    spec_close(&world);
}

/* CG-R14 */
TEST(not_found_stands_alone_whatever_else_is_wrong)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_IN_PRODUCTION, CASEGATE_LAB_USER);
    spec_use_actor(&world, spec_actor(CASEGATE_LAB_USER, EVERY_PERMISSION, "lab-two"));
    reused(&world);
    world.request.service = "s1";
    world.request.comment = "\a";

    assert_refused(&world, "not_found");
    assert_int_equal(casegate_needs(&world.facts, world.actor, &world.request), 0);

    spec_close(&world);
}

/* CG-R14 */
TEST(an_unknown_and_a_forbidden_case_are_refused_in_the_same_words)
{
    UNUSED(state);
    char unknown_case[256], forbidden_case[256];
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_use_actor(&world, spec_actor(CASEGATE_LAB_USER, EVERY_PERMISSION, "lab-two"));

    accept(&world);
    spec_decide(&world);
    casegate_verdict_text(casegate_decision_verdict(world.decision), 0, 0, forbidden_case, sizeof forbidden_case);
    nothing(&world);
    spec_decide(&world);
    casegate_verdict_text(casegate_decision_verdict(world.decision), 0, 0, unknown_case, sizeof unknown_case);

    assert_string_equal(unknown_case, forbidden_case);
    spec_close(&world);
}

TEST(a_lab_that_is_not_the_cases_own_makes_it_not_found)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    accept(&world);

    world.request.lab = "lab-two";
    assert_refused(&world, "not_found");

    world.request.lab = LAB;
    assert_allowed(&world);
    spec_close(&world);
}

TEST(a_lab_without_a_policy_is_invalid_input_on_lab)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    accept(&world);
    world.facts.policy = NULL;
    assert_refused(&world, "invalid_input(field=lab,problem=unknown)");
    spec_close(&world);

    spec_open(&world, 0, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_CREATE);
    world.facts.policy = NULL;
    assert_refused(&world, "invalid_input(field=lab,problem=unknown)");
    spec_close(&world);
}

/* ---- what changed since the review ------------------------------------------------------------------------------- */

static casegate_content *rewritten(void)
{
    const char *const teeth[] = { "11", "12" };
    const casegate_service same = { .size = sizeof same, .id = "s1", .code = "crown", .material = "emax", .teeth = teeth,
                                    .tooth_count = 2 };
    const casegate_service came = { .size = sizeof came, .id = "s2", .code = "bridge" };
    casegate_content *from = spec_content_with(CASEGATE_CONTENT_DENTIST_NAME, "Dr Eve Lund"), *content = NULL;
    casegate_content_builder *b = casegate_content_builder_new(NULL, from);
    casegate_content_remove(b, CASEGATE_CONTENT_SERVICES, NULL);
    casegate_content_add_service(b, &same);
    casegate_content_add_service(b, &came);
    casegate_content_remove(b, CASEGATE_CONTENT_FILES, "f1");
    casegate_content_set(b, CASEGATE_CONTENT_DUE, NULL);
    assert_int_equal(casegate_content_builder_finish(b, &content, NULL), CASEGATE_OK);
    casegate_content_unref(from);
    return content;
}

/* CG-R16 */
TEST(a_stale_review_names_every_field_that_changed_sorted_by_bytes)
{
    UNUSED(state);
    spec_world world;
    casegate_content *reviewed = rewritten();
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    accept(&world);
    world.request.revision = 2;
    world.facts.reviewed = reviewed;

    assert_refused(&world,
                   "stale_review(given=2,current=3,changed=dentist.name|due|files[f1]|services[s1].material|services[s1].teeth|"
                           "services[s2])");

    spec_close(&world);
    casegate_content_unref(reviewed);
}

/* CG-R16 */
TEST(a_list_whose_order_alone_changed_is_named_by_its_own_path)
{
    UNUSED(state);
    const casegate_service second = { .size = sizeof second, .id = "s0", .code = "bridge" };
    casegate_content *base = spec_content(), *ahead = NULL, *behind = NULL;
    const casegate_service *first = casegate_content_service(base, 0);
    casegate_content_builder *b = casegate_content_builder_new(NULL, base);
    casegate_content_add_service(b, &second);
    assert_int_equal(casegate_content_builder_finish(b, &ahead, NULL), CASEGATE_OK);
    b = casegate_content_builder_new(NULL, base);
    casegate_content_remove(b, CASEGATE_CONTENT_SERVICES, NULL);
    casegate_content_add_service(b, &second);
    casegate_content_add_service(b, first);
    assert_int_equal(casegate_content_builder_finish(b, &behind, NULL), CASEGATE_OK);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    accept(&world);
    world.request.revision = 2;
    world.facts.content = ahead;
    world.facts.reviewed = behind;

    assert_refused(&world, "stale_review(given=2,current=3,changed=services)");

    spec_close(&world);
    casegate_content_unref(base);
    casegate_content_unref(ahead);
    casegate_content_unref(behind);
}

/* CG-R14 CG-R16 */
TEST(a_lab_sees_no_paths_changed_since_a_revision_before_the_first_submission_but_the_clinic_does)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    accept(&world);
    world.request.revision = 1;
    world.facts.reviewed = world.other;
    assert_refused(&world, "stale_review(given=1,current=3,changed=)");
    assert_int_equal(casegate_needs(&world.facts, world.actor, &world.request) & CASEGATE_NEEDS_REVIEWED, 0);
    spec_close(&world);

    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_CLINIC_USER);
    edit(&world);
    world.request.revision = 1;
    world.facts.reviewed = world.other;
    assert_refused(&world, "stale_review(given=1,current=3,changed=due)");
    assert_true(casegate_needs(&world.facts, world.actor, &world.request) & CASEGATE_NEEDS_REVIEWED);
    spec_close(&world);
}

/* CG-R16 */
TEST(a_revision_that_never_was_changed_nothing)
{
    UNUSED(state);
    static const uint32_t revisions[] = { 4, UINT32_MAX };
    for (size_t i = 0; i < COUNT(revisions); i++) {
        spec_world world;
        spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
        accept(&world);
        world.request.revision = revisions[i];
        world.facts.reviewed = world.other;

        spec_decide(&world);

        const casegate_obstacle *obstacle = casegate_verdict_at(casegate_decision_verdict(world.decision), 0);
        assert_int_equal(obstacle->code, CASEGATE_STALE_REVIEW);
        assert_int_equal(obstacle->given, revisions[i]);
        assert_int_equal(obstacle->list_count, 0);
        spec_close(&world);
    }
}

TEST(a_revision_that_was_not_kept_leaves_the_changed_paths_empty)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    accept(&world);
    world.request.revision = 2;
    world.facts.reviewed = NULL;

    assert_refused(&world, "stale_review(given=2,current=3,changed=)");

    spec_close(&world);
}

/* ---- explain ----------------------------------------------------------------------------------------------------- */

/* CG-R15 */
TEST(explain_leaves_out_what_depends_on_inputs_and_keeps_findings_and_guards)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    assert_string_equal(spec_explain(&world, CASEGATE_REJECT), "");

    incomplete_head(&world);
    world.facts.guards = answers;
    world.facts.guard_count = 1;
    assert_string_equal(spec_explain(&world, CASEGATE_ACCEPT),
                        "incomplete(finding=patient_missing,subject=patient.name) "
                        "incomplete(finding=service_missing,subject=services) "
                        "guard_refused(guard=capacity,text=The furnace is full until Monday.)");

    spec_close(&world);
}

TEST(explain_is_not_asked_for_actions_that_have_no_button)
{
    UNUSED(state);
    static const int32_t actions[] = { CASEGATE_CREATE, CASEGATE_ADOPT, CASEGATE_ERASE, CASEGATE_MIGRATE, 0, -1 };
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);

    for (size_t i = 0; i < COUNT(actions); i++) assert_string_equal(spec_explain(&world, actions[i]), "e_invalid action");

    assert_string_equal(spec_explain(&world, 99), "unknown_action(action=99)");
    spec_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_obstacle_has_its_number_its_name_and_its_parameters),
        cmocka_unit_test(each_obstacle_is_answered_when_its_condition_holds_with_its_parameters),
        cmocka_unit_test(wrong_status_has_words_though_no_action_of_intake_answers_with_it),
        cmocka_unit_test(every_obstacle_has_a_sentence_and_a_remedy_and_both_are_cut_like_snprintf),
        cmocka_unit_test(parameters_stand_in_the_sentence_and_what_is_absent_leaves_no_trace),
        cmocka_unit_test(beyond_the_last_obstacle_there_is_nothing),
        cmocka_unit_test(all_obstacles_of_a_bad_decision_stand_in_one_verdict_in_their_order),
        cmocka_unit_test(an_unknown_action_does_not_hide_what_else_is_wrong),
        cmocka_unit_test(an_unknown_reason_that_is_malformed_too_has_both_obstacles),
        cmocka_unit_test(findings_come_before_guards_and_guards_before_inputs),
        cmocka_unit_test(what_guards_said_is_not_told_to_someone_who_could_not_act_anyway),
        cmocka_unit_test(not_found_stands_alone_whatever_else_is_wrong),
        cmocka_unit_test(an_unknown_and_a_forbidden_case_are_refused_in_the_same_words),
        cmocka_unit_test(a_lab_that_is_not_the_cases_own_makes_it_not_found),
        cmocka_unit_test(a_lab_without_a_policy_is_invalid_input_on_lab),
        cmocka_unit_test(a_stale_review_names_every_field_that_changed_sorted_by_bytes),
        cmocka_unit_test(a_list_whose_order_alone_changed_is_named_by_its_own_path),
        cmocka_unit_test(a_lab_sees_no_paths_changed_since_a_revision_before_the_first_submission_but_the_clinic_does),
        cmocka_unit_test(a_revision_that_never_was_changed_nothing),
        cmocka_unit_test(a_revision_that_was_not_kept_leaves_the_changed_paths_empty),
        cmocka_unit_test(explain_leaves_out_what_depends_on_inputs_and_keeps_findings_and_guards),
        cmocka_unit_test(explain_is_not_asked_for_actions_that_have_no_button),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
