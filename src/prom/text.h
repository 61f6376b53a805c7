/* The text formats of Prometheus: exposition 0.0.4 and OpenMetrics 1.0, line by line, without allocating.
 *
 * 0.0.4 is read tolerantly: a bad line is told as such, and the rest goes on. OpenMetrics is read strictly: the first thing
 * wrong ends it, and nothing of it may be used. What a sample's line says before its value (`name{label="value",...}`) is given
 * as it is written, so that a reader who has seen these bytes before knows the series without looking into them;
 * prom_text_labels looks into them. Formats: prometheus/docs exposition_formats, OpenMetrics specification 1.0. */
#ifndef PROM_TEXT_H
#define PROM_TEXT_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum prom_text_format { PROM_TEXT_PLAIN, PROM_TEXT_OPENMETRICS };
/* By a Content-Type, whatever its parameters; ERR_INVALID for what is neither (NULL, "" and unknown ones too: what to do then is
 * the caller's). */
int prom_text_format_of(const char *content_type, enum prom_text_format *ret);

enum prom_text_type {
    PROM_TEXT_UNKNOWN, /* "untyped" and "unknown" */
    PROM_TEXT_COUNTER,
    PROM_TEXT_GAUGE,
    PROM_TEXT_HISTOGRAM,
    PROM_TEXT_SUMMARY,
    PROM_TEXT_INFO, /* OpenMetrics only, as the next two */
    PROM_TEXT_STATESET,
    PROM_TEXT_GAUGEHISTOGRAM,
    PROM_TEXT_TYPES
};
/* "counter", ...; "unknown" */
const char *prom_text_type_name(enum prom_text_type t);

enum prom_text_limit {
    PROM_TEXT_LINE = 1024 * 1024, /* bytes of a line */
    PROM_TEXT_LABELS = 256,       /* of a series */
    PROM_TEXT_NAME = 4096,        /* bytes of a name */
    PROM_TEXT_VALUE = 64 * 1024,  /* bytes of a label's value, unescaped */
};

#define PROM_TEXT_NO_TIME INT64_MIN

/* Bytes within the text; not terminated. */
struct prom_text_span {
    const char *s;
    size_t len;
};

enum prom_text_kind {
    PROM_TEXT_SAMPLE,
    PROM_TEXT_TYPE, /* of a family */
    PROM_TEXT_HELP, /* value: as written, see prom_text_unescape */
    PROM_TEXT_UNIT,
    PROM_TEXT_BAD, /* 0.0.4 only: the line is no such thing; error says why, in words */
    PROM_TEXT_END,
};

struct prom_text_item {
    enum prom_text_kind kind;
    struct prom_text_span name;     /* of the family or the sample, as written; quotes apart, escapes in place */
    struct prom_text_span series;   /* SAMPLE: all before the value, from name to `}`, as written */
    struct prom_text_span value;    /* HELP, UNIT */
    enum prom_text_type type;       /* TYPE */
    double number;                  /* SAMPLE */
    int64_t time_ms;                /* SAMPLE: or PROM_TEXT_NO_TIME; OpenMetrics' seconds to the nearest one */
    struct prom_text_span exemplar; /* SAMPLE: from `{` on, as written; len 0: none */
    unsigned line;                  /* from 1 */
    char error[160];                /* BAD */
};

struct prom_text {
    enum prom_text_format format;
    const char *at, *end;
    unsigned line;
    bool ended;                      /* `# EOF` was read */
    bool failed;                     /* nothing is read any more */
    struct prom_text_family *family; /* OpenMetrics: what came before, which its rules ask for; NULL until needed */
};

/* text of len bytes is borrowed as long as it is read; a NUL may be in it. */
void prom_text_init(struct prom_text *t, enum prom_text_format format, const char *text, size_t len);
/* Another text, with the memory that there is: from the second one on of the same size nothing is allocated. */
void prom_text_again(struct prom_text *t, enum prom_text_format format, const char *text, size_t len);
void prom_text_done(struct prom_text *t);

/* The next item, END at the end, of which only what its kind names is set. OpenMetrics: ERR_INVALID or ERR_LIMIT ("line 12:
 * what") at the first thing that is wrong, and from then on; 0.0.4 makes the line BAD, and fails alike at ERR_LIMIT alone. Texts of errors
 * may quote the line: for a terminal they need text_safe. */
int prom_text_next(struct prom_text *t, struct prom_text_item *ret, struct error *err);

struct prom_text_label {
    struct prom_text_span name, value; /* as written: escapes in place */
};
/* The labels of a series as PROM_TEXT_SAMPLE gives it, in the order of the text, at most PROM_TEXT_LABELS; the name too where it
 * stands within the braces. Never fails on what prom_text_next gave. Returns how many. */
size_t prom_text_labels(struct prom_text_span series, struct prom_text_span *name, struct prom_text_label *labels,
                        size_t max);
/* Undoes the escapes \\ \" \n of a label's value, a quoted name, a help text: appends to out. Unknown escapes stay as written. */
void prom_text_unescape(struct prom_text_span s, struct str *out);

#endif
