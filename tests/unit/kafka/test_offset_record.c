/* The records of __consumer_offsets: some as Apache Kafka 3.9.1 wrote them, the other versions as its layouts say; cut
 * anywhere; tombstones; and what is not known. */
#include "tests/unit/unit.h"

#include "kafka/offset_record.h"

#include "base/mem.h"
#include "base/str.h"

/* clang-format off: bytes as they were written */
static const unsigned char member_key[] = {0x00, 0x05, 0x00, 0x06, 0x6d, 0x6f, 0x64, 0x65, 0x72, 0x6e, 0x00, 0x16,
                                           0x4f, 0x61, 0x4c, 0x51, 0x51, 0x4a, 0x4a, 0x64, 0x53, 0x42, 0x4f, 0x37,
                                           0x56, 0x5f, 0x61, 0x46, 0x78, 0x4d, 0x4b, 0x4d, 0x6c, 0x41};
static const unsigned char member_value[] = {
    0x00, 0x00, 0x00, 0x00, 0x11, 0x63, 0x6f, 0x6e, 0x73, 0x6f, 0x6c, 0x65, 0x2d, 0x63, 0x6f, 0x6e, 0x73,
    0x75, 0x6d, 0x65, 0x72, 0x0b, 0x2f, 0x31, 0x32, 0x37, 0x2e, 0x30, 0x2e, 0x30, 0x2e, 0x31, 0x02, 0x07,
    0x6f, 0x72, 0x64, 0x65, 0x72, 0x73, 0x01, 0x00, 0x04, 0x93, 0xe0, 0x00, 0x01, 0x00, 0x01, 0x00};
static const unsigned char topics_key[] = {0x00, 0x04, 0x00, 0x06, 0x6d, 0x6f, 0x64, 0x65, 0x72, 0x6e};
static const unsigned char topics_value[] = {0x00, 0x00, 0x02, 0xf2, 0x4a, 0xe2, 0x1f, 0xba, 0x46, 0x49, 0x84,
                                             0xac, 0x25, 0x05, 0x7b, 0x76, 0x3e, 0xdc, 0xe7, 0x07, 0x6f, 0x72,
                                             0x64, 0x65, 0x72, 0x73, 0x00, 0x00, 0x00, 0x02, 0x01, 0x00, 0x00};
static const unsigned char epoch_key[] = {0x00, 0x03, 0x00, 0x06, 0x6d, 0x6f, 0x64, 0x65, 0x72, 0x6e};
static const unsigned char epoch_value[] = {0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00};
static const unsigned char target_member_key[] = {
    0x00, 0x07, 0x00, 0x06, 0x6d, 0x6f, 0x64, 0x65, 0x72, 0x6e, 0x00, 0x16, 0x4f, 0x61, 0x4c, 0x51, 0x51,
    0x4a, 0x4a, 0x64, 0x53, 0x42, 0x4f, 0x37, 0x56, 0x5f, 0x61, 0x46, 0x78, 0x4d, 0x4b, 0x4d, 0x6c, 0x41};
static const unsigned char target_member_value[] = {0x00, 0x00, 0x02, 0xf2, 0x4a, 0xe2, 0x1f, 0xba, 0x46, 0x49,
                                                    0x84, 0xac, 0x25, 0x05, 0x7b, 0x76, 0x3e, 0xdc, 0xe7, 0x03,
                                                    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00};
static const unsigned char target_key[] = {0x00, 0x06, 0x00, 0x06, 0x6d, 0x6f, 0x64, 0x65, 0x72, 0x6e};
static const unsigned char target_value[] = {0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00};
static const unsigned char current_key[] = {0x00, 0x08, 0x00, 0x06, 0x6d, 0x6f, 0x64, 0x65, 0x72, 0x6e, 0x00, 0x16,
                                            0x4f, 0x61, 0x4c, 0x51, 0x51, 0x4a, 0x4a, 0x64, 0x53, 0x42, 0x4f, 0x37,
                                            0x56, 0x5f, 0x61, 0x46, 0x78, 0x4d, 0x4b, 0x4d, 0x6c, 0x41};
static const unsigned char current_value[] = {0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
                                              0x00, 0x02, 0xf2, 0x4a, 0xe2, 0x1f, 0xba, 0x46, 0x49, 0x84,
                                              0xac, 0x25, 0x05, 0x7b, 0x76, 0x3e, 0xdc, 0xe7, 0x03, 0x00,
                                              0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00};
