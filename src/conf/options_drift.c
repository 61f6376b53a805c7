/* Options of datasets whose drift is watched. */
#include "conf/options_sinks.h"

/* Where a field lies in its struct, and how wide it is. */
#define FIELD(type, member) .offset = offsetof(struct type, member), .size = sizeof(((struct type *)0)->member)

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static const char *const types[] = {"auto", "number", "category", NULL};
/* As drift/method.h has them, which a test holds against these. */
static const char *const methods[] = {"psi", "ks",         "ks-p",      "wasserstein", "js",  "hellinger",
                                      "tv",  "linf",       "chi2-p",    "cramer",      "z-p", "chi2-fit-p",
                                      "js2", "psi-moving", "evidently", NULL};
static const char *const formats[] = {"json", "avro", "tensors", "detector", NULL};
static const char *const references[] = {"first", "previous", "trailing", NULL};

static const struct conf_option feature_options[] = {
    {
        .name = "path",
        .type = CONF_STRING,
        FIELD(conf_feature, path),
        .unset = "required",
        .allowed = "a path, as features.age, scores[0], tags[\"a.b\"]",
        .help = "Where its value is in an event.",
    },
    {
        .name = "name",
        .type = CONF_STRING,
        FIELD(conf_feature, name),
        .unset = "the path",
        .allowed = "a text, another one for each feature of a dataset",
        .help = "What it is called on screen and in references.",
    },
    {
        .name = "type",
        .type = CONF_CHOICE,
        FIELD(conf_feature, type),
        .choices = types,
        .preset = "auto",
        .help =
            "Whether its values are numbers along a line, or categories. auto: as the first events have them; up to 5 "
            "different whole numbers are categories.",
    },
    {
        .name = "method",
        .type = CONF_CHOICE,
        FIELD(conf_feature, method),
        .choices = methods,
        .unset = "the dataset's; else that of a reference in a file; else by the reference's rows and values",
        .help =
            "The statistic by which it is judged, as long as its reference stays. Most others are columns of features "
            "as well. Where none is named it is the one that Evidently takes by default: with up to 1,000 rows in the "
            "reference ks-p for numbers, z-p for up to two distinct values, chi2-p for other categories and for "
            "up to five different numbers; with more rows wasserstein for numbers, js for the others. evidently is "
            "the same choice in place of that of a reference in a file. A p-value alarms below 0.0001 or its "
            "threshold, whichever is less.",
    },
    {
        .name = "threshold",
        .type = CONF_STRING,
        FIELD(conf_feature, threshold),
        .unset = "the dataset's; else that of a reference in a file; else the method's",
        .allowed = "a number above 0",
        .help = "Where the score alarms. Where rows are few the line is lifted above it.",
    },
};

static const struct conf_section feature = {
    .name = "features", .options = feature_options, .n = sizeof feature_options / sizeof *feature_options};

