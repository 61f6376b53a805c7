/* What `icetop check` says: findings and sources of a store, judged, and written in each of its formats. */
#ifndef CMD_VERDICT_H
#define CMD_VERDICT_H

#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"
#include "table/table.h"

/* The exit status, as Nagios has it. */
enum cmd_verdict_status { VERDICT_OK, VERDICT_WARNING, VERDICT_CRITICAL, VERDICT_UNKNOWN };

struct cmd_verdict {
    const struct store *store;        /* NULL: nothing was read */
    int64_t now_ms;                   /* what ages are measured from */
    VEC(const struct row *) findings; /* the worst first */
    VEC(const struct row *) sources;  /* those that data comes from */
    size_t critical, warnings, infos; /* findings */
    size_t failed, partial;           /* sources; failed: nothing could be read of them */
    enum cmd_verdict_status status;
    struct str headline; /* one line of all, "CRITICAL 1 critical, 2 warnings: ...": safe, without "|" */
};

struct cmd_verdict_format {
    const char *name;
    void (*write)(const struct cmd_verdict *v, struct str *out);
};

/* The format of that name, the first for NULL; ERR_INVALID names those there are. */
int cmd_verdict_format_find(const char *name, const struct cmd_verdict_format **ret, struct error *err);

/* Judges what the store's tables `findings` and `sources` hold; rows are borrowed. why NULL; else nothing could be read at
 * all, and this is the reason. */
void cmd_verdict_init(struct cmd_verdict *v, const struct store *store, int64_t now_ms, const char *why);
void cmd_verdict_done(struct cmd_verdict *v);

/* "OK", "WARNING", "CRITICAL", "UNKNOWN" */
const char *cmd_verdict_word(enum cmd_verdict_status status);
/* How much a finding raises the exit status. */
enum cmd_verdict_status cmd_verdict_finding(const struct row *finding);
/* How one source fares. */
enum cmd_verdict_status cmd_verdict_source(const struct row *source);
/* Appends "OK kafka:prod: ok in 12 ms, 3 brokers, ...", without a newline. */
void cmd_verdict_source_line(const struct store *store, const struct row *source, struct str *out);

/* Further tables, and which of their columns, that lines of sources are made of: the i-th, or false at the end. columns NULL:
 * all; where NULL: all rows. */
bool cmd_verdict_needs(size_t i, const char **table, const char *const **columns, const char **where);

#endif
