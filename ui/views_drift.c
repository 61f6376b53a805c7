/* Views of drift: datasets, their features beside their references, cohorts. */
#include "ui/views_internal.h"

#define NO_DATASET                                                                                                     \
    "no dataset is watched: datasets in the configuration names topics whose events are compared with a reference"

/* Predictions and labels first, then what is farthest beyond its line. */
#define FEATURE_ORDER "role desc, excess desc, dataset, feature"
#define FEATURE_COLUMNS                                                                                                \
    "-dataset -feature feature state score line reference current nulls note method dataset role n p unseen outside "  \
    "unseen_top since brought_by windows conflicts distinct mean p50 zeros nulls_reference n_reference vanished "      \
    "binning"

#define COHORT_ORDER "dataset, key, level"
#define COHORT_COLUMNS                                                                                                 \
    "-dataset -key -level level state marks rows share share_reference classes_reference classes lost key worst "      \
    "worst_score since windows dataset"

#define COHORT_WORDS                                                                                                   \
    {                                                                                                                  \
        .table = "cohorts", .lines = {                                                                                 \
            {.label = "cohort", .say = "{key} {level}|{rows:row}|{share} of all|{share_reference} of the reference"},  \
            {.label = "worst", .say = "{worst}|{worst_score}"},                                                        \
            {.label = "lost", .say = "{lost}"},                                                                        \
            {.label = "features", .marks = "marks", .of = "features feature"},                                         \
            {.label = "heads", .marks = "marks", .of = "features feature", .heads = true},                             \
        }                                                                                                              \
    }

static const char *const drifting[] = {"drift", NULL};

static const struct view_def defs[] = {
    {
        .name = "datasets",
        .title = "datasets",
        .help = "Is it still the data that the model was trained on? Datasets that are watched, and their features, "
                "those farthest beyond their line first.",
        .key = '9',
        .kinds = drifting,
        .panes = {{.table = "datasets",
                   .title = "datasets",
                   .sort = "share desc, dataset",
                   .columns = "state drifted features worst rows rate window_end lag share topic brought_by bad late "
                              "early window reference reference_rows cluster kind note",
                   .middle = "reference",
                   .judged = "state",
                   .open = "dataset",
                   .spark = "share",
                   .empty = NO_DATASET},
                  {.table = "features",
                   .title = "features",
                   .sort = FEATURE_ORDER,
                   .columns = FEATURE_COLUMNS,
                   .judged = "state",
                   .open = "feature",
                   .spark = "score",
                   .plain = true,
                   .optional = true,
                   .empty = "no window has been closed yet"}},
    },
    {
        .name = "dataset",
        .help = "A dataset: its features beside their references, prediction and label first, then those farthest "
                "beyond their line; and its cohorts.",
        .subject = "datasets",
        .summary = "{state}|{drifted} of {features:feature} drifted|{rows:row}|until {window_end} ago|{window}|"
                   "reference {reference}",
        .remark = "{note}",
        .panes = {{.table = "features",
                   .title = "features",
                   .where = "dataset = {dataset}",
                   .sort = FEATURE_ORDER,
                   .columns = FEATURE_COLUMNS,
                   .judged = "state",
                   .open = "feature",
                   .spark = "score",
                   .plain = true,
                   .empty = "no window has been closed yet"},
                  {.table = "cohorts",
                   .title = "cohorts",
                   .where = "dataset = {dataset}",
                   .sort = COHORT_ORDER,
                   .columns = COHORT_COLUMNS,
                   .matrix = "features feature",
                   .judged = "state",
                   .optional = true,
                   .empty = "no cohorts: cohorts in the dataset's configuration names their keys"}},
    },
    {
        .name = "features",
        .title = "features",
        .help = "Features of all datasets: each one's reference and last window as bars beside each other, its score "
                "and where that alarms.",
        .panes = {{.table = "features",
                   .title = "features",
                   .sort = FEATURE_ORDER,
                   .columns = FEATURE_COLUMNS,
                   .judged = "state",
                   .open = "feature",
                   .spark = "score",
                   .plain = true,
                   .empty = NO_DATASET}},
    },
    {
        .name = "feature",
        .help = "A feature: the reference's distribution and the last window's back to back, its score and null rate "
                "over time, and how it does in cohorts.",
        .subject = "features",
        .summary = "{method} {score}|line {line}|{state}|{nulls} null|n {n} of {n_reference} in the reference",
        .remark = "{note}",
        .charts = {{.title = "score", .columns = {"score", "line"}, .optional = true},
                   {.title = "null", .columns = {"nulls", "nulls_reference"}, .optional = true}},
        .shapes = {{.table = "feature_bins",
                    .by = "bin",
                    .from = "from",
                    .to = "to",
                    .reference = "reference",
                    .current = "current"},
                   {.table = "feature_categories", .name = "category", .reference = "reference", .current = "current"}},
        .words = {.table = "features",
                  .lines =
                      {
                          {.label = "state", .say = "{state} for {windows:window}|since {since} ago"},
                          {.label = "commit", .say = "{brought_by}|{brought_at} ago"},
                          {.label = "now", .say = "p05 {p05}|median {p50}|p95 {p95}|mean {mean}, sd {deviation}"},
                          {.label = "reference",
                           .say = "p05 {p05_reference}|median {p50_reference}|"
                                  "p95 {p95_reference}|mean {mean_reference}, sd "
                                  "{deviation_reference}"},
                          {.label = "new",
                           .say = "{unseen} unseen, first of all {unseen_top}|{unseen_share} of all|"
                                  "{vanished} vanished"},
                          {.label = "method",
                           .say = "{method}|{binning}|threshold {threshold}, here {line}|"
                                  "p {p}, {p_kind}|adjusted {p_adjusted}"},
                      }},
        .panes = {{.table = "feature_categories",
                   .title = "categories",
                   .where = "dataset = {dataset} and feature = {feature}",
                   .sort = "moved desc, category",
                   .columns = "-dataset -feature state difference reference current rows term",
                   .judged = "state",
                   .optional = true,
                   .plain = true,
                   .empty = "no categories"},
                  {.table = "feature_bins",
                   .title = "bins",
                   .where = "dataset = {dataset} and feature = {feature}",
                   .sort = "bin",
                   .columns = "-dataset -feature from to reference current term rows",
                   .optional = true,
                   .plain = true,
                   .empty = "no bins"},
                  {.table = "cohorts",
                   .title = "cohorts where it is the worst",
                   .where = "dataset = {dataset} and worst = {feature}",
                   .sort = COHORT_ORDER,
                   .columns = COHORT_COLUMNS,
                   .matrix = "features feature",
                   .judged = "state",
                   .optional = true,
                   .empty = "none"}},
    },
    {
        .name = "cohorts",
        .title = "cohorts",
        .help = "Levels of the keys by which datasets are divided, as a matrix: a letter for each feature, a dot where "
                "all is well; the row under the cursor is told of below.",
        .panes = {{.table = "cohorts",
                   .title = "cohorts",
                   .sort = COHORT_ORDER,
                   .columns = COHORT_COLUMNS,
                   .matrix = "features feature",
                   .judged = "state",
                   .empty = "no cohorts: cohorts in a dataset's configuration names the keys that divide it"}},
        .words = COHORT_WORDS,
    },
};

const struct views_part views_drift = {defs, sizeof defs / sizeof *defs};
