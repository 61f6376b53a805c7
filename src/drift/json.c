/* JSON with what Python adds to it. */
#include "drift/json.h"
#include "base/number.h"
#include "base/str.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

enum { DIGITS_OF_DOUBLE = 308 };

/* Behind the string that begins at s (its quote); end where it does not end. */
static const char *string_end(const char *s, const char *end)
{
    for (s++; s < end; s++)
        if (*s == '\\')
            s++;
        else if (*s == '"')
            return s + 1;
    return end;
}

static bool is_number_byte(char c)
{
    return (c >= '0' && c <= '9') || c == '.' || c == '+' || c == '-' || c == 'e' || c == 'E';
}

/* The word at s, and what it becomes; NULL for words that stay. *behind is where it ends. */
static const char *word(const char *s, const char *end, const char **behind)
{
    static const char *const words[] = {"NaN", "Infinity", "-Infinity"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]);
        if ((size_t)(end - s) >= len && memcmp(s, words[i], len) == 0) {
            *behind = s + len;
            return words[i];
        }
    }
    bool exponent = false;
    const char *p = s;
    for (; p < end && is_number_byte(*p); p++)
        exponent = exponent || *p == 'e' || *p == 'E';
    *behind = p > s ? p : s + 1;
    if (!exponent && p - s <= DIGITS_OF_DOUBLE)
        return NULL;
    double v;
    if (number_read(s, (size_t)(p - s), &v) != ERR_LIMIT)
        return NULL;
    return *s == '-' ? "-Infinity" : "Infinity";
}

/* Writes into out what the text becomes, and leaves out empty where it may stay as it is. */
static int tame(const char *what, const char *text, size_t len, struct str *out, struct error *err)
{
    const char *s = text, *end = text + len, *copied = text;
    size_t values = 0;
    while (s < end) {
        if (*s == '"') {
            s = string_end(s, end);
        } else if (*s == 'N' || *s == 'I' || (*s >= '0' && *s <= '9') || *s == '-') {
            const char *behind, *instead = word(s, end, &behind);
            if (instead) {
                str_bytes(out, copied, (size_t)(s - copied));
                str_printf(out, "\"%s\"", instead);
                copied = behind;
            }
            s = behind;
        } else {
            if ((*s == ',' || *s == '[' || *s == '{') && ++values > DRIFT_JSON_VALUES)
                return error_set(err, ERR_LIMIT, "%s: more than %d values", what, DRIFT_JSON_VALUES);
            s++;
        }
    }
    if (copied > text)
        str_bytes(out, copied, (size_t)(end - copied));
    return 0;
}

int drift_json_load(const char *what, const void *bytes, size_t len, size_t max_bytes, json_t **ret, struct error *err)
{
    if (len > max_bytes)
        return error_set(err, ERR_LIMIT, "%s: %zu bytes, more than %zu", what, len, max_bytes);
    struct str tamed = {0};
    int rc = tame(what, bytes, len, &tamed, err);
    if (rc == 0) {
        json_error_t e;
        *ret = json_loadb(tamed.len ? tamed.s : bytes, tamed.len ? tamed.len : len,
                          JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &e);
        if (!*ret) {
            struct str safe = {0};
            text_safe(&safe, e.text, strlen(e.text));
            rc = error_set(err, ERR_INVALID, "%s: line %d, column %d: %s", what, e.line, e.column, str_text(&safe));
            str_done(&safe);
        }
    }
    str_done(&tamed);
    return rc;
}

bool drift_json_number(const json_t *value, double *ret)
{
    if (json_is_number(value)) {
        *ret = json_number_value(value);
        return true;
    }
    const char *text = json_string_value(value);
    if (!text)
        return false;
    if (strcmp(text, "NaN") == 0)
        *ret = NAN;
    else if (strcmp(text, "Infinity") == 0)
        *ret = INFINITY;
    else if (strcmp(text, "-Infinity") == 0)
        *ret = -INFINITY;
    else
        return false;
    return true;
}

const char *drift_json_text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

struct drift_verdict_number drift_json_known(const json_t *object, const char *key)
{
    double v;
    if (!drift_json_number(json_object_get(object, key), &v))
        return (struct drift_verdict_number){0};
    return drift_verdict_known(v);
}
