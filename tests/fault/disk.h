/* SPDX-License-Identifier: MIT */
/* disk.h: a disk in memory behind SQLite, for any number of threads: any operation can fail, and the power can be cut. */
#ifndef CASEGATE_TESTS_FAULT_DISK_H
#define CASEGATE_TESTS_FAULT_DISK_H

#include <stdint.h>

#include <sqlite3.h>

/* What is declared here is for a thread that is alone, but for disk_is_dead() and disk_throw(). */

/* Registered as SQLite's default file system; the disk is empty. */
void disk_plug_in(uint64_t seed);
void disk_unplug(void);
/* An empty disk. No file may be open. */
void disk_clear(void);

/* How many operations there were since the last call of this. */
long disk_operations(void);
/* The operation after so many more fails; for_ever: and all that follow. full: as a full disk or a lock would, else as a broken
 * disk. */
void disk_fail(long after, int for_ever, int full);
/* While it is 1 nothing fails and nothing is counted: whoever looks at what happened is no part of it. */
void disk_pause(int paused);
/* The sync of a log after so many more fails, once. */
void disk_fail_sync(long after);
/* The power fails at the operation after so many more; from then on nothing works until disk_power_on(). */
void disk_cut_power(long after);
int disk_is_dead(void);
/* No operation fails any more, whatever was planned. */
void disk_heal(void);
/* What a disk may hold after a loss of power: of what was written since the last sync any part, in any order, torn anywhere. */
void disk_power_on(void);
/* A number below n, of the disk's own dice; of the caller's, which start with any number but 0. */
uint32_t disk_dice(uint32_t n);
uint32_t disk_throw(uint64_t *dice, uint32_t n);
/* 1: there are other threads: who sleeps on it sleeps, since they may be waited for, and a sync takes a moment: they may come. */
extern int disk_waits;

/* The defects that the harnesses must find. */
extern _Thread_local int disk_forgets_to_sync;   /* a sync of the write-ahead log by this thread does nothing */
extern int disk_hides_failures;                  /* a write that fails says that it did not */

#endif
