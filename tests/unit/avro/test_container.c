/* Containers: every codec, given whole or fed byte by byte, cut off anywhere, and what is malformed or too large. */
#include "tests/unit/unit.h"

#include "avro/codec.h"
#include "avro/file.h"

#include "base/mem.h"
#include "base/str.h"

#include <libdeflate.h>
#include <zstd.h>

static const char schema[] =
    "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"n\",\"type\":\"long\",\"field-id\":1},"
    "{\"name\":\"s\",\"type\":\"string\",\"field-id\":2}]}";
static const char mark[] = "0123456789abcdef";

enum { N, S };
static const struct avro_plan_want wants[] = {
    [N] = {AVRO_PLAN_TOP, 1, "n", AVRO_PLAN_LONG},
    [S] = {AVRO_PLAN_TOP, 2, "s", AVRO_PLAN_BYTES},
};

static struct error err;

static void put_long(struct str *out, int64_t value)
{
    uint64_t v = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
    for (; v >= 0x80; v >>= 7)
        str_char(out, (char)(v | 0x80));
    str_char(out, (char)v);
}

static void put_text(struct str *out, const char *text)
{
    put_long(out, (int64_t)strlen(text));
    str_add(out, text);
}

static void put_header(struct str *out, const char *codec)
{
    str_bytes(out, "Obj\1", 4);
    put_long(out, codec ? 2 : 1);
    put_text(out, "avro.schema");
    put_text(out, schema);
    if (codec) {
        put_text(out, "avro.codec");
        put_text(out, codec);
    }
    put_long(out, -1); /* a block that tells its bytes */
    put_long(out, 9);
    put_text(out, "key");
    put_text(out, "data");
    put_long(out, 0);
    str_add(out, mark);
}

/* Snappy without any copy, but for a run at its end. */
static void put_snappy(struct str *out, const struct str *in)
{
    size_t run = 0, n = in->len;
    while (run + 1 < n && run < 64 && in->s[n - 1 - run] == in->s[n - 2 - run])
        run++;
    for (; n >= 0x80; n >>= 7)
        str_char(out, (char)(n | 0x80));
    str_char(out, (char)n);
    n = in->len - run;
    str_char(out, (char)(61 << 2));
    str_char(out, (char)(n - 1));
    str_char(out, (char)((n - 1) >> 8));
    str_bytes(out, in->s, n);
    if (run) {
        str_char(out, (char)((run - 1) << 2 | 2));
        str_char(out, 1);
        str_char(out, 0);
    }
    uint32_t sum = libdeflate_crc32(0, in->s, in->len);
    for (int shift = 24; shift >= 0; shift -= 8)
        str_char(out, (char)(sum >> shift));
}

static void put_deflated(struct str *out, const struct str *in)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
    size_t room = libdeflate_deflate_compress_bound(c, in->len);
    char *buf = mem_alloc(room);
    str_bytes(out, buf, libdeflate_deflate_compress(c, in->s, in->len, buf, room));
    free(buf);
    libdeflate_free_compressor(c);
}

/* A stream without the length in its head, as Java writes it. */
static void put_zstd(struct str *out, const struct str *in)
{
    ZSTD_CCtx *c = ZSTD_createCCtx();
    ZSTD_outBuffer o = {mem_alloc(ZSTD_compressBound(in->len)), ZSTD_compressBound(in->len), 0};
    ZSTD_inBuffer first = {in->s, in->len / 2, 0}, rest = {in->s, in->len, in->len / 2};
    ZSTD_compressStream2(c, &o, &first, ZSTD_e_flush);
    ZSTD_compressStream2(c, &o, &rest, ZSTD_e_end);
    str_bytes(out, o.dst, o.pos);
    free(o.dst);
    ZSTD_freeCCtx(c);
}

static void put_block(struct str *out, const char *codec, int64_t count, const struct str *values)
{
    struct str stored = {0};
    if (!codec || strcmp(codec, "null") == 0)
        str_bytes(&stored, values->s, values->len);
    else if (strcmp(codec, "deflate") == 0)
        put_deflated(&stored, values);
    else if (strcmp(codec, "zstandard") == 0)
        put_zstd(&stored, values);
    else
        put_snappy(&stored, values);
    put_long(out, count);
    put_long(out, (int64_t)stored.len);
    str_bytes(out, str_text(&stored), stored.len);
    str_add(out, mark);
    str_done(&stored);
}

