/* Fills {column} in declared texts with the cells of a row. */
#include "ui/template.h"

#include "base/error.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

/* Appends bytes as a string literal of an expression (expr/expr.h), whatever they are. */
static void quote(struct str *out, const void *bytes, size_t len)
{
    const unsigned char *b = bytes;
    bool utf8 = text_is_utf8(bytes, len);
    str_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        if (b[i] == '"' || b[i] == '\\')
            str_printf(out, "\\%c", b[i]);
        else if (b[i] < 0x20 || b[i] == 0x7f || (b[i] >= 0x80 && !utf8))
            str_printf(out, "\\x%02x", b[i]);
        else
            str_char(out, (char)b[i]);
    }
    str_char(out, '"');
}

/* The column named by the text up to len; ERR_NOT_FOUND if there is none. */
static int find_column(const struct table *t, const char *name, size_t len)
{
    char buf[64];
    if (len >= sizeof buf)
        return ERR_NOT_FOUND;
    memcpy(buf, name, len);
    buf[len] = '\0';
    return table_column_index(t, buf);
}

static int add_literal(struct str *out, const struct table *t, const struct row *r, int column)
{
    if (column < 0)
        return column;
    struct value v = row_get(r, (size_t)column);
    if (v.quality == QUALITY_UNKNOWN)
        return ERR_INVALID;
    switch (table_column(t, (size_t)column)->type) {
    case COLUMN_TEXT:
        quote(out, v.s->raw, v.s->len);
        return 0;
    case COLUMN_INT:
        str_printf(out, "%" PRId64, v.i);
        return 0;
    case COLUMN_REAL:
        format_raw(out, table_column(t, (size_t)column), v);
        return 0;
    default:
        return ERR_INVALID;
    }
}

/* The text between quotes with each [column] replaced by the row's bytes, as one literal. */
static int add_text(struct str *out, const struct table *t, const struct row *r, const char *text, const char *end)
{
    struct str s = {0};
    int rc = 0;
    while (rc == 0 && text < end) {
        const char *close = *text == '[' ? memchr(text, ']', (size_t)(end - text)) : NULL;
        if (!close) {
            str_char(&s, *text++);
            continue;
        }
        int column = find_column(t, text + 1, (size_t)(close - text - 1));
        if (column < 0)
            rc = column;
        else if (table_column(t, (size_t)column)->type != COLUMN_TEXT ||
                 row_get(r, (size_t)column).quality == QUALITY_UNKNOWN)
            rc = ERR_INVALID;
        else
            str_bytes(&s, row_get(r, (size_t)column).s->raw, row_get(r, (size_t)column).s->len);
        text = close + 1;
    }
    if (rc == 0)
        quote(out, str_text(&s), s.len);
    str_done(&s);
    return rc;
}

int template_where(struct str *out, const char *text, const struct table *t, const struct row *r)
{
    size_t before = out->len;
    while (*text) {
        const char *end = *text == '{' ? strchr(text, '}') : NULL;
        if (!end) {
            str_char(out, *text++);
            continue;
        }
        int rc = text[1] == '"' ? add_text(out, t, r, text + 2, end - 1)
                                : add_literal(out, t, r, find_column(t, text + 1, (size_t)(end - text - 1)));
        if (rc < 0) {
            str_cut(out, before);
            return rc;
        }
        text = end + 1;
    }
    return 0;
}

/* "{column}" or "{column:noun}", of which inner is what stands between the braces; false if the
 * cell is unknown. */
static bool say_cell(struct str *out, const char *inner, size_t len, const struct table *t, const struct row *r,
                     const struct format_options *o)
{
    const char *colon = memchr(inner, ':', len);
    size_t name = colon ? (size_t)(colon - inner) : len;
    int column = find_column(t, inner, name);
    if (column < 0)
        return false;
    struct value v = row_get(r, (size_t)column);
    if (v.quality == QUALITY_UNKNOWN)
        return false;
    struct column own;
    const struct column *c = format_column(t, r, (size_t)column, &own);
    format_cell(out, c, v, o);
    if (colon) {
        str_char(out, ' ');
        str_bytes(out, colon + 1, len - name - 1);
        if (c->type != COLUMN_INT || v.i != 1)
            str_char(out, 's');
    }
    return true;
}

static bool say_part(struct str *out, const char *text, size_t len, const struct table *t, const struct row *r,
                     const struct format_options *o)
{
    const char *end = text + len;
    while (text < end) {
        const char *close = *text == '{' ? memchr(text, '}', (size_t)(end - text)) : NULL;
        if (!close) {
            str_char(out, *text++);
            continue;
        }
        if (!say_cell(out, text + 1, (size_t)(close - text - 1), t, r, o))
            return false;
        text = close + 1;
    }
    return true;
}

void template_say(struct str *out, const char *text, const struct table *t, const struct row *r,
                  const struct format_options *o)
{
    bool any = false;
    while (*text) {
        size_t len = strcspn(text, "|");
        size_t before = out->len;
        if (any)
            str_add(out, ", ");
        size_t begin = out->len;
        if (say_part(out, text, len, t, r, o) && out->len > begin)
            any = true;
        else
            str_cut(out, before);
        text += len;
        text += *text == '|';
    }
}
