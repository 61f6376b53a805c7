/* The tables of drift: what each column means. */
#include "drift/tables.h"
#include "table/declare.h"

/* clang-format off: a column's declaration is one line. */

static const struct column datasets_columns[] = {
    [DATASETS_DATASET] = {"dataset", "dataset", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The dataset's name, as the file or the tool has it."},
    [DATASETS_KIND] = {"kind", "kind", COLUMN_TEXT, UNIT_NONE, 0, 6, "events: read from a topic; else the tool whose verdicts these are, as evidently, whylogs, seldon, driftwatch."},
    [DATASETS_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 0, "The gravest word of its features and cohorts; NO-REF: there is nothing to compare with yet. The words are those of features."},
    [DATASETS_DRIFTED] = {"drifted", "drifted", COLUMN_INT, UNIT_COUNT, KEPT | WORSE, 1, "Features whose score is beyond its line in the last window, p-values adjusted over all features where the method is one."},
    [DATASETS_FEATURES] = {"features", "of", COLUMN_INT, UNIT_COUNT, 0, 1, "Features that could be judged in the last window."},
    [DATASETS_SHARE] = {"share", "share", COLUMN_REAL, UNIT_RATIO, KEPT | WORSE, 3, "drifted as a part of features."},
    [DATASETS_WORST] = {"worst", "worst", COLUMN_TEXT, UNIT_NONE, 0, 2, "The feature that is farthest beyond its line, or nearest to it."},
    [DATASETS_ROWS] = {"rows", "rows", COLUMN_INT, UNIT_COUNT, KEPT, 2, "Events in the last window."},
    [DATASETS_RATE] = {"rate", "rate", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 3, "Events that are read a second."},
    [DATASETS_WINDOW_END] = {"window_end", "until", COLUMN_TIME, UNIT_NONE, 0, 2, "The end of the last window that was closed."},
    [DATASETS_WINDOW] = {"window", "window", COLUMN_TEXT, UNIT_NONE, 0, 4, "How long a window is: by the events' time or by their number, and how far it slides."},
    [DATASETS_REFERENCE] = {"reference", "reference", COLUMN_TEXT, UNIT_NONE, 0, 4, "What windows are compared with: a file, the window before, the span before, the first window."},
    [DATASETS_REFERENCE_ROWS] = {"reference_rows", "ref rows", COLUMN_INT, UNIT_COUNT, 0, 5, "Events in the reference."},
    [DATASETS_REFERENCE_MADE] = {"reference_made", "ref made", COLUMN_TIME, UNIT_NONE, HIDDEN, 6, "When the reference was made."},
    [DATASETS_BAD] = {"bad", "bad", COLUMN_INT, UNIT_COUNT, KEPT | WORSE | SUM, 4, "Events that could not be read since the collector began; the source's row tells the last one's reason."},
    [DATASETS_LATE] = {"late", "late", COLUMN_INT, UNIT_COUNT, KEPT | WORSE | SUM, 5, "Events that came after their window was closed, since the collector began. They are in no window."},
    [DATASETS_EARLY] = {"early", "early", COLUMN_INT, UNIT_COUNT, KEPT | WORSE | SUM, 5, "Events of a time to come, more than a window ahead of the latest and of the clock, since the collector began. They are in no window."},
    [DATASETS_SAMPLED] = {"sampled", "sampled", COLUMN_REAL, UNIT_RATIO, HIDDEN, 6, "The part of events that is read: chosen by partition and offset, so that two collectors choose the same."},
    [DATASETS_LAG] = {"lag", "lag", COLUMN_INT, UNIT_MESSAGES, KEPT | WORSE | SUM, 3, "Records of the topic that are not read yet."},
    [DATASETS_CLUSTER] = {"cluster", "cluster", COLUMN_TEXT, UNIT_NONE, 0, 5, "The cluster of the topic."},
    [DATASETS_TOPIC] = {"topic", "topic", COLUMN_TEXT, UNIT_NONE, 0, 3, "The topic that is read, or the file."},
    [DATASETS_FIRST_OFFSETS] = {"first_offsets", "first offsets", COLUMN_TEXT, UNIT_NONE, HIDDEN, 8, "The first offset of the last window in each partition, as 0:120 1:99."},
    [DATASETS_NEXT_OFFSETS] = {"next_offsets", "next offsets", COLUMN_TEXT, UNIT_NONE, HIDDEN, 8, "The offset behind the last window's last record in each partition."},
    [DATASETS_NOTE] = {"note", "note", COLUMN_TEXT, UNIT_NONE, 0, 6, "What else is to be known, as that the schema was inferred."},
};

const struct table_def drift_table_datasets = {
    .name = "datasets",
    .title = "datasets",
    .help = "Streams of events, reports of other tools, and gauges of such tools that a scrape brings: those whose distributions are watched.",
    .group = {.name = "drift", COLUMNS(datasets_columns)},
};

static const struct column features_columns[] = {
    [FEATURES_DATASET] = {"dataset", "dataset", COLUMN_TEXT, UNIT_NONE, KEY, 4, "As in datasets."},
    [FEATURES_FEATURE] = {"feature", "feature", COLUMN_TEXT, UNIT_NONE, KEY, 0, "Its name: the path in the event, unless the file gives another."},
    [FEATURES_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 0, "OK; NO-REF: nothing to compare with; LOW-N: too few rows; EMPTY: no value at all; TYPE: values of another type; RANGE: far outside the reference's range; UNSEEN and VANISHED: categories; NULLS: more or fewer of them; ZEROS: a mass at 0 that was not there; CONST: one value alone; DRIFT: the score is beyond its line. The gravest is shown, others in note."},
    [FEATURES_SCORE] = {"score", "score", COLUMN_REAL, UNIT_NONE, KEPT | WORSE, 0, "What its method gives for the last window against the reference."},
    [FEATURES_LINE] = {"line", "line", COLUMN_REAL, UNIT_NONE, KEPT, 1, "Where the score alarms: the threshold, lifted to what chance alone gives at these numbers of rows."},
    [FEATURES_METHOD] = {"method", "method", COLUMN_TEXT, UNIT_NONE, 0, 2, "The statistic by which it is judged, fixed with the reference; < p is a p-value, where small is drift."},
    [FEATURES_EXCESS] = {"excess", "excess", COLUMN_REAL, UNIT_NONE, HIDDEN | WORSE, 7, "How far the score is beyond its line: score / line, or line / score where small is drift; 1 is the line."},
    [FEATURES_REFERENCE] = {"reference", "reference", COLUMN_TEXT, UNIT_SHARES, 0, 1, "The reference's shares of bins or of its most frequent categories, in thousandths."},
    [FEATURES_CURRENT] = {"current", "current", COLUMN_TEXT, UNIT_SHARES, 0, 1, "The last window's shares of the same bins; without a reference of ten equal ones over 98 % of its values."},
    [FEATURES_P] = {"p", "p", COLUMN_REAL, UNIT_NONE, 0, 3, "The p-value of the test for its type: two-sample Kolmogorov-Smirnov for numbers, chi-square of the contingency table for categories. At many rows everything is significant: look at the score first."},
    [FEATURES_P_KIND] = {"p_kind", "p is", COLUMN_TEXT, UNIT_NONE, HIDDEN, 7, "exact: all values of both sides were held; asymptotic: of the sketches, by scipy's rule."},
    [FEATURES_P_ADJUSTED] = {"p_adjusted", "adj p", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "p by Benjamini and Hochberg over the features of its dataset."},
    [FEATURES_NULLS] = {"nulls", "null", COLUMN_REAL, UNIT_RATIO, KEPT | WORSE, 1, "Share of events in which it is null or missing."},
    [FEATURES_NULLS_REFERENCE] = {"nulls_reference", "ref null", COLUMN_REAL, UNIT_RATIO, 0, 3, "The same in the reference."},
    [FEATURES_N] = {"n", "n", COLUMN_INT, UNIT_COUNT, 0, 2, "Events of the last window in which it has a value."},
    [FEATURES_N_REFERENCE] = {"n_reference", "ref n", COLUMN_INT, UNIT_COUNT, 0, 4, "The same in the reference."},
    [FEATURES_ROLE] = {"role", "role", COLUMN_TEXT, UNIT_NONE, 0, 4, "prediction, label or feature."},
    [FEATURES_TYPE] = {"type", "type", COLUMN_TEXT, UNIT_NONE, 0, 4, "number or category."},
    [FEATURES_ZEROS] = {"zeros", "zero", COLUMN_REAL, UNIT_RATIO, KEPT, 5, "Share of its values that are 0."},
    [FEATURES_ZEROS_REFERENCE] = {"zeros_reference", "ref zero", COLUMN_REAL, UNIT_RATIO, HIDDEN, 7, "The same in the reference."},
    [FEATURES_OUTSIDE] = {"outside", "outside", COLUMN_REAL, UNIT_RATIO, WORSE, 5, "Share of its values below the reference's least or above its greatest."},
    [FEATURES_UNSEEN] = {"unseen", "unseen", COLUMN_INT, UNIT_COUNT, WORSE, 4, "Categories that the reference has not."},
    [FEATURES_UNSEEN_SHARE] = {"unseen_share", "unseen share", COLUMN_REAL, UNIT_RATIO, HIDDEN, 7, "Share of the values that are of such a category."},
    [FEATURES_UNSEEN_TOP] = {"unseen_top", "unseen top", COLUMN_TEXT, UNIT_NONE, 0, 6, "The most frequent one of them."},
    [FEATURES_VANISHED] = {"vanished", "vanished", COLUMN_INT, UNIT_COUNT, WORSE, 5, "Categories of at least 1 % of the reference of which there is no row."},
    [FEATURES_DISTINCT] = {"distinct", "distinct", COLUMN_INT, UNIT_COUNT, 0, 6, "Distinct values, estimated within 2 % or so where they are many."},
    [FEATURES_CONFLICTS] = {"conflicts", "other type", COLUMN_REAL, UNIT_RATIO, WORSE, 6, "Share of values of another type than the feature's: a text where numbers are."},
    [FEATURES_NAN] = {"nan", "nan", COLUMN_REAL, UNIT_RATIO, HIDDEN, 7, "Share of values that are NaN or infinite. They are in no distribution."},
    [FEATURES_MEAN] = {"mean", "mean", COLUMN_REAL, UNIT_NONE, KEPT, 5, "Mean of the finite values."},
    [FEATURES_MEAN_REFERENCE] = {"mean_reference", "ref mean", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "The same in the reference."},
    [FEATURES_DEVIATION] = {"deviation", "sd", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Standard deviation of the values (of the population)."},
    [FEATURES_DEVIATION_REFERENCE] = {"deviation_reference", "ref sd", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "The same in the reference."},
    [FEATURES_MIN] = {"min", "min", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Least value."},
    [FEATURES_P05] = {"p05", "p05", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Quantile 0.05: exact for few values, else within 1.7 % of the ranks."},
    [FEATURES_P50] = {"p50", "p50", COLUMN_REAL, UNIT_NONE, 0, 6, "Median, likewise."},
    [FEATURES_P95] = {"p95", "p95", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Quantile 0.95, likewise."},
    [FEATURES_MAX] = {"max", "max", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Greatest value."},
    [FEATURES_P05_REFERENCE] = {"p05_reference", "ref p05", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Quantile 0.05 of the reference."},
    [FEATURES_P50_REFERENCE] = {"p50_reference", "ref p50", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Median of the reference."},
    [FEATURES_P95_REFERENCE] = {"p95_reference", "ref p95", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Quantile 0.95 of the reference."},
    [FEATURES_PSI] = {"psi", "psi", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Population stability index over frozen bins; an empty bin counts as 0.0001, as Evidently has it."},
    [FEATURES_KS] = {"ks", "ks d", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Kolmogorov-Smirnov's D: the greatest distance between the two distribution functions."},
    [FEATURES_JS] = {"js", "js", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Jensen-Shannon distance with natural logarithms, as Evidently has it; NannyML's is 1.2 times that."},
    [FEATURES_WASSERSTEIN] = {"wasserstein", "wasserstein", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Wasserstein distance, in the feature's unit."},
    [FEATURES_WASSERSTEIN_NORMED] = {"wasserstein_normed", "wasserstein/sd", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "The same by the reference's standard deviation (at least 0.001)."},
    [FEATURES_HELLINGER] = {"hellinger", "hellinger", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Hellinger distance over the bins."},
    [FEATURES_TOTAL_VARIATION] = {"total_variation", "tv", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Total variation: half the sum of differences of shares."},
    [FEATURES_L_INFINITY] = {"l_infinity", "l inf", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "The greatest difference of a bin's shares."},
    [FEATURES_CHI_SQUARE_P] = {"chi_square_p", "chi2 p", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "p of the chi-square test of the contingency table over bins."},
    [FEATURES_CRAMER_V] = {"cramer_v", "cramer v", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "Cramer's V, corrected for bias."},
    [FEATURES_THRESHOLD] = {"threshold", "threshold", COLUMN_REAL, UNIT_NONE, HIDDEN, 7, "The line before it is lifted."},
    [FEATURES_BINNING] = {"binning", "binning", COLUMN_TEXT, UNIT_NONE, 0, 7, "What the bins are: deciles of the reference, one for each value, categories."},
    [FEATURES_WINDOWS] = {"windows", "windows", COLUMN_INT, UNIT_COUNT, WORSE, 4, "Windows in a row with this state."},
    [FEATURES_SINCE] = {"since", "since", COLUMN_TIME, UNIT_NONE, 0, 3, "The end of the first of them."},
    [FEATURES_HOLDS] = {"holds", "holds", COLUMN_TEXT, UNIT_NONE, HIDDEN, 8, "Every state that holds, the gravest first: its word, its windows in a row, and the end of the first of them in milliseconds since 1970."},
    [FEATURES_FIRST_OFFSETS] = {"first_offsets", "first offsets", COLUMN_TEXT, UNIT_NONE, HIDDEN, 8, "The first offset of the first of these windows in each partition, as 0:120 1:99."},
    [FEATURES_NEXT_OFFSETS] = {"next_offsets", "next offsets", COLUMN_TEXT, UNIT_NONE, HIDDEN, 8, "The offset behind that window's last record in each partition."},
    [FEATURES_NOTE] = {"note", "note", COLUMN_TEXT, UNIT_NONE, 0, 3, "What else was found in it, and what another tool says in its own words."},
};

const struct table_def drift_table_features = {
    .name = "features",
    .title = "features",
    .help = "Features of datasets: how the last window's values differ from the reference's, by every usual measure, and what no measure shows.",
    .group = {.name = "drift", COLUMNS(features_columns)},
};

static const struct column bins_columns[] = {
    [BINS_DATASET] = {"dataset", "dataset", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in datasets."},
    [BINS_FEATURE] = {"feature", "feature", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in features."},
    [BINS_BIN] = {"bin", "bin", COLUMN_INT, UNIT_ID, KEY, 3, "Its number, from the lowest."},
    [BINS_FROM] = {"from", "from", COLUMN_REAL, UNIT_NONE, 0, 0, "Its lower edge, which belongs to it; the lowest bin has none where it holds all that is below its upper one."},
    [BINS_TO] = {"to", "to", COLUMN_REAL, UNIT_NONE, 0, 0, "Its upper edge, which does not; likewise."},
    [BINS_REFERENCE] = {"reference", "reference", COLUMN_REAL, UNIT_RATIO, 0, 1, "Its share of the reference's values."},
    [BINS_CURRENT] = {"current", "current", COLUMN_REAL, UNIT_RATIO, WORSE, 1, "Its share of the last window's values."},
    [BINS_TERM] = {"term", "in psi", COLUMN_REAL, UNIT_NONE, WORSE, 2, "What it adds to the PSI."},
    [BINS_ROWS_REFERENCE] = {"rows_reference", "ref rows", COLUMN_INT, UNIT_COUNT, HIDDEN, 4, "Values of the reference in it."},
    [BINS_ROWS] = {"rows", "rows", COLUMN_INT, UNIT_COUNT, 0, 3, "Values of the last window in it."},
};

const struct table_def drift_table_bins = {
    .name = "feature_bins",
    .title = "bins of features",
    .help = "Frozen bins of numeric features with the shares of the reference and of the last window.",
    .group = {.name = "drift", COLUMNS(bins_columns)},
};

static const struct column categories_columns[] = {
    [CATEGORIES_DATASET] = {"dataset", "dataset", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in datasets."},
    [CATEGORIES_FEATURE] = {"feature", "feature", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in features."},
    [CATEGORIES_CATEGORY] = {"category", "category", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The value, cut to 128 bytes."},
    [CATEGORIES_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, 0, 1, "new: the reference has none; vanished: the window has none of what was at least 1 % of the reference."},
    [CATEGORIES_DIFFERENCE] = {"difference", "difference", COLUMN_REAL, UNIT_RATIO, WORSE, 1, "current less reference."},
    [CATEGORIES_REFERENCE] = {"reference", "reference", COLUMN_REAL, UNIT_RATIO, 0, 1, "Its share of the reference's values."},
    [CATEGORIES_CURRENT] = {"current", "current", COLUMN_REAL, UNIT_RATIO, 0, 1, "Its share of the last window's values."},
    [CATEGORIES_TERM] = {"term", "in psi", COLUMN_REAL, UNIT_NONE, WORSE, 3, "What it adds to the PSI."},
    [CATEGORIES_ROWS_REFERENCE] = {"rows_reference", "ref rows", COLUMN_INT, UNIT_COUNT, HIDDEN, 4, "Values of the reference."},
    [CATEGORIES_ROWS] = {"rows", "rows", COLUMN_INT, UNIT_COUNT, 0, 2, "Values of the last window; of more than 192 categories a lower bound."},
    [CATEGORIES_MOVED] = {"moved", "moved", COLUMN_REAL, UNIT_RATIO, HIDDEN | WORSE, 4, "The difference without its sign."},
};

const struct table_def drift_table_categories = {
    .name = "feature_categories",
    .title = "categories of features",
    .help = "Values of features that are categories, with the shares of the reference and of the last window.",
    .group = {.name = "drift", COLUMNS(categories_columns)},
};

static const struct column cohorts_columns[] = {
    [COHORTS_DATASET] = {"dataset", "dataset", COLUMN_TEXT, UNIT_NONE, KEY, 4, "As in datasets."},
    [COHORTS_KEY] = {"key", "key", COLUMN_TEXT, UNIT_NONE, KEY, 1, "The key by which rows are put into cohorts: its path, unless the file gives a name."},
    [COHORTS_LEVEL] = {"level", "level", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The key's value; null where it is null or missing."},
    [COHORTS_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 0, "ONE: fewer than 5 rows, and the reference had more or none; LOST: a class of the label that this cohort has in the reference is gone; DRIFT: a feature of the cohort drifted; UNSEEN: the reference has no such level; VANISHED: it is gone."},
    [COHORTS_MARKS] = {"marks", "features", COLUMN_TEXT, UNIT_MARKS, 0, 1, "A letter for each feature, in the order of their names; a dot: well, D: DRIFT, N: NULLS, n: LOW-N, else as the states of features begin."},
    [COHORTS_ROWS] = {"rows", "rows", COLUMN_INT, UNIT_COUNT, KEPT, 1, "Events of the last window in it."},
    [COHORTS_SHARE] = {"share", "share", COLUMN_REAL, UNIT_RATIO, 0, 2, "Its part of the window's events."},
    [COHORTS_SHARE_REFERENCE] = {"share_reference", "ref share", COLUMN_REAL, UNIT_RATIO, 0, 2, "Its part of the reference's events."},
    [COHORTS_CLASSES] = {"classes", "classes", COLUMN_TEXT, UNIT_SHARES, 0, 2, "Shares of the label's classes, the reference's most frequent first."},
    [COHORTS_CLASSES_REFERENCE] = {"classes_reference", "ref classes", COLUMN_TEXT, UNIT_SHARES, 0, 3, "The same in the reference."},
    [COHORTS_LOST] = {"lost", "lost", COLUMN_TEXT, UNIT_NONE, 0, 2, "Classes that it has in the reference and not in the window."},
    [COHORTS_WORST] = {"worst", "worst", COLUMN_TEXT, UNIT_NONE, 0, 3, "The feature that is farthest beyond its line within the cohort."},
    [COHORTS_WORST_SCORE] = {"worst_score", "score", COLUMN_REAL, UNIT_NONE, KEPT | WORSE, 3, "That feature's score."},
    [COHORTS_NULL] = {"null", "null", COLUMN_BOOL, UNIT_NONE, HIDDEN, 7, "The level is null or missing, and not a text that says so."},
    [COHORTS_WINDOWS] = {"windows", "windows", COLUMN_INT, UNIT_COUNT, WORSE, 4, "Windows in a row with this state."},
    [COHORTS_SINCE] = {"since", "since", COLUMN_TIME, UNIT_NONE, 0, 4, "The end of the first of them."},
    [COHORTS_HOLDS] = {"holds", "holds", COLUMN_TEXT, UNIT_NONE, HIDDEN, 8, "Every state that holds, the gravest first: its word, its windows in a row, and the end of the first of them in milliseconds since 1970."},
};

const struct table_def drift_table_cohorts = {
    .name = "cohorts",
    .title = "cohorts",
    .help = "Levels of the keys that datasets are divided by: rows, classes of the label, and how each feature does there.",
    .group = {.name = "drift", COLUMNS(cohorts_columns)},
};

const struct table_def *const drift_tables[] = {&drift_table_datasets,   &drift_table_features, &drift_table_bins,
                                                &drift_table_categories, &drift_table_cohorts,  NULL};
