/* SPDX-License-Identifier: MIT */
/* main.c: the table of commands, and what is opened before and closed after each of them. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#define NEEDS_CASE (CG_NEEDS_STORE | CG_NEEDS_ACTOR | CG_NEEDS_CASE)
#define NEEDS_ACTOR (CG_NEEDS_STORE | CG_NEEDS_ACTOR)
#define NEEDS_OPERATOR (CG_NEEDS_STORE | CG_NEEDS_OPERATOR)

static const struct cg_command commands[] = {
    { "init", "", "make a store", "A store that is there already is left as it is, and brought to the current schema.",
      CG_OPT_STORE | CG_OPT_JSON, 0, 0, 0, cg_do_init },
    { "create", "--lab LAB [--submit] FILE|-", "make a case from a content (JSON), as a draft",
      "With --submit it is submitted in the same step: both happen, or neither.",
      CG_OPTS_CHANGE | CG_OPTS_MAIL | CG_OPT_LAB | CG_OPT_SUBMIT, NEEDS_ACTOR, 1, 1, cg_do_create },
    { "edit", "CASE --revision N (--patch FILE|- | FILE|-)", "change the content of a case",
      "N is the revision that the change was made for: if somebody else changed the case since, the edit is refused and names\n"
      "what is different.",
      CG_OPTS_CHANGE | CG_OPTS_MAIL | CG_OPT_REVISION | CG_OPT_PATCH, NEEDS_CASE, 1, 2, cg_do_edit },
    { "submit", "CASE [--revision N]", "submit a case to its lab", "Also a rejected one, again, once it has been revised.",
      CG_OPTS_CHANGE | CG_OPTS_MAIL | CG_OPT_REVISION, NEEDS_CASE, 1, 1, cg_do_submit },
    { "list", "[--status STATUS] [--requires-action] [--order ORDER] [--limit N] [--after CURSOR]",
      "list the visible cases", NULL,
      CG_OPTS_ACTOR | CG_OPT_STATUS | CG_OPT_REQUIRES_ACTION | CG_OPT_ORDER | CG_OPT_LIMIT | CG_OPT_AFTER, NEEDS_ACTOR,
      0, 0, cg_do_list },
    { "show", "CASE [--revision N]", "show everything that a reviewer must see", NULL,
      CG_OPTS_ACTOR | CG_OPT_REVISION, NEEDS_CASE, 1, 1, cg_do_show },
    { "explain", "CASE [ACTION]", "which buttons there are, and why not",
      "For every action: yes, or every obstacle with what would remove it.",
      CG_OPTS_ACTOR, NEEDS_CASE, 1, 2, cg_do_explain },
    { "review", "CASE", "what is missing or implausible in a case", "Each finding names the rejection reason that it suggests.",
      CG_OPTS_ACTOR, NEEDS_CASE, 1, 1, cg_do_review },
    { "accept", "CASE [--yes --revision N]", "accept a case, whole and for good",
      "At a terminal the case is shown and the confirmation of its revision is asked for. Where nobody can be asked, and with\n"
      "--json, --yes and --revision N are both required.",
      CG_OPTS_CHANGE | CG_OPTS_MAIL | CG_OPT_REVISION | CG_OPT_YES, NEEDS_CASE, 1, 1, cg_do_accept },
    { "reject", "CASE [--revision N] [--reason CODE] [--comment TEXT] [--file-list FILE|-]",
      "reject a case, whole, with a reason",
      "Clinic and dentist are told, in the portal and by e-mail: at once with --outbox, else by the next deliver.\n"
      "At a terminal, what is left out is asked for: the case is shown, and the list of reasons offered.",
      CG_OPTS_CHANGE | CG_OPTS_MAIL | CG_OPT_REVISION | CG_OPT_REASON | CG_OPT_COMMENT | CG_OPT_FILE_LIST,
      NEEDS_CASE, 1, 1, cg_do_reject },
    { "erase", "CASE [--yes]", "erase the texts of a case for good, as law or retention demand",
      "Contents, comments, file names and addresses, of a draft, a closed or an accepted case; events and digests stay, so that\n"
      "verify finds it intact. At a terminal the case is shown and a confirmation asked for; elsewhere, and with --json, --yes is\n"
      "required.",
      CG_OPTS_CHANGE | CG_OPT_YES, NEEDS_CASE, 1, 1, cg_do_erase },
    { "history", "CASE", "everything that happened to a case", NULL, CG_OPTS_ACTOR, NEEDS_CASE, 1, 1, cg_do_history },
    { "inbox", "[--mark-read ID|all] [--limit N] [--after ID]", "what the portal has to tell to the one who acts", NULL,
      CG_OPTS_ACTOR | CG_OPT_MARK_READ | CG_OPT_LIMIT | CG_OPT_AFTER, NEEDS_ACTOR, 0, 0, cg_do_inbox },
    { "deliver", "--smtp URL | --outbox DIR [--follow [--poll DURATION]]", "one pass over the e-mail notices that are due, or a dispatcher",
      "Each is tried once: handed to the mail server, or made a file NOTICE.eml in DIR. Any number of these may run at the same\n"
      "time. With --follow it goes on until SIGTERM or SIGINT: then the notice at hand is finished, and what was claimed and not\n"
      "tried is given back. It looks every second for notices that have become due; a PostgreSQL store calls when one is new,\n"
      "and it looks by itself every ten.",
      CG_OPT_STORE | CG_OPTS_MAIL | CG_OPT_JSON | CG_OPT_FOLLOW | CG_OPT_POLL, CG_NEEDS_STORE, 0, 0, cg_do_deliver },
    { "notices", "[--state STATE] [--channel NAME] [--limit N] [--after ID]", "notices that are not delivered, and why",
      "Of all cases: dead, leased and pending ones, at most N of each (50), with the number of tries, when the next one is, and\n"
      "the last error.",
      CG_OPT_STORE | CG_OPT_JSON | CG_OPT_STATE | CG_OPT_CHANNEL | CG_OPT_LIMIT | CG_OPT_AFTER, NEEDS_OPERATOR, 0, 0,
      cg_do_notices },
    { "requeue", "NOTICE... | --all-dead [--channel NAME]", "give dead notices their tries again, from now on",
      "The exit status is 1 if one of them is unknown, or not dead.",
      CG_OPT_STORE | CG_OPT_JSON | CG_OPT_ALL_DEAD | CG_OPT_CHANNEL, NEEDS_OPERATOR, 0, SIZE_MAX, cg_do_requeue },
    { "remind", "--older-than DURATION [--lab LAB] [--channel NAME]", "remind labs of cases that wait for a review",
      "One notice a case and UTC day in the portal, and one on the channel if one is named, however often and on however many\n"
      "machines this runs.",
      CG_OPT_STORE | CG_OPT_JSON | CG_OPT_OLDER_THAN | CG_OPT_LAB | CG_OPT_CHANNEL, CG_NEEDS_STORE, 0, 0, cg_do_remind },
    { "purge", "--before DATE", "delete delivered notices that are older, and say how many wait",
      "Also from the inboxes. Pending, leased and dead ones stay, whatever their age, and so do all cases and their history.",
      CG_OPT_STORE | CG_OPT_JSON | CG_OPT_BEFORE, NEEDS_OPERATOR, 0, 0, cg_do_purge },
    { "doctor", "[--verify N|all] [--older-than DURATION]", "whether a store is well, and what to look at",
      "Its settings, schema and integrity, dead notices, notices that are late by more than 15 minutes, the oldest case that\n"
      "waits (DURATION, 7 days), and the record of N cases (100, at random). The exit status is 1 if there is something to look\n"
      "at.",
      CG_OPT_STORE | CG_OPT_JSON | CG_OPT_VERIFY | CG_OPT_OLDER_THAN, NEEDS_OPERATOR, 0, 0, cg_do_doctor },
    { "preview-notice", "[NOTICE] [--template CODE] [--format FORMAT]", "what an e-mail says and looks like; nothing is sent",
      "Of a notice in the inbox of the one who acts, or, without one, of a sample. The format is text (the default), html for a\n"
      "browser, or eml: the whole message.",
      CG_OPTS_ACTOR | CG_OPTS_WRITER | CG_OPT_TEMPLATE | CG_OPT_FORMAT, NEEDS_ACTOR | CG_NEEDS_OPERAND, 0, 1, cg_do_preview_notice },
    { "waiting", "--longer-than DURATION [--limit N] [--after CURSOR]", "cases that have waited for a review too long", NULL,
      CG_OPTS_ACTOR | CG_OPT_LONGER_THAN | CG_OPT_LIMIT | CG_OPT_AFTER, NEEDS_ACTOR, 0, 0, cg_do_waiting },
    { "verify", "[CASE]", "whether the record of a case, or of every visible one, is intact",
      "A case that is not intact is named, with the first thing that does not fit; the exit status is 3 then.",
      CG_OPTS_ACTOR, NEEDS_CASE, 0, 1, cg_do_verify },
    { "migrate", "--mapping FILE [--workflow FILE...]", "take every case from one workflow definition to another",
      "A case that failed is named, with every obstacle, and the exit status is 3 then. What is done stays done: the same command\n"
      "goes on where an earlier one ended, however it ended. From then on, name the definitions with --workflow, or in\n"
      "CASEGATE_WORKFLOWS, to every command.",
      CG_OPTS_ACTOR | CG_OPT_MAPPING, NEEDS_ACTOR, 0, 0, cg_do_migrate },
    { "import", "FILE|- [--dry-run] [--strict] [--progress]", "take over cases of another system, a line of JSON each, or an export",
      "As they stand there, in any status, by a person of role system. Every line that is refused is named with its number, the cause\n"
      "and the field, and the others are taken; the exit status is 1 then. A line that was taken over before is recognised: the same\n"
      "command goes on where an earlier one ended, however it ended. docs/moving.md says what a line holds.",
      CG_OPTS_ACTOR | CG_OPT_DRY_RUN | CG_OPT_STRICT | CG_OPT_PROGRESS, NEEDS_ACTOR, 1, 1, cg_do_import },
    { "export", "[CASE] [--lab LAB]", "everything that a store holds of a case, of a lab, or at all, as lines of JSON",
      "With texts and salts: guard it like the store. import makes the same cases of it, events and hashes as they are, in this kind of\n"
      "store or in another one.",
      CG_OPT_STORE | CG_OPT_LAB, NEEDS_OPERATOR | CG_NEEDS_CASE, 0, 1, cg_do_export },
    { "test", "FILE... [--back-end NAME] [--coverage]", "run scenario files: workflow rules tested without a line of C",
      "The report is TAP, with a last line \"N passed, N failed\". With --store each scenario gets fresh tables of its own\n"
      "there, dropped afterwards; without it, memory. The exit status is 0 only if all passed, 1 if one failed,\n"
      "3 if a file is at fault. --coverage says what of each workflow the files exercised, and what not.",
      CG_OPT_STORE | CG_OPT_BACK_END | CG_OPT_COVERAGE | CG_OPT_JSON, 0, 1, SIZE_MAX, cg_do_test },
    { "check-store", "URI", "whether a store keeps the contract of store.h",
      "Each rule gets fresh tables of its own beside those of the store, dropped afterwards; no other table is touched. The\n"
      "report is TAP, with a last line \"N passed, N failed\". The exit status is 1 if a rule does not hold.",
      CG_OPT_JSON, 0, 1, 1, cg_do_check_store },
    { "diagram", "[--workflow FILE] [--format FORMAT]", "a workflow as a decision table, a diagram, or its definition",
      "The definition in FILE is verified first: every fault is named, with its place, and the exit status is 1.",
      CG_OPT_WORKFLOW | CG_OPT_FORMAT | CG_OPT_JSON, 0, 0, 0, cg_do_diagram },
    { "reasons", "", "the reasons that a rejection can name", NULL, CG_OPT_POLICY | CG_OPT_JSON, 0, 0, 0, cg_do_reasons },
    { "help", "[COMMAND]", "say how a command is used", NULL, 0, 0, 0, 1, cg_do_help },
};
#define COUNT (sizeof commands / sizeof *commands)

const struct cg_command *cg_command_at(size_t i)
{
    return i < COUNT ? &commands[i] : NULL;
}

const struct cg_command *cg_command_find(const char *name)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

int cg_do_help(struct cg_tool *tool)
{
    const struct cg_command *command = tool->operand_count > 0 ? cg_command_find(tool->operands[0]) : NULL;

    if (command == NULL && tool->operand_count > 0)
        return cg_usage(tool, tool->operands[0], "is not a command; `casegate help` lists them");
    if (command != NULL)
        cg_help_command(tool, command);
    else
        cg_help(tool);
    return CG_DONE;
}

/* Whoever can open the store is its operator: role system, which can look and never decides. */
static int make_operator(struct cg_tool *tool)
{
    casegate_actor_fields fields;

    casegate_actor_fields_init(&fields, sizeof fields);
    fields.id = "operator";
    fields.role = CASEGATE_SYSTEM;
    fields.permissions = CASEGATE_MAY_VIEW;
    casegate_result rc = casegate_actor_new(NULL, &fields, &tool->operator_, &tool->err);
    tool->actor = tool->operator_;
    return cg_answered(tool, rc);
}

