/* The nearest known name, by optimal string alignment (Levenshtein with swaps of neighbours). */
#include "conf/suggest.h"

#include "conf/value.h"

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

int conf_suggest_unknown(const char *key, const char *const *names, size_t n, struct error *err)
{
    struct conf_suggest near = {.wanted = key};
    for (size_t i = 0; i < n; i++)
        conf_suggest_offer(&near, names[i]);
    struct str s = {0};
    str_add(&s, "unknown key ");
    conf_value_quote(&s, key);
    conf_suggest_write(&near, &s);
    str_add(&s, "; allowed: ");
    for (size_t i = 0; i < n; i++)
        str_printf(&s, "%s%s", i ? ", " : "", names[i]);
    int rc = error_set(err, ERR_INVALID, "%s", str_text(&s));
    str_done(&s);
    return rc;
}
