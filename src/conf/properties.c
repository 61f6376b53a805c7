/* A parser of the Java .properties format. */
#include "conf/properties.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ENTRIES = 10000 };

struct reader {
    const char *name;
    const char *p, *end;
    unsigned line;
    struct error *err;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

static bool at_line_end(const struct reader *r)
{
    return r->p == r->end || *r->p == '\n' || *r->p == '\r';
}

/* Steps over one \n, \r or \r\n. */
static void skip_newline(struct reader *r)
{
    if (r->p == r->end)
        return;
    r->p += *r->p == '\r' && r->p + 1 < r->end && r->p[1] == '\n' ? 2 : 1;
    r->line++;
}

static void skip_blanks(struct reader *r)
{
    while (r->p < r->end && is_blank(*r->p))
        r->p++;
}

/* A backslash before a newline joins the next line without its indentation. True if one was
 * there; one at the very end of the file joins nothing. */
static bool skip_continuation(struct reader *r)
{
    if (r->p == r->end || *r->p != '\\')
        return false;
    if (r->p + 1 < r->end && r->p[1] != '\n' && r->p[1] != '\r')
        return false;
    r->p++;
    skip_newline(r);
    skip_blanks(r);
    return true;
}

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)((at - digits) % 16) : -1;
}

/* Four hexadecimal digits after "\u"; false if they are not there. */
static bool read_hex(struct reader *r, uint32_t *unit)
{
    uint32_t v = 0;
    if (r->end - r->p < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        int h = hex_value(r->p[i]);
        if (h < 0)
            return false;
        v = v * 16 + (uint32_t)h;
    }
    r->p += 4;
    *unit = v;
    return true;
}

static void add_code(struct str *out, uint32_t code)
{
    char buf[4];
    str_bytes(out, buf, text_encode(code, buf));
}

/* After "\u": one UTF-16 unit, or two escapes that make one character; half a pair becomes U+FFFD.
 */
static int read_unicode(struct reader *r, struct str *out)
{
    uint32_t unit, low;
    if (!read_hex(r, &unit))
        return error_set(r->err, ERR_INVALID,
                         "%s:%u: \\u must be followed by four hexadecimal "
                         "digits",
                         r->name, r->line);
    const char *after = r->p;
    if (unit >= 0xD800 && unit < 0xDC00 && r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u') {
        r->p += 2;
        if (read_hex(r, &low) && low >= 0xDC00 && low < 0xE000)
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        else
            r->p = after;
    }
    if (unit == 0)
        return error_set(r->err, ERR_INVALID, "%s:%u: a NUL is not allowed", r->name, r->line);
    add_code(out, unit);
    return 0;
}

/* One character, with its escape undone. */
static int read_char(struct reader *r, struct str *out)
{
    char c = *r->p++;
    if (c == '\0')
        return error_set(r->err, ERR_INVALID, "%s:%u: a NUL is not allowed", r->name, r->line);
    if (c != '\\') {
        add_code(out, (unsigned char)c); /* ISO 8859-1 is the first 256 code points */
        return 0;
    }
    c = *r->p++;
    switch (c) {
    case 'u':
        return read_unicode(r, out);
    case 't':
        str_char(out, '\t');
        return 0;
    case 'n':
        str_char(out, '\n');
        return 0;
    case 'r':
        str_char(out, '\r');
        return 0;
    case 'f':
        str_char(out, '\f');
        return 0;
    case '\0':
        return error_set(r->err, ERR_INVALID, "%s:%u: a NUL is not allowed", r->name, r->line);
    default:
        add_code(out, (unsigned char)c); /* the backslash is dropped */
        return 0;
    }
}

/* Up to the separator for a key, to the end of the line for a value. */
static int read_part(struct reader *r, bool key, struct str *out)
{
    for (;;) {
        if (skip_continuation(r))
            continue;
        if (at_line_end(r) || (key && (is_blank(*r->p) || *r->p == '=' || *r->p == ':')))
            return 0;
        int rc = read_char(r, out);
        if (rc != 0)
            return rc;
    }
}

/* Blanks with at most one = or : among them, over continued lines. */
static void skip_separator(struct reader *r)
{
    bool seen = false;
    for (;;) {
        skip_blanks(r);
        if (skip_continuation(r))
            continue;
        if (seen || r->p == r->end || (*r->p != '=' && *r->p != ':'))
            return;
        seen = true;
        r->p++;
    }
}

static void wipe(struct str *s)
{
    if (s->s)
        explicit_bzero(s->s, s->len);
    str_done(s);
}

static int read_entry(struct reader *r, struct conf_properties *p)
{
    struct str key = {0}, value = {0};
    struct conf_properties_entry e = {.line = r->line};
    int rc = read_part(r, true, &key);
    if (rc == 0) {
        skip_separator(r);
        rc = read_part(r, false, &value);
    }
    if (rc == 0 && p->n >= MAX_ENTRIES)
        rc = error_set(r->err, ERR_LIMIT, "%s:%u: more than %d properties, the limit", r->name, e.line, MAX_ENTRIES);
    if (rc == 0) {
        e.key = mem_strdup(str_text(&key));
        e.value = mem_strdup(str_text(&value));
        vec_push(p, e);
    }
    str_done(&key);
    wipe(&value);
    return rc;
}

int conf_properties_parse(const char *name, const char *bytes, size_t len, struct conf_properties *ret,
                          struct error *err)
{
    struct reader r = {.name = name, .p = bytes, .end = bytes + len, .line = 1, .err = err};
    struct conf_properties p = {0};
    int rc = 0;
    while (rc == 0 && r.p < r.end) {
        skip_blanks(&r);
        if (r.p < r.end && (*r.p == '#' || *r.p == '!'))
            while (!at_line_end(&r))
                r.p++;
        if (at_line_end(&r))
            skip_newline(&r);
        else
            rc = read_entry(&r, &p);
    }
    if (rc == 0)
        *ret = p;
    else
        conf_properties_done(&p);
    return rc;
}

void conf_properties_done(struct conf_properties *p)
{
    for (size_t i = 0; i < p->n; i++) {
        free(p->items[i].key);
        mem_free_secret(p->items[i].value);
    }
    vec_done(p);
}