/* Opens what the command stands on: who acts, the rules, the store, the case. */
static int open_needs(struct cg_tool *tool)
{
    uint32_t needs = tool->command->needs;
    if ((needs & CG_NEEDS_OPERAND) != 0 && tool->operand_count == 0)
        needs = 0;
    int status = (needs & CG_NEEDS_STORE) != 0 ? cg_read_workflows(tool) : CG_DONE;

    if (status == CG_DONE && (needs & CG_NEEDS_ACTOR) != 0)
        status = cg_read_people(tool);
    if (status == CG_DONE && (needs & CG_NEEDS_OPERATOR) != 0)
        status = make_operator(tool);
    if (status == CG_DONE)
        status = cg_read_policy(tool);
    if (status != CG_DONE || (needs & CG_NEEDS_STORE) == 0)
        return status;
    status = cg_open_store(tool, 1);
    if (status == CG_DONE && cg_is_memory(tool->opt.store))
        fputs("casegate: note: a store in memory is empty, and forgets when this command ends\n", stderr);
    if (status == CG_DONE)
        status = cg_open_engine(tool);
    if (status == CG_DONE && tool->operand_count > 0 && (needs & CG_NEEDS_CASE) != 0)
        status = cg_find_case(tool, tool->operands[0]);
    return status;
}

