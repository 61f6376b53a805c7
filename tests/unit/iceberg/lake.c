/* A store, a scheduler and Iceberg sources on a loop. */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "iceberg/file.h"
#include "tests/unit/iceberg/captures.h"
#include "tests/unit/iceberg/lake.h"

enum { PATIENCE_S = 60, HOUR_MS = 3600000 };

int lake_setup(void **state)
{
    struct lake *l = mem_new(struct lake);
    l->dir = captures_directory();
    l->base = event_base_new();
    l->store = store_new(&clock_system);
    l->scheduler = scheduler_new(l->base, l->store);
    *state = l;
    return 0;
}

int lake_teardown(void **state)
{
    struct lake *l = *state;
    scheduler_free(l->scheduler);
    store_free(l->store);
    event_base_free(l->base);
    captures_remove(l->dir);
    free(l);
    return 0;
}

void lake_add(struct lake *l, struct iceberg_source_settings settings)
{
    struct error err = {0};
    settings.interval_ms = settings.interval_ms ? settings.interval_ms : HOUR_MS;
    settings.max_interval_ms = settings.interval_ms;
    settings.deadline_ms = settings.deadline_ms ? settings.deadline_ms : PATIENCE_S * 1000;
    if (iceberg_source_new(l->base, l->store, &settings, &l->source, &err))
        fail_msg("%s", err.text);
    struct source_settings timing = iceberg_source_settings(&settings);
    l->src = scheduler_add(l->scheduler, iceberg_source_name(l->source), NULL, &iceberg_source_ops, l->source, &timing);
}

void lake_until(struct lake *l, bool (*condition)(struct lake *l, void *arg), void *arg)
{
    int64_t end = clock_mono_us(&clock_system) + PATIENCE_S * INT64_C(1000000);
    const struct timeval look = {.tv_usec = 20000};
    while (!condition(l, arg)) {
        if (clock_mono_us(&clock_system) > end)
            fail_msg("nothing of it within %d s; the source is %s: %s", PATIENCE_S, lake_said(l, "state"),
                     lake_said(l, "error"));
        event_base_loopexit(l->base, &look);
        event_base_dispatch(l->base);
    }
}

static struct value name_value(struct lake *l, const char *text)
{
    return (struct value){.s = name_intern(store_names(l->store), text, strlen(text)), .quality = QUALITY_EXACT};
}

static struct row *own_row(struct lake *l)
{
    struct value key = name_value(l, source_name(l->src));
    struct row *r = table_find(store_find(l->store, "sources"), &key);
    name_unref(key.s);
    return r;
}

static int64_t rounds(struct lake *l)
{
    struct value v = row_get(own_row(l), SOURCES_ROUNDS);
    return v.quality == QUALITY_UNKNOWN ? 0 : v.i;
}

static bool have_rounds(struct lake *l, void *arg)
{
    return rounds(l) > *(int64_t *)arg;
}

void lake_round(struct lake *l)
{
    int64_t before = rounds(l);
    scheduler_refresh(l->scheduler, source_name(l->src));
    lake_until(l, have_rounds, &before);
}

const char *lake_said(struct lake *l, const char *column)
{
    return row_text(own_row(l), column);
}

struct row *lake_table(struct lake *l, const char *catalog, const char *table)
{
    struct value key[] = {name_value(l, catalog), name_value(l, table)};
    struct row *r = table_find(store_find(l->store, "iceberg_tables"), key);
    name_unref(key[0].s);
    name_unref(key[1].s);
    return r;
}

struct row *lake_snapshot(struct lake *l, const char *catalog, const char *table, int64_t id)
{
    struct value key[] = {name_value(l, catalog), name_value(l, table), value_int(id)};
    struct row *r = table_find(store_find(l->store, "snapshots"), key);
    name_unref(key[0].s);
    name_unref(key[1].s);
    return r;
}

size_t lake_rows(struct lake *l, const char *table)
{
    return table_nrows(store_find(l->store, table));
}

const char *lake_event(struct lake *l, const char *subject)
{
    const char *text = "";
    for (const struct row *r = table_first(store_find(l->store, "events")); r; r = row_next(r))
        if (strcmp(row_text(r, "subject"), subject) == 0)
            text = row_text(r, "text");
    return text;
}

size_t lake_events(struct lake *l)
{
    return lake_rows(l, "events");
}

char *lake_path(struct lake *l, const char *name)
{
    return mem_printf("%s/%s", l->dir, name);
}

void lake_copy(struct lake *l, const char *from, const char *name)
{
    char *path = captures_path(from);
    struct str bytes = {0};
    assert_int_equal(iceberg_file_read(path, 1000000, &bytes, NULL, NULL), 0);
    captures_write(l->dir, name, bytes.s, bytes.len);
    str_done(&bytes);
    free(path);
}

void lake_write(struct lake *l, const char *name, const char *text)
{
    captures_write(l->dir, name, text, strlen(text));
}

void assert_int_cell(const struct row *r, size_t column, int64_t expected)
{
    struct value v = row_get(r, column);
    assert_int_equal(v.quality, QUALITY_EXACT);
    assert_int_equal(v.i, expected);
}

void assert_text_cell(const struct row *r, size_t column, const char *expected)
{
    struct value v = row_get(r, column);
    if (!expected) {
        assert_int_equal(v.quality, QUALITY_UNKNOWN);
        return;
    }
    assert_int_equal(v.quality, QUALITY_EXACT);
    assert_string_equal(v.s->raw, expected);
}

void assert_real_cell(const struct row *r, size_t column, double expected)
{
    struct value v = row_get(r, column);
    assert_int_equal(v.quality, QUALITY_EXACT);
    assert_true(v.d > expected - 1e-9 && v.d < expected + 1e-9);
}

void assert_unknown_cell(const struct row *r, size_t column)
{
    assert_int_equal(row_get(r, column).quality, QUALITY_UNKNOWN);
}
