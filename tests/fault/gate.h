/* SPDX-License-Identifier: MIT */
/* gate.h: an engine on a SQLite file, its people, and what a store must look like whatever happened to it. */
#ifndef CASEGATE_TESTS_FAULT_GATE_H
#define CASEGATE_TESTS_FAULT_GATE_H

#include <stdio.h>

#include <casegate/sqlite.h>
#include <casegate/testkit.h>

enum { NOTICES = 4 };   /* of a rejection: clinic and dentist, by e-mail and in the portal */

typedef struct gate {
    casegate_host *host;      /* its ids go on over reopenings */
    casegate_recorder *mail;
    casegate_actor *clinic, *lab, *system;
    casegate_content *first, *second;
    casegate_store *store;
    casegate_engine *engine;
    casegate_outcome *outcome;
    casegate_error err;
} gate;

/* People and contents; NULL host: the system's. The program ends if that cannot be. */
void gate_begin(gate *g, casegate_host *host);
void gate_end(gate *g);
casegate_result gate_open(gate *g, const char *path);
casegate_result gate_share(gate *g, casegate_store *store);   /* an engine of its own on a store that others use, too */
void gate_close(gate *g);

casegate_result gate_create(gate *g, const char *request);
casegate_result gate_edit(gate *g, const char *id, uint32_t revision, const char *request);
casegate_result gate_submit(gate *g, const char *id, const char *request);
casegate_result gate_reject(gate *g, const char *id, uint32_t revision, const char *request);
casegate_result gate_accept(gate *g, const char *id, uint32_t revision, const char *request);
casegate_result gate_erase(gate *g, const char *id, const char *request);
casegate_result gate_deliver(gate *g, uint32_t *delivered);
/* 1: head, events and contents of the case fit together. */
int gate_is_intact(gate *g, const char *id);

/* What is stored of a case, counted by SQL alone. */
typedef struct stored { char id[65]; uint32_t version, revision; int32_t status; int whole; } stored;
/* Reads all cases of the file, at most room; -1: it cannot be read, or SQLite finds it damaged. whole: no event, content or
 * notice is missing or too many. */
int gate_read_all(const char *path, stored *cases, int room, uint32_t *delivered);

#endif
