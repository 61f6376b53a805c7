/* The demo's sinks under a clock that is set by hand: what they say can be read, and the tables hold what they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "connect/event.h"
#include "demo/script.h"
#include "demo/sink.h"
#include "iceberg/file.h"
#include "iceberg/locate.h"
#include "iceberg/metadata.h"
#include "iceberg/summary.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MINUTES = 12 };

struct held {
    int64_t us;
};

static int64_t held_wall_ms(void *arg)
{
    return 1800000000000 + ((struct held *)arg)->us / 1000;
}

static int64_t held_mono_us(void *arg)
{
    return ((struct held *)arg)->us;
}

struct stage {
    struct held held;
    struct clock clock;
    struct demo_world *world;
    struct demo_script *script;
    char warehouse[512];
};

static int setup(void **state)
{
    struct stage *st = mem_new(struct stage);
    struct error err;
    st->clock = (struct clock){.wall_ms = held_wall_ms, .mono_us = held_mono_us, .arg = &st->held};
    const char *tmp = getenv("TMPDIR");
    snprintf(st->warehouse, sizeof st->warehouse, "%s/icetop-test-sink-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(st->warehouse));
    st->world = demo_world_new(3, "c");
    st->script = demo_script_new(st->world, &st->clock, 7, 0);
    assert_int_equal(demo_script_sinks(st->script, st->warehouse, &err), 0);
    for (int i = 1; i <= MINUTES * 60; i++) {
        st->held.us = (int64_t)i * 1000000;
        demo_script_step(st->script);
    }
    *state = st;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *ftw)
{
    (void)st;
    (void)what;
    (void)ftw;
    return remove(path);
}

static int teardown(void **state)
{
    struct stage *st = *state;
    demo_script_free(st->script);
    demo_world_free(st->world);
    nftw(st->warehouse, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(st);
    return 0;
}

/* What the control topic says of one connector. */
struct said {
    int starts, ends, answers, nulls, commits, partial;
    int64_t rows, snapshot_id, started_ms, open_rows;
    char commit_id[CONNECT_EVENT_ID];
};

static void hear(struct said *s, const struct connect_event *e)
{
    bool own = strcmp(s->commit_id, e->commit_id) == 0;
    switch (e->type) {
    case CONNECT_EVENT_START_COMMIT:
        s->starts++;
        s->started_ms = e->time_ms;
        memcpy(s->commit_id, e->commit_id, sizeof s->commit_id);
        break;
    case CONNECT_EVENT_DATA_WRITTEN:
        assert_int_equal(e->nfiles, 1);
        s->open_rows += e->files[0].rows;
        break;
    case CONNECT_EVENT_DATA_COMPLETE:
        s->answers++;
        for (size_t i = 0; i < e->nassignments; i++)
            s->nulls += e->assignments[i].offset == CONNECT_EVENT_UNKNOWN;
        break;
    case CONNECT_EVENT_COMMIT_TO_TABLE:
        assert_true(own);
        s->commits++;
        s->rows += s->open_rows;
        s->open_rows = 0;
        s->snapshot_id = e->snapshot_id;
        break;
    case CONNECT_EVENT_COMMIT_COMPLETE:
        assert_true(own);
        s->ends++;
        s->partial += e->time_ms - s->started_ms > 9000;
        break;
    case CONNECT_EVENT_TYPES:
        fail();
    }
}

static void listen(const struct stage *st, const char *group, struct said *said)
{
    const struct demo_topic *t = demo_world_topic(st->world, DEMO_SINK_CONTROL);
    const struct demo_partition *p = &t->partitions.items[0];
    struct connect_event_reader *r = connect_event_reader_new();
    for (int64_t at = p->start; at < p->end; at++) {
        struct str key = {0}, value = {0};
        struct connect_event e;
        struct error err = {0};
        t->record.make(t->record.arg, t, 0, at, &key, &value);
        if (value.len) { /* else it is a marker */
            assert_int_equal(key.len, 36);
            assert_int_equal(connect_event_read(r, value.s, value.len, &e, &err), 0);
            if (e.group.len == strlen(group) && memcmp(e.group.s, group, e.group.len) == 0)
                hear(said, &e);
        }
        str_done(&key);
        str_done(&value);
    }
    connect_event_reader_free(r);
}

