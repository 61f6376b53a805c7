/* Control events a second: reading them, with the statistics of 30 columns in each DATA_WRITTEN, and working them
 * into cycles and into what is queryable.
 *
 * Processor time of one thread, the best of some rounds. The schemas are those that Iceberg 1.11.0 wrote
 * (tests/data/avro). */
#include "base/mem.h"
#include "base/str.h"
#include "connect/backlog.h"
#include "connect/cycles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    COLUMNS = 30,
    ROUNDS = 5,
    CYCLES = 1500,
    TASKS = 8, /* each answers in every cycle with so many files and partitions: */
    FILES = 2,
    PARTITIONS = 4,
    EVENTS = 3 + 2 * TASKS, /* of a cycle */
    LIMIT = 10000,          /* events a second at least */
    RATIO = 2,              /* times what cycles take of an event, at most: files into what is queryable */
};

static const char group[] = "connect-orders-sink";
static char *schemas[CONNECT_EVENT_TYPES];

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- a small writer ---- */

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

static void put_id(struct str *out, uint32_t id)
{
    for (int i = 0; i < 16; i++)
        str_char(out, (char)(id >> (8 * (i % 4))));
}

static void put_counts(struct str *out, int64_t base)
{
    put_long(out, 1);
    put_long(out, COLUMNS);
    for (int c = 1; c <= COLUMNS; c++) {
        put_long(out, c);
        put_long(out, base * c % 1000003);
    }
    put_long(out, 0);
}

static void put_bounds(struct str *out, int seed)
{
    put_long(out, 1);
    put_long(out, COLUMNS);
    for (int c = 1; c <= COLUMNS; c++) {
        char text[17];
        snprintf(text, sizeof text, "%016d", seed * c);
        put_long(out, c);
        put_text(out, c % 2 ? text : text + 8);
    }
    put_long(out, 0);
}

static void put_file(struct str *out, int64_t n)
{
    char path[128];
    snprintf(path, sizeof path, "s3://lake/warehouse/db/orders/data/%05lld-1795239780495-0c5d1c0f-00001.parquet",
             (long long)n);
    put_long(out, 1);
    put_long(out, 0); /* content */
    put_text(out, path);
    put_text(out, "PARQUET");
    put_long(out, 1);
    put_long(out, 0);            /* spec */
    put_long(out, 1000 + n % 7); /* rows */
    put_long(out, 123456 + n);   /* bytes */
    for (int i = 0; i < 4; i++)
        put_counts(out, n + i);
    put_bounds(out, 1);
    put_bounds(out, 2);
    put_long(out, 0); /* key_metadata */
    put_long(out, 1); /* split_offsets */
    put_long(out, 1);
    put_long(out, 4);
    for (int i = 0; i < 7; i++) /* their end; the rest is null */
        put_long(out, 0);
}

static void put_table(struct str *out)
{
    put_text(out, "iceberg");
    put_long(out, 1);
    put_text(out, "db");
    put_long(out, 0);
    put_text(out, "orders");
    put_long(out, 1);
    put_id(out, 77);
}

static void put_through(struct str *out, int64_t ms)
{
    put_long(out, 1);
    put_long(out, ms * 1000);
}

/* The answer of a task: what it wrote, or where it is. */
static void put_answer(struct str *out, enum connect_event_type type, int64_t cycle, int task, int64_t ms)
{
    put_long(out, 1);
    put_long(out, type == CONNECT_EVENT_DATA_WRITTEN ? FILES : PARTITIONS);
    for (int i = 0; type == CONNECT_EVENT_DATA_WRITTEN && i < FILES; i++)
        put_file(out, (cycle * TASKS + task) * FILES + i);
    for (int i = 0; type == CONNECT_EVENT_DATA_COMPLETE && i < PARTITIONS; i++) {
        put_text(out, "orders");
        put_long(out, task * PARTITIONS + i);
        put_long(out, 1);
        put_long(out, cycle * 1000);
        put_through(out, ms);
    }
    put_long(out, 0);
    if (type == CONNECT_EVENT_DATA_WRITTEN)
        put_long(out, 0); /* delete_files */
}

static void put_event(struct str *out, enum connect_event_type type, int64_t cycle, int task)
{
    int64_t ms = 1795239780000 + cycle * 10000 + type * 100;
    size_t len = strlen(schemas[type]);
    str_bytes(out, "\xC2\x01", 2);
    str_char(out, (char)(len >> 8));
    str_char(out, (char)len);
    str_bytes(out, schemas[type], len);
    put_id(out, (uint32_t)(cycle * EVENTS + task));
    put_long(out, type);
    put_long(out, ms * 1000);
    put_text(out, group);
    put_id(out, (uint32_t)cycle + 1);
    if (type == CONNECT_EVENT_DATA_WRITTEN || type == CONNECT_EVENT_COMMIT_TO_TABLE)
        put_table(out);
    if (type == CONNECT_EVENT_DATA_WRITTEN || type == CONNECT_EVENT_DATA_COMPLETE)
        put_answer(out, type, cycle, task, ms);
    if (type == CONNECT_EVENT_COMMIT_TO_TABLE) {
        put_long(out, 1);
        put_long(out, 5000000000000000000 + cycle);
    }
    if (type == CONNECT_EVENT_COMMIT_TO_TABLE || type == CONNECT_EVENT_COMMIT_COMPLETE)
        put_through(out, ms);
}

