/* What a column is: the one declaration from which panels, formats, history, filters and the man
 * page come. */
#ifndef TABLE_COLUMN_H
#define TABLE_COLUMN_H

#include <stddef.h>
#include <stdint.h>

enum column_type {
    COLUMN_TEXT, /* a name: bytes, maybe not UTF-8 */
    COLUMN_INT,  /* int64, exact everywhere */
    COLUMN_REAL, /* double; NaN and infinities are values, not unknown */
    COLUMN_TIME, /* int64, milliseconds since 1970 UTC; absolute: ages are made where they are drawn
                    or filtered */
    COLUMN_BOOL,
};

/* How a number is meant and drawn. */
enum column_unit {
    UNIT_NONE,
    UNIT_ID,       /* a number that is a name: partition, broker; never summed, no digit grouping */
    UNIT_COUNT,    /* things: members, partitions */
    UNIT_MESSAGES, /* records of a log */
    UNIT_OFFSET,   /* a position in a log: exact, grouped, never scaled */
    UNIT_BYTES,
    UNIT_SECONDS,    /* a duration; drawn "1 m 10 s" */
    UNIT_MS,         /* a duration in milliseconds */
    UNIT_PER_SECOND, /* a rate: messages a second */
    UNIT_RATIO,      /* 0..1, drawn as per cent */
    UNIT_LATENCY,    /* a duration in seconds, of which fractions count; drawn "35 ms" "1.2 s" */
    UNIT_EPOCH,      /* a time, in seconds since 1970 UTC; drawn "3 h 12 m ago" */
    UNIT_SHARES,     /* of TEXT: whole numbers with a space between, parts of a thousand, one a bin; drawn as bars */
    UNIT_MARKS,      /* of TEXT: one letter a thing, each a verdict; a dot is all well */
};

enum column_flags {
    COLUMN_KEY = 1 << 0,        /* part of the table's key; in the first group only, before all others */
    COLUMN_HISTORY = 1 << 1,    /* numbers: kept as samples; texts and times: kept with the row's life */
    COLUMN_HIDDEN = 1 << 2,     /* not shown unless asked for; still in every machine format */
    COLUMN_SUM = 1 << 3,        /* adds up over rows (used for totals) */
    COLUMN_WORST_HIGH = 1 << 4, /* higher is worse: sorts descending first */
};

/* The declaration, static. */
struct column {
    const char *name;  /* lower case, [a-z0-9_]; unique in its table; the key in JSON and in expressions */
    const char *title; /* the heading on screen, short; NULL: name */
    enum column_type type;
    enum column_unit unit;
    unsigned flags;   /* enum column_flags */
    int priority;     /* what goes first when the screen is narrow: the highest number; 0 stays to the
                       end */
    const char *help; /* a sentence, as the man page prints it */
};

/* Columns that one owner writes and that go stale together. A table's first group holds its key. */
struct column_group {
    const char *name; /* unique in its table: "kafka", "queryable" */
    const struct column *columns;
    size_t ncolumns;
};

/* A table's declaration. */
struct table_def {
    const char *name;          /* lower case, [a-z0-9_] */
    const char *title;         /* for people: "consumer groups" */
    const char *help;          /* a sentence or two for the man page */
    struct column_group group; /* the first group, key columns first */
};

/* The words for types and units as stream, JSON and man pages write them; parse returns ERR_INVALID
 * for others. */
const char *column_type_name(enum column_type type);
const char *column_unit_name(enum column_unit unit);
int column_type_parse(const char *text, enum column_type *type);
int column_unit_parse(const char *text, enum column_unit *unit);

#endif
