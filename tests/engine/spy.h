/* SPDX-License-Identifier: MIT */
/* spy.h: a store that forwards to the memory store, counts, and misbehaves as a test tells it to. */
#ifndef TESTS_ENGINE_SPY_H
#define TESTS_ENGINE_SPY_H

#include <casegate/testkit.h>

typedef struct spy {
    casegate_store *inner;
    int loads, contents, commits, lists, histories, claims, settles, inboxes, marks, listed, requeues, added, described, erasures;
    /* The next commits: each entry is what is answered; `lands` says whether it takes effect all the same. */
    struct { casegate_result answer; int lands; } script[16];
    int scripted, played;
    int load_fails;                             /* so many loads fail from now on */
    int commit_fails;                           /* so many calls of commit fail as a whole */
    size_t committed;                           /* how many the last call of commit had */
    void (*before_commit)(struct spy *spy);     /* called once, before the next commit is looked at */
    void (*before_history)(struct spy *spy);    /* called before the history is looked up, until it is taken out */
    /* What is answered is changed on its way; NULL: not. */
    void (*bend_head)(struct spy *spy, casegate_head *head);
    void (*bend_event)(struct spy *spy, casegate_event *event);
    void (*bend_content)(struct spy *spy, casegate_stored_content *content);
    void (*bend_notice)(struct spy *spy, casegate_notice *notice);
    int drop_event;                             /* sequence number of an event that is left out */
    int twice;                                  /* heads are answered twice */
    casegate_result garbage;                    /* what every callback but commit answers, if not 0 */
    void *data;                                 /* the test's own */
} spy;

/* A store that spies on a memory store of its own. without: CASEGATE_KEEPS_... bits that it shall lack, and this one. */
#define SPY_NO_OPERATION (1u << 30)   /* no notices, requeue, add_notice, describe, erase, purge */
casegate_store *spy_new(spy *s, casegate_host *host, uint32_t without);
void spy_answer(spy *s, casegate_result answer, int lands);   /* for one commit more */
void spy_add_notice(spy *s, const casegate_notice *notice);   /* as if a host had reminded */
casegate_notice *spy_notice(spy *s, const char *channel, size_t i);   /* a copy of what is stored, by id; NULL beyond the last */

#endif
