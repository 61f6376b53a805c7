/* Asks for records, and lays them out. */
#include "ui/record_page.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/cells.h"

#include <inttypes.h>
#include <string.h>

enum { RECORDS = 10, /* asked for at once */ HEAD = 4 /* lines above the value, at most */ };

static const char ellipsis[] = "\xe2\x80\xa6";

/* ---- asking ---- */

bool record_page_fits(const struct table *t)
{
    return table_column_index(t, "cluster") >= 0 && table_column_index(t, "topic") >= 0 &&
           table_column_index(t, "partition") >= 0;
}

static void show(struct record_page *p, size_t at)
{
    p->at = at;
    p->top = 0;
    p->text_width = 0;
}

/* Of records that stand before what was shown, the last one. */
static size_t last_before(const struct record_page *p)
{
    size_t at = 0;
    while (at + 1 < p->records.items.n && p->records.items.items[at + 1].offset < p->before)
        at++;
    return at;
}

static void on_records(void *arg, struct stream_records *records, const struct error *err)
{
    struct record_page *p = arg;
    p->loading = false;
    if (err) {
        p->err = *err;
    } else if (!records->items.n && p->records.items.n) { /* no more of them: what is shown stays */
        struct str text = {0};
        stream_record_explain(records, &text);
        error_set(&p->err, ERR_NOT_FOUND, "%s", str_text(&text));
        str_done(&text);
    } else {
        stream_record_done(&p->records);
        p->records = *records;
        *records = (struct stream_records){0};
        show(p, p->back ? last_before(p) : 0);
    }
    p->changed(p->arg);
}

static void ask(struct record_page *p, int64_t offset, int count)
{
    if (!p->data.ops) {
        error_set(&p->err, ERR_CLOSED, "there is no collector to ask");
        return;
    }
    const struct stream_record_query q = {
        .cluster = p->cluster, .topic = p->topic, .partition = p->partition, .offset = offset, .count = count};
    p->loading = true;
    p->err = (struct error){0};
    p->data.ops->look(p->data.self, &q, on_records, p);
}

static char *raw_of(const struct row *r, const char *column)
{
    struct value v = row_cell(r, column);
    return v.quality == QUALITY_UNKNOWN ? NULL : mem_memdup(v.s->raw, v.s->len);
}

bool record_page_open(struct record_page *p, const struct context *ctx, const struct table *t, const struct row *r,
                      void (*changed)(void *arg), void *arg)
{
    record_page_close(p);
    if (ctx->detached || !ctx->data.ops || !ctx->data.ops->look)
        return false;
    struct value committed = row_cell(r, "committed"), partition = row_cell(r, "partition");
    *p = (struct record_page){.open = true, .data = ctx->data, .committed = -1, .changed = changed, .arg = arg};
    p->cluster = raw_of(r, "cluster");
    p->topic = raw_of(r, "topic");
    p->partition = (int32_t)partition.i;
    p->title = mem_printf("%s %" PRId32, row_text(r, "topic"), p->partition);
    if (table_column_index(t, "group") >= 0 && committed.quality != QUALITY_UNKNOWN) {
        p->group = mem_strdup(row_text(r, "group"));
        p->committed = committed.i;
    }
    ask(p, p->group ? p->committed : STREAM_RECORD_AT_END, RECORDS);
    p->back = !p->group; /* of the newest, the very last */
    p->before = INT64_MAX;
    return true;
}

void record_page_attach(struct record_page *p, const struct app_data *data)
{
    if (p->data.ops)
        p->data.ops->forget(p->data.self, p);
    if (p->loading)
        error_set(&p->err, ERR_CLOSED, "the collector has gone");
    p->loading = false;
    p->data = data ? *data : (struct app_data){0};
}

void record_page_close(struct record_page *p)
{
    if (p->data.ops)
        p->data.ops->forget(p->data.self, p);
    stream_record_done(&p->records);
    free(p->cluster);
    free(p->topic);
    free(p->group);
    free(p->title);
    str_done(&p->lines);
    *p = (struct record_page){0};
}

/* ---- keys ---- */

static void go_on(struct record_page *p)
{
    const struct stream_records *r = &p->records;
    if (p->loading || !r->items.n)
        return;
    if (p->at + 1 < r->items.n) {
        show(p, p->at + 1);
        return;
    }
    p->back = false;
    ask(p, r->items.items[p->at].offset + 1, RECORDS);
}

static void go_back(struct record_page *p)
{
    const struct stream_records *r = &p->records;
    int64_t offset = r->items.n ? r->items.items[p->at].offset : r->end;
    if (p->loading)
        return;
    if (p->at > 0) {
        show(p, p->at - 1);
    } else if (offset <= r->start) {
        error_set(&p->err, ERR_NOT_FOUND, "the log starts here");
    } else {
        p->back = true;
        p->before = offset;
        ask(p, offset - RECORDS > r->start ? offset - RECORDS : r->start, RECORDS);
    }
}