enum { BLOCKS = 3, IN_BLOCK = 40 };

/* A file of three blocks of 40 values: n counts, s is a text with a run of x. */
static struct str make_file(const char *codec)
{
    struct str out = {0}, values = {0};
    put_header(&out, codec);
    for (int b = 0, n = 0; b < BLOCKS; b++) {
        str_clear(&values);
        for (int i = 0; i < IN_BLOCK; i++) {
            put_long(&values, n++ * INT64_C(1000003));
            put_text(&values, "some text xxxxxxxxxxxxxxxxxxxx");
        }
        put_block(&out, codec, IN_BLOCK, &values);
    }
    str_done(&values);
    return out;
}

static struct avro_cache *new_cache(void)
{
    return avro_cache_new(&(struct avro_cache_options){.wants = wants, .nwants = 2});
}

/* Reads a file that was given whole: how many values came, and how it ended. */
static int read_all(const void *bytes, size_t len, const struct avro_container_options *options, int *values)
{
    struct avro_cache *cache = new_cache();
    struct avro_file *f;
    const struct avro_datum *d;
    char *exact = mem_memdup(bytes, len); /* of its size, so that a sanitizer sees a read beyond */
    err = (struct error){0};
    *values = 0;
    int rc = avro_file_open(cache, exact, len, options, &f, &err);
    if (rc)
        f = NULL;
    while (!rc && (rc = avro_file_next(f, &d, &err)) == 0 && d) {
        assert_int_equal(avro_datum_get(d, N, 0)->i, *values * INT64_C(1000003));
        assert_int_equal(avro_datum_get(d, S, 0)->n, 30);
        ++*values;
    }
    if (rc && f) {
        struct error again;
        assert_int_equal(avro_file_next(f, &d, &again), rc);
        assert_string_equal(again.text, err.text);
    }
    avro_file_free(f);
    avro_cache_free(cache);
    free(exact);
    return rc;
}

static const char *const codecs[] = {NULL, "null", "deflate", "zstandard", "snappy"};

static void every_codec_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
        struct str file = make_file(codecs[i]);
        int values;
        if (read_all(file.s, file.len, NULL, &values))
            fail_msg("%s: %s", codecs[i] ? codecs[i] : "none", err.text);
        assert_int_equal(values, BLOCKS * IN_BLOCK);
        str_done(&file);
    }
}

static void a_codec_that_is_not_read_is_named(void **state)
{
    (void)state;
    struct str file = {0};
    int values;
    put_header(&file, "bzip2");
    assert_int_equal(read_all(file.s, file.len, NULL, &values), ERR_UNAVAILABLE);
    assert_non_null(strstr(err.text, "codec bzip2 is not read here"));
    str_done(&file);
}

static void what_is_cut_keeps_what_came_before(void **state)
{
    (void)state;
    for (size_t i = 1; i < sizeof codecs / sizeof *codecs; i++) {
        struct str file = make_file(codecs[i]);
        int whole_ends = 0, values, most = 0;
        for (size_t cut = 0; cut < file.len; cut++) {
            int rc = read_all(file.s, cut, NULL, &values);
            assert_int_equal(values % IN_BLOCK, 0);
            assert_true(values >= most);
            most = values;
            whole_ends += rc == 0; /* cut between two blocks: a shorter file */
            assert_true(rc == 0 || rc == ERR_INVALID);
        }
        assert_int_equal(whole_ends, BLOCKS);
        assert_int_equal(most, (BLOCKS - 1) * IN_BLOCK);
        str_done(&file);
    }
}

static void what_is_fed_comes_as_it_is_complete(void **state)
{
    (void)state;
    for (size_t step = 1; step < 2000; step = step * 3 + 1) {
        struct str file = make_file("deflate");
        struct avro_container *c = avro_container_new(NULL);
        struct avro_container_block b = {0};
        size_t blocks = 0, at = 0, len;
        do {
            assert_int_equal(avro_container_next(c, &b, &err), 0);
            if (b.state == AVRO_CONTAINER_BLOCK) {
                assert_int_equal(b.count, IN_BLOCK);
                blocks++;
            } else if (at == file.len) {
                avro_container_finish(c);
            } else {
                size_t n = file.len - at < step ? file.len - at : step;
                avro_container_feed(c, file.s + at, n);
                at += n;
            }
        } while (b.state != AVRO_CONTAINER_END);
        assert_int_equal(blocks, BLOCKS);
        const void *value = avro_container_property(c, "key", &len);
        assert_int_equal(len, 4);
        assert_memory_equal(value, "data", 4);
        avro_container_free(c);
        str_done(&file);
    }
    struct avro_container *c = avro_container_new(NULL);
    struct avro_container_block b;
    avro_container_finish(c);
    assert_int_equal(avro_container_next(c, &b, &err), ERR_INVALID);
    avro_container_free(c);
}

