/* The protocol's primitive types there and back, and everything a reader must refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/error.h"
#include "demo/api.h"
#include "demo/wire.h"

#include <string.h>

static struct demo_wire_reader reader(const void *bytes, size_t len, bool flexible)
{
    struct demo_wire_reader r;
    demo_wire_read_init(&r, bytes, len);
    r.flexible = flexible;
    return r;
}

static void round_trip(bool flexible)
{
    struct str out = {0};
    struct demo_wire_writer w = {.out = &out, .flexible = flexible};
    demo_wire_i8(&w, -5);
    demo_wire_i16(&w, INT16_MIN);
    demo_wire_i32(&w, -123456789);
    demo_wire_i64(&w, INT64_MIN + 1);
    demo_wire_uvarint(&w, UINT32_MAX);
    demo_wire_string(&w, "text");
    demo_wire_string(&w, "");
    demo_wire_string(&w, NULL);
    demo_wire_bytes(&w, "a\0b", 3);
    demo_wire_bytes(&w, NULL, 0);
    demo_wire_array(&w, -1);
    demo_wire_tags(&w);
    demo_wire_array(&w, 2);
    demo_wire_i16(&w, 513);
    struct demo_wire_reader r = reader(out.s, out.len, flexible);
    assert_int_equal(demo_wire_read_i8(&r), -5);
    assert_int_equal(demo_wire_read_i16(&r), INT16_MIN);
    assert_int_equal(demo_wire_read_i32(&r), -123456789);
    assert_true(demo_wire_read_i64(&r) == INT64_MIN + 1);
    assert_int_equal(demo_wire_read_uvarint(&r), UINT32_MAX);
    struct demo_wire_text t = demo_wire_read_string(&r);
    assert_int_equal(t.len, 4);
    assert_memory_equal(t.s, "text", 4);
    t = demo_wire_read_string(&r);
    assert_non_null(t.s);
    assert_int_equal(t.len, 0);
    assert_null(demo_wire_read_string(&r).s);
    t = demo_wire_read_bytes(&r);
    assert_int_equal(t.len, 3);
    assert_memory_equal(t.s, "a\0b", 3);
    assert_null(demo_wire_read_bytes(&r).s);
    assert_int_equal(demo_wire_read_array(&r, 0), -1);
    demo_wire_read_tags(&r);
    assert_int_equal(demo_wire_read_array(&r, 1), 2);
    assert_int_equal(demo_wire_read_i16(&r), 513);
    assert_false(r.bad);
    assert_int_equal(demo_wire_left(&r), 0);
    str_done(&out);
}

static void test_round_trip(void **state)
{
    (void)state;
    round_trip(false);
    round_trip(true);
}

static void test_golden_bytes(void **state)
{
    (void)state;
    struct str out = {0};
    struct demo_wire_writer w = {.out = &out, .flexible = true};
    demo_wire_uvarint(&w, 300);
    demo_wire_varint(&w, -1);
    demo_wire_varint(&w, 64);
    demo_wire_string(&w, "ab");
    demo_wire_i16(&w, 258);
    assert_int_equal(out.len, 10);
    assert_memory_equal(out.s,
                        "\xac\x02\x01\x80\x01\x03"
                        "ab\x01\x02",
                        10);
    demo_wire_patch_i32(&w, 6, 0x01020304);
    assert_memory_equal(out.s + 6, "\1\2\3\4", 4);
    assert_int_equal(demo_wire_crc32c("123456789", 9), 0xe3069283);
    str_done(&out);
}

/* Each is refused, and everything after it reads as nothing. */
static void test_malformed(void **state)
{
    (void)state;
    struct demo_wire_reader r = reader("\0\5abcd", 6, false); /* a string one byte short */
    assert_null(demo_wire_read_string(&r).s);
    assert_true(r.bad);
    assert_int_equal(demo_wire_read_i8(&r), 0);
    assert_int_equal(demo_wire_left(&r), 0);
    r = reader("\xff\xfe", 2, false); /* length -2 */
    assert_null(demo_wire_read_string(&r).s);
    assert_true(r.bad);
    r = reader("\xff\xff\xff\xff\xff\x01", 6, true); /* more than 32 bits */
    demo_wire_read_uvarint(&r);
    assert_true(r.bad);
    r = reader("\xff\xff\xff\xff\x1f", 5, true);
    demo_wire_read_uvarint(&r);
    assert_true(r.bad);
    r = reader("\x80", 1, true); /* unfinished */
    demo_wire_read_uvarint(&r);
    assert_true(r.bad);
    r = reader("\x7f\xff\xff\xff\0\0\0\0", 8, false); /* 2^31 items in four bytes */
    assert_int_equal(demo_wire_read_array(&r, 4), 0);
    assert_true(r.bad);
    r = reader("\0\0\0\2\0\0\0\0", 8, false); /* two of four bytes where one fits */
    assert_int_equal(demo_wire_read_array(&r, 4), 0);
    assert_true(r.bad);
    r = reader("\1\0\x7f", 3, true); /* a tagged field past the end */
    demo_wire_read_tags(&r);
    assert_true(r.bad);
    r = reader(NULL, 0, false);
    assert_int_equal(demo_wire_read_i64(&r), 0);
    assert_true(r.bad);
}