/* ---- what is measured ---- */

struct control_value {
    struct str bytes;
    char key[40];
    int64_t offset;
};

static struct control_value *make_topic(void)
{
    static const enum connect_event_type answers[] = {CONNECT_EVENT_DATA_WRITTEN, CONNECT_EVENT_DATA_COMPLETE};
    struct control_value *values = mem_calloc((size_t)CYCLES * EVENTS, sizeof *values), *v = values;
    for (int64_t cycle = 0; cycle < CYCLES; cycle++) {
        put_event(&v->bytes, CONNECT_EVENT_START_COMMIT, cycle, 0);
        snprintf(v++->key, sizeof v->key, "coordinator");
        for (int task = 0; task < TASKS; task++)
            for (int i = 0; i < 2; i++) {
                put_event(&v->bytes, answers[i], cycle, task);
                snprintf(v++->key, sizeof v->key, "worker-%d", task);
            }
        put_event(&v->bytes, CONNECT_EVENT_COMMIT_TO_TABLE, cycle, 0);
        snprintf(v++->key, sizeof v->key, "coordinator");
        put_event(&v->bytes, CONNECT_EVENT_COMMIT_COMPLETE, cycle, 0);
        snprintf(v++->key, sizeof v->key, "coordinator");
    }
    return values;
}

static bool read_all(const struct control_value *values, bool written_only, struct connect_cycles *cycles, size_t *n)
{
    struct connect_event_reader *r = connect_event_reader_new();
    struct connect_event e;
    struct error err = {0};
    bool good = true;
    *n = 0;
    for (size_t i = 0; i < (size_t)CYCLES * EVENTS && good; i++) {
        const struct control_value *v = &values[i];
        if (written_only && (i % EVENTS % 2 == 0 || i % EVENTS > 2 * TASKS))
            continue;
        good = connect_event_read(r, v->bytes.s, v->bytes.len, &e, &err) == 0;
        ++*n;
        if (good && cycles)
            connect_cycles_record(cycles, &(struct connect_cycles_record){.topic = "control-iceberg",
                                                                          .offset = (int64_t)i,
                                                                          .time_ms = e.time_ms,
                                                                          .key = v->key,
                                                                          .key_len = strlen(v->key),
                                                                          .event = &e});
    }
    if (!good)
        fprintf(stderr, "%s\n", err.text);
    connect_event_reader_free(r);
    return good;
}

/* Events a second, the best of some rounds; 0: it went wrong. */
static double measure(const struct control_value *values, bool written_only, bool cycles)
{
    double best = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct connect_cycles *c = cycles ? connect_cycles_new() : NULL;
        size_t n;
        double begin = now();
        bool good = read_all(values, written_only, c, &n);
        double rate = (double)n / (now() - begin);
        connect_cycles_free(c);
        if (!good)
            return 0;
        best = rate > best ? rate : best;
    }
    return best;
}

/* ---- events that are read already, to cycles alone and to the backlog alone ---- */

static struct connect_event event_of(size_t i, struct connect_event_file *file,
                                     struct connect_event_assignment *assignments, char *path)
{
    struct connect_event e = {.type = i % 2 ? CONNECT_EVENT_DATA_COMPLETE : CONNECT_EVENT_DATA_WRITTEN,
                              .time_ms = 1795239780000 + (int64_t)i,
                              .group = {group, sizeof group - 1},
                              .catalog = {"iceberg", 7},
                              .table = {"db.orders", 9},
                              .table_uuid = "2bfdd52c-b916-418f-82c4-5366d8898a71"};
    snprintf(e.commit_id, sizeof e.commit_id, "%08u-13fe-446c-ad57-905813c8615c",
             (unsigned)(i / (2 * TASKS) % 100000000));
    snprintf(path, 128, "s3://lake/warehouse/db/orders/data/%05zu-1795239780495-0c5d1c0f-00001.parquet", i);
    *file = (struct connect_event_file){.path = {path, strlen(path)}, .rows = 1000, .bytes = 123456};
    for (int k = 0; k < PARTITIONS; k++)
        assignments[k] = (struct connect_event_assignment){
            {"orders", 6}, (int32_t)(i / 2 % TASKS) * PARTITIONS + k, (int64_t)i, 1795239780000};
    if (i % 2)
        e.assignments = assignments, e.nassignments = PARTITIONS;
    else
        e.files = file, e.nfiles = 1;
    return e;
}

