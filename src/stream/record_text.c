/* Decides what bytes are, and writes them as text, JSON or hex. */
#include "stream/record_text.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

enum {
    MAX_INDENT = 24, /* levels; deeper ones stand below these, so that nesting alone makes no long text */
    TAB = 4,
    HEX_MARGIN = 11, /* "00000000  " and one between the halves of a line */
    HEX_A_BYTE = 4,  /* two digits, a blank, and its character */
};

static const char *const forms[] = {
    [STREAM_RECORD_AS_BEST] = "best",
    [STREAM_RECORD_AS_TEXT] = "text",
    [STREAM_RECORD_AS_JSON] = "json",
    [STREAM_RECORD_AS_HEX] = "hex",
};

const char *stream_record_text_form(enum stream_record_form form)
{
    return forms[form];
}

/* ---- what it is ---- */

/* Bytes without a character that was cut at the end. */
static size_t whole_length(const struct stream_record_bytes *b)
{
    size_t len = b->len;
    if (b->len == b->size)
        return len;
    for (size_t back = 1; back <= 3 && back <= len; back++) {
        unsigned char c = (unsigned char)b->s[len - back];
        if (c >= 0xC0) { /* a first byte: is all of it there? */
            size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
            return need > back ? len - back : len;
        }
        if (c < 0x80)
            break;
    }
    return len;
}

static bool is_text(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
            return false;
    }
    return text_is_utf8(s, len);
}

/* An object or a list; of what was cut, whatever begins like one. */
static bool is_json(const char *s, size_t len, bool cut)
{
    size_t first = 0;
    while (first < len && strchr(" \t\r\n", s[first]) && s[first])
        first++;
    if (first == len || (s[first] != '{' && s[first] != '['))
        return false;
    if (cut)
        return is_text(s, len);
    json_t *j = json_loadb(s, len, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL); /* any digits */
    json_decref(j);
    return j != NULL;
}

/* ---- as text ---- */

/* One line, made safe. */
static void add_line(struct str *out, const char *s, size_t len)
{
    struct str line = {0};
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '\t')
            str_repeat(&line, ' ', TAB - line.len % TAB);
        else
            str_char(&line, s[i]);
    }
    text_safe(out, str_text(&line), line.len);
    str_char(out, '\n');
    str_done(&line);
}

static void add_lines(struct str *out, const char *s, size_t len)
{
    while (len) {
        const char *end = memchr(s, '\n', len);
        size_t n = end ? (size_t)(end - s) : len, next = end ? n + 1 : n;
        if (n && s[n - 1] == '\r')
            n--;
        add_line(out, s, n);
        s += next;
        len -= next;
    }
}

/* ---- as JSON ---- */

static void new_line(struct str *out, size_t depth)
{
    str_char(out, '\n');
    str_repeat(out, ' ', 2 * (depth < MAX_INDENT ? depth : MAX_INDENT));
}

/* Bytes of the string that begins at s, its quotes included. */
static size_t string_length(const char *s, size_t len)
{
    size_t i = 1;
    while (i < len && s[i] != '"')
        i += s[i] == '\\' ? 2 : 1;
    return i + 1 < len ? i + 1 : len;
}

static size_t skip_blanks(const char *s, size_t len)
{
    size_t i = 0;
    while (i < len && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r'))
        i++;
    return i;
}

/* Sets blanks and line ends anew, and leaves all else as it is. */
static void indent(struct str *out, const char *s, size_t len)
{
    size_t depth = 0;
    for (size_t i = skip_blanks(s, len); i < len; i += skip_blanks(s + i, len - i)) {
        char c = s[i];
        size_t n = c == '"' ? string_length(s + i, len - i) : 1;
        size_t after = i + n + skip_blanks(s + i + n, len - i - n);
        bool closes = after < len && (s[after] == '}' || s[after] == ']');
        str_bytes(out, s + i, n);
        i += n;
        if (c == '{' || c == '[') {
            depth++;
            if (!closes)
                new_line(out, depth);
        } else if (c == ',') {
            new_line(out, depth);
        } else if (c == ':') {
            str_char(out, ' ');
        }
        if (closes) {
            depth -= depth > 0;
            if (c != '{' && c != '[')
                new_line(out, depth);
        }
    }
}

static void add_json(struct str *out, const char *s, size_t len)
{
    struct str text = {0};
    indent(&text, s, len);
    add_lines(out, str_text(&text), text.len);
    str_done(&text);
}

/* ---- as hex ---- */

static void add_hex_line(struct str *out, const unsigned char *s, size_t at, size_t n, size_t a_line)
{
    str_printf(out, "%08zx  ", at);
    for (size_t i = 0; i < a_line; i++) {
        if (i && i % 8 == 0)
            str_char(out, ' ');
        if (i < n)
            str_printf(out, "%02x ", s[at + i]);
        else
            str_add(out, "   ");
    }
    str_char(out, ' ');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = s[at + i];
        str_char(out, c >= ' ' && c < 0x7F ? (char)c : '.');
    }
    str_char(out, '\n');
}

