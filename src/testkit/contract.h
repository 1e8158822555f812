/* SPDX-License-Identifier: MIT */
/* contract.h: what the rules of a store's contract share: the store under test, true commits for it, and what is expected of it. */
#ifndef CG_CONTRACT_H
#define CG_CONTRACT_H

#include <casegate/testkit.h>

#include <stdlib.h>
#include <string.h>

#define CG_CLINIC "clinic-north"
#define CG_LAB "lab-one"

/* A rule that is being judged. Whatever fails first is its answer; what follows does nothing any more. */
typedef struct cg_rule {
    const casegate_contract_options *options;
    uint32_t ordinal;
    casegate_clock *clock;
    casegate_host *host;
    casegate_store *store;
    const casegate_store_ops *ops;
    casegate_answers *answers;     /* of the last callback */
    casegate_workflow *workflow;
    casegate_policy *policy;
    casegate_error err;
    int failed;
    char why[512];                 /* what was expected, and what came */
} cg_rule;

/* Expectations. They say what is wrong in words that a store's author understands, and give 1 if it holds. */
int cg_holds(cg_rule *r, int holds, const char *expected);
int cg_gives(cg_rule *r, casegate_result rc, casegate_result expected, const char *what);
int cg_is_number(cg_rule *r, uint64_t got, uint64_t expected, const char *what);
int cg_is_text(cg_rule *r, const char *got, const char *expected, const char *what);
int cg_is_view(cg_rule *r, int32_t view, const void *got, const void *expected, const char *what);   /* every member */
int cg_is_content(cg_rule *r, const casegate_content *got, const casegate_content *expected);

/* A case as the engine would write it: decided and sealed by the library, committed by the store under test. The commit of the last
 * step points into the rest. */
typedef struct cg_case {
    char id[65];
    casegate_content *content;           /* as committed */
    casegate_case *kase, *before;        /* as committed, NULL: not yet; and as decided on */
    casegate_actor *actor;
    casegate_request request;
    casegate_facts facts;
    casegate_file file;
    const casegate_file *files[1];
    casegate_decision *decision;
    const casegate_commit *commit;
} cg_case;

/* What a step asks for beyond its action. */
typedef struct cg_wish { const char *clinic, *lab, *request, *comment, *actor; const casegate_content *content; int file; } cg_wish;

void cg_case_open(cg_case *c, const char *id);
void cg_case_close(cg_case *c);
/* A complete content. due NULL: none. */
casegate_content *cg_contract_content(cg_rule *r, const char *reference, const char *due);
/* Decides the next step of a case without writing it. */
const casegate_commit *cg_decide_step(cg_rule *r, cg_case *c, int32_t action, const cg_wish *wish);
/* Writes what was decided, alone; OK moves the case on. */
casegate_result cg_write_step(cg_rule *r, cg_case *c);
void cg_wrote_step(cg_rule *r, cg_case *c);   /* it was written in another way */
casegate_result cg_write(cg_rule *r, const casegate_commit *commit);
casegate_result cg_erase_step(cg_rule *r, cg_case *c);   /* an erasure, through its own callback */
/* Both, and it must succeed. */
int cg_step(cg_rule *r, cg_case *c, int32_t action, const cg_wish *wish);
/* A case that is there, in a status of intake. */
void cg_given(cg_rule *r, cg_case *c, const char *id, int32_t status);

/* Callbacks of the store, with the answers cleared before. */
casegate_result cg_load(cg_rule *r, const char *id);
casegate_result cg_history(cg_rule *r, const char *id, uint32_t after, uint32_t limit);
casegate_result cg_content(cg_rule *r, const char *id, uint32_t revision);
void cg_forget(cg_rule *r);   /* answers and error */

/* What is stored of a case, held against what was committed. */
int cg_is_loaded(cg_rule *r, const cg_case *c);
int cg_is_content_stored(cg_rule *r, const cg_case *c);
int cg_has_events(cg_rule *r, const char *id, size_t expected, const char *what);   /* 0: also if it is not there; 1 without history */
uint64_t cg_notices_of(cg_rule *r);                                                 /* of all cases; 0 if they are not listed */

/* Several at work at once, each with a rule of its own over the store. */
enum { CG_MOST_WORKERS = 8, CG_MOST_RESULTS = 32 };
typedef struct cg_outcome { int32_t failed, results[CG_MOST_RESULTS]; char why[512]; } cg_outcome;   /* fits into one write to a pipe */
typedef void (*cg_work)(cg_rule *own, size_t number, void *task, cg_outcome *out);
/* Begin together; the first failure of any is the rule's. Processes open the store again, and the rule once more behind them. */
int cg_run_threads(cg_rule *r, size_t count, cg_work work, void *task, cg_outcome *outcomes);
int cg_run_processes(cg_rule *r, size_t count, cg_work work, void *task, cg_outcome *outcomes);

/* Rules by what they are about; each table ends with an empty row. */
typedef struct cg_contract_rule {
    const char *name;                              /* a sentence with underscores */
    int (*applies)(const cg_rule *r);              /* NULL: a MUST */
    void (*judge)(cg_rule *r);
} cg_contract_rule;
extern const cg_contract_rule cg_rules_of_commit[], cg_rules_of_list[], cg_rules_of_notices[], cg_rules_of_erase[],
                              cg_rules_of_limits[], cg_rules_of_crowds[];

#endif
