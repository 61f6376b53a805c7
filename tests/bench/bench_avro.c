/* Manifests and control events: entries a second beside a decoder written by hand for one schema, and events a second.
 *
 * bench-avro [--keep FILE] [ENTRIES]: processor time, the best of some rounds; --keep leaves the manifest for
 * bench_avro.py. The header and the event's schema are those that Iceberg 1.11.0 wrote (tests/data/avro). */
#include "avro/file.h"
#include "base/mem.h"
#include "base/str.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMNS = 12, EVENT_COLUMNS = 30, BLOCK_BYTES = 64000, ROUNDS = 7, EVENTS = 20000, STATS = 6, MARK = 16 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- a small writer --- */

static void put_long(struct str *out, int64_t value)
{
    uint64_t v = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
    for (; v >= 0x80; v >>= 7)
        str_char(out, (char)(v | 0x80));
    str_char(out, (char)v);
}

static void put_bytes(struct str *out, const void *bytes, size_t len)
{
    put_long(out, (int64_t)len);
    str_bytes(out, bytes, len);
}

/* A nullable list of keys and numbers: sizes, values, nulls, NaNs. */
static void put_counts(struct str *out, int columns, int64_t base)
{
    put_long(out, 1);
    put_long(out, columns);
    for (int c = 1; c <= columns; c++) {
        put_long(out, c);
        put_long(out, base ? base * c % 1000003 : 0);
    }
    put_long(out, 0);
}

/* A nullable list of keys and bounds: numbers of eight bytes, and texts of up to sixteen. */
static void put_bounds(struct str *out, int columns, uint64_t seed)
{
    put_long(out, 1);
    put_long(out, columns);
    for (int c = 1; c <= columns; c++) {
        char text[24];
        uint64_t value = seed * 2654435761u * (uint64_t)c;
        put_long(out, c);
        if (c % 3)
            put_bytes(out, &value, sizeof value);
        else
            put_bytes(out, text, (size_t)snprintf(text, sizeof text, "value-%010u", (unsigned)value));
    }
    put_long(out, 0);
}

/* What content files have in manifests and events alike, from the rows on. */
static void put_file(struct str *out, int columns, uint64_t i)
{
    put_long(out, (int64_t)(1000 + i % 5000));
    put_long(out, (int64_t)(1000000 + i * 7919 % 100000000));
    put_counts(out, columns, (int64_t)(i % 9973) * 101 + 17);
    put_counts(out, columns, (int64_t)(1000 + i % 5000));
    put_counts(out, columns, (int64_t)(i % 13));
    put_counts(out, columns, 0);
    put_bounds(out, columns, i);
    put_bounds(out, columns, i + 1000003);
    put_long(out, 0); /* key_metadata */
    put_long(out, 1);
    put_long(out, 1);
    put_long(out, 4);
    put_long(out, 0);
}

static void put_path(struct str *out, uint64_t i)
{
    char path[128];
    int n = snprintf(path, sizeof path,
                     "s3://warehouse/db.db/orders/data/day=2026-%02u-%02u/%05u-%llu-%08x-a1b2-c3d4-00001.parquet",
                     (unsigned)(1 + i % 12), (unsigned)(1 + i % 28), (unsigned)(i % 64), (unsigned long long)i,
                     (unsigned)(i * 2654435761u));
    put_bytes(out, path, (size_t)n);
    put_bytes(out, "PARQUET", 7);
}

static void put_entry(struct str *out, uint64_t i)
{
    put_long(out, 1); /* status */
    put_long(out, 1);
    put_long(out, INT64_C(5750622990171586741));
    put_long(out, 0);
    put_long(out, 0);
    put_long(out, 0); /* content */
    put_path(out, i);
    put_file(out, COLUMNS, i);
    put_long(out, 0); /* equality_ids */
    put_long(out, 1);
    put_long(out, 0); /* sort_order_id */
    put_long(out, 0); /* referenced_data_file */
}

