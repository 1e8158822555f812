/* SPDX-License-Identifier: MIT */
/* proxy.h: stands between a store and its server, counts round trips, and cuts the line where a test wants it. */
#ifndef CASEGATE_TESTS_POSTGRES_PROXY_H
#define CASEGATE_TESTS_POSTGRES_PROXY_H

#include <stddef.h>

typedef struct proxy proxy;

/* Where the next request of a client ends. */
enum {
    CUT_NOTHING,
    CUT_REQUEST,   /* never reaches the server */
    CUT_REPLY,     /* reaches the server, whose whole answer is thrown away */
    CUT_HALF,      /* half of the first part of the answer still arrives */
    CUT_ABANDON,   /* reaches the server, and nobody is there for the answer */
    CUT_SILENCE    /* reaches the server; the client hears nothing and the line stays open */
};

/* Listens in a folder of its own; server: the folder of the server's socket. NULL if it cannot. */
proxy *proxy_start(const char *server);
/* "host=... user=... dbname=..." */
const char *proxy_conninfo(const proxy *p);
/* How often a client spoke after it had been answered. */
int proxy_trips(const proxy *p);
void proxy_cut(proxy *p, int how);
/* Closes every line. */
void proxy_hang_up(proxy *p);
void proxy_stop(proxy *p);
/* Removes its folder alone, when the program is about to end anyway. */
void proxy_forget(const proxy *p);
/* The folder of the server's socket, of a conninfo. */
int socket_folder(const char *conninfo, char *out, size_t room);

#endif
