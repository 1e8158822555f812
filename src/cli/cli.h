/* SPDX-License-Identifier: MIT */
/* cli.h: what the files of the tool share: its state, its command table, and the words for output. */
#ifndef CG_CLI_H
#define CG_CLI_H

#include <casegate/engine.h>
#include <casegate/json.h>
#include <casegate/mail.h>

#include <stdint.h>
#include <stdio.h>

/* Exit statuses, as the manual page says. */
enum { CG_DONE = 0, CG_REFUSED = 1, CG_USAGE = 2, CG_ERROR = 3 };

/* ---- options ----------------------------------------------------------------------------------------------------- */

/* One bit an option: what a command takes, and what was given. */
#define CG_OPT_STORE            (UINT64_C(1) << 0)
#define CG_OPT_AS               (UINT64_C(1) << 1)
#define CG_OPT_PEOPLE           (UINT64_C(1) << 2)
#define CG_OPT_POLICY           (UINT64_C(1) << 3)
#define CG_OPT_OUTBOX           (UINT64_C(1) << 4)
#define CG_OPT_FROM             (UINT64_C(1) << 5)
#define CG_OPT_JSON             (UINT64_C(1) << 6)
#define CG_OPT_REQUEST          (UINT64_C(1) << 7)
#define CG_OPT_REVISION         (UINT64_C(1) << 8)
#define CG_OPT_YES              (UINT64_C(1) << 9)
#define CG_OPT_LAB              (UINT64_C(1) << 10)
#define CG_OPT_SUBMIT           (UINT64_C(1) << 11)
#define CG_OPT_PATCH            (UINT64_C(1) << 12)
#define CG_OPT_REASON           (UINT64_C(1) << 13)
#define CG_OPT_COMMENT          (UINT64_C(1) << 14)
#define CG_OPT_FILE_LIST        (UINT64_C(1) << 15)
#define CG_OPT_STATUS           (UINT64_C(1) << 16)
#define CG_OPT_REQUIRES_ACTION  (UINT64_C(1) << 17)
#define CG_OPT_ORDER            (UINT64_C(1) << 18)
#define CG_OPT_LIMIT            (UINT64_C(1) << 19)
#define CG_OPT_AFTER            (UINT64_C(1) << 20)
#define CG_OPT_LONGER_THAN      (UINT64_C(1) << 21)
#define CG_OPT_MARK_READ        (UINT64_C(1) << 22)
#define CG_OPT_BACK_END         (UINT64_C(1) << 23)
#define CG_OPT_FORMAT           (UINT64_C(1) << 24)
#define CG_OPT_HELP             (UINT64_C(1) << 25)
#define CG_OPT_VERSION          (UINT64_C(1) << 26)
#define CG_OPT_WORKFLOW         (UINT64_C(1) << 27)
#define CG_OPT_LINK             (UINT64_C(1) << 28)
#define CG_OPT_LANGUAGE         (UINT64_C(1) << 29)
#define CG_OPT_TEMPLATE         (UINT64_C(1) << 30)
#define CG_OPT_COVERAGE         (UINT64_C(1) << 31)
#define CG_OPT_SMTP             (UINT64_C(1) << 40)
#define CG_OPT_SMTP_USER        (UINT64_C(1) << 41)
#define CG_OPT_SMTP_PASSWORD    (UINT64_C(1) << 42)
#define CG_OPT_SMTP_CA          (UINT64_C(1) << 43)
#define CG_OPT_SMTP_PLAIN       (UINT64_C(1) << 44)
#define CG_OPT_TEMPLATES        (UINT64_C(1) << 45)
#define CG_OPT_FOLLOW           (UINT64_C(1) << 48)
#define CG_OPT_STATE            (UINT64_C(1) << 49)
#define CG_OPT_CHANNEL          (UINT64_C(1) << 50)
#define CG_OPT_ALL_DEAD         (UINT64_C(1) << 51)
#define CG_OPT_OLDER_THAN       (UINT64_C(1) << 52)
#define CG_OPT_VERIFY           (UINT64_C(1) << 53)
#define CG_OPT_MAPPING          (UINT64_C(1) << 54)
#define CG_OPT_POLL             (UINT64_C(1) << 55)
#define CG_OPT_BEFORE           (UINT64_C(1) << 56)
#define CG_OPT_DRY_RUN          (UINT64_C(1) << 57)
#define CG_OPT_STRICT           (UINT64_C(1) << 58)
#define CG_OPT_PROGRESS         (UINT64_C(1) << 59)
/* Groups that most commands take. */
#define CG_OPTS_ACTOR  (CG_OPT_STORE | CG_OPT_AS | CG_OPT_PEOPLE | CG_OPT_POLICY | CG_OPT_WORKFLOW | CG_OPT_JSON)
#define CG_OPTS_CHANGE (CG_OPTS_ACTOR | CG_OPT_REQUEST)
#define CG_OPTS_WRITER (CG_OPT_FROM | CG_OPT_LINK | CG_OPT_LANGUAGE | CG_OPT_TEMPLATES)   /* of e-mails */
#define CG_OPTS_SMTP   (CG_OPT_SMTP | CG_OPT_SMTP_USER | CG_OPT_SMTP_PASSWORD | CG_OPT_SMTP_CA | CG_OPT_SMTP_PLAIN)
#define CG_OPTS_MAIL   (CG_OPT_OUTBOX | CG_OPTS_SMTP | CG_OPTS_WRITER)