static int run(struct cg_tool *tool)
{
    if ((tool->opt.given & CG_OPT_VERSION) != 0) {
        cg_putf(tool->out, "casegate %s\n", casegate_version());
        return CG_DONE;
    }
    if ((tool->opt.given & CG_OPT_HELP) != 0) {
        if (tool->command != NULL)
            cg_help_command(tool, tool->command);
        else
            cg_help(tool);
        return CG_DONE;
    }
    int status = open_needs(tool);
    return status == CG_DONE ? tool->command->run(tool) : status;
}

static void close_all(struct cg_tool *tool)
{
    casegate_outcome_free(tool->outcome);
    casegate_engine_unref(tool->engine);
    casegate_notifier_unref(tool->notifier);
    casegate_templates_unref(tool->templates);
    casegate_store_unref(tool->store);
    casegate_policy_unref(tool->policy);
    casegate_actor_unref(tool->operator_);
    for (size_t i = 0; i < tool->workflow_count; i++)
        casegate_workflow_unref(tool->workflows[i]);
    casegate_people_free(tool->people);
    casegate_buffer_free(tool->out);
    free(tool->operands);
}

int main(int argc, char **argv)
{
    struct cg_tool tool = { .operands = calloc((size_t)argc + 1, sizeof(char *)), .out = casegate_buffer_new(NULL) };

    casegate_error_init(&tool.err, sizeof tool.err);
    cg_terminal_begin(&tool);
    if (tool.operands == NULL || tool.out == NULL) {
        fputs("casegate: out of memory\n", stderr);
        close_all(&tool);
        return CG_ERROR;
    }
    int status = cg_options_parse(&tool, argc, argv);
    if (status == CG_DONE)
        status = run(&tool);
    if (cg_flush(&tool) != CG_DONE)
        status = CG_ERROR;
    close_all(&tool);
    return status;
}