static void put_block(struct str *file, struct libdeflate_compressor *c, int64_t count, const struct str *values,
                      const char *mark)
{
    size_t room = libdeflate_deflate_compress_bound(c, values->len);
    char *buf = mem_alloc(room);
    size_t n = libdeflate_deflate_compress(c, values->s, values->len, buf, room);
    put_long(file, count);
    put_bytes(file, buf, n);
    str_bytes(file, mark, MARK);
    free(buf);
}

static struct str load(const char *path)
{
    struct str s = {0};
    char buf[65536];
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(1);
    }
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;)
        str_bytes(&s, buf, n);
    fclose(f);
    return s;
}

/* The header of a manifest that there is; its length is found as that of all that stands before the first block. */
static struct str header_of(const struct str *manifest)
{
    struct str header = {0};
    struct avro_container *c = avro_container_new(NULL);
    struct avro_container_block b;
    bool known;
    avro_container_give(c, manifest->s, manifest->len);
    if (avro_container_header(c, &known, NULL) == 0 && avro_container_next(c, &b, NULL) == 0)
        str_bytes(&header, manifest->s, (size_t)b.offset);
    avro_container_free(c);
    return header;
}

/* Also tells how many bytes its values have. */
static struct str make_manifest(const char *like, uint64_t entries, size_t *inflated)
{
    struct str real = load(like), file = header_of(&real), values = {0};
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(9);
    char mark[MARK];
    int64_t count = 0;
    memcpy(mark, file.s + file.len - MARK, MARK);
    *inflated = 0;
    for (uint64_t i = 0; i < entries; i++) {
        put_entry(&values, i);
        count++;
        if (values.len >= BLOCK_BYTES || i + 1 == entries) {
            put_block(&file, c, count, &values, mark);
            *inflated += values.len;
            str_clear(&values);
            count = 0;
        }
    }
    libdeflate_free_compressor(c);
    str_done(&values);
    str_done(&real);
    return file;
}

/* --- the decoder by hand: this one schema, every bound checked, all fields kept --- */

struct hand_count {
    int32_t key;
    int64_t value;
};

struct hand_bound {
    int32_t key;
    uint32_t len;
    const unsigned char *bytes;
};

struct hand_entry {
    int32_t status, content, sort_order;
    int64_t snapshot, sequence, file_sequence, rows, bytes, split;
    const unsigned char *path, *format;
    size_t path_len, format_len;
    size_t n[STATS];
    struct hand_count counts[4][64];
    struct hand_bound bounds[2][64];
};

struct hand {
    const unsigned char *p, *end;
    bool bad;
};

static inline int64_t hand_long(struct hand *h)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64 && h->p < h->end; shift += 7) {
        uint64_t byte = *h->p++;
        v |= (byte & 0x7f) << shift;
        if (byte < 0x80)
            return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
    }
    h->bad = true;
    return 0;
}

static inline const unsigned char *hand_bytes(struct hand *h, size_t *len)
{
    int64_t n = hand_long(h);
    const unsigned char *p = h->p;
    if (n < 0 || n > h->end - p) {
        h->bad = true;
        n = 0;
    }
    *len = (size_t)n;
    h->p += n;
    return p;
}

static inline int64_t hand_optional(struct hand *h)
{
    return hand_long(h) ? hand_long(h) : 0;
}

static void hand_counts(struct hand *h, struct hand_count *to, size_t *n)
{
    *n = 0;
    if (!hand_long(h))
        return;
    for (int64_t count; (count = hand_long(h)) > 0 && !h->bad;)
        for (; count && *n < 64; count--, ++*n) {
            to[*n].key = (int32_t)hand_long(h);
            to[*n].value = hand_long(h);
        }
}

static void hand_bounds(struct hand *h, struct hand_bound *to, size_t *n)
{
    size_t len;
    *n = 0;
    if (!hand_long(h))
        return;
    for (int64_t count; (count = hand_long(h)) > 0 && !h->bad;)
        for (; count && *n < 64; count--, ++*n) {
            to[*n].key = (int32_t)hand_long(h);
            to[*n].bytes = hand_bytes(h, &len);
            to[*n].len = (uint32_t)len;
        }
}

