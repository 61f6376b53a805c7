/* Pages, and the footer that says where they are. */
#include "demo/parquet.h"

#include <string.h>

/* Types of Thrift's compact protocol. */
enum { THRIFT_TRUE = 1, THRIFT_I32 = 5, THRIFT_I64 = 6, THRIFT_BINARY = 8, THRIFT_LIST = 9, THRIFT_STRUCT = 12 };

/* Physical types, by enum demo_parquet_type, and what TIME is besides. */
static const int physical[] = {1, 2, 2, 5};
enum { CONVERTED_TIMESTAMP_MICROS = 10, PLAIN = 0, RLE = 3 };

/* A Thrift struct that is being written: field ids are written as differences. */
struct writer {
    struct str *out;
    int last;
};

static void put_varint(struct str *out, uint64_t v)
{
    while (v >= 0x80) {
        str_char(out, (char)(v | 0x80));
        v >>= 7;
    }
    str_char(out, (char)v);
}

static void put_number(struct str *out, int64_t v)
{
    put_varint(out, ((uint64_t)v << 1) ^ (uint64_t)(v >> 63));
}

static void begin(struct writer *w, int id, int type)
{
    str_char(w->out, (char)((id - w->last) << 4 | type));
    w->last = id;
}

static void put_i32(struct writer *w, int id, int32_t v)
{
    begin(w, id, THRIFT_I32);
    put_number(w->out, v);
}

static void put_i64(struct writer *w, int id, int64_t v)
{
    begin(w, id, THRIFT_I64);
    put_number(w->out, v);
}

static void put_text(struct str *out, const char *text)
{
    put_varint(out, strlen(text));
    str_add(out, text);
}

static void put_list(struct writer *w, int id, size_t n, int type)
{
    begin(w, id, THRIFT_LIST);
    if (n < 15) {
        str_char(w->out, (char)(n << 4 | (unsigned)type));
    } else {
        str_char(w->out, (char)(0xf0 | type));
        put_varint(w->out, n);
    }
}

static void end(const struct writer *w)
{
    str_char(w->out, '\0');
}

static void put_le(struct str *out, uint64_t bits, int bytes)
{
    for (int i = 0; i < bytes; i++, bits >>= 8)
        str_char(out, (char)(bits & 0xff));
}

void demo_parquet_int(struct str *plain, int32_t value)
{
    put_le(plain, (uint32_t)value, 4);
}

void demo_parquet_long(struct str *plain, int64_t value)
{
    put_le(plain, (uint64_t)value, 8);
}

void demo_parquet_double(struct str *plain, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_le(plain, bits, 8);
}

/* A data page's header and its values. */
static void put_page(struct str *out, const struct demo_parquet_column *c, int64_t rows)
{
    struct writer page = {.out = out}, data = {.out = out};
    put_i32(&page, 1, 0); /* a data page */
    put_i32(&page, 2, (int32_t)c->plain.len);
    put_i32(&page, 3, (int32_t)c->plain.len);
    begin(&page, 5, THRIFT_STRUCT);
    put_i32(&data, 1, (int32_t)rows);
    put_i32(&data, 2, PLAIN);
    put_i32(&data, 3, RLE);
    put_i32(&data, 4, RLE);
    end(&data);
    end(&page);
    str_bytes(out, str_text(&c->plain), c->plain.len);
}

static void put_root(struct str *out, size_t n)
{
    struct writer w = {.out = out};
    begin(&w, 4, THRIFT_BINARY);
    put_text(out, "table");
    put_i32(&w, 5, (int32_t)n);
    end(&w);
}

/* A timestamp in UTC, of microseconds. */
static void put_timestamp(struct writer *element)
{
    struct writer logical = {.out = element->out}, time = {.out = element->out}, unit = {.out = element->out};
    begin(element, 10, THRIFT_STRUCT);
    begin(&logical, 8, THRIFT_STRUCT);
    begin(&time, 1, THRIFT_TRUE);
    begin(&time, 2, THRIFT_STRUCT);
    begin(&unit, 2, THRIFT_STRUCT);
    str_char(element->out, '\0');
    end(&unit);
    end(&time);
    end(&logical);
}

static void put_element(struct str *out, const struct demo_parquet_column *c)
{
    struct writer w = {.out = out};
    put_i32(&w, 1, physical[c->type]);
    put_i32(&w, 3, 0); /* required */
    begin(&w, 4, THRIFT_BINARY);
    put_text(out, c->name);
    if (c->type == DEMO_PARQUET_TIME)
        put_i32(&w, 6, CONVERTED_TIMESTAMP_MICROS);
    put_i32(&w, 9, c->field_id);
    if (c->type == DEMO_PARQUET_TIME)
        put_timestamp(&w);
    end(&w);
}

static void put_chunk(struct str *out, const struct demo_parquet_column *c, int64_t rows, int64_t offset, int64_t bytes)
{
    struct writer chunk = {.out = out}, meta = {.out = out};
    put_i64(&chunk, 2, offset);
    begin(&chunk, 3, THRIFT_STRUCT);
    put_i32(&meta, 1, physical[c->type]);
    put_list(&meta, 2, 2, THRIFT_I32);
    put_number(out, PLAIN);
    put_number(out, RLE);
    put_list(&meta, 3, 1, THRIFT_BINARY);
    put_text(out, c->name);
    put_i32(&meta, 4, 0); /* uncompressed */
    put_i64(&meta, 5, rows);
    put_i64(&meta, 6, bytes);
    put_i64(&meta, 7, bytes);
    put_i64(&meta, 9, offset);
    end(&meta);
    end(&chunk);
}

void demo_parquet_write(struct str *out, const struct demo_parquet_column *columns, size_t n, int64_t rows)
{
    enum { COLUMNS = 16 };
    int64_t offsets[COLUMNS + 1];
    size_t start = out->len;
    n = n < COLUMNS ? n : COLUMNS;
    str_add(out, "PAR1");
    for (size_t i = 0; i < n; i++) {
        offsets[i] = (int64_t)(out->len - start);
        put_page(out, &columns[i], rows);
    }
    offsets[n] = (int64_t)(out->len - start);
    size_t footer = out->len;
    struct writer file = {.out = out}, group = {.out = out};
    put_i32(&file, 1, 2); /* version */
    put_list(&file, 2, n + 1, THRIFT_STRUCT);
    put_root(out, n);
    for (size_t i = 0; i < n; i++)
        put_element(out, &columns[i]);
    put_i64(&file, 3, rows);
    put_list(&file, 4, 1, THRIFT_STRUCT);
    put_list(&group, 1, n, THRIFT_STRUCT);
    for (size_t i = 0; i < n; i++)
        put_chunk(out, &columns[i], rows, offsets[i], offsets[i + 1] - offsets[i]);
    put_i64(&group, 2, offsets[n] - offsets[0]);
    put_i64(&group, 3, rows);
    end(&group);
    begin(&file, 6, THRIFT_BINARY);
    put_text(out, "icetop demo");
    end(&file);
    put_le(out, out->len - footer, 4);
    str_add(out, "PAR1");
}
