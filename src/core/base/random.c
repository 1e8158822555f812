/* SPDX-License-Identifier: MIT */
/* random.c: unpredictable bytes out of libuuid, which the default host uses. */
#include "base.h"

#include <uuid.h>

enum { VERSION_AT = 6, VARIANT_AT = 8 };   /* the bytes of a random UUID that are not random throughout */

void cg_random_default(uint8_t *buf, size_t len)
{
    size_t done = 0;
    while (done < len) {
        uuid_t uuid;
        uuid_generate_random(uuid);
        for (size_t i = 0; i < sizeof uuid && done < len; i++)
            if (i != VERSION_AT && i != VARIANT_AT) buf[done++] = uuid[i];
    }
}
