/* SPDX-License-Identifier: MIT */
/* test_sha256.c: published vectors of SHA-256 (FIPS 180-4, its examples) and HMAC (RFC 4231). */
#include "unit.h"

static void sha_is(const char *data, size_t len, const char *hex)
{
    uint8_t digest[32];
    char text[65];
    casegate_sha256((const uint8_t *)data, len, digest);
    cg_hex(digest, sizeof digest, text);
    assert_string_equal(text, hex);
}

static void hmac_is(const char *key, size_t key_len, const char *data, size_t len, const char *hex)
{
    uint8_t mac[32];
    char text[65];
    casegate_hmac_sha256((const uint8_t *)key, key_len, (const uint8_t *)data, len, mac);
    cg_hex(mac, sizeof mac, text);
    text[strlen(hex)] = '\0';   /* one vector is cut */
    assert_string_equal(text, hex);
}

TEST(the_published_messages_have_the_published_digests)
{
    UNUSED(state);
    sha_is("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha_is("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha_is("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
           "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    sha_is("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
           112,
           "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
}

TEST(a_million_letters_have_the_published_digest)
{
    UNUSED(state);
    enum { MILLION = 1000000 };
    char *letters = test_malloc(MILLION);
    memset(letters, 'a', MILLION);

    sha_is(letters, MILLION, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");

    test_free(letters);
}

TEST(the_vectors_of_rfc_4231_hold)
{
    UNUSED(state);
    char aa[131], key[25], data[50];
    memset(aa, 0xaa, sizeof aa);
    for (int i = 0; i < 25; i++) key[i] = (char)(i + 1);

    hmac_is("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b", 20, "Hi There", 8,
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    hmac_is("Jefe", 4, "what do ya want for nothing?", 28, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(data, 0xdd, sizeof data);
    hmac_is(aa, 20, data, 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    memset(data, 0xcd, sizeof data);
    hmac_is(key, 25, data, 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    hmac_is("\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c", 20, "Test With Truncation", 20,
            "a3b6167473100ee06e0c796c2955552b");
    hmac_is(aa, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54,
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    hmac_is(aa, 131, "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
            "hashed before being used by the HMAC algorithm.", 152,
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(a_key_of_a_host_without_digest_hook_is_absent)
{
    UNUSED(state);
    uint8_t digest[32] = { 7 };

    assert_int_equal(casegate_digest(NULL, "key", (const uint8_t *)"abc", 3, digest, NULL), CASEGATE_ABSENT);
    assert_int_equal(digest[0], 7);
    assert_int_equal(casegate_digest(NULL, NULL, (const uint8_t *)"abc", 3, digest, NULL), CASEGATE_OK);
    assert_int_equal(digest[0], 0xba);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_messages_have_the_published_digests),
        cmocka_unit_test(a_million_letters_have_the_published_digest),
        cmocka_unit_test(the_vectors_of_rfc_4231_hold),
        cmocka_unit_test(a_key_of_a_host_without_digest_hook_is_absent)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
