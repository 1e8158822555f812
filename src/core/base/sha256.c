/* SPDX-License-Identifier: MIT */
/* sha256.c: SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104). */
#include "base.h"

enum { BLOCK = 64, DIGEST = 32, LENGTH_BYTES = 8 };

typedef struct sha256 { uint32_t state[8]; uint64_t total; uint8_t block[BLOCK]; } sha256;

static const uint32_t first_state[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
};

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

#define TURN(x, n) ((x) >> (n) | (x) << (32 - (n)))
#define SUM0(x) (TURN(x, 2) ^ TURN(x, 13) ^ TURN(x, 22))
#define SUM1(x) (TURN(x, 6) ^ TURN(x, 11) ^ TURN(x, 25))
#define MIX0(x) (TURN(x, 7) ^ TURN(x, 18) ^ (x) >> 3)
#define MIX1(x) (TURN(x, 17) ^ TURN(x, 19) ^ (x) >> 10)
#define CHOOSE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define MOST(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))

/* One round without moving the eight words: the caller turns their names instead. */
#define ROUND(a, b, c, d, e, f, g, h, i) do { \
        uint32_t t = (h) + SUM1(e) + CHOOSE(e, f, g) + constants[at + (i)] + w[i]; \
        (d) += t; \
        (h) = t + SUM0(a) + MOST(a, b, c); \
    } while (0)
#define EIGHT_ROUNDS(i) do { \
        ROUND(a, b, c, d, e, f, g, h, (i)); ROUND(h, a, b, c, d, e, f, g, (i) + 1); \
        ROUND(g, h, a, b, c, d, e, f, (i) + 2); ROUND(f, g, h, a, b, c, d, e, (i) + 3); \
        ROUND(e, f, g, h, a, b, c, d, (i) + 4); ROUND(d, e, f, g, h, a, b, c, (i) + 5); \
        ROUND(c, d, e, f, g, h, a, b, (i) + 6); ROUND(b, c, d, e, f, g, h, a, (i) + 7); \
    } while (0)
/* The next sixteen words of the schedule, in place. */
#define SCHEDULE(i) (w[i] += MIX0(w[((i) + 1) & 15]) + w[((i) + 9) & 15] + MIX1(w[((i) + 14) & 15]))

static uint32_t read_word(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void write_word(uint8_t *p, uint32_t word)
{
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(word >> (24 - 8 * i));
}

static void take_blocks(uint32_t s[8], const uint8_t *data, size_t blocks)
{
    for (; blocks; blocks--, data += BLOCK) {
        uint32_t w[16];
        uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
        for (int i = 0; i < 16; i++) w[i] = read_word(data + 4 * i);
        for (int at = 0;; at += 16) {
            EIGHT_ROUNDS(0);
            EIGHT_ROUNDS(8);
            if (at == 48) break;
            SCHEDULE(0); SCHEDULE(1); SCHEDULE(2); SCHEDULE(3); SCHEDULE(4); SCHEDULE(5); SCHEDULE(6); SCHEDULE(7);
            SCHEDULE(8); SCHEDULE(9); SCHEDULE(10); SCHEDULE(11); SCHEDULE(12); SCHEDULE(13); SCHEDULE(14); SCHEDULE(15);
        }
        s[0] += a; s[1] += b; s[2] += c; s[3] += d; s[4] += e; s[5] += f; s[6] += g; s[7] += h;
    }
}

static void begin(sha256 *h)
{
    memcpy(h->state, first_state, sizeof first_state);
    h->total = 0;
}

static void take(sha256 *h, const uint8_t *data, size_t len)
{
    size_t held = (size_t)(h->total % BLOCK);
    h->total += len;
    if (held && len) {
        size_t more = len < BLOCK - held ? len : BLOCK - held;
        memcpy(h->block + held, data, more);
        data += more;
        len -= more;
        if (held + more == BLOCK) take_blocks(h->state, h->block, 1);
        else return;
    }
    take_blocks(h->state, data, len / BLOCK);
    if (len % BLOCK) memcpy(h->block, data + len - len % BLOCK, len % BLOCK);
}

static void finish(sha256 *h, uint8_t out[DIGEST])
{
    size_t held = (size_t)(h->total % BLOCK);
    h->block[held++] = 0x80;
    if (held > BLOCK - LENGTH_BYTES) {
        memset(h->block + held, 0, BLOCK - held);
        take_blocks(h->state, h->block, 1);
        held = 0;
    }
    memset(h->block + held, 0, BLOCK - LENGTH_BYTES - held);
    write_word(h->block + 56, (uint32_t)(h->total >> 29));
    write_word(h->block + 60, (uint32_t)(h->total << 3));
    take_blocks(h->state, h->block, 1);
    for (int i = 0; i < 8; i++) write_word(out + 4 * i, h->state[i]);
}

void casegate_sha256(const uint8_t *data, size_t len, uint8_t out[32])
{
    sha256 h;
    if (!out || (!data && len)) return;
    begin(&h);
    take(&h, data, len);
    finish(&h, out);
}

/* The key, padded to a block and masked. */
static void take_key(sha256 *h, const uint8_t key[BLOCK], uint8_t mask)
{
    uint8_t block[BLOCK];
    for (int i = 0; i < BLOCK; i++) block[i] = key[i] ^ mask;
    begin(h);
    take(h, block, sizeof block);
}

void casegate_hmac_sha256(const uint8_t *key, size_t key_len, const uint8_t *data, size_t len, uint8_t out[32])
{
    sha256 h;
    uint8_t block[BLOCK] = { 0 }, inner[DIGEST];
    if (!out || (!key && key_len) || (!data && len)) return;
    if (key_len > BLOCK) casegate_sha256(key, key_len, block);
    else if (key_len) memcpy(block, key, key_len);

    take_key(&h, block, 0x36);
    take(&h, data, len);
    finish(&h, inner);
    take_key(&h, block, 0x5c);
    take(&h, inner, sizeof inner);
    finish(&h, out);
}