static void hand_read(struct hand *h, struct hand_entry *e)
{
    size_t len;
    e->status = (int32_t)hand_long(h);
    e->snapshot = hand_optional(h);
    e->sequence = hand_optional(h);
    e->file_sequence = hand_optional(h);
    e->content = (int32_t)hand_long(h);
    e->path = hand_bytes(h, &e->path_len);
    e->format = hand_bytes(h, &e->format_len);
    e->rows = hand_long(h);
    e->bytes = hand_long(h);
    for (int i = 0; i < 4; i++)
        hand_counts(h, e->counts[i], &e->n[i]);
    for (int i = 0; i < 2; i++)
        hand_bounds(h, e->bounds[i], &e->n[4 + i]);
    if (hand_long(h))
        hand_bytes(h, &len);
    for (int list = 0; list < 2; list++)
        if (hand_long(h))
            for (int64_t count; (count = hand_long(h)) > 0 && !h->bad;)
                while (count--)
                    e->split = hand_long(h);
    e->sort_order = (int32_t)hand_optional(h);
    if (hand_long(h))
        hand_bytes(h, &len);
}

/* --- what both add up, so that nothing is left out and both say the same --- */

static uint64_t hand_sum(const struct hand_entry *e)
{
    uint64_t sum = (uint64_t)(e->rows + e->bytes) + e->path_len + (uint64_t)e->status;
    for (int i = 0; i < 4; i++)
        for (size_t k = 0; k < e->n[i]; k++)
            sum += (uint64_t)e->counts[i][k].key * (uint64_t)e->counts[i][k].value;
    for (int i = 0; i < 2; i++)
        for (size_t k = 0; k < e->n[4 + i]; k++)
            sum += (uint64_t)e->bounds[i][k].key * e->bounds[i][k].len;
    return sum;
}

enum {
    STATUS,
    SNAPSHOT,
    SEQUENCE,
    FILE_SEQUENCE,
    DATA,
    CONTENT,
    PATH,
    FORMAT,
    ROWS,
    BYTES,
    SPLITS,
    SPLIT,
    SORT,
    STAT,
    WANTS = STAT + 3 * STATS
};

/* clang-format off: a list of pairs */
#define STATISTICS(first, parent, list, key, value, of)                                                                \
    [first] = {parent, list, NULL, AVRO_PLAN_LIST}, [(first) + 1] = {first, key, "key", AVRO_PLAN_LONG},               \
    [(first) + 2] = {first, value, "value", of}
#define ALL_STATISTICS(first, parent)                                                                                  \
    STATISTICS(first, parent, 108, 117, 118, AVRO_PLAN_LONG),                                                          \
        STATISTICS((first) + 3, parent, 109, 119, 120, AVRO_PLAN_LONG),                                                \
        STATISTICS((first) + 6, parent, 110, 121, 122, AVRO_PLAN_LONG),                                                \
        STATISTICS((first) + 9, parent, 137, 138, 139, AVRO_PLAN_LONG),                                                \
        STATISTICS((first) + 12, parent, 125, 126, 127, AVRO_PLAN_BYTES),                                              \
        STATISTICS((first) + 15, parent, 128, 129, 130, AVRO_PLAN_BYTES)
/* clang-format on */

static const struct avro_plan_want entry_wants[WANTS] = {
    [STATUS] = {AVRO_PLAN_TOP, 0, "status", AVRO_PLAN_LONG, .required = true},
    [SNAPSHOT] = {AVRO_PLAN_TOP, 1, "snapshot_id", AVRO_PLAN_LONG},
    [SEQUENCE] = {AVRO_PLAN_TOP, 3, "sequence_number", AVRO_PLAN_LONG},
    [FILE_SEQUENCE] = {AVRO_PLAN_TOP, 4, "file_sequence_number", AVRO_PLAN_LONG},
    [DATA] = {AVRO_PLAN_TOP, 2, "data_file", AVRO_PLAN_RECORD, .required = true},
    [CONTENT] = {DATA, 134, "content", AVRO_PLAN_LONG},
    [PATH] = {DATA, 100, "file_path", AVRO_PLAN_BYTES, .required = true},
    [FORMAT] = {DATA, 101, "file_format", AVRO_PLAN_BYTES},
    [ROWS] = {DATA, 103, "record_count", AVRO_PLAN_LONG, .required = true},
    [BYTES] = {DATA, 104, "file_size_in_bytes", AVRO_PLAN_LONG},
    [SPLITS] = {DATA, 132, "split_offsets", AVRO_PLAN_LIST},
    [SPLIT] = {SPLITS, 133, "element", AVRO_PLAN_LONG},
    [SORT] = {DATA, 140, "sort_order_id", AVRO_PLAN_LONG},
    ALL_STATISTICS(STAT, DATA),
};

