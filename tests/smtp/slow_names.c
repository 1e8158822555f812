/* SPDX-License-Identifier: MIT */
/* slow_names.c: preloaded: a name server that answers nobody. */
#include <netdb.h>
#include <time.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **res)
{
    struct timespec pause = { 5, 0 };

    (void)node, (void)service, (void)hints, (void)res;
    nanosleep(&pause, NULL);
    return EAI_AGAIN;
}