/* A request of a key and version, the client "t", and a body. */
static int ask(const struct demo_world *w, int16_t key, int16_t version, const void *body, size_t len,
               struct str *reply)
{
    struct str request = {0};
    struct demo_api_versions versions;
    struct demo_wire_writer out = {.out = &request};
    demo_api_versions_init(&versions);
    demo_wire_i16(&out, key);
    demo_wire_i16(&out, version);
    demo_wire_i32(&out, 77);
    demo_wire_string(&out, "t");
    str_bytes(&request, body, len);
    int wait_ms = 0;
    int rc = demo_api_answer(w, &versions, 1, 0, 0, request.s, request.len, reply, &wait_ms);
    str_done(&request);
    return rc;
}

static void test_requests_nobody_answers(void **state)
{
    (void)state;
    struct demo_world *w = demo_world_new(1, "c");
    struct str reply = {0};
    assert_int_equal(ask(w, 42, 0, "", 0, &reply), ERR_INVALID);
    assert_int_equal(ask(w, DEMO_API_METADATA, 99, "", 0, &reply), ERR_INVALID);
    assert_int_equal(ask(w, DEMO_API_METADATA, -1, "", 0, &reply), ERR_INVALID);
    assert_int_equal(ask(w, DEMO_API_METADATA, 1, "\0\0", 2, &reply), ERR_INVALID);
    assert_int_equal(ask(w, DEMO_API_PRODUCE, 3, "", 0, &reply), ERR_INVALID);
    assert_int_equal(ask(w, DEMO_API_OFFSET_FETCH, 1, "\0\1g\xff\xff\xff\xff", 7, &reply), ERR_INVALID);
    assert_int_equal(reply.len, 0);
    str_done(&reply);
    demo_world_free(w);
}

/* A client of the future asks for versions in a form of its own and must still learn what there is.
 */
static void test_versions_of_the_future(void **state)
{
    (void)state;
    struct demo_world *w = demo_world_new(1, "c");
    struct str reply = {0};
    assert_int_equal(ask(w, DEMO_API_VERSIONS, 9, "?", 1, &reply), 0);
    struct demo_wire_reader r = reader(reply.s, reply.len, false);
    assert_int_equal(demo_wire_read_i32(&r), reply.len - 4);
    assert_int_equal(demo_wire_read_i32(&r), 77);
    assert_int_equal(demo_wire_read_i16(&r), DEMO_ERROR_UNSUPPORTED_VERSION);
    int32_t n = demo_wire_read_array(&r, 6);
    assert_true(n >= 7);
    assert_int_equal(demo_wire_left(&r), n * 6);
    str_done(&reply);
    demo_world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_golden_bytes),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_requests_nobody_answers),
        cmocka_unit_test(test_versions_of_the_future),
    };
    return cmocka_run_group_tests_name("demo/wire", tests, NULL, NULL);
}
