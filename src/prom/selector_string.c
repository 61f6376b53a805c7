/* Strings of PromQL. */
#include "prom/selector_string.h"

#include "base/text.h"

#include <stdint.h>
#include <string.h>

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

/* So many digits of a number; false: there are fewer. */
static bool read_digits(const char *p, int n, int base, uint32_t *ret)
{
    *ret = 0;
    for (int i = 0; i < n; i++) {
        if (digit_of(p[i]) >= base)
            return false;
        *ret = *ret * (uint32_t)base + (uint32_t)digit_of(p[i]);
    }
    return true;
}

/* \nnn, \xHH: a byte; \uHHHH, \UHHHHHHHH: a character. p is behind the backslash. Returns how many bytes it takes; 0: it is
 * none. */
static size_t read_number(const char *p, struct str *out)
{
    uint32_t code;
    char utf8[4];
    if (*p >= '0' && *p <= '7') {
        if (!read_digits(p, 3, 8, &code) || code > 255)
            return 0;
        str_char(out, (char)code);
        return 3;
    }
    int n = *p == 'x' ? 2 : *p == 'u' ? 4 : *p == 'U' ? 8 : 0;
    if (!n || !read_digits(p + 1, n, 16, &code))
        return 0;
    if (n == 2) {
        str_char(out, (char)code);
        return 3;
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return 0;
    str_bytes(out, utf8, text_encode(code, utf8));
    return (size_t)n + 1;
}

/* p is behind the backslash, within a string of this quote. Returns how many bytes it takes; 0: there is no such escape. */
static size_t read_escape(const char *p, char quote, struct str *out)
{
    static const char names[] = "abfnrtv\\", values[] = "\a\b\f\n\r\t\v\\";
    const char *name = *p ? strchr(names, *p) : NULL;
    if (name) {
        str_char(out, values[name - names]);
        return 1;
    }
    if (*p == quote) {
        str_char(out, quote);
        return 1;
    }
    return read_number(p, out);
}

int prom_selector_string_read(const char **at, struct str *out, struct error *err)
{
    const char *const from = *at, *p = from + 1;
    const char quote = *from;
    for (;;) {
        if (!*p || (*p == '\n' && quote != '`'))
            return error_set(err, ERR_INVALID, "the string is not closed");
        if (*p == quote)
            break;
        if (*p != '\\' || quote == '`') {
            str_char(out, *p++);
            continue;
        }
        size_t len = read_escape(p + 1, quote, out);
        if (!len) {
            *at = p;
            return error_set(err, ERR_INVALID,
                             "no such escape in %c%c; there are \\\\ \\%c \\n \\t \\r \\a \\b \\f \\v \\nnn \\xHH "
                             "\\uHHHH \\UHHHHHHHH; strings in `` have none",
                             quote, quote, quote);
        }
        p += 1 + len;
    }
    *at = p + 1;
    return 0;
}
