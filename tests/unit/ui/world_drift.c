/* Datasets for the console's tests: a model topic on which age broke, a plan appeared and a region lost a class. */
#include "world.h"

#include "derive/columns.h"
#include "drift/tables.h"

#include <assert.h>
#include <stdio.h>

void world_add_drift_tables(struct world *w)
{
    struct table *t;
    for (size_t i = 0; drift_tables[i]; i++)
        assert(store_add(w->store, drift_tables[i], NULL, &t, NULL) == 0);
    derive_columns_add(w->store);
}

static void set(struct world *w, const char *table, const char *key, const char *const *pairs)
{
    for (; *pairs; pairs += 2)
        world_set(w, table, key, pairs[0], pairs[1]);
}
#define SET(table, key, ...) set(w, table, key, (const char *const[]){__VA_ARGS__, NULL})

static void add_datasets(struct world *w)
{
    SET("sources", "drift:churn-v3", "kind", "drift", "state", "ok", "last_ok", "4");
    SET("datasets", "churn-v3", "kind", "events", "state", "DRIFT", "drifted", "3", "features", "6", "share", "0.5",
        "worst", "age", "rows", "50000", "rate", "166.7", "window_end", "122", "window", "5 m", "reference",
        "churn-v3.json", "reference_rows", "48210", "bad", "3", "late", "0", "lag", "12", "cluster", "prod-eu", "topic",
        "model.churn", "brought_by", "db.churn, snapshot 7051, first of 5 commits");
    SET("datasets", "fraud-v1", "kind", "evidently", "state", "OK", "drifted", "0", "features", "14", "share", "0",
        "worst", "amount", "window_end", "1800", "topic", "fraud.json");
}

static void add_features(struct world *w)
{
    SET("features", "churn-v3/age", "state", "DRIFT", "score", "1.92", "line", "0.25", "threshold", "0.25", "method",
        "PSI", "excess", "7.68", "reference", "41 103 187 214 176 121 84 45 20 9", "current", "982 2 3 4 3 2 2 1 1 0",
        "nulls", "0", "nulls_reference", "0", "n", "50000", "n_reference", "48210", "role", "feature", "type", "number",
        "binning", "equal widths of the reference, 10 bins", "p", "0", "p_kind", "asymptotic", "p_adjusted", "0",
        "windows", "14", "since", "18480", "zeros", "0.98", "mean", "0.7", "mean_reference", "38.4", "deviation", "5.1",
        "deviation_reference", "14.2", "p05", "0", "p50", "0", "p95", "0", "p05_reference", "19", "p50_reference", "37",
        "p95_reference", "67", "brought_by", "db.churn, snapshot 7051, first of 5 commits", "brought_at", "18630",
        "note", "ZEROS, 98 % are 0");
    SET("features", "churn-v3/plan", "state", "UNSEEN", "score", "0.31", "line", "0.1", "threshold", "0.1", "method",
        "Jensen-Shannon", "excess", "3.1", "reference", "612 288 100 0", "current", "401 210 89 300", "nulls", "0.002",
        "nulls_reference", "0.0019", "n", "49900", "n_reference", "48118", "role", "feature", "type", "category",
        "binning", "4 categories", "p", "0", "p_kind", "asymptotic", "unseen", "1", "unseen_top", "family+",
        "unseen_share", "0.3", "vanished", "0", "windows", "2", "since", "600", "brought_by", "not in the table yet");
    SET("features", "churn-v3/income", "state", "NULLS", "score", "0.02", "line", "0.25", "method", "PSI", "excess",
        "0.08", "reference", "100 100 100 100 100 100 100 100 100 100", "current",
        "104 97 101 99 96 103 100 98 101 101", "nulls", "0.41", "nulls_reference", "0.012", "n", "29500", "n_reference",
        "47631", "role", "feature", "type", "number", "windows", "3", "since", "900");
    SET("features", "churn-v3/tenure", "state", "OK", "score", "0.004", "line", "0.25", "method", "PSI", "excess",
        "0.016", "reference", "300 210 150 110 80 60 40 25 15 10", "current", "298 213 149 111 80 59 41 24 15 10",
        "nulls", "0", "nulls_reference", "0", "n", "50000", "n_reference", "48210", "role", "feature", "type",
        "number");
    SET("features", "churn-v3/score", "state", "DRIFT", "score", "0.41", "line", "0.25", "method", "PSI", "excess",
        "1.64", "reference", "20 60 140 260 220 140 80 40 25 15", "current", "5 15 40 90 120 160 190 180 120 80",
        "nulls", "0", "nulls_reference", "0", "n", "50000", "n_reference", "48210", "role", "prediction", "type",
        "number", "windows", "13", "since", "18180");
    SET("features", "churn-v3/churned", "state", "LOW-N", "method", "PSI", "reference", "880 120", "nulls", "1",
        "nulls_reference", "0.3", "n", "0", "n_reference", "33747", "role", "label", "type", "category");
}