static void add_hex(struct str *out, const char *s, size_t len, int columns)
{
    size_t a_line = 8;
    while (a_line < 32 && HEX_MARGIN + HEX_A_BYTE * (int)a_line * 2 + (int)a_line / 4 <= columns)
        a_line *= 2;
    for (size_t at = 0; at < len; at += a_line)
        add_hex_line(out, (const unsigned char *)s, at, len - at < a_line ? len - at : a_line, a_line);
}

/* ---- from outside ---- */

enum stream_record_form stream_record_text(struct str *out, const struct stream_record_bytes *b,
                                           enum stream_record_form form, int columns)
{
    if (!b->s)
        return form;
    size_t len = whole_length(b);
    bool best = form == STREAM_RECORD_AS_BEST, cut = b->len < b->size;
    if (best || form == STREAM_RECORD_AS_JSON)
        form = is_json(b->s, len, cut)       ? STREAM_RECORD_AS_JSON
               : best && !is_text(b->s, len) ? STREAM_RECORD_AS_HEX
                                             : STREAM_RECORD_AS_TEXT;
    if (form == STREAM_RECORD_AS_JSON)
        add_json(out, b->s, len);
    else if (form == STREAM_RECORD_AS_TEXT)
        add_lines(out, b->s, len);
    else
        add_hex(out, b->s, b->len, columns);
    return form;
}

/* As many bytes as go in, two digits each. */
static void short_hex(struct str *out, const struct stream_record_bytes *b, int columns)
{
    str_add(out, "0x");
    size_t room = columns > 6 ? (size_t)(columns - 3) / 2 : 2;
    for (size_t i = 0; i < b->len && i < room; i++)
        str_printf(out, "%02x", (unsigned char)b->s[i]);
    if (b->size > room)
        str_add(out, "\xe2\x80\xa6");
}

void stream_record_text_short(struct str *out, const struct stream_record_bytes *b, int columns)
{
    if (!b->s || !b->size) {
        str_add(out, b->s ? "empty" : "null");
        return;
    }
    size_t len = whole_length(b);
    if (!is_text(b->s, len)) {
        short_hex(out, b, columns);
        return;
    }
    struct str line = {0};
    bool quotes = len && (b->s[0] == ' ' || b->s[len - 1] == ' ');
    if (quotes)
        str_char(&line, '"');
    for (size_t i = 0; i < len; i++)
        str_char(&line, strchr("\t\r\n", b->s[i]) ? ' ' : b->s[i]);
    if (quotes)
        str_char(&line, '"');
    struct str safe = {0};
    text_safe(&safe, str_text(&line), line.len);
    size_t fit = text_fit(str_text(&safe), safe.len, columns > 1 ? (size_t)columns : 1, NULL);
    bool whole = fit == safe.len && len == b->size;
    if (!whole)
        fit = text_fit(str_text(&safe), safe.len, columns > 2 ? (size_t)columns - 1 : 1, NULL);
    str_bytes(out, str_text(&safe), fit);
    if (!whole)
        str_add(out, "\xe2\x80\xa6");
    str_done(&line);
    str_done(&safe);
}

int64_t stream_record_text_schema(const struct stream_record_bytes *b)
{
    const unsigned char *s = (const unsigned char *)b->s;
    if (!s || b->len < 6 || s[0] != 0)
        return -1;
    return (int64_t)((uint32_t)s[1] << 24 | (uint32_t)s[2] << 16 | (uint32_t)s[3] << 8 | s[4]);
}
