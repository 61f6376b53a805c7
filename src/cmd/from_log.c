/* Whole files through the same readers as those that are followed. */
#include "cmd/from_log.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"
#include "cmd/packed.h"
#include "connect/cycles.h"
#include "connect/entries.h"
#include "connect/follow.h"
#include "connect/line.h"
#include "connect/log_rows.h"
#include "connect/tables.h"
#include "derive/commits.h"
#include "findings/catalogue.h"
#include "findings/engine.h"
#include "findings/tables.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE = 128 * 1024 };

static const char name[] = "log"; /* the first key of the rows */

/* What a log can tell of, in the order in which it is named. */
static const struct {
    const struct table_def *def;
    const char *missing; /* why it has no rows */
} tables[] = {
    {&connect_table_commits, NULL},
    {&connect_table_commit_tables, NULL},
    {&connect_table_commit_partitions, "a log does not say which partitions answered, only how many"},
    {&connect_table_log_events, NULL},
    {&findings_table_findings, NULL},
    {&findings_table_evidence, NULL},
};

struct cmd_from_log {
    struct clock clock; /* stands at the last line */
    struct store *store;
    struct connect_cycles *cycles;
    struct derive_commits *commits;
    struct findings_engine *findings;
    struct connect_log_rows *rows;
    struct str held;
    int64_t last_ms, entries;
    bool failed;
    /* of the file that is being read */
    const char *path;
    char *origin;
    int utc_offset_s;
};

static int64_t log_wall(void *arg)
{
    return ((const struct cmd_from_log *)arg)->last_ms;
}

static int64_t log_mono(void *arg)
{
    return ((const struct cmd_from_log *)arg)->last_ms * 1000;
}

__attribute__((format(printf, 3, 4))) static void complain(struct cmd_from_log *f, const char *path, const char *fmt,
                                                           ...)
{
    struct str s = {0};
    va_list ap;
    text_safe(&s, path, strlen(path));
    str_add(&s, ": ");
    va_start(ap, fmt);
    str_vprintf(&s, fmt, ap);
    va_end(ap);
    fprintf(stderr, "icetop: %s\n", str_text(&s));
    str_done(&s);
    f->failed = true;
}

/* ---- what is in them ---- */

/* Local time's distance from UTC at a wall time that is given as if it were UTC. */
static int local_offset(int64_t ms)
{
    struct tm tm;
    time_t t = (time_t)(ms / 1000);
    if (!localtime_r(&t, &tm))
        return 0;
    t -= tm.tm_gmtoff; /* near enough to the instant to know whether the clocks had been changed */
    localtime_r(&t, &tm);
    return (int)tm.tm_gmtoff;
}

static void on_entry(void *arg, const char *entry, size_t len, int64_t number)
{
    struct cmd_from_log *f = arg;
    struct connect_line line;
    if (connect_line_read_held(entry, len, f->utc_offset_s, &f->held, &line, NULL))
        return;
    f->entries++;
    if (line.time_ms != CONNECT_EVENT_UNKNOWN && line.time_ms > f->last_ms)
        f->last_ms = line.time_ms;
    if (!connect_log_rows_wanted(&line))
        return;
    connect_log_rows_add(f->rows, &line, f->path, number);
    if (line.kind != CONNECT_LINE_OTHER)
        connect_cycles_line(f->cycles, f->origin, &line);
}

/* A file with the time of its first line, as if that were UTC. */
struct input {
    const char *path;
    int64_t first_ms; /* or unknown: that comes last */
    size_t place;
};

static void on_first(void *arg, const char *entry, size_t len, int64_t number)
{
    struct input *in = arg;
    struct str held = {0};
    struct connect_line line;
    (void)number;
    if (in->first_ms == CONNECT_EVENT_UNKNOWN && connect_line_read_held(entry, len, 0, &held, &line, NULL) == 0)
        in->first_ms = line.time_ms;
    str_done(&held);
}

/* Reads as much of a file as it takes to know when it begins; standard input is read once only. */
static void look_ahead(struct input *in)
{
    struct stat st;
    in->first_ms = CONNECT_EVENT_UNKNOWN;
    if (strcmp(in->path, "-") == 0 || stat(in->path, &st) || !S_ISREG(st.st_mode))
        return;
    gzFile g = gzopen(in->path, "rb");
    if (!g)
        return;
    struct connect_entries e;
    char *piece = mem_alloc(PIECE);
    connect_entries_init(&e, on_first, in);
    const int n = gzread(g, piece, PIECE);
    if (n > 0)
        connect_entries_feed(&e, piece, (size_t)n);
    connect_entries_end(&e, false);
    connect_entries_done(&e);
    free(piece);
    gzclose_r(g);
}

