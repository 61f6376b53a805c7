/* The console's screens, compared with the ones kept in tests/data/screens. */
#include "world.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "tests/unit/data.h"
#include "ui/cells.h"

/* One screen: the world, the keys pressed in it, and the file it must equal. */
struct screen {
    const char *file;
    void (*fill)(struct world *w);
    int width, height;
    bool ascii;
    const char *keys;
    void (*then)(struct world *w); /* before it is drawn; NULL */
};

static void nothing_is_read(struct world *w)
{
    world_set(w, "sources", "kafka:prod-eu", "kind", "kafka");
    world_source_fails(w);
}

static void nothing_is_there(struct world *w)
{
    world_set(w, "sources", "kafka:prod-eu", "kind", "kafka");
    world_set(w, "sources", "kafka:prod-eu", "state", "ok");
    world_set(w, "sources", "kafka:prod-eu", "last_ok", "1");
    world_commit(w);
}

static void collector_dies(struct world *w)
{
    struct error err;
    world_pass(w, 4000);
    error_set(&err, ERR_CLOSED, "the collector ended: signal 6 (Aborted)");
    app_detach(w->app, &err);
    world_pass(w, 12000);
}

static void records_come(struct world *w)
{
    world_answer(w, NULL);
}

static void json_record(struct world *w)
{
    world_answer(w, NULL);
    world_keys(w, "n");
}

static void hex_record(struct world *w)
{
    world_answer(w, NULL);
    world_keys(w, "n n n");
}

static void no_permission(struct world *w)
{
    struct error err;
    error_set(&err, ERR_REMOTE, "topic payments.events: no permission (READ on the topic is needed)");
    world_answer(w, &err);
}

/* Another cluster has a group of the same name. */
static void two_clusters(struct world *w)
{
    world_set(w, "clusters", "west", "brokers", "3");
    world_set(w, "groups", "west/payments", "lag", "70000");
    world_set(w, "groups", "west/payments", "state", "Stable");
    world_commit(w);
}