static void add_bins(struct world *w)
{
    static const int reference[] = {41, 103, 187, 214, 176, 121, 84, 45, 20, 9};
    static const int current[] = {982, 2, 3, 4, 3, 2, 2, 1, 1, 0};
    for (int i = 0; i < 10; i++) {
        char key[64], from[16], to[16], was[16], is[16], rows[16];
        snprintf(key, sizeof key, "churn-v3/age/%d", i);
        snprintf(from, sizeof from, "%d", i ? 10 + 8 * i : 0);
        snprintf(to, sizeof to, "%d", 18 + 8 * i);
        snprintf(was, sizeof was, "%g", reference[i] / 1000.0);
        snprintf(is, sizeof is, "%g", current[i] / 1000.0);
        snprintf(rows, sizeof rows, "%d", current[i] * 50);
        SET("feature_bins", key, "from", i ? from : "-", "to", i < 9 ? to : "-", "reference", was, "current", is,
            "rows", rows);
    }
    static const char *const plans[][6] = {{"basic", "-0.211", "0.612", "0.401", "-", "20010"},
                                           {"plus", "-0.078", "0.288", "0.21", "-", "10479"},
                                           {"pro", "-0.011", "0.1", "0.089", "-", "4441"},
                                           {"family+", "0.3", "0", "0.3", "new", "14970"}};
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        char key[64];
        snprintf(key, sizeof key, "churn-v3/plan/%s", plans[i][0]);
        SET("feature_categories", key, "difference", plans[i][1], "moved", plans[i][1] + (*plans[i][1] == '-'),
            "reference", plans[i][2], "current", plans[i][3], "state", plans[i][4], "rows", plans[i][5]);
    }
}

static void add_cohorts(struct world *w)
{
    SET("cohorts", "churn-v3/region/emea", "state", "OK", "marks", "......", "rows", "27810", "share", "0.5562",
        "share_reference", "0.5511", "classes", "881 119", "classes_reference", "880 120", "worst", "tenure",
        "worst_score", "0.006");
    SET("cohorts", "churn-v3/region/apac", "state", "DRIFT", "marks", "D.NU..", "rows", "14102", "share", "0.282",
        "share_reference", "0.281", "classes", "760 240", "classes_reference", "871 129", "worst", "age", "worst_score",
        "2.4", "windows", "14", "since", "18480");
    SET("cohorts", "churn-v3/region/amer", "state", "LOST", "marks", "......", "rows", "8087", "share", "0.1617",
        "share_reference", "0.1679", "classes", "1000 0", "classes_reference", "900 100", "lost", "churned", "worst",
        "plan", "worst_score", "0.04", "windows", "2", "since", "600");
    SET("cohorts", "churn-v3/region/null", "state", "ONE", "marks", "nnnnnn", "rows", "1", "share", "0.00002",
        "classes", "0 1000", "null", "true", "windows", "2", "since", "600");
}

void world_fill_drift(struct world *w)
{
    world_fill_calm(w);
    add_datasets(w);
    add_features(w);
    add_bins(w);
    add_cohorts(w);
    world_commit(w);
}

void world_fill_drift_first(struct world *w)
{
    world_fill_calm(w);
    SET("sources", "drift:churn-v3", "kind", "drift", "state", "ok", "last_ok", "4");
    SET("datasets", "churn-v3", "kind", "events", "state", "NO-REF", "rows", "48210", "window_end", "12", "window",
        "5 m", "reference", "first window", "lag", "12", "bad", "0", "cluster", "prod-eu", "topic", "model.churn");
    SET("features", "churn-v3/age", "state", "NO-REF", "current", "41 103 187 214 176 121 84 45 20 9", "nulls", "0",
        "n", "48210", "role", "feature", "type", "number", "mean", "38.4", "p50", "37");
    SET("features", "churn-v3/plan", "state", "NO-REF", "current", "612 288 100", "nulls", "0.002", "n", "48118",
        "role", "feature", "type", "category", "binning", "categories");
    world_commit(w);
}
