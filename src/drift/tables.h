/* The tables of drift: datasets, their features, what a feature's values are like beside its reference, cohorts. */
#ifndef DRIFT_TABLES_H
#define DRIFT_TABLES_H

#include "table/column.h"

enum drift_datasets_column {
    DATASETS_DATASET, /* key */
    DATASETS_KIND,  /* "events": read from a topic; else the tool whose verdicts these are: "evidently" "whylogs" ... */
    DATASETS_STATE, /* enum drift_mark's words: that of the worst feature or cohort, or why there is none */
    DATASETS_DRIFTED, /* features that drifted, of those that could be judged */
    DATASETS_FEATURES,
    DATASETS_SHARE, /* drifted / judged */
    DATASETS_WORST, /* the feature whose score is farthest beyond its line */
    DATASETS_ROWS,  /* of the window */
    DATASETS_RATE,  /* events read a second */
    DATASETS_WINDOW_END,
    DATASETS_WINDOW, /* "5 m", "10,000 rows", "1 h by 5 m" */
    DATASETS_REFERENCE,
    DATASETS_REFERENCE_ROWS,
    DATASETS_REFERENCE_MADE,
    DATASETS_BAD,     /* events that could not be read, since the beginning */
    DATASETS_LATE,    /* events that came after their window was closed, since the beginning */
    DATASETS_EARLY,   /* events of a time that cannot be yet, likewise */
    DATASETS_SAMPLED, /* the part of events that is read */
    DATASETS_LAG,     /* records not read yet */
    DATASETS_CLUSTER,
    DATASETS_TOPIC,
    DATASETS_FIRST_OFFSETS, /* hidden: "0:120 1:99": where the window begins in each partition; what joins it to commits */
    DATASETS_NEXT_OFFSETS, /* hidden: likewise, the first ones behind it */
    DATASETS_NOTE,
    DATASETS_COLUMNS,
};

enum drift_features_column {
    FEATURES_DATASET, /* key */
    FEATURES_FEATURE, /* key */
    FEATURES_STATE,   /* enum drift_mark's words */
    FEATURES_SCORE,   /* by the feature's method */
    FEATURES_LINE,    /* where the score alarms, lifted where rows are few */
    FEATURES_METHOD,
    FEATURES_EXCESS, /* hidden: how far beyond its line: score / line, or line / p where small is drift; what rows are ordered by */
    FEATURES_REFERENCE,  /* UNIT_SHARES */
    FEATURES_CURRENT,    /* UNIT_SHARES, the same bins */
    FEATURES_P,          /* of the test that belongs to the type, exact or asymptotic */
    FEATURES_P_KIND,     /* hidden: "exact" "asymptotic" */
    FEATURES_P_ADJUSTED, /* Benjamini-Hochberg over the dataset's features */
    FEATURES_NULLS,      /* share of null and missing */
    FEATURES_NULLS_REFERENCE,
    FEATURES_N, /* rows with a value */
    FEATURES_N_REFERENCE,
    FEATURES_ROLE, /* "prediction" "label" "feature" */
    FEATURES_TYPE, /* "number" "category" */
    FEATURES_ZEROS,
    FEATURES_ZEROS_REFERENCE,
    FEATURES_OUTSIDE, /* share outside of the reference's least and greatest value */
    FEATURES_UNSEEN,  /* categories that the reference has not */
    FEATURES_UNSEEN_SHARE,
    FEATURES_UNSEEN_TOP,
    FEATURES_VANISHED, /* categories with a real share of the reference that have no row */
    FEATURES_DISTINCT,
    FEATURES_CONFLICTS, /* share of values of another type */
    FEATURES_NAN,
    FEATURES_MEAN,
    FEATURES_MEAN_REFERENCE,
    FEATURES_DEVIATION,
    FEATURES_DEVIATION_REFERENCE,
    FEATURES_MIN,
    FEATURES_P05,
    FEATURES_P50,
    FEATURES_P95,
    FEATURES_MAX,
    FEATURES_P05_REFERENCE,
    FEATURES_P50_REFERENCE,
    FEATURES_P95_REFERENCE,
    /* Hidden: every statistic by itself. */
    FEATURES_PSI,
    FEATURES_KS,
    FEATURES_JS, /* the distance, base e */
    FEATURES_WASSERSTEIN,
    FEATURES_WASSERSTEIN_NORMED,
    FEATURES_HELLINGER,
    FEATURES_TOTAL_VARIATION,
    FEATURES_L_INFINITY,
    FEATURES_CHI_SQUARE_P,
    FEATURES_CRAMER_V,
    FEATURES_THRESHOLD, /* before it is lifted */
    FEATURES_BINNING,   /* "deciles of the reference, 10 bins" */
    FEATURES_WINDOWS,   /* windows in a row with this state */
    FEATURES_SINCE,     /* the end of the first of them */
    FEATURES_HOLDS,     /* hidden: "DRIFT:2:1699999990000 NULLS:9:...": every state that holds, its windows and its since */
    FEATURES_FIRST_OFFSETS, /* hidden: where the first of them begins in each partition, as in datasets */
    FEATURES_NEXT_OFFSETS,
    FEATURES_NOTE,
    FEATURES_COLUMNS,
};