static const struct screen screens[] = {
    {"overview-80x24", world_fill, 80, 24, false, ""},
    {"overview-80x24-ascii", world_fill, 80, 24, true, ""},
    {"overview-40x12", world_fill, 40, 12, false, ""},
    {"overview-200x50", world_fill, 200, 50, false, ""},
    {"overview-calm-80x24", world_fill_calm, 80, 24, false, ""},
    {"overview-failed-80x24", world_fill, 80, 24, false, "", world_source_fails},
    {"overview-detached-80x24", world_fill, 80, 24, false, "", collector_dies},
    {"overview-paused-80x24", world_fill, 80, 24, false, "p", world_rows_change},
    {"overview-empty-80x24", NULL, 80, 24, false, ""},
    {"groups-failed-80x24", NULL, 80, 24, false, "2", nothing_is_read},
    {"groups-none-40x12", NULL, 40, 12, false, "2", nothing_is_there},
    {"topics-none-80x24", NULL, 80, 24, false, "3", nothing_is_there},
    {"sinks-overview-80x24", world_fill_sinks, 80, 24, false, ""},
    {"sinks-overview-200x50", world_fill_sinks, 200, 50, false, ""},
    {"sinks-connectors-80x24", world_fill_sinks, 80, 24, false, "5"},
    {"sinks-connectors-200x50", world_fill_sinks, 200, 50, false, "5"},
    {"sinks-connector-80x24", world_fill_sinks, 80, 24, false, "5 / c l i c k s Enter Enter"},
    {"sinks-connector-80x24-ascii", world_fill_sinks, 80, 24, true, "5 / c l i c k s Enter Enter j"},
    {"sinks-connector-200x50", world_fill_sinks, 200, 50, false, "5 / c l i c k s Enter Enter j"},
    {"sinks-connector-40x12", world_fill_sinks, 40, 12, false, "5 / c l i c k s Enter Enter"},
    {"sinks-connector-pending-80x24", world_fill_sinks, 80, 24, false, "5 Enter Backtab"},
    {"sinks-connector-pending-200x50", world_fill_sinks, 200, 50, false, "5 Enter"},
    {"sinks-groups-80x24", world_fill_sinks, 80, 24, false, "2 / s i n k Enter"},
    {"sinks-groups-200x50", world_fill_sinks, 200, 50, false, "2"},
    {"sinks-group-120x36", world_fill_sinks, 120, 36, false, "2 / o r d e r s Enter j Enter"},
    {"sinks-pending-80x24", world_fill_sinks, 80, 24, false, ": p e n d i n g Enter"},
    {"sinks-commit-80x24", world_fill_sinks, 80, 24, false, "5 / c l i c k s Enter Enter j Enter"},
    {"sinks-commit-120x36", world_fill_sinks, 120, 36, false, "5 / c l i c k s Enter Enter Enter"},
    {"sinks-tables-80x24", world_fill_sinks, 80, 24, false, "6"},
    {"sinks-tables-200x50", world_fill_sinks, 200, 50, false, "6"},
    {"sinks-table-80x24", world_fill_sinks, 80, 24, false, "6 / c l i c k s Enter Enter"},
    {"sinks-table-200x50", world_fill_sinks, 200, 50, false, "6 / c l i c k s Enter Enter"},
    {"findings-80x24", world_fill_sinks, 80, 24, false, "F j"},
    {"findings-200x50", world_fill_sinks, 200, 50, false, "F"},
    {"findings-40x12-ascii", world_fill_sinks, 40, 12, true, "F j j"},
    {"findings-none-80x24", world_fill_calm, 80, 24, false, "F"},
    {"finding-80x24", world_fill_sinks, 80, 24, false, "Enter"},
    {"finding-200x50", world_fill_sinks, 200, 50, false, "Enter"},
    {"finding-40x12-ascii", world_fill_sinks, 40, 12, true, "Enter"},
    {"finding-proof-80x24", world_fill_sinks, 80, 24, false, "Enter Enter"},
    {"finding-proof-commit-80x24", world_fill_sinks, 80, 24, false, "Enter Enter Enter"},
    {"metrics-overview-80x24", world_fill_metrics_alone, 80, 24, false, ""},
    {"metrics-overview-200x50", world_fill_metrics_alone, 200, 50, false, ""},
    {"metrics-overview-40x12-ascii", world_fill_metrics_alone, 40, 12, true, ""},
    {"metrics-overview-kafka-80x24", world_fill_metrics, 80, 24, false, ""},
    {"servers-overview-80x24", world_fill_servers_alone, 80, 24, false, ""},
    {"servers-rules-80x24", world_fill_servers, 80, 24, false, "R"},
    {"servers-rule-80x24", world_fill_servers, 80, 24, false, "R Enter"},
    {"servers-rule-120x36", world_fill_servers, 120, 36, false, "R Enter"},
    {"servers-alert-120x36", world_fill_servers, 120, 36, false, "8 Enter"},
    {"service-80x24", world_fill_metrics, 80, 24, false, "7 Enter"},
    {"services-80x24", world_fill_metrics, 80, 24, false, "7"},
    {"services-200x50", world_fill_metrics, 200, 50, false, "7"},
    {"service-120x36", world_fill_metrics, 120, 36, false, "7 Enter"},
    {"metrics-explore-80x24", world_fill_metrics, 80, 24, false, "X"},
    {"metrics-explore-200x50", world_fill_metrics, 200, 50, false, "X"},
    {"metrics-cardinality-80x24", world_fill_metrics, 80, 24, false, "K"},
    {"metrics-family-80x24", world_fill_metrics, 80, 24, false, "X j Enter"},
    {"metrics-family-200x50", world_fill_metrics, 200, 50, false, "X j Enter"},
    {"metrics-histograms-80x24", world_fill_metrics, 80, 24, false, "X Enter"},
    {"metrics-series-80x24", world_fill_metrics, 80, 24, false, "X j Enter Enter"},
    {"metrics-histogram-80x24", world_fill_metrics, 80, 24, false, "X Enter j Enter"},
    {"metrics-histogram-80x24-ascii", world_fill_metrics, 80, 24, true, "X Enter j Enter"},
    {"metrics-histogram-200x50", world_fill_metrics, 200, 50, false, "X Enter j Enter"},
    {"metrics-histogram-counts-120x36", world_fill_metrics, 120, 36, false,
     "X Enter j Enter : s e t Space c o u n t s Enter"},
    {"metrics-overlay-80x24", world_fill_metrics, 80, 24, false, "X j Enter Space j Space O"},
    {"metrics-overlay-80x24-ascii", world_fill_metrics, 80, 24, true, "X j Enter O Esc Esc j Enter O"},
    {"groups-overlay-120x30", world_fill, 120, 30, false, "2 O Esc j : o v e r l a y Space r a t e _ i n Enter"},
    {"metrics-histogram-40x12", world_fill_metrics, 40, 12, false, "X Enter j Enter"},
    {"servers-80x24", world_fill_servers, 80, 24, false, "8"},
    {"servers-200x50", world_fill_servers, 200, 50, false, "8"},
    {"servers-40x12-ascii", world_fill_servers, 40, 12, true, "8"},
    {"servers-alert-80x24", world_fill_servers, 80, 24, false, "8 Enter"},
    {"servers-query-80x24", world_fill_servers, 80, 24, false, "8 Tab Enter"},
    {"drift-overview-80x24", world_fill_drift, 80, 24, false, ""},
    {"drift-datasets-80x24", world_fill_drift, 80, 24, false, "9"},
    {"drift-datasets-200x50", world_fill_drift, 200, 50, false, "9"},
    {"drift-dataset-80x24", world_fill_drift, 80, 24, false, "9 Enter"},
    {"drift-dataset-200x50", world_fill_drift, 200, 50, false, "9 Enter"},
    {"drift-features-80x24-ascii", world_fill_drift, 80, 24, true, ": f e a t u r e s Enter"},
    {"drift-features-200x50", world_fill_drift, 200, 50, false, ": f e a t u r e s Enter"},
    {"drift-feature-80x24", world_fill_drift, 80, 24, false, ": f e a t u r e s Enter j j Enter"},
    {"drift-feature-80x24-ascii", world_fill_drift, 80, 24, true, ": f e a t u r e s Enter j j Enter"},
    {"drift-feature-200x50", world_fill_drift, 200, 50, false, ": f e a t u r e s Enter j j Enter"},
    {"drift-feature-200x50-ascii", world_fill_drift, 200, 50, true, ": f e a t u r e s Enter j j Enter"},
    {"drift-first-80x24", world_fill_drift_first, 80, 24, false, "9"},
    {"drift-first-overview-80x24", world_fill_drift_first, 80, 24, false, ""},
    {"drift-feature-40x12", world_fill_drift, 40, 12, false, ": f e a t u r e s Enter j j Enter"},
    {"drift-categories-80x24", world_fill_drift, 80, 24, false, ": f e a t u r e s Enter j j j Enter"},
    {"drift-cohorts-80x24", world_fill_drift, 80, 24, false, ": c o h o r t s Enter j"},
    {"drift-cohorts-200x50-ascii", world_fill_drift, 200, 50, true, ": c o h o r t s Enter j"},
    {"overview-20x5", world_fill, 20, 5, false, ""},
    {"groups-80x24", world_fill, 80, 24, false, "2 j j"},
    {"groups-120x30", world_fill, 120, 30, false, "2"},
    {"groups-40x12-ascii", world_fill, 40, 12, true, "2 j"},
    {"groups-filter-80x24", world_fill, 80, 24, false, "2 / l a g Space > Space 1 k Enter"},
    {"groups-filter-error-80x24", world_fill, 80, 24, false, "2 / l a g g Space > Space 1"},
    {"groups-sort-80x24", world_fill, 80, 24, false, "2 s j j j"},
    {"groups-columns-80x24", world_fill, 80, 24, false, "2 c j j Space j Space"},
    {"groups-changes-80x24-ascii", world_fill, 80, 24, true, "2 m", world_rows_change},
    {"groups-clusters-80x24", world_fill, 80, 24, false, "2", two_clusters},
    {"groups-clusters-40x12", world_fill, 40, 12, false, "2", two_clusters},
    {"groups-exact-120x30", world_fill, 120, 30, false, "2 u"},
    {"groups-scales-120x30", world_fill, 120, 30, false, "2 ~ |"},
    {"groups-by-80x24", world_fill, 80, 24, false, "2 b j j j Enter"},
    {"groups-by-menu-80x24", world_fill, 80, 24, false, "2 b j j j"},
    {"groups-split-80x24", world_fill, 80, 24, false, "2 j v"},
    {"groups-split-200x50", world_fill, 200, 50, false, "2 j v"},
    {"brokers-split-160x20-ascii", world_fill, 160, 20, true, "4 v"},
    {"group-log-120x36", world_fill, 120, 36, false, "2 j Enter t |"},
    {"group-80x24", world_fill, 80, 24, false, "Enter"},
    {"group-80x24-ascii", world_fill, 80, 24, true, "2 j Enter"},
    {"group-members-80x24", world_fill, 80, 24, false, "2 j Enter Tab"},
    {"group-40x12", world_fill, 40, 12, false, "2 j Enter"},
    {"group-200x50", world_fill, 200, 50, false, "2 j Enter"},
    {"topics-80x24", world_fill, 80, 24, false, "3"},
    {"topic-80x24", world_fill, 80, 24, false, "3 Enter"},
    {"brokers-120x30", world_fill, 120, 30, false, "4"},
    {"brokers-80x24", world_fill, 80, 24, false, "4"},
    {"sources-120x30", world_fill, 120, 30, false, "0"},
    {"events-80x24", world_fill, 80, 24, false, "L"},
    {"generic-80x24", world_fill, 80, 24, false, ": g r o u p _ p Enter"},
    {"command-80x24", world_fill, 80, 24, false, ": g"},
    {"command-empty-120x30", world_fill, 120, 30, false, "2 :"},
    {"command-sort-40x12-ascii", world_fill, 40, 12, true, "2 : s o r t Space l a g Tab Tab"},
    {"command-error-80x24", world_fill, 80, 24, false, "2 : f Space l a g g Space > Space 1 Enter"},
    {"command-help-80x24", world_fill, 80, 24, false, ": h e l p Space w r i t e Enter"},
    {"help-80x24", world_fill, 80, 24, false, "?"},
    {"inspect-80x24", world_fill, 80, 24, false, "2 j i j"},
    {"inspect-text-80x24", world_fill, 80, 24, false, "2 j i"},
    {"inspect-40x12-ascii", world_fill, 40, 12, true, "2 j i j"},
    {"inspect-120x36", world_fill, 120, 36, false, "2 j i j"},
    {"inspect-200x50", world_fill, 200, 50, false, "2 j i j | t"},
    {"record-reading-80x24", world_fill, 80, 24, false, "2 j Enter o"},
    {"record-80x24", world_fill, 80, 24, false, "2 j Enter o", records_come},
    {"record-json-80x24", world_fill, 80, 24, false, "2 j Enter o", json_record},
    {"record-json-200x50", world_fill, 200, 50, false, "2 j Enter o", json_record},
    {"record-json-40x12-ascii", world_fill, 40, 12, true, "2 j Enter o", json_record},
    {"record-hex-80x24", world_fill, 80, 24, false, "2 j Enter o", hex_record},
    {"record-denied-80x24", world_fill, 80, 24, false, "2 j Enter o", no_permission},
};

/* How many names the palette has is no part of its picture: every key and command changes it. */
static void hide_count(char *screen)
{
    char *line = strstr(screen, "VIEWS AND COMMANDS");
    char *end = line ? strchr(line, '\n') : NULL;
    while (end && *--end >= '0' && *end <= '9')
        *end = '#';
}

static void test_screens(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
        const struct screen *s = &screens[i];
        struct world w;
        world_init(&w);
        if (s->fill)
            s->fill(&w);
        const struct app_settings settings = {
            .graph = s->ascii ? GRAPH_ASCII : GRAPH_BRAILLE, .ascii = s->ascii, .utc = true};
        world_start(&w, &settings);
        free(world_screen(&w, s->width, s->height, s->ascii));
        world_keys(&w, s->keys);
        if (s->then)
            s->then(&w);
        char *got = world_screen(&w, s->width, s->height, s->ascii);
        hide_count(got);
        data_golden(data_path("screens/%s.txt", s->file), got, strlen(got));
        free(got);
        world_done(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
