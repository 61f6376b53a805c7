/* Judgement of rows: which are wrong, which deserve a look, and the sentence that says why. Findings (the table of that name)
 * are the first word on what they name: a row is as bad as the worst finding that is about it, and no problem of its own where a
 * finding speaks for it. */
#ifndef UI_VERDICT_H
#define UI_VERDICT_H

#include "ui/context.h"

/* Ascending, so that sorting descending puts the worst first. */
enum severity { SEVERITY_FINE, SEVERITY_WARNING, SEVERITY_WRONG, SEVERITY_COUNT };

/* One rule; a row gets the first that is true of it. lists: it gives a row its sign in lists and makes no problem, because
 * findings judge what it sees, with more patience. */
struct verdict_rule {
    const char *table;
    enum severity severity;
    const char *when; /* an expression over the table's columns; where one of them is not there, the
                         rule is not asked */
    const char *say;  /* a template (ui/template.h), without the row's name */
    bool lists;
};

struct verdicts *verdicts_new(const struct verdict_rule *rules, size_t n);
void verdicts_free(struct verdicts *v); /* NULL is allowed */

/* A row's severity; its sentence is appended to say if that is not NULL (nothing for a fine one).
 */
enum severity verdicts_row(struct verdicts *v, const struct context *ctx, const struct table *t, const struct row *r,
                           struct str *say);

/* The same of it as a problem: fine where only rules for lists are true of it, or a finding that is as bad speaks for it. */
enum severity verdicts_problem(struct verdicts *v, const struct context *ctx, const struct table *t,
                               const struct row *r, struct str *say);

/* Rows of a table by severity, as problems. Kept until the table changes, and for a second of the picture's time at most; longer for
 * tables so big that counting takes its time. */
void verdicts_count(struct verdicts *v, const struct context *ctx, const struct table *t,
                    size_t counts[SEVERITY_COUNT]);

/* The ids of rows that are not fine, of the same count, in no order; some thousands at most. Borrowed for the moment. */
const uint64_t *verdicts_bad(struct verdicts *v, const struct context *ctx, const struct table *t, size_t *n);

/* The worst row of all tables that are always read, but for sources, of which the notices tell: of the worst severity the first
 * finding, else the one furthest behind, of those the first by its key. NULL where all is fine. */
const struct row *verdicts_worst(struct verdicts *v, const struct context *ctx, const struct table **t);

/* The sign of a severity and the role it is drawn in. */
void severity_put(struct cells *c, int x, int y, enum severity s, bool stale);
enum role severity_role(enum severity s);

#endif
