/* The declarations of `sources` and `events`: who collects, how it goes, and what happened. */
#include "source/source.h"

#include "table/declare.h"

static const struct column sources_columns[] = {
    [SOURCES_SOURCE] = {"source", "source", COLUMN_TEXT, UNIT_NONE, KEY, 0,
                        "The source's name: its kind, a colon, and what it reads."},
    [SOURCES_KIND] = {"kind", "kind", COLUMN_TEXT, UNIT_NONE, KEPT, 5,
                      "The kind of source: kafka, connect (the REST of Kafka Connect), control (control topics of the "
                      "Iceberg sink), log (logs of Connect workers), iceberg."},
    [SOURCES_CLUSTER] = {"cluster", "cluster", COLUMN_TEXT, UNIT_NONE, KEPT, 6,
                         "The cluster that it reads, where it reads one."},
    [SOURCES_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 1,
                       "starting until its first picture is complete (error says how far it is); then ok, partial "
                       "(something is missing from its rows) or failed (its rows are those of last_ok)."},
    [SOURCES_ERROR] = {"error", "error", COLUMN_TEXT, UNIT_NONE, KEPT, 2,
                       "What went wrong in the last round, in words; unknown when all is well."},
    [SOURCES_LAST_OK] = {"last_ok", "data of", COLUMN_TIME, UNIT_NONE, KEPT, 2,
                         "When the last round ended that was ok or partial: the age of its rows."},
    [SOURCES_LAST_ROUND] = {"last_round", "last round", COLUMN_TIME, UNIT_NONE, 0, 6,
                            "When the last round ended, well or not."},
    [SOURCES_NEXT_ROUND] = {"next_round", "next", COLUMN_TIME, UNIT_NONE, 0, 7, "When the next round is planned."},
    [SOURCES_ROUND_MS] = {"round_ms", "took", COLUMN_INT, UNIT_MS, KEPT | WORSE, 4, "How long the last round took."},
    [SOURCES_ROUNDS] = {"rounds", "rounds", COLUMN_INT, UNIT_COUNT, 0, 7,
                        "Rounds that have ended since icetop started."},
    [SOURCES_FAILURES] = {"failures", "failures", COLUMN_INT, UNIT_COUNT, KEPT | WORSE, 4,
                          "Failed rounds in a row, up to now."},
    [SOURCES_ROWS] = {"rows", "rows", COLUMN_INT, UNIT_COUNT, SUM, 5, "Rows that the source holds, in all tables."},
    [SOURCES_INTERVAL_S] = {"interval_s", "interval", COLUMN_REAL, UNIT_SECONDS, 0, 6,
                            "Time between the starts of two rounds, as it is now: longer than "
                            "configured while rounds fail."},
    [SOURCES_NOTE] = {"note", "note", COLUMN_TEXT, UNIT_NONE, KEPT, 3,
                      "How it reads, in words: of Kafka, whether committed offsets come by subscription or are polled, "
                      "and why; of Kafka Connect, which worker serves and which are down."},
};

static const struct column events_columns[] = {
    [EVENTS_ID] = {"id", "id", COLUMN_INT, UNIT_ID, KEY | HIDDEN, 9, "A number that grows from event to event."},
    [EVENTS_TIME] = {"time", "time", COLUMN_TIME, UNIT_NONE, KEPT, 0, "When it was seen."},
    [EVENTS_SEVERITY] = {"severity", "severity", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "info, warn or error."},
    [EVENTS_SOURCE] = {"source", "source", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "The source that saw it."},
    [EVENTS_SUBJECT] = {"subject", "subject", COLUMN_TEXT, UNIT_NONE, KEPT, 1,
                        "What it is about: a word for its kind and its name."},
    [EVENTS_TEXT] = {"text", "event", COLUMN_TEXT, UNIT_NONE, KEPT, 0, "What happened, in words."},
};

const struct table_def source_table_sources = {
    .name = "sources",
    .title = "sources",
    .help = "One row for each source that icetop collects from: its state and the age of its data.",
    .group = {.name = "source", COLUMNS(sources_columns)}};

const struct table_def source_table_events = {.name = "events",
                                              .title = "events",
                                              .help = "What happened while icetop was looking, the newest 4,000.",
                                              .group = {.name = "source", COLUMNS(events_columns)}};
