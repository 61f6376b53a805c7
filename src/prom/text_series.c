/* Names and labels: read once from left to right; what is found are places within the text. */
#include "prom/text_series.h"

#include "prom/text_why.h"

#include <string.h>

enum { NAME_FIRST = 1, NAME = 2, LABEL_FIRST = 4, LABEL = 8 };
#define LETTER (NAME_FIRST | NAME | LABEL_FIRST | LABEL)
#define DIGIT  (NAME | LABEL)

static const unsigned char classes[256] = {
    ['a' ... 'z'] = LETTER, ['A' ... 'Z'] = LETTER, ['_'] = LETTER, ['0' ... '9'] = DIGIT, [':'] = NAME_FIRST | NAME,
};

static bool is(char c, unsigned class)
{
    return classes[(unsigned char)c] & class;
}

static const char *blanks(const char *p, const char *end, enum prom_text_series_rule rule)
{
    if (rule == PROM_TEXT_SERIES_TOLERANT)
        while (p < end && (*p == ' ' || *p == '\t'))
            p++;
    return p;
}

/* Has a word of eight bytes the byte c? The lowest bit that is set is that of the first. */
static uint64_t has(uint64_t word, unsigned char c)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), x = word ^ ones * c;
    return (x - ones) & ~x & ones << 7;
}

/* The first `"` or `\`, or end. */
static const char *quote_or_escape(const char *p, const char *end)
{
    for (uint64_t word, found; end - p >= (ptrdiff_t)sizeof word; p += sizeof word) {
        memcpy(&word, p, sizeof word);
        found = has(word, '"') | has(word, '\\');
        if (!found)
            continue;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        return p + __builtin_ctzll(found) / 8;
#else
        break;
#endif
    }
    while (p < end && *p != '"' && *p != '\\')
        p++;
    return p;
}

/* What stands in quotes, from the first one on; an escape takes the byte behind it along. */
static int read_quoted(const char **at, const char *end, const char *what, size_t most, struct prom_text_span *ret,
                       struct prom_text_item *why)
{
    const char *const from = *at + 1, *p = quote_or_escape(from, end);
    while (p < end && *p == '\\')
        p = quote_or_escape(end - p > 2 ? p + 2 : end, end);
    if (p == end)
        return prom_text_why(why, ERR_INVALID, "the quotes of a %s are not closed", what);
    const size_t len = (size_t)(p - from);
    if (len > most)
        return prom_text_why(why, ERR_LIMIT, "a %s of %zu bytes; the limit is %zu", what, len, most);
    *ret = (struct prom_text_span){from, len};
    *at = p + 1;
    return 0;
}

static int name_limit(struct prom_text_span name, const char *what, struct prom_text_item *why)
{
    if (name.len <= PROM_TEXT_NAME)
        return 0;
    return prom_text_why(why, ERR_LIMIT, "a %s of %zu bytes; the limit is %d", what, name.len, PROM_TEXT_NAME);
}

int prom_text_series_name(const char **at, const char *end, struct prom_text_span *ret, struct prom_text_item *why)
{
    const char *const from = *at, *p = from;
    if (p < end && *p == '"') {
        int code = read_quoted(at, end, "name", PROM_TEXT_NAME, ret, why);
        if (!code && !ret->len)
            return prom_text_why(why, ERR_INVALID, "the name is empty");
        return code;
    }
    if (p == end || !is(*p, NAME_FIRST))
        return prom_text_why(why, ERR_INVALID, p == end ? "there is no name" : "a name cannot begin with \"%.1s\"", p);
    do
        p++;
    while (p < end && is(*p, NAME));
    *ret = (struct prom_text_span){from, (size_t)(p - from)};
    *at = p;
    return name_limit(*ret, "name", why);
}

/* A label's name, or the metric's own, which is in quotes with neither `=` nor a value behind it. */
static int read_label_name(const char **at, const char *end, struct prom_text_span *ret, bool *quoted,
                           struct prom_text_item *why)
{
    const char *const from = *at, *p = from;
    *quoted = p < end && *p == '"';
    if (*quoted) {
        int code = read_quoted(at, end, "name", PROM_TEXT_NAME, ret, why);
        if (!code && !ret->len)
            return prom_text_why(why, ERR_INVALID, "a label's name is empty");
        return code;
    }
    if (p == end)
        return prom_text_why(why, ERR_INVALID, "the braces are not closed");
    if (!is(*p, LABEL_FIRST))
        return prom_text_why(why, ERR_INVALID, "a label's name cannot begin with \"%.1s\"", p);
    do
        p++;
    while (p < end && is(*p, LABEL));
    *ret = (struct prom_text_span){from, (size_t)(p - from)};
    *at = p;
    return name_limit(*ret, "label's name", why);
}

static bool same(struct prom_text_span a, struct prom_text_span b)
{
    return a.len == b.len && memcmp(a.s, b.s, a.len) == 0;
}