static const unsigned char commit_key[] = {0x00, 0x01, 0x00, 0x07, 0x63, 0x6c, 0x61, 0x73, 0x73, 0x69, 0x63, 0x00,
                                           0x06, 0x6f, 0x72, 0x64, 0x65, 0x72, 0x73, 0x00, 0x00, 0x00, 0x00};
static const unsigned char commit_value[] = {0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0a, 0xff, 0xff,
                                             0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0x01, 0xa1, 0xfd, 0xd6, 0x5c, 0x06};
static const unsigned char group_key[] = {0x00, 0x02, 0x00, 0x07, 0x63, 0x6c, 0x61, 0x73, 0x73, 0x69, 0x63};
static const unsigned char empty_value[] = {0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff,
                                            0x00, 0x00, 0x01, 0xa1, 0xfd, 0xd6, 0x4c, 0x7a, 0x00, 0x00, 0x00, 0x00};
static const unsigned char stable_value[] = {
    0x00, 0x03, 0x00, 0x08, 0x63, 0x6f, 0x6e, 0x73, 0x75, 0x6d, 0x65, 0x72, 0x00, 0x00, 0x00, 0x01, 0x00, 0x05, 0x72,
    0x61, 0x6e, 0x67, 0x65, 0x00, 0x2b, 0x69, 0x6e, 0x73, 0x74, 0x2d, 0x31, 0x2d, 0x36, 0x31, 0x65, 0x34, 0x63, 0x33,
    0x39, 0x33, 0x2d, 0x31, 0x37, 0x39, 0x64, 0x2d, 0x34, 0x32, 0x62, 0x36, 0x2d, 0x39, 0x65, 0x64, 0x39, 0x2d, 0x37,
    0x65, 0x33, 0x39, 0x38, 0x32, 0x34, 0x30, 0x34, 0x36, 0x32, 0x66, 0x00, 0x00, 0x01, 0xa1, 0xfd, 0xd6, 0x4c, 0x81,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x2b, 0x69, 0x6e, 0x73, 0x74, 0x2d, 0x31, 0x2d, 0x36, 0x31, 0x65, 0x34, 0x63, 0x33,
    0x39, 0x33, 0x2d, 0x31, 0x37, 0x39, 0x64, 0x2d, 0x34, 0x32, 0x62, 0x36, 0x2d, 0x39, 0x65, 0x64, 0x39, 0x2d, 0x37,
    0x65, 0x33, 0x39, 0x38, 0x32, 0x34, 0x30, 0x34, 0x36, 0x32, 0x66, 0x00, 0x06, 0x69, 0x6e, 0x73, 0x74, 0x2d, 0x31,
    0x00, 0x06, 0x72, 0x65, 0x61, 0x64, 0x65, 0x72, 0x00, 0x0a, 0x2f, 0x31, 0x32, 0x37, 0x2e, 0x30, 0x2e, 0x30, 0x2e,
    0x31, 0x00, 0x04, 0x93, 0xe0, 0x00, 0x00, 0x17, 0x70, 0x00, 0x00, 0x00, 0x16, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01,
    0x00, 0x06, 0x6f, 0x72, 0x64, 0x65, 0x72, 0x73, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x1e, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x06, 0x6f, 0x72, 0x64, 0x65, 0x72, 0x73, 0x00, 0x00, 0x00, 0x02,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00};
/* clang-format on */

static struct kafka_arena arena;

static int parse(const void *key, size_t key_len, const void *value, size_t value_len, struct kafka_offset_record *r)
{
    return kafka_offset_record_parse(key, key_len, value, value_len, &arena, r);
}

#define parse_pair(key, value, r) assert_int_equal(parse(key, sizeof(key), value, sizeof(value), r), 0)

static int reset(void **state)
{
    (void)state;
    kafka_arena_done(&arena);
    return 0;
}

static void a_commit(void **state)
{
    (void)state;
    struct kafka_offset_record r;
    parse_pair(commit_key, commit_value, &r);
    assert_int_equal(r.kind, KAFKA_OFFSET_RECORD_COMMIT);
    assert_true(r.value_known);
    assert_string_equal(r.group, "classic");
    assert_string_equal(r.topic, "orders");
    assert_int_equal(r.partition, 0);
    assert_int_equal(r.commit.offset, 10);
    assert_int_equal(r.commit.leader_epoch, -1);
    assert_string_equal(r.commit.metadata, "");
    assert_int_equal(r.commit.commit_ms, 0x01a1fdd65c06);
    assert_int_equal(r.commit.expire_ms, -1);
}