/* The current metadata of one of the tables. */
static struct iceberg_metadata *table_of(const struct stage *st, const char *name)
{
    char *path = mem_printf("%s/shop/%s", st->warehouse, name);
    struct iceberg_locate *l = iceberg_locate_new(path);
    struct iceberg_located at;
    struct str text = {0};
    struct iceberg_metadata *m = NULL;
    struct error err;
    assert_int_equal(iceberg_locate_poll(l, &at, &err), 0);
    assert_int_equal(at.by, ICEBERG_LOCATE_HINT);
    assert_int_equal(iceberg_file_read(at.file, 1 << 24, &text, NULL, &err), 0);
    assert_int_equal(iceberg_metadata_parse(text.s, text.len, at.file, &m, &err), 0);
    iceberg_locate_free(l);
    str_done(&text);
    free(path);
    return m;
}

static void check_table(const struct stage *st, const char *name, const struct said *said, const char *group)
{
    struct iceberg_metadata *m = table_of(st, name);
    const struct iceberg_snapshot *current = iceberg_metadata_current(m);
    struct iceberg_summary s;
    assert_non_null(current);
    assert_int_equal(current->id, said->snapshot_id);
    iceberg_summary_init(&s, &current->summary);
    assert_int_equal(s.counters[ICEBERG_SUMMARY_TOTAL_RECORDS], said->rows);
    assert_non_null(iceberg_summary_find(&s, DEMO_SINK_CONTROL, group));
    assert_int_equal(s.malformed, 0);
    iceberg_summary_done(&s);
    iceberg_metadata_free(m);
}

static void a_sink_that_is_well(void **state)
{
    const struct stage *st = *state;
    struct said said = {0};
    listen(st, "connect-shipments-sink", &said);
    assert_in_range(said.starts, MINUTES * 60 / 15 - 2, MINUTES * 60 / 15 + 1);
    assert_in_range(said.ends, said.starts - 1, said.starts);
    assert_int_equal(said.partial, 0);
    assert_in_range(said.rows, 8 * 60 * MINUTES / 2, 8 * 60 * MINUTES * 2);
    check_table(st, "shipments", &said, "connect-shipments-sink");
}

static void a_silent_partition_stalls_its_cycles(void **state)
{
    const struct stage *st = *state;
    struct said said = {0};
    listen(st, "connect-returns-sink", &said);
    assert_in_range(said.partial, 3, said.starts / 2);
    assert_true(said.nulls > 0);
    assert_in_range(said.ends, said.starts - 1, said.starts);
    check_table(st, "returns", &said, "connect-returns-sink");
}

static void groups_stand_where_they_have_answered(void **state)
{
    const struct stage *st = *state;
    const struct demo_group *data = demo_world_group(st->world, "connect-returns-sink");
    const struct demo_group *coordinator = demo_world_group(st->world, "connect-returns-sink-coord");
    const struct demo_partition *p = demo_world_partition(st->world, "returns.requests", 0);
    const struct demo_partition *control = demo_world_partition(st->world, DEMO_SINK_CONTROL, 0);
    assert_int_equal(data->members.n, DEMO_SINK_TASKS);
    assert_string_equal(data->members.items[1].client_id, "connector-consumer-returns-sink-1");
    assert_in_range(demo_group_committed(data, "returns.requests", 0)->offset, p->end - 4 * 30, p->end);
    assert_in_range(demo_group_committed(coordinator, DEMO_SINK_CONTROL, 0)->offset, control->end - 60, control->end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sink_that_is_well),
        cmocka_unit_test(a_silent_partition_stalls_its_cycles),
        cmocka_unit_test(groups_stand_where_they_have_answered),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
