/* OpenMetrics 1.0: one space between two words, nothing else between lines. */
#include "prom/text_openmetrics.h"

#include "base/number.h"
#include "base/text.h"
#include "prom/text_family.h"
#include "prom/text_number.h"
#include "prom/text_series.h"
#include "prom/text_why.h"

#include <string.h>

enum { EXEMPLAR_CODES = 128 /* code points of an exemplar's names and values */ };

/* What stands before the next space, or the end. */
static struct prom_text_span token(const char *p, const char *end)
{
    const char *const space = p < end ? memchr(p, ' ', (size_t)(end - p)) : NULL;
    return (struct prom_text_span){p, (size_t)((space ? space : end) - p)};
}

static bool is(struct prom_text_span s, const char *word)
{
    return s.len == strlen(word) && memcmp(s.s, word, s.len) == 0;
}

static int expect_space(const char **at, const char *end, const char *behind, struct prom_text_item *ret)
{
    if (*at == end || **at != ' ')
        return prom_text_why(ret, ERR_INVALID, "behind %s there must be one space", behind);
    ++*at;
    return 0;
}

static int read_type(struct prom_text_span word, struct prom_text_item *ret)
{
    for (enum prom_text_type t = 0; t < PROM_TEXT_TYPES; t++)
        if (is(word, prom_text_type_name(t))) {
            ret->type = t;
            return 0;
        }
    return prom_text_why(ret, ERR_INVALID, "there is no type \"%.*s\"", PROM_TEXT_WHY_QUOTE(word.s, word.len));
}

/* The name with suffix behind it, as a unit is of its family's. */
static bool has_suffix(struct prom_text_span name, struct prom_text_span unit)
{
    return name.len > unit.len + 1 && name.s[name.len - unit.len - 1] == '_' &&
           memcmp(name.s + name.len - unit.len, unit.s, unit.len) == 0;
}

static int read_metadata(struct prom_text *t, const char *p, const char *end, struct prom_text_item *ret)
{
    static const struct {
        const char *word;
        enum prom_text_kind kind;
    } kinds[] = {{"TYPE", PROM_TEXT_TYPE}, {"HELP", PROM_TEXT_HELP}, {"UNIT", PROM_TEXT_UNIT}};
    int code = expect_space(&p, end, "#", ret);
    if (code)
        return code;
    const struct prom_text_span word = token(p, end);
    size_t i = 0;
    while (i < sizeof kinds / sizeof *kinds && !is(word, kinds[i].word))
        i++;
    if (i == sizeof kinds / sizeof *kinds)
        return prom_text_why(ret, ERR_INVALID, "there are no comments, only TYPE, UNIT, HELP and EOF");
    p = word.s + word.len;
    if ((code = expect_space(&p, end, kinds[i].word, ret)) ||
        (code = prom_text_series_name(&p, end, &ret->name, ret)) || (code = expect_space(&p, end, "the name", ret)))
        return code;
    ret->kind = kinds[i].kind;
    ret->value = (struct prom_text_span){p, (size_t)(end - p)};
    if (ret->kind == PROM_TEXT_TYPE && (code = read_type(ret->value, ret)))
        return code;
    if (ret->kind == PROM_TEXT_UNIT && ret->value.len && !has_suffix(ret->name, ret->value))
        return prom_text_why(ret, ERR_INVALID, "the unit \"%.*s\" is not the end of the name",
                             PROM_TEXT_WHY_QUOTE(ret->value.s, ret->value.len));
    return prom_text_family_metadata(t->family, ret);
}

/* Code points of a name or a value without its escapes. */
static size_t count_codes(struct prom_text_span s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        const bool escape = s.s[i] == '\\' && i + 1 < s.len && strchr("\\\"n", s.s[i + 1]) && s.s[i + 1];
        n += ((unsigned char)s.s[i] & 0xc0) != 0x80;
        i += escape;
    }
    return n;
}

static int read_number(const char **at, const char *end, const char *what, double *number, struct prom_text_item *ret)
{
    const struct prom_text_span word = token(*at, end);
    const int code = number_read(word.s, word.len, number);
    *at = word.s + word.len;
    if (!code)
        return 0;
    return prom_text_why(ret, ERR_INVALID, "%s \"%.*s\" is %s", what, PROM_TEXT_WHY_QUOTE(word.s, word.len),
                         code == ERR_LIMIT ? "greater than any number" : "no number");
}

