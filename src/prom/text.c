/* The text formats: lines, and what is common to both. */
#include "prom/text.h"

#include "base/str.h"
#include "prom/text_family.h"
#include "prom/text_openmetrics.h"
#include "prom/text_plain.h"
#include "prom/text_series.h"
#include "prom/text_why.h"

#include <string.h>
#include <strings.h>

int prom_text_format_of(const char *content_type, enum prom_text_format *ret)
{
    static const struct {
        const char *type;
        enum prom_text_format format;
    } types[] = {{"text/plain", PROM_TEXT_PLAIN}, {"application/openmetrics-text", PROM_TEXT_OPENMETRICS}};
    if (!content_type)
        return ERR_INVALID;
    content_type += strspn(content_type, " \t");
    const size_t len = strcspn(content_type, "; \t\r\n");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strlen(types[i].type) == len && strncasecmp(content_type, types[i].type, len) == 0) {
            *ret = types[i].format;
            return 0;
        }
    return ERR_INVALID;
}

const char *prom_text_type_name(enum prom_text_type t)
{
    static const char *const names[PROM_TEXT_TYPES] = {
        [PROM_TEXT_UNKNOWN] = "unknown",   [PROM_TEXT_COUNTER] = "counter",
        [PROM_TEXT_GAUGE] = "gauge",       [PROM_TEXT_HISTOGRAM] = "histogram",
        [PROM_TEXT_SUMMARY] = "summary",   [PROM_TEXT_INFO] = "info",
        [PROM_TEXT_STATESET] = "stateset", [PROM_TEXT_GAUGEHISTOGRAM] = "gaugehistogram",
    };
    return names[t];
}

void prom_text_again(struct prom_text *t, enum prom_text_format format, const char *text, size_t len)
{
    struct prom_text_family *family = t->family;
    if (format == PROM_TEXT_OPENMETRICS) {
        if (!family)
            family = prom_text_family_new();
        prom_text_family_begin(family);
    }
    *t = (struct prom_text){.format = format, .at = text, .end = len ? text + len : text, .family = family};
}

void prom_text_init(struct prom_text *t, enum prom_text_format format, const char *text, size_t len)
{
    t->family = NULL;
    prom_text_again(t, format, text, len);
}

void prom_text_done(struct prom_text *t)
{
    prom_text_family_free(t->family);
    *t = (struct prom_text){0};
}

/* Takes the next line, without its line end. */
static int next_line(struct prom_text *t, const char **line, const char **end, struct prom_text_item *ret)
{
    const char *const newline = memchr(t->at, '\n', (size_t)(t->end - t->at));
    *line = t->at;
    *end = newline ? newline : t->end;
    t->at = newline ? newline + 1 : t->end;
    ret->line = ++t->line;
    if (*end - *line <= PROM_TEXT_LINE)
        return 0;
    return prom_text_why(ret, ERR_LIMIT, "a line of %zu bytes; the limit is %d", (size_t)(*end - *line),
                         PROM_TEXT_LINE);
}

static int next_plain(struct prom_text *t, struct prom_text_item *ret)
{
    const char *line, *end;
    while (t->at < t->end && !t->failed) {
        int code = next_line(t, &line, &end, ret);
        if (!code)
            code = prom_text_plain_line(line, end, ret);
        if (code == ERR_NOT_FOUND)
            continue;
        if (code == ERR_LIMIT)
            return code;
        if (code)
            ret->kind = PROM_TEXT_BAD;
        return 0;
    }
    ret->kind = PROM_TEXT_END;
    ret->line = t->line;
    return t->failed ? prom_text_why(ret, ERR_LIMIT, "nothing is read behind what was too much") : 0;
}

static int next_openmetrics(struct prom_text *t, struct prom_text_item *ret)
{
    const char *line, *end;
    int code;
    ret->line = t->line;
    if (t->failed)
        return prom_text_why(ret, ERR_INVALID, "nothing is read behind what was wrong");
    if (t->at == t->end) {
        ret->kind = PROM_TEXT_END;
        return t->ended ? 0 : prom_text_why(ret, ERR_INVALID, "the text breaks off: there is no # EOF");
    }
    if ((code = next_line(t, &line, &end, ret)) || (code = prom_text_openmetrics_line(t, line, end, ret)))
        return code;
    if (ret->kind != PROM_TEXT_END)
        return 0;
    t->ended = true;
    return t->at == t->end ? 0 : prom_text_why(ret, ERR_INVALID, "there is more behind # EOF");
}

int prom_text_next(struct prom_text *t, struct prom_text_item *ret, struct error *err)
{
    const int code = t->format == PROM_TEXT_PLAIN ? next_plain(t, ret) : next_openmetrics(t, ret);
    t->failed |= code != 0;
    return code ? error_set(err, code, "line %u: %s", ret->line, ret->error) : 0;
}

size_t prom_text_labels(struct prom_text_span series, struct prom_text_span *name, struct prom_text_label *labels,
                        size_t max)
{
    struct prom_text_series found;
    struct prom_text_item why;
    const char *at = series.s;
    if (prom_text_series_read(&at, series.s + series.len, PROM_TEXT_SERIES_TOLERANT, &found, &why))
        return 0;
    const size_t n = found.n < max ? found.n : max;
    *name = found.name;
    if (n)
        memcpy(labels, found.labels, n * sizeof *labels);
    return n;
}

void prom_text_unescape(struct prom_text_span s, struct str *out)
{
    const char *p = s.s, *const end = s.s + s.len;
    while (p < end) {
        const char *const escape = memchr(p, '\\', (size_t)(end - p));
        if (!escape || end - escape < 2) {
            str_bytes(out, p, (size_t)(end - p));
            return;
        }
        const char c = escape[1];
        str_bytes(out, p, (size_t)(escape - p));
        if (c == '\\' || c == '"' || c == 'n')
            str_char(out, c == 'n' ? '\n' : c);
        else
            str_bytes(out, escape, 2);
        p = escape + 2;
    }
}