enum { CG_MOST_WORKFLOWS = 33, CG_MOST_GUARDS = 100 };   /* intake among them */

struct cg_options {
    uint64_t given;   /* CG_OPT_... bits that the command line named; the environment does not count */
    const char *store, *as, *people, *policy, *outbox, *from, *request;
    const char *lab, *patch, *reason, *comment, *file_list, *status, *order, *after, *longer_than, *mark_read, *back_end, *format,
        *mapping, *link, *language, *template_code, *smtp, *smtp_user, *smtp_password_file, *smtp_ca, *templates,
        *state, *channel, *older_than, *verify, *poll, *before;
    uint32_t revision, limit;
    const char *workflows[CG_MOST_WORKFLOWS];
    size_t workflow_count;
};

/* ---- the tool ---------------------------------------------------------------------------------------------------- */

struct cg_tool;

/* What a command stands on before its function runs. */
enum { CG_NEEDS_STORE = 1, CG_NEEDS_ACTOR = 2, CG_NEEDS_CASE = 4 /* the first operand, if any, names a case */,
       CG_NEEDS_OPERAND = 8 /* without one it stands on nothing */,
       CG_NEEDS_OPERATOR = 16 /* who acts is the operator of the store, role system */ };

struct cg_command {
    const char *name;
    const char *synopsis;   /* operands and options, behind the name */
    const char *summary;    /* one line */
    const char *details;    /* a paragraph for `help NAME`, or NULL */
    uint64_t options;       /* CG_OPT_... bits */
    uint32_t needs;         /* CG_NEEDS_... bits */
    size_t least, most;     /* operands */
    int (*run)(struct cg_tool *tool);
};

struct cg_tool {
    struct cg_options opt;
    const struct cg_command *command;
    const char **operands;       /* behind the command */
    size_t operand_count;
    int json;                    /* answer as JSON */
    int colour, colour_err;      /* stdout and stderr may be coloured */
    casegate_people *people;
    const casegate_actor *actor;
    casegate_actor *operator_;   /* the actor of commands of an operator */
    casegate_policy *policy;
    casegate_workflow *workflows[CG_MOST_WORKFLOWS];   /* new cases run under the first */
    size_t workflow_count;
    casegate_store *store;
    casegate_notifier *notifier;
    casegate_templates *templates;   /* of --templates */
    casegate_engine *engine;
    casegate_outcome *outcome;
    casegate_call call;
    char case_id[128];           /* of the first operand, once it was looked up */
    char reason[128], comment[4200];   /* as a person typed them */
    casegate_buffer *out;        /* the answer, written when the command is done */
    casegate_error err;
    casegate_result written;     /* first failure of a writer */
};

/* main.c */
const struct cg_command *cg_command_at(size_t i);
const struct cg_command *cg_command_find(const char *name);

/* options.c */
int cg_options_parse(struct cg_tool *tool, int argc, char **argv);
void cg_options_help(struct cg_tool *tool, uint64_t options);
void cg_help(struct cg_tool *tool);
void cg_help_command(struct cg_tool *tool, const struct cg_command *command);

/* store.c: opens what a command needs */
int cg_open_store(struct cg_tool *tool, int must_exist);
int cg_open_engine(struct cg_tool *tool);
int cg_find_case(struct cg_tool *tool, const char *given);
/*
 * part: a prefix or schema of their own for tables that are dropped again; NULL: the store itself. open, drop NULL: not built.
 * listen, wait, unlisten: who waits for new notices is called by the store; NULL: it is not, and looks by itself.
 */
