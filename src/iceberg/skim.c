/* Walks over a large JSON text. */
#include "iceberg/skim.h"

#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool ends_word(char c)
{
    return is_space(c) || c == ',' || c == ']' || c == '}' || c == ':' || c == '"' || c == '[' || c == '{';
}

static bool broken(struct iceberg_skim *s, int code, const char *what)
{
    s->broken = what;
    s->code = code;
    return false;
}

/* Passes over white space; false at the end of the text, which is always too early. */
static bool space(struct iceberg_skim *s)
{
    while (s->at < s->end && is_space(*s->at))
        s->at++;
    return s->at < s->end || broken(s, ERR_INVALID, "the text ends here, in the middle");
}

/* Passes over a string whose first quote is at s->at. */
static bool string(struct iceberg_skim *s)
{
    const char *p = s->at + 1;
    while (p < s->end && *p != '"')
        p += *p == '\\' && p + 1 < s->end ? 2 : 1;
    if (p == s->end) {
        s->at = s->end;
        return broken(s, ERR_INVALID, "the text ends within a string");
    }
    s->at = p + 1;
    return true;
}

/* Passes over an object or array, brackets and all. */
static bool nested(struct iceberg_skim *s)
{
    char closes[ICEBERG_SKIM_DEPTH];
    size_t depth = 0;
    while (s->at < s->end) {
        char c = *s->at;
        if (c == '"') {
            if (!string(s))
                return false;
            continue;
        }
        s->at++;
        if (c == '{' || c == '[') {
            if (depth == ICEBERG_SKIM_DEPTH)
                return broken(s, ERR_LIMIT, "brackets within brackets, deeper than 256");
            closes[depth++] = c == '{' ? '}' : ']';
        } else if (c == '}' || c == ']') {
            if (c != closes[depth - 1])
                return broken(s, ERR_INVALID, "a bracket that closes what is not open");
            if (--depth == 0)
                return true;
        }
    }
    return broken(s, ERR_INVALID, "the text ends within brackets");
}

static bool value(struct iceberg_skim *s, struct iceberg_span *ret)
{
    if (!space(s))
        return false;
    const char *from = s->at;
    bool good = true;
    if (*from == '"')
        good = string(s);
    else if (*from == '{' || *from == '[')
        good = nested(s);
    else
        while (s->at < s->end && !ends_word(*s->at))
            s->at++;
    if (good && s->at == from)
        return broken(s, ERR_INVALID, "a value is missing");
    *ret = (struct iceberg_span){.s = from, .len = (size_t)(s->at - from)};
    return good;
}

void iceberg_skim_begin(struct iceberg_skim *s, struct iceberg_span text, char open)
{
    const char *from = text.s ? text.s : "";
    *s = (struct iceberg_skim){.begin = from, .at = from, .end = from + text.len, .first = true};
    s->close = open == '{' ? '}' : ']';
    if (!space(s))
        return;
    if (*s->at != open)
        broken(s, ERR_INVALID, open == '{' ? "no JSON object" : "no JSON array");
    else
        s->at++;
}

/* Nothing but white space may follow. */
static bool last(struct iceberg_skim *s)
{
    s->over = true;
    s->at++;
    while (s->at < s->end && is_space(*s->at))
        s->at++;
    if (s->at < s->end)
        broken(s, ERR_INVALID, "more text after the end");
    return false;
}

bool iceberg_skim_next(struct iceberg_skim *s, struct iceberg_span *key, struct iceberg_span *ret)
{
    if (s->broken || s->over || !space(s))
        return false;
    if (*s->at == s->close)
        return last(s);
    if (!s->first) {
        if (*s->at != ',')
            return broken(s, ERR_INVALID, "a comma is missing");
        s->at++;
        if (!space(s))
            return false;
    }
    s->first = false;
    if (s->close == '}') {
        const char *from = s->at;
        if (*from != '"')
            return broken(s, ERR_INVALID, "a key is missing");
        if (!string(s))
            return false;
        if (key)
            *key = (struct iceberg_span){.s = from + 1, .len = (size_t)(s->at - from) - 2};
        if (!space(s))
            return false;
        if (*s->at != ':')
            return broken(s, ERR_INVALID, "a colon is missing");
        s->at++;
    }
    return value(s, ret);
}

int iceberg_skim_end(const struct iceberg_skim *s, const char *what, struct error *err)
{
    if (!s->broken)
        return 0;
    return error_set(err, s->code, "%s, byte %zu: %s", what, (size_t)(s->at - s->begin), s->broken);
}

bool iceberg_span_is(struct iceberg_span span, const char *name)
{
    return span.len == strlen(name) && memcmp(span.s, name, span.len) == 0;
}

bool iceberg_span_null(struct iceberg_span span)
{
    return !span.s || iceberg_span_is(span, "null");
}