static int read_seconds(const char **at, const char *end, double *seconds, struct prom_text_item *ret)
{
    const struct prom_text_span word = token(*at, end);
    const int code = prom_text_number_seconds(word.s, word.len, seconds);
    *at = word.s + word.len;
    if (!code)
        return 0;
    return prom_text_why(ret, ERR_INVALID, "\"%.*s\" is no time in seconds", PROM_TEXT_WHY_QUOTE(word.s, word.len));
}

/* From the `#` behind a value to the end of the line. */
static int read_exemplar(const char *p, const char *end, struct prom_text_item *ret, double *value)
{
    struct prom_text_series series = {.name = {0}};
    size_t codes = 0;
    double seconds;
    p++;
    int code = expect_space(&p, end, "#", ret);
    if (code)
        return code;
    ret->exemplar = (struct prom_text_span){p, (size_t)(end - p)};
    if (p == end || *p != '{')
        return prom_text_why(ret, ERR_INVALID, "an exemplar begins with labels in braces");
    if ((code = prom_text_series_labels(&p, end, PROM_TEXT_SERIES_STRICT, &series, ret)))
        return code;
    if (series.name.len)
        return prom_text_why(ret, ERR_INVALID, "an exemplar has no name");
    for (size_t i = 0; i < series.n; i++)
        codes += count_codes(series.labels[i].name) + count_codes(series.labels[i].value);
    if (codes > EXEMPLAR_CODES)
        return prom_text_why(ret, ERR_INVALID, "an exemplar's labels have %zu characters; the limit is %d", codes,
                             EXEMPLAR_CODES);
    if ((code = expect_space(&p, end, "an exemplar's labels", ret)) ||
        (code = read_number(&p, end, "the exemplar", value, ret)))
        return code;
    if (p == end)
        return 0;
    if ((code = expect_space(&p, end, "an exemplar", ret)) || (code = read_seconds(&p, end, &seconds, ret)))
        return code;
    return p == end ? 0 : prom_text_why(ret, ERR_INVALID, "there is more behind the exemplar");
}

static int read_sample(struct prom_text *t, const char *p, const char *end, struct prom_text_item *ret)
{
    struct prom_text_family_sample sample;
    int code = prom_text_series_read(&p, end, PROM_TEXT_SERIES_STRICT, &sample.series, ret);
    if (code || (code = expect_space(&p, end, "the name", ret)) ||
        (code = read_number(&p, end, "the value", &ret->number, ret)))
        return code;
    ret->kind = PROM_TEXT_SAMPLE;
    ret->name = sample.series.name;
    ret->series = sample.series.span;
    ret->time_ms = PROM_TEXT_NO_TIME;
    ret->exemplar = (struct prom_text_span){0};
    sample.has_time = p < end && end - p > 1 && p[1] != '#';
    if (sample.has_time) {
        p++;
        if ((code = read_seconds(&p, end, &sample.seconds, ret)))
            return code;
        ret->time_ms = prom_text_number_ms(sample.seconds);
    }
    if (p < end) {
        if ((code = expect_space(&p, end, "a number", ret)))
            return code;
        if (p == end || *p != '#')
            return prom_text_why(ret, ERR_INVALID, "behind value and time there may be an exemplar, and nothing else");
        if ((code = read_exemplar(p, end, ret, &sample.exemplar)))
            return code;
    }
    return prom_text_family_sample(t->family, &sample, ret);
}

int prom_text_openmetrics_line(struct prom_text *t, const char *line, const char *end, struct prom_text_item *ret)
{
    static const char eof[] = "# EOF";
    const size_t len = (size_t)(end - line);
    if (!len)
        return prom_text_why(ret, ERR_INVALID, "an empty line");
    if (!text_is_utf8(line, len))
        return prom_text_why(ret, ERR_INVALID, "the line is not UTF-8");
    if (len == sizeof eof - 1 && memcmp(line, eof, len) == 0) {
        ret->kind = PROM_TEXT_END;
        return prom_text_family_end(t->family, ret);
    }
    return *line == '#' ? read_metadata(t, line + 1, end, ret) : read_sample(t, line, end, ret);
}