struct cg_listener;
struct cg_store_kind {
    const char *scheme;
    casegate_result (*open)(casegate_host *host, const char *uri, const char *part, int must_exist, casegate_store **out,
                            casegate_error *err);
    casegate_result (*drop)(casegate_host *host, const char *uri, const char *part, casegate_error *err);
    casegate_result (*listen)(const char *uri, const char *channel, struct cg_listener **out, casegate_error *err);
    int (*wait)(struct cg_listener *listener, int64_t timeout_us);   /* 1: there is news */
    void (*unlisten)(struct cg_listener *listener);
};
int cg_store_kind_of(struct cg_tool *tool, const char *uri, const struct cg_store_kind **kind);
casegate_result cg_tool_open_postgres(casegate_host *host, const char *uri, const char *part, int must_exist, casegate_store **out,
                                      casegate_error *err);
casegate_result cg_tool_drop_postgres(casegate_host *host, const char *uri, const char *part, casegate_error *err);
casegate_result cg_tool_listen_postgres(const char *uri, const char *channel, struct cg_listener **out, casegate_error *err);
int cg_tool_wait_postgres(struct cg_listener *listener, int64_t timeout_us);
void cg_tool_unlisten_postgres(struct cg_listener *listener);
int cg_is_memory(const char *uri);

/* scratch.c: tables for a test, beside those of a store, and none of them */
struct cg_scratch {
    const struct cg_store_kind *kind;   /* NULL: memory */
    const char *uri;
    char tag[9];                        /* of this run, so that two runs never meet */
};
int cg_scratch_begin(struct cg_tool *tool, const char *uri, struct cg_scratch *scratch);
casegate_result cg_scratch_open(const struct cg_scratch *scratch, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                casegate_error *err);
casegate_result cg_scratch_reopen(const struct cg_scratch *scratch, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                  casegate_error *err);
void cg_scratch_drop(const struct cg_scratch *scratch, casegate_host *host, uint32_t ordinal);

/* workflow.c: definitions, and what stands in for the guards that they name */
struct cg_guards {
    casegate_guard guards[CG_MOST_GUARDS];
    const casegate_guard *list[CG_MOST_GUARDS];
    size_t count;
};
int cg_put_faults(struct cg_tool *tool, const char *path, const casegate_faults *faults);
int cg_read_workflow(struct cg_tool *tool, const char *path, casegate_workflow **out);
int cg_read_workflows(struct cg_tool *tool);
int cg_bar_guards(struct cg_tool *tool, struct cg_guards *guards);

/* input.c: what the tool reads */
casegate_result cg_load_file(const char *path, size_t most, char **text, size_t *len, casegate_error *err);
int cg_read_file(struct cg_tool *tool, const char *path, size_t most, char **text, size_t *len);
int cg_read_content(struct cg_tool *tool, const char *path, casegate_content **out);
int cg_read_people(struct cg_tool *tool);
int cg_read_policy(struct cg_tool *tool);
int cg_interactive(const struct cg_tool *tool);
int cg_ask(const char *question, char *line, size_t cap);
#define CG_MOST_JSON ((size_t)4 * 1024 * 1024)      /* what the JSON readers take */
#define CG_MOST_SCENARIO ((size_t)64 * 1024 * 1024)

/* mail.c: who writes the e-mails, of the command line; outbox.c: the channel "email" as files */
struct cg_writer {
    casegate_mail_options options;   /* borrows from the command line, the environment, and from here */
    char name[256], address[256];
};
int cg_writer_make(struct cg_tool *tool, struct cg_writer *writer);
int cg_read_templates(struct cg_tool *tool);   /* templates.c */
int cg_outbox_open(struct cg_tool *tool);
int cg_notifier_open(struct cg_tool *tool);   /* smtp.c: through a mail server, or into the outbox */

/* walk.c */
typedef int (*cg_visit)(struct cg_tool *tool, const casegate_head *head, void *user);
int cg_walk_cases(struct cg_tool *tool, cg_visit visit, void *user);

/* ---- answers (answer.c) ------------------------------------------------------------------------------------------ */