enum drift_bins_column {
    BINS_DATASET, /* key */
    BINS_FEATURE, /* key */
    BINS_BIN,     /* key: 0 is the lowest */
    BINS_FROM,    /* unknown: open */
    BINS_TO,
    BINS_REFERENCE, /* share of the rows with a value */
    BINS_CURRENT,
    BINS_TERM, /* what the bin adds to PSI */
    BINS_ROWS_REFERENCE,
    BINS_ROWS,
    BINS_COLUMNS,
};

enum drift_categories_column {
    CATEGORIES_DATASET,    /* key */
    CATEGORIES_FEATURE,    /* key */
    CATEGORIES_CATEGORY,   /* key */
    CATEGORIES_STATE,      /* "new" "vanished" or unknown */
    CATEGORIES_DIFFERENCE, /* current - reference */
    CATEGORIES_REFERENCE,
    CATEGORIES_CURRENT,
    CATEGORIES_TERM,
    CATEGORIES_ROWS_REFERENCE,
    CATEGORIES_ROWS,
    CATEGORIES_MOVED,
    CATEGORIES_COLUMNS,
};

enum drift_cohorts_column {
    COHORTS_DATASET, /* key */
    COHORTS_KEY,     /* key: the cohort key's name */
    COHORTS_LEVEL,   /* key: its value; "null" for null and missing, with COHORTS_NULL true */
    COHORTS_STATE,   /* enum drift_mark's words */
    COHORTS_MARKS,   /* UNIT_MARKS: a letter for each feature of the dataset, by their names in bytes' order */
    COHORTS_ROWS,
    COHORTS_SHARE,
    COHORTS_SHARE_REFERENCE,
    COHORTS_CLASSES, /* UNIT_SHARES: of the label's classes, most frequent of the reference first */
    COHORTS_CLASSES_REFERENCE,
    COHORTS_LOST, /* classes that the reference has in this cohort and the window has not, by name */
    COHORTS_WORST,
    COHORTS_WORST_SCORE,
    COHORTS_NULL, /* hidden */
    COHORTS_WINDOWS,
    COHORTS_SINCE,
    COHORTS_HOLDS, /* hidden: as FEATURES_HOLDS */
    COHORTS_COLUMNS,
};

extern const struct table_def drift_table_datasets;
extern const struct table_def drift_table_features;
extern const struct table_def drift_table_bins;
extern const struct table_def drift_table_categories;
extern const struct table_def drift_table_cohorts;
/* All of them; NULL behind the last. */
extern const struct table_def *const drift_tables[];

#endif
