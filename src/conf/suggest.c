/* The nearest known name, by optimal string alignment (Levenshtein with swaps of neighbours). */
#include "conf/suggest.h"

#include <ctype.h>
#include <string.h>

enum { MAX_NAME = 64 };

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Case is ignored, '-' and '_' and '.' are alike. */
static bool same(char a, char b)
{
    if (strchr("-_.", a) && strchr("-_.", b))
        return true;
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t rows[3][MAX_NAME + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= nb; j++)
        last[j] = j;
    for (size_t i = 1; i <= na; i++) {
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            row[j] = min(last[j] + 1, row[j - 1] + 1);
            row[j] = min(row[j], last[j - 1] + !same(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                row[j] = min(row[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[nb];
}

void conf_suggest_offer(struct conf_suggest *s, const char *name)
{
    size_t na = strlen(s->wanted), nb = strlen(name);
    if (na > MAX_NAME || nb > MAX_NAME || na == 0)
        return;
    size_t d = distance(s->wanted, na, name, nb);
    if (d * 3 <= nb && (!s->best || d < s->distance)) {
        s->best = name;
        s->distance = d;
    }
}

void conf_suggest_write(const struct conf_suggest *s, struct str *out)
{
    if (s->best)
        str_printf(out, " (did you mean \"%s\"?)", s->best);
}