bool record_page_action(struct record_page *p, enum action action)
{
    int page = p->shown > 2 ? p->shown - 2 : 1, most = p->total > p->shown ? p->total - p->shown : 0;
    const struct {
        enum action action;
        int top;
    } scrolls[] = {
        {ACTION_ROW_DOWN, p->top + 1},   {ACTION_ROW_UP, p->top - 1}, {ACTION_PAGE_DOWN, p->top + page},
        {ACTION_PAGE_UP, p->top - page}, {ACTION_FIRST, 0},           {ACTION_LAST, most},
    };
    for (size_t i = 0; i < sizeof scrolls / sizeof *scrolls; i++)
        if (scrolls[i].action == action) {
            p->top = scrolls[i].top > most ? most : scrolls[i].top < 0 ? 0 : scrolls[i].top;
            return true;
        }
    if (action == ACTION_RECORD_NEXT)
        go_on(p);
    else if (action == ACTION_RECORD_BACK)
        go_back(p);
    else if (action == ACTION_RECORD_FORM)
        p->form = (enum stream_record_form)((p->form + 1) % STREAM_RECORD_FORMS), show(p, p->at);
    else
        return false;
    return true;
}

static const struct stream_record *current(const struct record_page *p)
{
    return p->at < p->records.items.n ? &p->records.items.items[p->at] : NULL;
}

bool record_page_value(const struct record_page *p, struct str *out)
{
    const struct stream_record *r = current(p);
    if (!r || !r->value.s)
        return false;
    str_bytes(out, r->value.s, r->value.len);
    return true;
}

/* ---- drawing ---- */

static void add_count(struct str *s, int64_t n)
{
    text_group_digits(s, n);
}

/* "offset 9,182,004" and how far that is from the end. */
static void place_text(const struct record_page *p, const struct stream_record *r, struct str *s)
{
    int64_t more = p->records.end - r->offset - 1;
    str_add(s, "offset ");
    add_count(s, r->offset);
    if (more > 0) {
        str_add(s, ", ");
        add_count(s, more);
        str_add(s, " to the end");
    } else {
        str_add(s, ", the last one");
    }
}

static void time_text(const struct context *ctx, const struct stream_record *r, struct str *s)
{
    char buf[64];
    double age = (double)(ctx->format.now_ms - r->time_ms) / 1000;
    if (!r->clock) {
        str_add(s, "-");
        return;
    }
    str_add(s, clock_format(r->time_ms, ctx->format.utc, "%Y-%m-%d %H:%M:%S", buf, sizeof buf));
    int64_t millis = (r->time_ms % 1000 + 1000) % 1000;
    str_printf(s, ".%03d%s, ", (int)millis, ctx->format.utc ? " UTC" : "");
    format_duration(s, age < 0 ? -age : age);
    str_printf(s, "%s (%s)", age < 0 ? " ahead of this clock" : " old",
               r->clock == STREAM_RECORD_CREATED ? "CreateTime" : "LogAppendTime");
}

static void size_text(const struct record_page *p, const struct stream_record *r, bool si, struct str *s)
{
    int64_t schema = stream_record_text_schema(&r->value);
    if (!r->value.s) {
        str_add(s, "null: a tombstone");
        return;
    }
    format_bytes(s, (int64_t)r->value.size, si);
    str_printf(s, ", as %s", stream_record_text_form(p->used));
    if (r->value.len < r->value.size) {
        str_add(s, ", of which the first ");
        format_bytes(s, (int64_t)r->value.len, si);
    }
    if (schema >= 0)
        str_printf(s, ", begins like schema %" PRId64 " of a registry", schema);
}

/* One line "label text", its text cut to the box. */
static void draw_field(struct cells *c, struct rect box, int line, const char *label, enum role role, struct str *text)
{
    if (line < box.h) {
        cells_text(c, box.x, box.y + line, box.w, ROLE_DIM, label);
        cells_text(c, box.x + 7, box.y + line, box.w - 7, role, str_text(text));
    }
    str_done(text);
}

/* At the right, if there is room behind the columns that are in use. */
static void draw_position(const struct record_page *p, struct cells *c, struct rect box, int used)
{
    struct str s = {0};
    if (p->loading)
        str_printf(&s, "reading %s", ellipsis);
    else if (p->records.items.n)
        str_printf(&s, "record %zu of %zu read", p->at + 1, p->records.items.n);
    int w = (int)text_width(str_text(&s), s.len);
    if (used + 2 + w <= box.w)
        cells_text(c, box.x + box.w - w, box.y, w, ROLE_DIM, str_text(&s));
    str_done(&s);
}

