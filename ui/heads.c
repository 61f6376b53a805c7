/* Finds names, and pairs of letters that tell them apart. */
#include "ui/heads.h"

#include "base/text.h"
#include "base/vec.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAIR = 2, GAP = 1 };

static int by_bytes(const void *a, const void *b)
{
    const struct name *x = *(const struct name *const *)a, *y = *(const struct name *const *)b;
    size_t least = x->len < y->len ? x->len : y->len;
    int c = least ? memcmp(x->raw, y->raw, least) : 0;
    return c ? c : (x->len > y->len) - (x->len < y->len);
}

void heads_find(const char *of, const struct context *ctx, const struct row *r, struct heads_names *ret)
{
    char table[64];
    size_t n = strcspn(of, " ");
    snprintf(table, sizeof table, "%.*s", (int)n, of);
    const struct table *t = ctx->store ? store_find(ctx->store, table) : NULL;
    int column = t ? table_column_index(t, of + n + 1) : -1;
    for (const struct row *at = column >= 0 ? table_first(t) : NULL; at; at = row_next(at))
        if (value_compare(table_column(t, 0)->type, row_get(at, 0), row_get(r, 0)) == 0)
            vec_push(ret, row_get(at, (size_t)column).s);
    if (ret->n > 1)
        qsort(ret->items, ret->n, sizeof *ret->items, by_bytes);
}

static bool is_taken(const char (*pairs)[PAIR], size_t n, const char *pair)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(pairs[i], pair, PAIR) == 0)
            return true;
    return false;
}

/* The first letter and the next one that nobody before has with it; else a number. */
static void choose(char (*pairs)[PAIR], size_t i, const char *name)
{
    char pair[PAIR] = {' ', ' '};
    while (*name && !isalnum((unsigned char)*name))
        name++;
    pair[0] = *name ? *name++ : '?';
    while (*name) {
        pair[1] = *name++;
        if (isalnum((unsigned char)pair[1]) && !is_taken((const char(*)[PAIR])pairs, i, pair)) {
            memcpy(pairs[i], pair, PAIR);
            return;
        }
    }
    pair[1] = ' ';
    if (is_taken((const char(*)[PAIR])pairs, i, pair)) {
        pair[0] = (char)('0' + i / 10);
        pair[1] = (char)('0' + i % 10);
    }
    memcpy(pairs[i], pair, PAIR);
}

void heads_text(const struct heads_names *names, bool words, struct str *out)
{
    char pairs[HEADS_MOST][PAIR];
    if (names->n > HEADS_MOST)
        return;
    for (size_t i = 0; i < names->n; i++) {
        choose(pairs, i, names->items[i]->safe);
        if (words)
            str_printf(out, "%s%.2s %s", i ? ", " : "", pairs[i], names->items[i]->safe);
        else
            str_printf(out, "%.2s ", pairs[i]);
    }
}

void heads_spread(struct str *out, const char *letters)
{
    for (; *letters; letters++)
        str_printf(out, "%c%*s", *letters, PAIR + GAP - 1, "");
}
