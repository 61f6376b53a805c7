/* Exposition format 0.0.4, as Prometheus' scrapes and its expfmt package read it; where they differ, what either takes. */
#include "prom/text_plain.h"

#include "base/number.h"
#include "base/text.h"
#include "prom/text_number.h"
#include "prom/text_series.h"
#include "prom/text_why.h"

#include <string.h>
#include <strings.h>

static const char *blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p;
}

static struct prom_text_span token(const char *p, const char *end)
{
    const char *const from = p;
    while (p < end && *p != ' ' && *p != '\t')
        p++;
    return (struct prom_text_span){from, (size_t)(p - from)};
}

static bool is(struct prom_text_span s, const char *word)
{
    return s.len == strlen(word) && memcmp(s.s, word, s.len) == 0;
}

/* ASCII in steps of eight bytes; what has more is looked at with care. */
static int check_utf8(const char *line, const char *end, struct prom_text_item *ret)
{
    uint64_t word, any = 0;
    const char *p = line;
    for (; end - p >= (ptrdiff_t)sizeof word; p += sizeof word) {
        memcpy(&word, p, sizeof word);
        any |= word;
    }
    for (; p < end; p++)
        any |= (unsigned char)*p;
    if (!(any & UINT64_C(0x8080808080808080)) || text_is_utf8(line, (size_t)(end - line)))
        return 0;
    return prom_text_why(ret, ERR_INVALID, "the line is not UTF-8");
}

static int read_type(struct prom_text_span word, struct prom_text_item *ret)
{
    static const struct {
        const char *word;
        enum prom_text_type type;
    } types[] = {
        {"counter", PROM_TEXT_COUNTER}, {"gauge", PROM_TEXT_GAUGE},     {"histogram", PROM_TEXT_HISTOGRAM},
        {"summary", PROM_TEXT_SUMMARY}, {"untyped", PROM_TEXT_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (word.len == strlen(types[i].word) && strncasecmp(word.s, types[i].word, word.len) == 0) {
            ret->type = types[i].type;
            return 0;
        }
    return prom_text_why(ret, ERR_INVALID, "there is no type \"%.*s\"", PROM_TEXT_WHY_QUOTE(word.s, word.len));
}

/* From behind the `#`. A HELP or a TYPE that breaks off before it has said anything is a comment; a help text is any bytes. */
static int read_comment(const char *p, const char *end, struct prom_text_item *ret)
{
    const struct prom_text_span word = token(blanks(p, end), end);
    const bool help = is(word, "HELP");
    if (!help && !is(word, "TYPE"))
        return ERR_NOT_FOUND;
    p = blanks(word.s + word.len, end);
    if (p == end)
        return ERR_NOT_FOUND;
    int code = prom_text_series_name(&p, end, &ret->name, ret);
    if (code || (code = check_utf8(ret->name.s, ret->name.s + ret->name.len, ret)))
        return code;
    if (p < end && *p != ' ' && *p != '\t')
        return prom_text_why(ret, ERR_INVALID, "a name cannot contain \"%.1s\"", p);
    p = blanks(p, end);
    ret->kind = help ? PROM_TEXT_HELP : PROM_TEXT_TYPE;
    if (help) {
        ret->value = (struct prom_text_span){p, (size_t)(end - p)};
        return 0;
    }
    const struct prom_text_span type = token(p, end);
    if (!type.len)
        return ERR_NOT_FOUND;
    if (blanks(type.s + type.len, end) < end)
        return prom_text_why(ret, ERR_INVALID, "a type is one word");
    return read_type(type, ret);
}

/* What stands behind the value. */
static int read_time(const char *p, const char *end, struct prom_text_item *ret)
{
    const struct prom_text_span word = token(p, end);
    const int code = prom_text_number_integer(word.s, word.len, &ret->time_ms);
    if (code)
        return prom_text_why(ret, ERR_INVALID, "\"%.*s\" is no time in milliseconds%s",
                             PROM_TEXT_WHY_QUOTE(word.s, word.len), code == ERR_LIMIT ? " that fits 64 bits" : "");
    p = blanks(word.s + word.len, end);
    if (p < end)
        return prom_text_why(ret, ERR_INVALID, "behind value and time there is \"%.*s\"",
                             PROM_TEXT_WHY_QUOTE(p, (size_t)(end - p)));
    return 0;
}

static int read_sample(const char *p, const char *end, struct prom_text_item *ret)
{
    struct prom_text_series series;
    int code = check_utf8(p, end, ret);
    if (code || (code = prom_text_series_read(&p, end, PROM_TEXT_SERIES_TOLERANT, &series, ret)))
        return code;
    const struct prom_text_span value = token(blanks(p, end), end);
    if (!value.len)
        return prom_text_why(ret, ERR_INVALID, "there is no value");
    if ((code = number_read(value.s, value.len, &ret->number)))
        return prom_text_why(ret, ERR_INVALID, "the value \"%.*s\" is %s", PROM_TEXT_WHY_QUOTE(value.s, value.len),
                             code == ERR_LIMIT ? "greater than any number" : "no number");
    ret->kind = PROM_TEXT_SAMPLE;
    ret->name = series.name;
    ret->series = series.span;
    ret->time_ms = PROM_TEXT_NO_TIME;
    ret->exemplar = (struct prom_text_span){0};
    p = blanks(value.s + value.len, end);
    return p < end ? read_time(p, end, ret) : 0;
}

int prom_text_plain_line(const char *line, const char *end, struct prom_text_item *ret)
{
    if (end > line && end[-1] == '\r')
        end--;
    const char *const p = blanks(line, end);
    if (p == end)
        return ERR_NOT_FOUND;
    return *p == '#' ? read_comment(p + 1, end, ret) : read_sample(p, end, ret);
}