static void any_byte_may_be_another(void **state)
{
    (void)state;
    for (size_t i = 1; i < sizeof codecs / sizeof *codecs; i++) {
        struct str file = make_file(codecs[i]);
        struct avro_cache *cache = new_cache();
        for (size_t at = 0; at < file.len; at++) {
            struct avro_file *f;
            const struct avro_datum *d = NULL;
            int values = 0;
            file.s[at] ^= (char)(1 << at % 8);
            if (avro_file_open(cache, file.s, file.len, NULL, &f, &err) == 0) {
                while (avro_file_next(f, &d, &err) == 0 && d)
                    values++;
                assert_true(values <= BLOCKS * IN_BLOCK * 32);
                avro_file_free(f);
            }
            file.s[at] ^= (char)(1 << at % 8);
        }
        avro_cache_free(cache);
        str_done(&file);
    }
}

static void what_inflates_too_far_is_stopped(void **state)
{
    (void)state;
    for (size_t i = 1; i < sizeof codecs / sizeof *codecs; i++) {
        struct str file = make_file(codecs[i]), zeros = {0};
        int values;
        assert_int_equal(read_all(file.s, file.len, &(struct avro_container_options){.max_block = 1000}, &values),
                         ERR_LIMIT);
        assert_int_equal(values, 0);
        assert_non_null(strstr(err.text, "1000"));
        assert_int_equal(
            read_all(file.s, file.len, &(struct avro_container_options){.max_block = 3000, .max_sum = 3000}, &values),
            ERR_LIMIT);
        assert_int_equal(values, 2 * IN_BLOCK);
        assert_non_null(strstr(err.text, "in sum"));
        str_done(&file);
        if (i == 4) /* one literal of 16 bits is all that the writer here makes */
            continue;
        put_header(&file, codecs[i]);
        str_repeat(&zeros, '\0', 8 * 1024 * 1024);
        put_block(&file, codecs[i], 4 * 1024 * 1024, &zeros);
        assert_int_equal(
            read_all(file.s, file.len, &(struct avro_container_options){.max_block = 8 * 1024 * 1024 - 1}, &values),
            ERR_LIMIT);
        str_done(&zeros);
        str_done(&file);
    }
}

/* A file with one block, as the test wants it. */
static struct str one_block(int64_t count, int64_t len, const char *bytes, const char *sync)
{
    struct str file = {0};
    put_header(&file, NULL);
    put_long(&file, count);
    put_long(&file, len);
    str_add(&file, bytes);
    str_add(&file, sync);
    return file;
}