int cg_answered(struct cg_tool *tool, casegate_result rc);
int cg_invalid_input(struct cg_tool *tool);
int cg_failed(struct cg_tool *tool);
int cg_failed_in(struct cg_tool *tool, const char *path);
int cg_fail(struct cg_tool *tool, casegate_result code, const char *field, const char *text);
int cg_usage(struct cg_tool *tool, const char *field, const char *text);
int cg_flush(struct cg_tool *tool);
void cg_wrote(struct cg_tool *tool, casegate_result rc);
void cg_put_verdict(casegate_buffer *out, const casegate_verdict *verdict, int colour, const char *indent);

/* ---- text for people (terminal.c) -------------------------------------------------------------------------------- */

enum { CG_PLAIN, CG_BOLD, CG_DIM, CG_RED, CG_GREEN, CG_YELLOW };

void cg_terminal_begin(struct cg_tool *tool);
void cg_put(casegate_buffer *out, const char *text);
void cg_putf(casegate_buffer *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cg_put_safe(casegate_buffer *out, const char *text);                          /* one line, nothing that moves a cursor */
void cg_put_block(casegate_buffer *out, const char *text, const char *indent);     /* free text, its lines indented */
void cg_put_coloured(casegate_buffer *out, int allowed, int colour, const char *text);
void cg_put_time(casegate_buffer *out, int64_t us);
size_t cg_width(const char *text);
int cg_has_terminal(void);   /* somebody sees a bar */
void cg_progress(const char *what, size_t done, size_t all);

/* ---- tables (table.c) -------------------------------------------------------------------------------------------- */

struct cg_table;
struct cg_table *cg_table_new(const char *const *heads, size_t columns);
void cg_table_cell(struct cg_table *table, const char *text);      /* the next cell of the current row, or of a new one */
void cg_table_cellf(struct cg_table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cg_table_paint(struct cg_table *table, int colour);           /* the cell added last */
void cg_table_note(struct cg_table *table, const char *label, const char *text);   /* a line below the row */
/* Writes the table and frees it; out NULL: only that. */
casegate_result cg_table_write(struct cg_table *table, casegate_buffer *out, int colour, const char *indent);

/* ---- cases for people (show.c) ----------------------------------------------------------------------------------- */

const char *cg_status_label(const casegate_workflow *workflow, int32_t status);
int cg_status_colour(const casegate_workflow *workflow, int32_t status);
const char *cg_action_name(const casegate_workflow *workflow, int32_t action);
const char *cg_reason_label(const casegate_label *const *labels, size_t count, const char *code);
void cg_put_headline(struct cg_tool *tool, const casegate_head *head, const casegate_workflow *workflow);
void cg_put_case(struct cg_tool *tool, uint32_t revision);
void cg_put_findings(struct cg_tool *tool, const casegate_findings *findings);
void cg_put_notices(struct cg_tool *tool);
void cg_put_files(struct cg_tool *tool, const casegate_file *const *files, size_t count, const char *indent);

/* ---- commands ---------------------------------------------------------------------------------------------------- */

int cg_do_init(struct cg_tool *tool);
int cg_do_create(struct cg_tool *tool);
int cg_do_edit(struct cg_tool *tool);
int cg_do_submit(struct cg_tool *tool);
int cg_do_accept(struct cg_tool *tool);
int cg_do_erase(struct cg_tool *tool);
int cg_do_reject(struct cg_tool *tool);
int cg_do_list(struct cg_tool *tool);
int cg_do_waiting(struct cg_tool *tool);
int cg_do_show(struct cg_tool *tool);
int cg_do_explain(struct cg_tool *tool);
int cg_do_review(struct cg_tool *tool);
int cg_do_history(struct cg_tool *tool);
int cg_do_inbox(struct cg_tool *tool);
int cg_do_deliver(struct cg_tool *tool);
int cg_do_notices(struct cg_tool *tool);
int cg_do_requeue(struct cg_tool *tool);
int cg_do_remind(struct cg_tool *tool);
int cg_do_purge(struct cg_tool *tool);
int cg_do_import(struct cg_tool *tool);
int cg_do_export(struct cg_tool *tool);
int cg_do_doctor(struct cg_tool *tool);
int cg_do_preview_notice(struct cg_tool *tool);
int cg_do_verify(struct cg_tool *tool);
int cg_do_migrate(struct cg_tool *tool);
int cg_do_test(struct cg_tool *tool);
int cg_do_check_store(struct cg_tool *tool);
int cg_do_diagram(struct cg_tool *tool);
int cg_do_reasons(struct cg_tool *tool);
int cg_do_help(struct cg_tool *tool);

#endif
