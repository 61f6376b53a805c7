/* Numbers, times and lists in sentences; see words.h. */
#include "findings/words.h"

#include "findings/facts.h"
#include "table/format.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static struct findings_words take(struct str *text)
{
    struct findings_words w;
    snprintf(w.s, sizeof w.s, "%s", str_text(text));
    str_done(text);
    return w;
}

struct findings_words findings_words_number(int64_t n)
{
    struct str text = {0};
    format_si(&text, (double)n);
    return take(&text);
}

struct findings_words findings_words_count(int64_t n, const char *thing)
{
    struct str text = {0};
    format_si(&text, (double)n);
    str_printf(&text, " %.60s%s", thing, n == 1 ? "" : "s");
    return take(&text);
}

struct findings_words findings_words_ms(int64_t ms)
{
    struct str text = {0};
    if (ms)
        format_duration(&text, (double)ms / 1000);
    else
        str_add(&text, "0 s");
    return take(&text);
}

struct findings_words findings_words_age(int64_t ms)
{
    enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS };
    struct str text = {0};
    if (ms < MINUTE_MS || ms >= HOUR_MS)
        return findings_words_ms(ms < 0 ? 0 : ms);
    str_printf(&text, "%d m", (int)(ms / MINUTE_MS));
    return take(&text);
}

struct findings_words findings_words_bytes(int64_t bytes)
{
    struct str text = {0};
    format_bytes(&text, bytes, false);
    return take(&text);
}

void findings_words_table(struct str *out, const struct findings_table *table)
{
    str_printf(out, "table %s%s%s", table->namesake ? table->catalog : "", table->namesake ? "/" : "", table->table);
}

void findings_words_list(struct str *out, const char *name, size_t i, size_t n, size_t most)
{
    if (i < most)
        str_printf(out, "%s%s", i ? ", " : "", name);
    else if (i == most)
        str_printf(out, " and %zu more", n - most);
}

const char *findings_words_exception(const char *error)
{
    static const char package[] = "abcdefghijklmnopqrstuvwxyz0123456789_.";
    size_t n = strspn(error, package);
    return n && error[n - 1] == '.' && isupper((unsigned char)error[n]) ? error + n : error;
}
