/* Unicode for terminals. */
#include "base/text.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

enum { MAX_MARKS = 2, REPLACEMENT = 0xFFFD };

bool text_is_utf8(const void *bytes, size_t len)
{
    const utf8proc_uint8_t *p = bytes;
    while (len) {
        if (*p < 0x80) { /* the common case, without a call */
            p++;
            len--;
            continue;
        }
        utf8proc_int32_t code;
        utf8proc_ssize_t n = utf8proc_iterate(p, (utf8proc_ssize_t)len, &code);
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

/* Is this code point harmless and visible (or a combining mark)? */
static bool printable(utf8proc_int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF: /* bidi controls, zero-width joiners, soft hyphen, tags */
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO: /* private use: nobody knows its width */
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    default:
        return true;
    }
}

static bool is_ascii_safe(const unsigned char *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (p[i] < 0x20 || p[i] > 0x7e)
            return false;
    return true;
}

void text_safe(struct str *out, const void *raw, size_t len)
{
    const utf8proc_uint8_t *p = raw;
    if (is_ascii_safe(p, len)) {
        str_bytes(out, p, len);
        return;
    }
    int marks = MAX_MARKS; /* a mark with no base before it would join what is drawn to its left */
    while (len) {
        utf8proc_int32_t code;
        utf8proc_ssize_t n = utf8proc_iterate(p, (utf8proc_ssize_t)len, &code);
        if (n <= 0) {
            str_printf(out, "\\x%02X", *p);
            n = 1;
            marks = 0;
        } else if (!printable(code)) {
            str_add(out, "\xEF\xBF\xBD");
            marks = 0;
        } else if (text_code_width((uint32_t)code) == 0) {
            if (marks++ < MAX_MARKS)
                str_bytes(out, p, (size_t)n);
        } else {
            str_bytes(out, p, (size_t)n);
            marks = 0;
        }
        p += n;
        len -= (size_t)n;
    }
}

void text_safe_line(struct str *out, const char *raw, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t n = 0;
        while (at + n < len && !(raw[at + n] >= '\t' && raw[at + n] <= '\r'))
            n++;
        text_safe(out, raw + at, n);
        at += n;
        if (at < len)
            str_char(out, ' ');
        while (at < len && raw[at] >= '\t' && raw[at] <= '\r')
            at++;
    }
}

size_t text_decode(const char *s, size_t len, uint32_t *code)
{
    utf8proc_int32_t c;
    if ((unsigned char)*s < 0x80) {
        *code = (unsigned char)*s;
        return 1;
    }
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len, &c);
    *code = n > 0 ? (uint32_t)c : REPLACEMENT;
    return n > 0 ? (size_t)n : 1;
}

size_t text_encode(uint32_t code, char *buf)
{
    if (!utf8proc_codepoint_valid((utf8proc_int32_t)code))
        code = REPLACEMENT;
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)code, (utf8proc_uint8_t *)buf);
}

int text_code_width(uint32_t code)
{
    if (code >= 0x20 && code < 0x7f)
        return 1;
    int w = utf8proc_charwidth((utf8proc_int32_t)code);
    return w < 0 ? 1 : w > 2 ? 2 : w;
}

size_t text_fit(const char *s, size_t len, size_t columns, size_t *used)
{
    size_t at = 0, width = 0;
    while (at < len) {
        uint32_t code;
        size_t n = text_decode(s + at, len - at, &code);
        size_t w = (size_t)text_code_width(code);
        if (width + w > columns)
            break;
        width += w;
        at += n;
    }
    if (used)
        *used = width;
    return at;
}

size_t text_width(const char *s, size_t len)
{
    size_t width;
    text_fit(s, len, SIZE_MAX, &width);
    return width;
}

bool text_glob(const char *pattern, const char *text)
{
    return fnmatch(pattern, text, 0) == 0;
}

bool text_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool text_ends(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

void text_group_digits(struct str *out, int64_t value)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value < 0 ? -(uint64_t)value : (uint64_t)value);
    if (value < 0)
        str_char(out, '-');
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            str_char(out, ',');
        str_char(out, digits[i]);
    }
}

void text_wrap(struct str *out, const char *text, int indent, int width)
{
    int room = width - indent < 20 ? 20 : width - indent;
    while (*text) {
        size_t len = strlen(text);
        if (len > (size_t)room) {
            len = (size_t)room;
            while (len && text[len] != ' ')
                len--;
            if (!len)
                len = strcspn(text, " ");
        }
        str_repeat(out, ' ', (size_t)indent);
        str_bytes(out, text, len);
        str_char(out, '\n');
        text += len;
        text += strspn(text, " ");
    }
}

void text_scdoc(struct str *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("*_\\#<>[]~", *text))
            str_char(out, '\\');
        str_char(out, *text);
    }
}

void text_json(struct str *out, const char *s, size_t len)
{
    size_t plain = 0; /* start of the run that needs no escape */
    str_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        const unsigned char b = (unsigned char)s[i];
        if (b != '"' && b != '\\' && b >= 0x20)
            continue;
        str_bytes(out, s + plain, i - plain);
        str_printf(out, b < 0x20 ? "\\u%04x" : "\\%c", b);
        plain = i + 1;
    }
    str_bytes(out, s + plain, len - plain);
    str_char(out, '"');
}