static void a_classic_group(void **state)
{
    (void)state;
    struct kafka_offset_record r;
    parse_pair(group_key, stable_value, &r);
    assert_int_equal(r.kind, KAFKA_OFFSET_RECORD_GROUP);
    assert_string_equal(r.group, "classic");
    assert_string_equal(r.classic.protocol_type, "consumer");
    assert_string_equal(r.classic.protocol, "range");
    assert_int_equal(r.classic.generation, 1);
    assert_int_equal(r.classic.state_ms, 0x01a1fdd64c81);
    assert_int_equal(r.classic.nmembers, 1);
    const struct kafka_member *m = r.classic.members;
    assert_string_equal(m->instance, "inst-1");
    assert_string_equal(m->client, "reader");
    assert_string_equal(m->host, "/127.0.0.1");
    assert_true(m->known);
    assert_int_equal(m->nassigned, 1);
    assert_string_equal(m->assigned[0].topic, "orders");
    assert_int_equal(m->assigned[0].npartitions, 2);
    assert_int_equal(m->assigned[0].partitions[1], 1);
    parse_pair(group_key, empty_value, &r);
    assert_int_equal(r.classic.nmembers, 0);
    assert_null(r.classic.protocol);
}

static void groups_of_the_newer_protocol(void **state)
{
    (void)state;
    struct kafka_offset_record r;
    parse_pair(epoch_key, epoch_value, &r);
    assert_int_equal(r.kind, KAFKA_OFFSET_RECORD_EPOCH);
    assert_string_equal(r.group, "modern");
    assert_int_equal(r.consumer.epoch, 1);
    parse_pair(topics_key, topics_value, &r);
    assert_int_equal(r.kind, KAFKA_OFFSET_RECORD_TOPICS);
    parse_pair(member_key, member_value, &r);
    assert_int_equal(r.kind, KAFKA_OFFSET_RECORD_MEMBER);
    assert_int_equal(strlen(r.member), 22);
    assert_null(r.who.instance);
    assert_string_equal(r.who.client, "console-consumer");
    assert_string_equal(r.who.host, "/127.0.0.1");
    parse_pair(target_key, target_value, &r);
    assert_int_equal(r.kind, KAFKA_OFFSET_RECORD_TARGET);
    assert_int_equal(r.consumer.epoch, 1);
    parse_pair(target_member_key, target_member_value, &r);
    assert_int_equal(r.kind, KAFKA_OFFSET_RECORD_TARGET_MEMBER);
    assert_int_equal(strlen(r.member), 22);
    parse_pair(current_key, current_value, &r);
    assert_int_equal(r.kind, KAFKA_OFFSET_RECORD_CURRENT);
    assert_int_equal(r.consumer.epoch, 1);
    assert_int_equal(r.consumer.state, 0);
}