static void what_is_malformed_says_where(void **state)
{
    (void)state;
    static const struct {
        int64_t count, len;
        const char *bytes, *sync;
        int code;
        const char *says;
    } cases[] = {
        {1, 4, "\2\4ab", "0123456789abcdeX", ERR_INVALID, "does not end with the file's mark"},
        {-1, 4, "\2\4ab", "0123456789abcdef", ERR_INVALID, "less than nothing"},
        {1, -4, "\2\4ab", "0123456789abcdef", ERR_INVALID, "less than nothing"},
        {1, 5, "\2\4ab", "0123456789abcdef", ERR_INVALID, "cut off within a block"},
        {1, INT64_MAX, "\2\4ab", "0123456789abcdef", ERR_LIMIT, "64 MiB"},
        {2, 4, "\2\4ab", "0123456789abcdef", ERR_INVALID, "byte 4 of it: Avro value"},
        {INT64_MAX, 4, "\2\4ab", "0123456789abcdef", ERR_INVALID, "more values than bytes"},
        {1, 6, "\2\4abcd", "0123456789abcdef", ERR_INVALID, "more bytes than values"},
        {0, 2, "ab", "0123456789abcdef", ERR_INVALID, "more bytes than values"},
    };
    int values;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str file = one_block(cases[i].count, cases[i].len, cases[i].bytes, cases[i].sync);
        struct avro_cache *cache = new_cache();
        struct avro_file *f;
        const struct avro_datum *d;
        int rc;
        assert_int_equal(avro_file_open(cache, file.s, file.len, NULL, &f, &err), 0);
        while ((rc = avro_file_next(f, &d, &err)) == 0 && d)
            continue;
        assert_int_equal(rc, cases[i].code);
        if (!strstr(err.text, cases[i].says))
            fail_msg("\"%s\" does not say \"%s\"", err.text, cases[i].says);
        avro_file_free(f);
        avro_cache_free(cache);
        str_done(&file);
    }
    assert_int_equal(read_all("PAR1....PAR1", 12, NULL, &values), ERR_INVALID);
    assert_non_null(strstr(err.text, "no Avro container"));
    assert_int_equal(read_all("Obj\1\0"
                              "0123456789abcdef",
                              21, NULL, &values),
                     ERR_INVALID);
    assert_non_null(strstr(err.text, "no schema"));
    assert_int_equal(read_all("Obj\1\xc0\x9a\x0c", 7, NULL, &values), ERR_LIMIT);
    assert_int_equal(read_all("", 0, NULL, &values), ERR_INVALID);
}

static void snappy_copies_what_was_before(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        unsigned char bytes[20];
        size_t len;
        int code;
    } cases[] = {
        {"copies of all three kinds",
         {15, 2 << 2, 'a', 'b', 'c', 0x01 | 1 << 2, 3, 3 << 2 | 2, 2, 0, 2 << 2 | 3, 1, 0, 0, 0},
         15,
         0},
        {"a copy from before the beginning", {15, 2 << 2, 'a', 'b', 'c', 2, 4, 0}, 8, ERR_INVALID},
        {"a copy from nowhere", {15, 2 << 2, 'a', 'b', 'c', 2, 0, 0}, 8, ERR_INVALID},
        {"more than told", {3, 2 << 2, 'a', 'b', 'c', 2, 1, 0}, 8, ERR_INVALID},
        {"less than told", {4, 2 << 2, 'a', 'b', 'c'}, 5, ERR_INVALID},
        {"a literal that is cut", {15, 9 << 2, 'a', 'b', 'c'}, 5, ERR_INVALID},
        {"a length that is cut", {15, 60 << 2}, 2, ERR_INVALID},
        {"a copy that is cut", {15, 2 << 2, 'a', 'b', 'c', 3, 1, 0, 0}, 9, ERR_INVALID},
    };
    struct avro_codec *c;
    const void *out;
    size_t out_len;
    assert_int_equal(avro_codec_new("snappy", 6, &c, &err), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const char want[] = "abcabcabababbbb";
        unsigned char bytes[24] = {0};
        memcpy(bytes, cases[i].bytes, cases[i].len);
        uint32_t sum = libdeflate_crc32(0, want, 15);
        for (int b = 0; b < 4; b++)
            bytes[cases[i].len + (size_t)b] = (unsigned char)(sum >> (24 - 8 * b));
        int rc = avro_codec_inflate(c, bytes, cases[i].len + 4, 1000, &out, &out_len, &err);
        if (rc != cases[i].code)
            fail_msg("%s: %d %s", cases[i].name, rc, rc ? err.text : (const char *)out);
        if (rc == 0) {
            assert_int_equal(out_len, 15);
            assert_memory_equal(out, want, 15);
            bytes[cases[i].len] ^= 1;
            assert_int_equal(avro_codec_inflate(c, bytes, cases[i].len + 4, 1000, &out, &out_len, &err), ERR_INVALID);
            assert_non_null(strstr(err.text, "checksum"));
        }
    }
    avro_codec_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_codec_is_read),
        cmocka_unit_test(a_codec_that_is_not_read_is_named),
        cmocka_unit_test(what_is_cut_keeps_what_came_before),
        cmocka_unit_test(what_is_fed_comes_as_it_is_complete),
        cmocka_unit_test(any_byte_may_be_another),
        cmocka_unit_test(what_inflates_too_far_is_stopped),
        cmocka_unit_test(what_is_malformed_says_where),
        cmocka_unit_test(snappy_copies_what_was_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
