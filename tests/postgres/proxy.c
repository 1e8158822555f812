/* SPDX-License-Identifier: MIT */
/* proxy.c: lines between clients and the server, copied by one thread. */
#include "proxy.h"

#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINES = 32 };

typedef struct line { int client, server, answered, silent; } line;

struct proxy {
    char folder[64], conninfo[128], server[108];
    int listener;
    pthread_t thread;
    atomic_int trips, cut, hang_up, stop;
    line lines[LINES];
};

static int open_socket(const char *folder, int listens)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0), failed;

    snprintf(address.sun_path, sizeof address.sun_path, "%.80s/.s.PGSQL.5432", folder);
    failed = listens ? bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, LINES)
                     : connect(fd, (struct sockaddr *)&address, sizeof address);
    if (!failed)
        return fd;
    close(fd);
    return -1;
}

static void close_line(line *l)
{
    close(l->client);
    close(l->server);
    memset(l, 0, sizeof *l);
}

static void accept_line(proxy *p)
{
    int client = accept(p->listener, NULL, NULL), server = open_socket(p->server, 0);

    for (size_t i = 0; i < LINES && client >= 0 && server >= 0; i++)
        if (!p->lines[i].client) {
            p->lines[i] = (line){.client = client, .server = server, .answered = 1};
            return;
        }
    close(client);
    close(server);
}

/* 0: the line is to be closed. */
static int copy(int from, int to, char *bytes, ssize_t *len)
{
    *len = read(from, bytes, 65536);
    for (ssize_t at = 0, sent; at < *len; at += sent) {
        sent = to < 0 ? *len - at : send(to, bytes + at, (size_t)(*len - at), MSG_NOSIGNAL);
        if (sent <= 0)
            return 0;
    }
    return *len > 0;
}

static int from_client(proxy *p, line *l)
{
    static char bytes[65536];
    ssize_t len;
    int cut = p->cut;

    if (l->answered)
        p->trips++;
    l->answered = 0;
    return copy(l->client, cut == CUT_REQUEST ? -1 : l->server, bytes, &len) && cut != CUT_REQUEST && cut != CUT_ABANDON;
}

/* The whole answer has come when the server says that it is ready: 'Z', 5 more bytes. */
static int is_whole(const char *bytes, ssize_t len)
{
    return len >= 6 && bytes[len - 6] == 'Z';
}

static int from_server(proxy *p, line *l)
{
    static char bytes[65536];
    ssize_t len;
    int cut = p->cut;

    l->answered = 1;
    if (cut == CUT_NOTHING && !l->silent)
        return copy(l->server, l->client, bytes, &len);
    if (!copy(l->server, -1, bytes, &len))
        return 0;
    if (cut == CUT_SILENCE || l->silent)
        return l->silent = 1;
    if (cut == CUT_HALF && len > 1)
        send(l->client, bytes, (size_t)len / 2, MSG_NOSIGNAL);
    return cut == CUT_HALF ? 0 : !is_whole(bytes, len);
}

static void serve_line(proxy *p, line *l, short client, short server)
{
    int open = 1;

    if (client)
        open = from_client(p, l);
    if (open && server)
        open = from_server(p, l);
    if (open)
        return;
    close_line(l);
    if (p->cut != CUT_SILENCE)
        p->cut = CUT_NOTHING;
}

static void hang_up(proxy *p)
{
    for (size_t i = 0; i < LINES; i++)
        if (p->lines[i].client)
            close_line(&p->lines[i]);
    p->hang_up = 0;
}

static void *serve(void *arg)
{
    proxy *p = arg;

    while (!p->stop) {
        struct pollfd sockets[1 + 2 * LINES] = {{.fd = p->listener, .events = POLLIN}};

        for (size_t i = 0; i < LINES; i++) {
            sockets[1 + 2 * i] = (struct pollfd){.fd = p->lines[i].client ? p->lines[i].client : -1, .events = POLLIN};
            sockets[2 + 2 * i] = (struct pollfd){.fd = p->lines[i].client ? p->lines[i].server : -1, .events = POLLIN};
        }
        poll(sockets, 1 + 2 * LINES, 20);
        for (size_t i = 0; i < LINES; i++)
            if (p->lines[i].client)
                serve_line(p, &p->lines[i], sockets[1 + 2 * i].revents, sockets[2 + 2 * i].revents);
        if (sockets[0].revents)
            accept_line(p);
        if (p->hang_up)
            hang_up(p);
    }
    hang_up(p);
    return NULL;
}

int socket_folder(const char *conninfo, char *out, size_t room)
{
    PQconninfoOption *parts = PQconninfoParse(conninfo, NULL);
    int found = 0;

    for (PQconninfoOption *part = parts; part && part->keyword; part++)
        if (strcmp(part->keyword, "host") == 0 && part->val)
            found = snprintf(out, room, "%s", part->val) > 0;
    PQconninfoFree(parts);
    return found;
}

proxy *proxy_start(const char *server)
{
    proxy *p = calloc(1, sizeof *p);

    if (!p)
        return NULL;
    strcpy(p->folder, "/tmp/casegate-proxy-XXXXXX");
    snprintf(p->server, sizeof p->server, "%s", server);
    if (mkdtemp(p->folder) && (p->listener = open_socket(p->folder, 1)) >= 0
        && pthread_create(&p->thread, NULL, serve, p) == 0) {
        snprintf(p->conninfo, sizeof p->conninfo, "host=%s user=casegate dbname=postgres", p->folder);
        return p;
    }
    free(p);
    return NULL;
}

const char *proxy_conninfo(const proxy *p)
{
    return p->conninfo;
}

int proxy_trips(const proxy *p)
{
    return p->trips;
}

void proxy_cut(proxy *p, int how)
{
    p->cut = how;
}

void proxy_hang_up(proxy *p)
{
    p->hang_up = 1;
    while (p->hang_up)
        usleep(1000);
}

void proxy_forget(const proxy *p)
{
    char path[108];

    snprintf(path, sizeof path, "%.80s/.s.PGSQL.5432", p->folder);
    unlink(path);
    rmdir(p->folder);
}

void proxy_stop(proxy *p)
{
    p->stop = 1;
    pthread_join(p->thread, NULL);
    close(p->listener);
    proxy_forget(p);
    free(p);
}
