/* What the letters of a row stand for: names of another table's rows, and two letters of each as heads above a matrix of them. */
#ifndef UI_HEADS_H
#define UI_HEADS_H

#include "ui/context.h"

#include "base/str.h"

enum { HEADS_MOST = 24 }; /* names that have heads: more do not fit on a line */

struct heads_names {
    const struct name **items; /* the store's */
    size_t n, room;
};

/* of: a table and its column of names, "features feature"; those whose row's first key is r's, by their bytes. The caller's
 * (vec_done). */
void heads_find(const char *of, const struct context *ctx, const struct row *r, struct heads_names *ret);
/* Appends "ag ch di ", each pair once, or with names (words) "ag age, ch churned, di discount". Nothing for more than HEADS_MOST. */
void heads_text(const struct heads_names *names, bool words, struct str *out);
/* Appends letters so that each stands below its head: "D  .  .  " */
void heads_spread(struct str *out, const char *letters);

#endif