/* Takes a label's name, unless it is there. filter has a bit for what names look like, so that most need no search. */
static int add_label(struct prom_text_series *s, struct prom_text_span name, uint64_t *filter,
                     struct prom_text_item *why)
{
    static const struct prom_text_span reserved = {"__name__", 8};
    const unsigned look = (unsigned char)name.s[0] * 5u + (unsigned char)name.s[name.len - 1] * 3u +
                          (unsigned char)name.s[name.len / 2] + (unsigned)name.len * 7u;
    const uint64_t bit = UINT64_C(1) << (look & 63);
    if (same(name, reserved))
        return prom_text_why(why, ERR_INVALID, "a label cannot be called __name__");
    if (s->n == PROM_TEXT_LABELS)
        return prom_text_why(why, ERR_LIMIT, "more labels than %d", PROM_TEXT_LABELS);
    if (*filter & bit)
        for (size_t i = 0; i < s->n; i++)
            if (same(s->labels[i].name, name))
                return prom_text_why(why, ERR_INVALID, "label \"%.*s\" is there twice",
                                     PROM_TEXT_WHY_QUOTE(name.s, name.len));
    *filter |= bit;
    s->labels[s->n].name = name;
    return 0;
}

static int no_value(struct prom_text_span name, const char *what, struct prom_text_item *why)
{
    return prom_text_why(why, ERR_INVALID, "label \"%.*s\" is not followed by %s",
                         PROM_TEXT_WHY_QUOTE(name.s, name.len), what);
}

/* A label, or the metric's name. */
static int read_label(const char **at, const char *end, enum prom_text_series_rule rule, struct prom_text_series *s,
                      uint64_t *filter, struct prom_text_item *why)
{
    const char *p = *at;
    struct prom_text_span name;
    bool quoted;
    int code = read_label_name(&p, end, &name, &quoted, why);
    if (code)
        return code;
    p = blanks(p, end, rule);
    if (quoted && p < end && (*p == ',' || *p == '}')) {
        if (s->name.len)
            return prom_text_why(why, ERR_INVALID, "there are two names: \"%.*s\" is the second",
                                 PROM_TEXT_WHY_QUOTE(name.s, name.len));
        s->name = name;
        *at = p;
        return 0;
    }
    if (p == end || *p != '=')
        return no_value(name, "=", why);
    p = blanks(p + 1, end, rule);
    if (p == end || *p != '"')
        return no_value(name, "a value in quotes", why);
    if ((code = add_label(s, name, filter, why)) ||
        (code = read_quoted(&p, end, "label's value", PROM_TEXT_VALUE, &s->labels[s->n].value, why)))
        return code;
    s->n++;
    *at = p;
    return 0;
}

int prom_text_series_labels(const char **at, const char *end, enum prom_text_series_rule rule,
                            struct prom_text_series *ret, struct prom_text_item *why)
{
    const char *p = blanks(*at + 1, end, rule);
    uint64_t filter = 0;
    bool comma = false; /* just before */
    ret->n = 0;
    while (p == end || *p != '}') {
        int code = read_label(&p, end, rule, ret, &filter, why);
        if (code)
            return code;
        p = blanks(p, end, rule);
        comma = p < end && *p == ',';
        if (comma)
            p = blanks(p + 1, end, rule);
        else if (rule == PROM_TEXT_SERIES_STRICT && p < end && *p != '}')
            return prom_text_why(why, ERR_INVALID, "between labels there is \"%.1s\", and not a comma", p);
    }
    if (comma && rule == PROM_TEXT_SERIES_STRICT)
        return prom_text_why(why, ERR_INVALID, "a comma behind the last label");
    *at = p + 1;
    return 0;
}

int prom_text_series_read(const char **at, const char *end, enum prom_text_series_rule rule,
                          struct prom_text_series *ret, struct prom_text_item *why)
{
    const char *const from = *at, *p = from;
    int code;
    ret->name = (struct prom_text_span){0};
    ret->n = 0;
    if (p == end || *p != '{') {
        if (p < end && *p == '"')
            return prom_text_why(why, ERR_INVALID, "a name in quotes must stand in braces");
        if ((code = prom_text_series_name(&p, end, &ret->name, why)))
            return code;
    }
    const char *const brace = blanks(p, end, rule);
    if (brace < end && *brace == '{') {
        p = brace;
        if ((code = prom_text_series_labels(&p, end, rule, ret, why)))
            return code;
        if (!ret->name.len)
            return prom_text_why(why, ERR_INVALID, "there is no name, only labels");
    } else if (p < end && *p != ' ' && *p != '\t') {
        return prom_text_why(why, ERR_INVALID, "a name cannot contain \"%.1s\"", p);
    }
    ret->span = (struct prom_text_span){from, (size_t)(p - from)};
    *at = p;
    return 0;
}