/* What there is to say beside the record: why there is none, why it is another one, or what it means for the group. */
static enum role note_text(const struct record_page *p, struct str *s)
{
    const struct stream_record *r = current(p);
    if (p->err.code) {
        str_add(s, p->err.text);
        return r ? ROLE_WARN : ROLE_BAD;
    }
    if (p->loading && !r)
        return ROLE_DIM;
    if (p->records.found == STREAM_RECORD_HERE && p->group && r && r->offset == p->committed)
        str_printf(s, "%s stands here: it has read everything before this record", p->group);
    else if (p->records.found != STREAM_RECORD_HERE && (!r || (p->at == 0 && !p->back)))
        stream_record_explain(&p->records, s);
    else if (p->records.late)
        str_add(s, "time was over before all records had come");
    return p->records.found == STREAM_RECORD_HERE ? ROLE_TEXT : ROLE_WARN;
}

static void make_lines(struct record_page *p, const struct stream_record *r, int width)
{
    str_clear(&p->lines);
    for (size_t i = 0; i < r->nheaders; i++) {
        str_add(&p->lines, "header ");
        stream_record_text_short(&p->lines, &r->headers[i].name, width / 3);
        str_add(&p->lines, ": ");
        stream_record_text_short(&p->lines, &r->headers[i].value, width / 2);
        str_char(&p->lines, '\n');
    }
    if (r->nheaders < r->headers_there)
        str_printf(&p->lines, "header %s and %zu more\n", ellipsis, r->headers_there - r->nheaders);
    if (r->headers_there)
        str_char(&p->lines, '\n');
    p->used = stream_record_text(&p->lines, &r->value, p->form, width);
    p->text_width = width;
}

/* The lines, broken at the edge of the box; returns how many that makes. */
static int draw_lines(const struct record_page *p, struct cells *c, struct rect box)
{
    int y = -p->top;
    const char *line = str_text(&p->lines), *end;
    for (; (end = strchr(line, '\n')); line = end + 1) {
        do {
            size_t n = text_fit(line, (size_t)(end - line), (size_t)box.w, NULL);
            n = n ? n : (size_t)(end - line); /* a wide character on a narrow screen: cut */
            char *part = mem_memdup(line, n);
            if (y >= 0 && y < box.h)
                cells_text(c, box.x, box.y + y, box.w, ROLE_TEXT, part);
            free(part);
            line += n;
            y++;
        } while (line < end);
    }
    return y + p->top;
}

static void draw_value(struct record_page *p, struct cells *c, struct rect box)
{
    p->shown = box.h > 0 ? box.h : 0;
    p->total = draw_lines(p, c, box);
    int most = p->total > p->shown ? p->total - p->shown : 0;
    if (p->top > most) {
        p->top = most;
        cells_fill(c, box.x, box.y, box.w, box.h, ROLE_TEXT, ' ');
        draw_lines(p, c, box);
    }
    if (p->top < most)
        cells_glyph(c, box.x + box.w - 1, box.y + box.h - 1, ROLE_KEY, 0x2193, 'v');
    if (p->top > 0)
        cells_glyph(c, box.x + box.w - 1, box.y, ROLE_KEY, 0x2191, '^');
}

void record_page_draw(struct record_page *p, const struct context *ctx, struct cells *c, struct rect box)
{
    const struct stream_record *r = current(p);
    struct str place = {0}, time = {0}, key = {0}, size = {0}, note = {0};
    if (box.h < 1 || box.w < 1)
        return;
    int x = cells_text(c, box.x, box.y, box.w, ROLE_STRONG, p->title) + 2;
    enum role role = note_text(p, &note);
    if (r) {
        if (p->text_width != box.w)
            make_lines(p, r, box.w);
        place_text(p, r, &place);
        x += cells_text(c, box.x + x, box.y, box.w - x, ROLE_TEXT, str_text(&place));
        time_text(ctx, r, &time);
        draw_field(c, box, 1, "time", ROLE_TEXT, &time);
        stream_record_text_short(&key, &r->key, box.w - 8);
        draw_field(c, box, 2, "key", ROLE_STRONG, &key);
        size_text(p, r, ctx->format.si, &size);
        draw_field(c, box, 3, "value", ROLE_TEXT, &size);
    }
    draw_position(p, c, box, x);
    int line = r ? HEAD : 1;
    if (note.len && line < box.h)
        cells_text(c, box.x, box.y + line++, box.w, role, str_text(&note));
    if (r && ++line < box.h) /* after a blank line */
        draw_value(p, c, (struct rect){box.x, box.y + line, box.w, box.h - line});
    str_done(&place);
    str_done(&note);
}