static void tombstones(void **state)
{
    (void)state;
    static const struct {
        const unsigned char *key;
        size_t len;
        enum kafka_offset_record_kind kind;
    } cases[] = {
        {commit_key, sizeof commit_key, KAFKA_OFFSET_RECORD_COMMIT},
        {group_key, sizeof group_key, KAFKA_OFFSET_RECORD_GROUP},
        {epoch_key, sizeof epoch_key, KAFKA_OFFSET_RECORD_EPOCH},
        {member_key, sizeof member_key, KAFKA_OFFSET_RECORD_MEMBER},
        {current_key, sizeof current_key, KAFKA_OFFSET_RECORD_CURRENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int empty = 0; empty < 2; empty++) {
            struct kafka_offset_record r;
            assert_int_equal(parse(cases[i].key, cases[i].len, empty ? "" : NULL, 0, &r), 0);
            assert_int_equal(r.kind, cases[i].kind);
            assert_true(r.tombstone);
            assert_false(r.value_known);
            assert_int_equal(r.value_version, -1);
            assert_string_equal(r.group, i < 2 ? "classic" : "modern");
        }
}

/* ---- versions made here ---- */

static void put(struct str *s, uint64_t v, unsigned bytes)
{
    while (bytes--)
        str_char(s, (char)(v >> 8 * bytes));
}

static void put_text(struct str *s, const char *text, bool flexible)
{
    put(s, text ? strlen(text) + flexible : flexible ? 0 : 0xffff, flexible ? 1 : 2);
    str_add(s, text ? text : "");
}

static void every_version_of_a_commit(void **state)
{
    (void)state;
    for (int version = 0; version <= 4; version++) {
        struct str v = {0};
        put(&v, (uint64_t)version, 2);
        put(&v, 0x1122334455667788, 8);
        if (version >= 3)
            put(&v, 7, 4);
        put_text(&v, "note", version >= 4);
        put(&v, 1700000000000, 8);
        if (version == 1)
            put(&v, 1800000000000, 8);
        size_t known = v.len;
        if (version >= 4) { /* a tagged field that nobody knows yet */
            put(&v, 1, 1);
            put(&v, 0, 1);
            put_text(&v, "0123456789abcdef", true);
        }
        struct kafka_offset_record r;
        assert_int_equal(parse(commit_key, sizeof commit_key, v.s, v.len, &r), 0);
        assert_true(r.value_known);
        assert_int_equal(r.value_version, version);
        assert_int_equal(r.commit.offset, 0x1122334455667788);
        assert_int_equal(r.commit.leader_epoch, version >= 3 ? 7 : -1);
        assert_string_equal(r.commit.metadata, "note");
        assert_int_equal(r.commit.commit_ms, 1700000000000);
        assert_int_equal(r.commit.expire_ms, version == 1 ? 1800000000000 : -1);
        str_add(&v, "what follows is ignored");
        assert_int_equal(parse(commit_key, sizeof commit_key, v.s, v.len, &r), 0);
        for (size_t len = 1; len < known; len++) {
            char *exact = mem_memdup(v.s, len); /* so that a sanitizer sees one byte too many */
            exact = realloc(exact, len);
            assert_int_equal(parse(commit_key, sizeof commit_key, exact, len, &r), ERR_INVALID);
            free(exact);
        }
        str_done(&v);
    }
}

static void put_bytes(struct str *s, const void *bytes, size_t len, bool flexible)
{
    put(s, len + flexible, flexible ? 1 : 4);
    str_bytes(s, bytes, len);
}

static void every_version_of_a_group(void **state)
{
    (void)state;
    static const unsigned char assignment[] = {0, 3, 0, 0, 0, 1, 0,    1,    't',  0,   0,
                                               0, 1, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff};
    for (int version = 0; version <= 4; version++) {
        bool flexible = version >= 4;
        struct str v = {0};
        put(&v, (uint64_t)version, 2);
        put_text(&v, "consumer", flexible);
        put(&v, 12, 4);
        put_text(&v, "sticky", flexible);
        put_text(&v, NULL, flexible);
        if (version >= 2)
            put(&v, 1700000000000, 8);
        put(&v, 2 + (uint64_t)flexible, flexible ? 1 : 4);
        for (int i = 0; i < 2; i++) {
            put_text(&v, i ? "m1" : "m0", flexible);
            if (version >= 3)
                put_text(&v, i ? "static" : NULL, flexible);
            put_text(&v, "client", flexible);
            put_text(&v, "/host", flexible);
            if (version >= 1)
                put(&v, 300000, 4);
            put(&v, 10000, 4);
            put_bytes(&v, "sub", 3, flexible);
            put_bytes(&v, i ? assignment : (const void *)"x", i ? sizeof assignment : 1, flexible);
            if (flexible)
                put(&v, 0, 1);
        }
        struct kafka_offset_record r;
        assert_int_equal(parse(group_key, sizeof group_key, v.s, v.len, &r), 0);
        assert_true(r.value_known);
        assert_string_equal(r.classic.protocol, "sticky");
        assert_int_equal(r.classic.generation, 12);
        assert_int_equal(r.classic.state_ms, version >= 2 ? 1700000000000 : -1);
        assert_int_equal(r.classic.nmembers, 2);
        assert_false(r.classic.members[0].known); /* its assignment is nonsense */
        assert_true(r.classic.members[1].known);
        assert_int_equal(r.classic.members[1].assigned[0].partitions[0], 5);
        if (version >= 3)
            assert_string_equal(r.classic.members[1].instance, "static");
        else
            assert_null(r.classic.members[1].instance);
        for (size_t len = 1; len < v.len; len++)
            assert_int_equal(parse(group_key, sizeof group_key, v.s, len, &r), ERR_INVALID);
        str_done(&v);
    }
}

static void assignments_of_other_protocols_are_not_read(void **state)
{
    (void)state;
    unsigned char other[sizeof stable_value];
    memcpy(other, stable_value, sizeof other);
    memcpy(other + 4, "conn-ect", 8); /* in place of "consumer" */
    struct kafka_offset_record r;
    parse_pair(group_key, other, &r);
    assert_string_equal(r.classic.protocol_type, "conn-ect");
    assert_false(r.classic.members[0].known);
}

static void what_is_not_known_is_no_error(void **state)
{
    (void)state;
    static const struct {
        unsigned char version[2];
        enum kafka_offset_record_kind kind;
    } cases[] = {{{0, 9}, KAFKA_OFFSET_RECORD_SHARE},
                 {{0, 15}, KAFKA_OFFSET_RECORD_SHARE},
                 {{0, 16}, KAFKA_OFFSET_RECORD_UNKNOWN},
                 {{0x7f, 0xff}, KAFKA_OFFSET_RECORD_UNKNOWN},
                 {{0xff, 0xff}, KAFKA_OFFSET_RECORD_UNKNOWN}};
    struct kafka_offset_record r;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(parse(cases[i].version, 2, "\0\0?", 3, &r), 0);
        assert_int_equal(r.kind, cases[i].kind);
        assert_false(r.value_known);
    }
    unsigned char newer[sizeof commit_value];
    memcpy(newer, commit_value, sizeof newer);
    newer[1] = 5;
    parse_pair(commit_key, newer, &r);
    assert_int_equal(r.kind, KAFKA_OFFSET_RECORD_COMMIT);
    assert_int_equal(r.value_version, 5);
    assert_false(r.value_known);
    assert_false(r.tombstone);
}

