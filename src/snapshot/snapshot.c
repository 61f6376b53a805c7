/* The list of formats, the sinks, and what the formats share. */
#include "base/text.h"
#include "snapshot/snapshot_internal.h"

#include <errno.h>
#include <string.h>

enum { PIECE = 64 * 1024 };

const struct snapshot_format *const snapshot_formats[] = {
    &snapshot_text,     &snapshot_json, &snapshot_ndjson,      &snapshot_csv, &snapshot_tsv,
    &snapshot_markdown, &snapshot_html, &snapshot_openmetrics, NULL,
};

int snapshot_format_find(const char *name, const struct snapshot_format **ret, struct error *err)
{
    struct str list = {0};
    for (const struct snapshot_format *const *f = snapshot_formats; *f; f++) {
        if (strcmp((*f)->name, name) == 0) {
            *ret = *f;
            str_done(&list);
            return 0;
        }
        str_printf(&list, "%s%s", list.len ? ", " : "", (*f)->name);
    }
    int rc = error_set(err, ERR_NOT_FOUND, "there is no format \"%s\"; there are: %s", name, str_text(&list));
    str_done(&list);
    return rc;
}

static int write_str(void *arg, const char *bytes, size_t len, struct error *err)
{
    struct str *s = arg;
    str_bytes(s, bytes, len);
    return s->overflow ? error_set(err, ERR_LIMIT, "snapshot larger than %zu bytes", s->max) : 0;
}

struct snapshot_sink snapshot_sink_str(struct str *s)
{
    return (struct snapshot_sink){.write = write_str, .arg = s};
}

static void hand_on(struct snapshot_writer *w)
{
    if (w->rc == 0 && w->out.len)
        w->rc = w->sink->write(w->sink->arg, w->out.s, w->out.len, w->err);
    str_clear(&w->out);
}

bool snapshot_flush(struct snapshot_writer *w)
{
    if (w->out.len >= PIECE)
        hand_on(w);
    return w->rc == 0;
}

int snapshot_write(const struct snapshot_format *f, const struct snapshot_options *o,
                   const struct snapshot_table *tables, size_t n, const struct snapshot_sink *sink, struct error *err)
{
    struct snapshot_writer w = {.options = o, .ntables = n, .sink = sink, .err = err};
    f->begin(&w);
    for (; w.nth < n && w.rc == 0; w.nth++)
        f->table(&w, &tables[w.nth]);
    f->end(&w);
    hand_on(&w);
    str_done(&w.out);
    str_done(&w.cell);
    map_done(&w.families);
    return w.rc;
}

bool snapshot_next_shown(const struct snapshot_table *t, size_t *at, size_t *column)
{
    while (*at < t->ncolumns) {
        *column = t->columns[(*at)++];
        if (t->named || !(table_column(t->table, *column)->flags & COLUMN_HIDDEN))
            return true;
    }
    return false;
}

const char *snapshot_time(const struct snapshot_writer *w, char *buf, size_t size)
{
    return clock_iso(w->options->now_ms, false, buf, size);
}

void snapshot_people_cell(struct snapshot_writer *w, const struct column *c, struct value v)
{
    const struct snapshot_options *o = w->options;
    struct format_options f = {
        .exact = o->exact, .si = o->si, .utc = o->utc, .ascii = o->ascii, .absolute = true, .now_ms = o->now_ms};
    if (c->type == COLUMN_TIME)
        f.exact = false; /* nobody reads the milliseconds */
    str_clear(&w->cell);
    format_cell(&w->cell, c, v, &f);
    if (v.quality == QUALITY_STALE)
        str_char(&w->cell, '*');
}

static void escape_byte(struct str *out, unsigned char c)
{
    static const char from[] = "\\\t\n\r", to[] = "\\tnr";
    const char *known = c ? strchr(from, c) : NULL;
    if (known)
        str_printf(out, "\\%c", to[known - from]);
    else
        str_printf(out, "\\x%02X", c);
}

void snapshot_escape(struct str *out, const struct name *n)
{
    if (n->safe == n->raw && !memchr(n->raw, '\\', n->len)) {
        str_bytes(out, n->raw, n->len);
        return;
    }
    struct str safe = {0};
    for (size_t at = 0, len; at < n->len; at += len) {
        uint32_t code;
        len = text_decode(n->raw + at, n->len - at, &code);
        str_clear(&safe);
        text_safe(&safe, n->raw + at, len);
        bool harmless = safe.len == len && memcmp(safe.s, n->raw + at, len) == 0 && n->raw[at] != '\\';
        for (size_t i = 0; i < len; i++) {
            if (harmless)
                str_char(out, n->raw[at + i]);
            else
                escape_byte(out, (unsigned char)n->raw[at + i]);
        }
    }
    str_done(&safe);
}

const char *snapshot_label(struct str *scratch, const struct name *n, size_t *len)
{
    *len = n->len;
    if (n->safe == n->raw)
        return n->raw;
    str_clear(scratch);
    snapshot_escape(scratch, n);
    *len = scratch->len;
    return str_text(scratch);
}