/* The statistics of one file: row of the list that it is in. */
static uint64_t stats_sum(const struct avro_datum *d, int first, size_t row)
{
    uint64_t sum = 0;
    for (int i = 0; i < STATS; i++) {
        int want = first + 3 * i;
        const struct avro_datum_cell *list = avro_datum_get(d, want, row);
        if (list->is != AVRO_DATUM_LIST)
            continue;
        const struct avro_datum_cell *key = avro_datum_get(d, want + 1, list->first);
        const struct avro_datum_cell *value = avro_datum_get(d, want + 2, list->first);
        for (uint32_t k = 0; k < list->n; k++, key += 2, value += 2)
            sum += (uint64_t)key->i * (value->is == AVRO_DATUM_BYTES ? value->n : (uint64_t)value->i);
    }
    return sum;
}

static uint64_t datum_sum(const struct avro_datum *d)
{
    return (uint64_t)(avro_datum_get(d, ROWS, 0)->i + avro_datum_get(d, BYTES, 0)->i) + avro_datum_get(d, PATH, 0)->n +
           (uint64_t)avro_datum_get(d, STATUS, 0)->i + stats_sum(d, STAT, 0);
}

/* Entries and their sum, by hand. */
static uint64_t read_by_hand(const struct str *file, size_t header, uint64_t *entries)
{
    static struct hand_entry e;
    struct hand at = {(const unsigned char *)file->s + header, (const unsigned char *)file->s + file->len, false};
    struct libdeflate_decompressor *c = libdeflate_alloc_decompressor();
    size_t room = 1024 * 1024, len;
    unsigned char *buf = mem_alloc(room);
    uint64_t sum = 0;
    *entries = 0;
    while (at.p < at.end && !at.bad) {
        int64_t count = hand_long(&at);
        const unsigned char *block = hand_bytes(&at, &len);
        if (libdeflate_deflate_decompress(c, block, len, buf, room, &len) != LIBDEFLATE_SUCCESS)
            break;
        struct hand h = {buf, buf + len, false};
        for (; count > 0 && !h.bad; count--, ++*entries) {
            hand_read(&h, &e);
            sum += hand_sum(&e);
        }
        at.p += MARK;
    }
    free(buf);
    libdeflate_free_decompressor(c);
    return sum;
}