static void keys_cut_anywhere(void **state)
{
    (void)state;
    struct kafka_offset_record r;
    assert_int_equal(parse(NULL, 0, "", 0, &r), ERR_INVALID);
    for (size_t len = 0; len < sizeof commit_key; len++)
        assert_int_equal(parse(commit_key, len, commit_value, sizeof commit_value, &r), ERR_INVALID);
    for (size_t len = 0; len < sizeof current_key; len++)
        assert_int_equal(parse(current_key, len, current_value, sizeof current_value, &r), ERR_INVALID);
    static const unsigned char null_group[] = {0, 2, 0xff, 0xff}, below[] = {0, 1, 0, 0, 0, 0, 0x80, 0, 0, 0};
    assert_int_equal(parse(null_group, sizeof null_group, NULL, 0, &r), ERR_INVALID);
    assert_int_equal(parse(below, sizeof below, NULL, 0, &r), ERR_INVALID);
}

/* Where Kafka has put them: of five partitions. */
static void a_group_has_its_partition(void **state)
{
    (void)state;
    assert_int_equal(kafka_offset_record_partition("classic", 5), 2);
    assert_int_equal(kafka_offset_record_partition("modern", 5), 1);
    assert_int_equal(kafka_offset_record_partition("", 50), 0);
    assert_int_equal(kafka_offset_record_partition("polygenelubricants", 50), 0); /* its hash is the least integer */
    assert_int_equal(kafka_offset_record_partition("\xc3\xa9", 50), 233 % 50);
    assert_int_equal(kafka_offset_record_partition("\xf0\x9f\x99\x82", 1000), (0xd83d * 31 + 0xde42) % 1000);
    assert_int_equal(kafka_offset_record_partition("\xff", 100000), 0xfffd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_commit, reset),
        cmocka_unit_test_teardown(a_classic_group, reset),
        cmocka_unit_test_teardown(groups_of_the_newer_protocol, reset),
        cmocka_unit_test_teardown(tombstones, reset),
        cmocka_unit_test_teardown(every_version_of_a_commit, reset),
        cmocka_unit_test_teardown(every_version_of_a_group, reset),
        cmocka_unit_test_teardown(assignments_of_other_protocols_are_not_read, reset),
        cmocka_unit_test_teardown(what_is_not_known_is_no_error, reset),
        cmocka_unit_test_teardown(keys_cut_anywhere, reset),
        cmocka_unit_test_teardown(a_group_has_its_partition, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