static int by_first(const void *va, const void *vb)
{
    const struct input *a = va, *b = vb;
    const bool unknown_a = a->first_ms == CONNECT_EVENT_UNKNOWN, unknown_b = b->first_ms == CONNECT_EVENT_UNKNOWN;
    if (unknown_a != unknown_b)
        return unknown_a ? 1 : -1;
    if (a->first_ms != b->first_ms)
        return a->first_ms < b->first_ms ? -1 : 1;
    return a->place < b->place ? -1 : 1;
}

static void on_piece(void *arg, const char *bytes, size_t len)
{
    connect_entries_feed(arg, bytes, len);
}

static void read_input(struct cmd_from_log *f, const struct input *in)
{
    const int64_t before = f->entries;
    struct connect_entries e;
    struct error err = {0};
    connect_entries_init(&e, on_entry, f);
    f->path = cmd_packed_name(in->path);
    f->origin = connect_follow_log(f->path); /* what was rotated is one log */
    const bool known = in->first_ms != CONNECT_EVENT_UNKNOWN;
    f->utc_offset_s = local_offset(known ? in->first_ms : clock_wall_ms(&clock_system));
    const int rc = cmd_packed_read(in->path, on_piece, &e, &err);
    if (rc)
        complain(f, f->path, "%s", err.text);
    connect_entries_end(&e, false);
    if (f->entries == before && rc != ERR_NOT_FOUND)
        complain(f, f->path, "no line of it begins as one of a log does");
    if (e.counts.cut)
        fprintf(stderr, "icetop: %lld entries are longer than %d kB and were cut\n", (long long)e.counts.cut,
                CONNECT_ENTRIES_BYTES / 1024);
    connect_entries_done(&e);
    free(f->origin);
}

/* What is wrong, as it was at the last line. */
static void find(struct cmd_from_log *f)
{
    f->findings = findings_engine_new(NULL, f->store, NULL, findings_families);
    findings_engine_place(f->findings, &(struct derive_pipeline_place){
                                           .name = name, .owner = name, .cycles = f->cycles, .commits = f->commits});
    findings_engine_look(f->findings);
}

struct cmd_from_log *cmd_from_log_read(const char *const *paths)
{
    struct cmd_from_log *f = mem_new(struct cmd_from_log);
    VEC(struct input) inputs = {0};
    f->clock = (struct clock){.wall_ms = log_wall, .mono_us = log_mono, .arg = f};
    f->store = store_new(&f->clock);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct table *t;
        store_add(f->store, tables[i].def, NULL, &t, NULL);
    }
    f->cycles = connect_cycles_new();
    f->rows = connect_log_rows_new(f->store, name, store_owner(f->store, name));
    f->commits = derive_commits_new(NULL, f->store, name, name, f->cycles);
    for (size_t i = 0; paths[i]; i++) {
        vec_push(&inputs, ((struct input){.path = paths[i], .place = i}));
        look_ahead(&inputs.items[i]);
    }
    qsort(inputs.items, inputs.n, sizeof *inputs.items, by_first);
    for (size_t i = 0; i < inputs.n; i++)
        read_input(f, &inputs.items[i]);
    vec_done(&inputs);
    if (f->last_ms)
        connect_cycles_time(f->cycles, f->last_ms);
    derive_commits_update(f->commits);
    find(f);
    store_commit(f->store);
    return f;
}

void cmd_from_log_free(struct cmd_from_log *f)
{
    if (!f)
        return;
    findings_engine_free(f->findings);
    derive_commits_free(f->commits);
    connect_cycles_free(f->cycles);
    connect_log_rows_free(f->rows);
    store_free(f->store);
    str_done(&f->held);
    free(f);
}

struct store *cmd_from_log_store(const struct cmd_from_log *f)
{
    return f->store;
}

int64_t cmd_from_log_now(const struct cmd_from_log *f)
{
    return f->last_ms ? f->last_ms : clock_wall_ms(&clock_system);
}

bool cmd_from_log_empty(const struct cmd_from_log *f)
{
    return !f->entries;
}

bool cmd_from_log_failed(const struct cmd_from_log *f)
{
    return f->failed;
}

bool cmd_from_log_has(const struct cmd_from_log *f, const char *table, bool *missing)
{
    struct str known = {0};
    bool found = false;
    (void)f;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        str_printf(&known, "%s%s", i ? ", " : "", tables[i].def->name);
        if (strcmp(tables[i].def->name, table) != 0)
            continue;
        found = true;
        if (tables[i].missing) {
            fprintf(stderr, "icetop: %s: %s\n", table, tables[i].missing);
            *missing = true;
        }
    }
    if (!found)
        fprintf(stderr, "icetop: logs say nothing of a table \"%s\"; they do of %s\n", table, str_text(&known));
    str_done(&known);
    return found;
}