static uint64_t read_by_plan(const struct str *file, const struct avro_plan_want *wants, size_t nwants,
                             uint64_t *entries)
{
    struct avro_cache *cache = avro_cache_new(&(struct avro_cache_options){.wants = wants, .nwants = nwants});
    const struct avro_datum *d;
    struct avro_file *f;
    struct error err;
    uint64_t sum = 0;
    *entries = 0;
    if (avro_file_open(cache, file->s, file->len, NULL, &f, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    while (avro_file_next(f, &d, &err) == 0 && d) {
        sum += nwants == WANTS ? datum_sum(d) : (uint64_t)avro_datum_get(d, PATH, 0)->n;
        ++*entries;
    }
    avro_file_free(f);
    avro_cache_free(cache);
    return sum;
}

/* Returns how many times as fast as by hand. */
static double bench_manifest(const char *like, uint64_t entries, const char *keep)
{
    struct str real = load(like), head = header_of(&real), file;
    size_t inflated;
    double hand = 1e9, plan = 1e9, few = 1e9;
    file = make_manifest(like, entries, &inflated);
    for (int round = 0; round < ROUNDS; round++) { /* one after the other, so that both meet the same machine */
        uint64_t n[3];
        double t0 = now();
        uint64_t by_hand = read_by_hand(&file, head.len, &n[0]);
        double t1 = now();
        uint64_t by_plan = read_by_plan(&file, entry_wants, WANTS, &n[1]);
        double t2 = now();
        read_by_plan(&file, entry_wants, SPLITS, &n[2]);
        double t3 = now();
        if (by_hand != by_plan || n[0] != entries || n[1] != entries || n[2] != entries) {
            fprintf(stderr, "the two disagree: %llu entries and %llu\n", (unsigned long long)n[0],
                    (unsigned long long)n[1]);
            exit(1);
        }
        hand = t1 - t0 < hand ? t1 - t0 : hand;
        plan = t2 - t1 < plan ? t2 - t1 : plan;
        few = t3 - t2 < few ? t3 - t2 : few;
    }
    printf("manifest: %llu entries of %d columns, %.1f MB, inflated %.1f MB\n", (unsigned long long)entries, COLUMNS,
           (double)file.len / 1e6, (double)inflated / 1e6);
    printf("by hand              %9.0f entries/s\n", (double)entries / hand);
    printf("by plan              %9.0f entries/s  %.2f of by hand (to be >= 0.70)\n", (double)entries / plan,
           hand / plan);
    printf("by plan, no lists    %9.0f entries/s\n", (double)entries / few);
    if (keep) {
        FILE *f = fopen(keep, "wb");
        if (!f || fwrite(file.s, 1, file.len, f) != file.len || fclose(f))
            perror(keep);
    }
    str_done(&file);
    str_done(&head);
    str_done(&real);
    return hand / plan;
}

enum {
    EV_TYPE,
    EV_TIME,
    EV_GROUP,
    EV_PAYLOAD,
    EV_ID,
    EV_FILES,
    EV_PATH,
    EV_ROWS,
    EV_BYTES,
    EV_STAT,
    EV_WANTS = EV_STAT + 3 * STATS
};

static const struct avro_plan_want event_wants[EV_WANTS] = {
    [EV_TYPE] = {AVRO_PLAN_TOP, 10501, "type", AVRO_PLAN_LONG},
    [EV_TIME] = {AVRO_PLAN_TOP, 10502, "timestamp", AVRO_PLAN_LONG},
    [EV_GROUP] = {AVRO_PLAN_TOP, 10503, "group_id", AVRO_PLAN_BYTES},
    [EV_PAYLOAD] = {AVRO_PLAN_TOP, 10504, "payload", AVRO_PLAN_RECORD},
    [EV_ID] = {EV_PAYLOAD, 10300, "commitId", AVRO_PLAN_BYTES},
    [EV_FILES] = {EV_PAYLOAD, 10302, "dataFiles", AVRO_PLAN_LIST},
    [EV_PATH] = {EV_FILES, 100, "file_path", AVRO_PLAN_BYTES},
    [EV_ROWS] = {EV_FILES, 103, "record_count", AVRO_PLAN_LONG},
    [EV_BYTES] = {EV_FILES, 104, "file_size_in_bytes", AVRO_PLAN_LONG},
    ALL_STATISTICS(EV_STAT, EV_FILES),
};

/* An event that tells of one file. */
static struct str make_event(uint64_t i)
{
    struct str out = {0};
    str_repeat(&out, 'i', 16);
    put_long(&out, 1);
    put_long(&out, (int64_t)(1795241606085000 + i));
    put_bytes(&out, "connect-orders-sink", 19);
    str_repeat(&out, 'c', 16);
    put_bytes(&out, "iceberg", 7);
    put_long(&out, 1);
    put_bytes(&out, "db", 2);
    put_long(&out, 0);
    put_bytes(&out, "orders", 6);
    put_long(&out, 1);
    str_repeat(&out, 'u', 16);
    put_long(&out, 1); /* data_files */
    put_long(&out, 1);
    put_long(&out, 1);
    put_long(&out, 0); /* content */
    put_path(&out, i);
    put_long(&out, 1);
    put_long(&out, 0); /* spec_id */
    put_file(&out, EVENT_COLUMNS, i);
    for (int null = 0; null < 6; null++) /* equality_ids to content_size_in_bytes */
        put_long(&out, 0);
    put_long(&out, 0);
    put_long(&out, 1); /* delete_files */
    put_long(&out, 0);
    return out;
}

/* Schemas of which no two are the same: what it costs to meet one for the first time. */
static void bench_schemas(struct avro_cache *cache, const char *schema, size_t len)
{
    enum { SCHEMAS = 2000, DIGITS = 11 };
    char *text = mem_alloc(len + DIGITS);
    struct avro_plan *plan;
    memcpy(text, schema, len);
    double start = now();
    for (unsigned i = 0; i < SCHEMAS; i++) {
        for (unsigned bit = 0; bit < DIGITS; bit++) /* a number in white space */
            text[len + bit] = i >> bit & 1 ? ' ' : '\n';
        avro_cache_get(cache, text, len + DIGITS, &plan, NULL);
    }
    printf("schemas met first:    %9.0f schemas/s, %zu bytes each\n", SCHEMAS / (now() - start), len);
    free(text);
}

/* Returns events a second, each with its schema before it. */
static double bench_events(const char *events)
{
    struct str text = load(events), all[64];
    const char *schema = text.s;
    while ((schema = strchr(schema, '\n') + 1) && !memmem(schema, strcspn(schema, "\n"), "\"DataWritten\"", 13))
        continue;
    size_t len = strcspn(schema, "\n"), used, bytes = 0;
    struct avro_cache *cache =
        avro_cache_new(&(struct avro_cache_options){.wants = event_wants, .nwants = EV_WANTS, .mutf8 = true});
    struct avro_datum *d = avro_datum_new();
    struct avro_plan *plan;
    struct error err;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < 64; i++) { /* each with a copy of the schema of its own, as events have */
        struct str datum = make_event(i);
        all[i] = (struct str){0};
        str_bytes(&all[i], schema, len);
        str_bytes(&all[i], datum.s, datum.len);
        bytes += all[i].len;
        str_done(&datum);
    }
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double start = now();
        for (size_t i = 0; i < EVENTS; i++) {
            const struct str *e = &all[i % 64];
            if (avro_cache_get(cache, e->s, len, &plan, &err) ||
                avro_datum_read(d, plan, e->s + len, e->len - len, &used, &err) || used != e->len - len) {
                fprintf(stderr, "event %zu: %s\n", i, err.text);
                exit(1);
            }
            sum += stats_sum(d, EV_STAT, avro_datum_get(d, EV_FILES, 0)->first);
        }
        double took = now() - start;
        best = took < best ? took : best;
    }
    printf("events of %d columns: %9.0f events/s, %zu bytes each (to be >= 10000; sum %llu)\n", EVENT_COLUMNS,
           EVENTS / best, bytes / 64, (unsigned long long)sum);
    bench_schemas(cache, schema, len);
    for (size_t i = 0; i < 64; i++)
        str_done(&all[i]);
    avro_datum_free(d);
    avro_cache_free(cache);
    str_done(&text);
    return EVENTS / best;
}

int main(int argc, char **argv)
{
    const char *keep = NULL, *data = getenv("TEST_DATA");
    uint64_t entries = 100000;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--keep") == 0 && i + 1 < argc)
            keep = argv[++i];
        else
            entries = strtoull(argv[i], NULL, 10);
    char *manifest = mem_printf("%s/avro/failing-1.11.0/manifest-0.avro", data ? data : "tests/data");
    char *events = mem_printf("%s/avro/failing-1.11.0.events", data ? data : "tests/data");
    bool good = bench_manifest(manifest, entries, keep) >= 0.7;
    good = bench_events(events) >= 10000 && good;
    free(manifest);
    free(events);
    return good ? 0 : 1;
}