/* Nanoseconds of an event, the best of some rounds. */
static double measure_one(bool backlog)
{
    double best = 1e9;
    size_t n = (size_t)CYCLES * 2 * TASKS;
    for (int round = 0; round < ROUNDS; round++) {
        struct connect_cycles *c = connect_cycles_new();
        struct connect_backlog *b = connect_backlog_new();
        double spent = 0;
        for (size_t i = 0; i < n; i++) {
            struct connect_event_file file;
            struct connect_event_assignment assignments[PARTITIONS];
            char path[128], key[32];
            struct connect_event e = event_of(i, &file, assignments, path);
            snprintf(key, sizeof key, "worker-%zu", i / 2 % TASKS);
            struct connect_cycles_record r = {.topic = "control-iceberg",
                                              .offset = (int64_t)i,
                                              .time_ms = e.time_ms,
                                              .key = key,
                                              .key_len = strlen(key),
                                              .event = &e};
            double begin = now();
            if (backlog)
                connect_backlog_record(b, &r);
            else
                connect_cycles_record(c, &r);
            spent += now() - begin;
        }
        best = spent / (double)n < best ? spent / (double)n : best;
        connect_cycles_free(c);
        connect_backlog_free(b);
    }
    return best * 1e9;
}

/* Milliseconds to work out a group of so many answers anew, all of which are pending. */
static double measure_pending(size_t answers)
{
    struct connect_backlog *b = connect_backlog_new();
    double best = 1e9;
    connect_backlog_table(b, &(struct connect_backlog_table){.catalog = "lake", .table = "db.orders", .whole = true});
    for (size_t i = 0; i < 2 * answers; i++) {
        struct connect_event_file file;
        struct connect_event_assignment assignments[PARTITIONS];
        char path[128];
        struct connect_event e = event_of(i, &file, assignments, path);
        connect_backlog_record(b, &(struct connect_cycles_record){.topic = "control-iceberg",
                                                                  .offset = (int64_t)i,
                                                                  .time_ms = e.time_ms,
                                                                  .key = "w",
                                                                  .key_len = 1,
                                                                  .event = &e});
    }
    for (int round = 0; round < ROUNDS; round++) {
        connect_backlog_control(b, "control-iceberg", 0, 0, (int64_t)(2 * answers) + round, round);
        double begin = now();
        connect_backlog_find(b, group);
        best = now() - begin < best ? now() - begin : best;
    }
    connect_backlog_free(b);
    return best * 1e3;
}

static bool measure_backlog(void)
{
    double cycles = measure_one(false), backlog = measure_one(true), few = measure_pending(1000),
           many = measure_pending(10000);
    printf("an event of one file: %.0f ns into cycles, %.0f ns into what is queryable (%.2f times, limit %d)\n", cycles,
           backlog, backlog / cycles, RATIO);
    printf("a group anew with 1,000 answers pending: %.2f ms; with 10,000: %.2f ms (%.1f times, limit 30)\n", few, many,
           many / few);
    return backlog < RATIO * cycles && many < 30 * few;
}

static bool load_schemas(void)
{
    static const char *const payloads[CONNECT_EVENT_TYPES] = {"\"StartCommit\"", "\"DataWritten\"", "\"DataComplete\"",
                                                              "\"CommitToTable\"", "\"CommitComplete\""};
    char *path = mem_printf("%s/avro/failing-1.11.0.events", getenv("TEST_DATA") ? getenv("TEST_DATA") : "tests/data");
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    int found = 0;
    while (f && found < CONNECT_EVENT_TYPES && getline(&line, &room, f) > 0)
        for (int i = 0; i < CONNECT_EVENT_TYPES; i++)
            if (!schemas[i] && strstr(line, payloads[i])) {
                schemas[i] = mem_memdup(line, strcspn(line, "\n"));
                found++;
            }
    if (f)
        fclose(f);
    free(line);
    free(path);
    return found == CONNECT_EVENT_TYPES;
}

int main(void)
{
    if (!load_schemas()) {
        fprintf(stderr, "no schemas: TEST_DATA is to be tests/data\n");
        return 1;
    }
    struct control_value *values = make_topic();
    double written = measure(values, true, false), read = measure(values, false, false),
           worked = measure(values, false, true);
    printf("DATA_WRITTEN of %d columns, %d files, %zu bytes: %.0f events/s\n", COLUMNS, FILES, values[1].bytes.len,
           written);
    printf("cycles of %d tasks: %.0f events/s read, %.0f read and worked into cycles (limit %d)\n", TASKS, read, worked,
           LIMIT);
    bool good = measure_backlog();
    for (size_t i = 0; i < (size_t)CYCLES * EVENTS; i++)
        str_done(&values[i].bytes);
    free(values);
    for (int i = 0; i < CONNECT_EVENT_TYPES; i++)
        free(schemas[i]);
    return written >= LIMIT && worked >= LIMIT && good ? 0 : 1;
}