const struct conf_option conf_dataset_options[CONF_DATASET_OPTIONS] = {
    {
        .name = "cluster",
        .type = CONF_STRING,
        FIELD(conf_dataset, cluster),
        .unset = "the cluster of the dataset's name, or the only one",
        .allowed = "one of clusters",
        .help = "The cluster of the topic.",
    },
    {
        .name = "topic",
        .type = CONF_STRING,
        FIELD(conf_dataset, topic),
        .unset = "none",
        .allowed = "a topic's name",
        .help =
            "The topic that has the events, one a record. It is read by an assignment of icetop's own, read-committed; "
            "no group is joined. A cluster with records: deny has no datasets.",
    },
    {
        .name = "report",
        .type = CONF_PATH,
        FIELD(conf_dataset, report),
        .unset = "none",
        .allowed = "a file",
        .help =
            "Instead of a topic: what another tool found out, a report of Evidently (JSON), a profile of whylogs "
            "(.bin), a prediction of alibi-detect. It is read again when it changes, and shown under the tool's own "
            "names. Of the other options none matters then.",
    },
    {
        .name = "format",
        .type = CONF_CHOICE,
        FIELD(conf_dataset, format),
        .choices = formats,
        .preset = "json",
        .help =
            "What a record is: json, one event; avro, one event by schema, or an object container of events with a "
            "schema of its own; tensors, a request or an answer of an inference server, KServe's V1 or V2, as KServe, "
            "Seldon Core and Triton log them, each row an event whose paths are those of the tensors, as x[0], or of "
            "V1, as instances[0]; detector, an answer of a drift detector that Seldon serves. Records in another "
            "encoding are counted as bad, with how they begin. JSON may have a schema registry's id before it.",
    },
    {
        .name = "schema",
        .type = CONF_PATH,
        FIELD(conf_dataset, schema),
        .unset = "records have their schema with them",
        .allowed = "a file with a schema of Avro in JSON, or a directory of such files: 258.avsc for the id 258",
        .help =
            "format: avro: the schema by which records were written; or the directory of those that a schema registry "
            "gave ids, for records that have a 0 byte and their id before them, as Confluent's serializers write them. "
            "The directory is looked through again when records have an id that it had not.",
    },
    {
        .name = "features",
        .type = CONF_ITEMS,
        FIELD(conf_dataset, features),
        .unset = "found out from the first events",
        .allowed = "a list of maps: [{path: PATH}]",
        .help = "What is compared, each with the options that follow. Where none is named, every number and every text "
                "of few values is a feature, which the dataset's row says.",
        .item = &feature,
        .item_size = sizeof(struct conf_feature),
    },
    {
        .name = "method",
        .type = CONF_CHOICE,
        FIELD(conf_dataset, method),
        .choices = methods,
        .unset = "as each feature has it",
        .help = "The same for all features that do not say it themselves, as far as it is one of their types.",
    },
    {
        .name = "threshold",
        .type = CONF_STRING,
        FIELD(conf_dataset, threshold),
        .unset = "as each feature has it",
        .allowed = "a number above 0",
        .help = "The same for all features that do not say it themselves.",
    },
    {
        .name = "prediction",
        .type = CONF_STRING,
        FIELD(conf_dataset, prediction),
        .unset = "found out by usual names where features are; else none",
        .allowed = "a path",
        .help = "What the model said. It is shown first.",
    },
    {
        .name = "label",
        .type = CONF_STRING,
        FIELD(conf_dataset, label),
        .unset = "as prediction",
        .allowed = "a path",
        .help = "What was true. Cohorts are watched for classes of it that they lose.",
    },
    {
        .name = "cohorts",
        .type = CONF_TEXTS,
        FIELD(conf_dataset, cohorts),
        .unset = "none",
        .allowed = "a list of paths",
        .help = "Keys by whose values events are divided: regions, segments, versions of the model.",
    },
    {
        .name = "time",
        .type = CONF_STRING,
        FIELD(conf_dataset, time),
        .unset = "found out by usual names where features are; else the record's own time",
        .allowed = "a path",
        .help =
            "When the event happened: a number of seconds, milli-, micro- or nanoseconds since 1970, which its size "
            "tells, or a text as 2026-01-31T12:00:00Z.",
    },
    {
        .name = "window",
        .type = CONF_DURATION,
        FIELD(conf_dataset, window_ms),
        .min = SECOND,
        .max = 7 * (int64_t)DAY,
        .preset = "5m",
        .help = "How long a window is, by the events' time.",
    },
    {
        .name = "slide",
        .type = CONF_DURATION,
        FIELD(conf_dataset, slide_ms),
        .min = SECOND,
        .max = 7 * (int64_t)DAY,
        .unset = "as window: each event is in one window",
        .help =
            "From the beginning of one window to that of the next. The window is a whole number of them, 60 at most.",
    },
    {
        .name = "window_rows",
        .type = CONF_INT,
        FIELD(conf_dataset, window_rows),
        .min = 10,
        .max = 100000000,
        .unset = "windows go by time",
        .help = "Windows of so many events instead.",
    },
    {
        .name = "slide_rows",
        .type = CONF_INT,
        FIELD(conf_dataset, slide_rows),
        .min = 10,
        .max = 100000000,
        .unset = "as window_rows",
        .help = "As slide, of windows by events.",
    },
    {
        .name = "late",
        .type = CONF_DURATION,
        FIELD(conf_dataset, late_ms),
        .min = 0,
        .max = DAY,
        .preset = "10s",
        .help = "How far the events' time goes on, in all partitions of which more is to be read, before a window is "
                "closed. "
                "What comes later still is counted as late.",
    },
    {
        .name = "reference",
        .type = CONF_CHOICE,
        FIELD(conf_dataset, reference),
        .choices = references,
        .preset = "first",
        .help = "What windows are compared with: the first one that is full, the one before, or those of the span "
                "trailing before it. Edges of bins are its own, and stay as long as it does. It is kept beside the "
                "history, and taken up at the next start.",
    },
    {
        .name = "reference_file",
        .type = CONF_PATH,
        FIELD(conf_dataset, reference_file),
        .unset = "none",
        .allowed = "a file",
        .help = "A reference in a file instead, as icetop drift reference save writes it.",
    },
    {
        .name = "trailing",
        .type = CONF_DURATION,
        FIELD(conf_dataset, trailing_ms),
        .min = MINUTE,
        .max = 30 * (int64_t)DAY,
        .preset = "1d",
        .help = "The span of reference: trailing.",
    },
    {
        .name = "back",
        .type = CONF_DURATION,
        FIELD(conf_dataset, back_ms),
        .min = 0,
        .max = 30 * (int64_t)DAY,
        .preset = "0",
        .help = "How far back reading begins when icetop starts.",
    },
    {
        .name = "sample",
        .type = CONF_STRING,
        FIELD(conf_dataset, sample),
        .preset = "1",
        .allowed = "a number above 0, at most 1",
        .help = "The part of events that is looked at. Which ones, partition and offset determine.",
    },
    {
        .name = "min_rows",
        .type = CONF_INT,
        FIELD(conf_dataset, min_rows),
        .min = 10,
        .max = 1000000,
        .preset = "50",
        .help = "With fewer rows with a value on either side a feature is LOW-N, and nothing else is said of it.",
    },
};
