/* SPDX-License-Identifier: MIT */
/* lab.h: the dental lab's own system, as it was before casegate came. */
#ifndef EXAMPLE_LAB_H
#define EXAMPLE_LAB_H

#include <sqlite3.h>

/* Makes the lab's tables with some of its years in them; a SQLite code. */
int lab_create(sqlite3 *db);
/* Prints the lab's orders the way its own programs see them: plain SQL, nothing of casegate. */
int lab_print_orders(sqlite3 *db, const char *title);

#endif
