/* Rows and pictures into files, rows and commands into the clipboard. */
#include "ui/app_write.h"

#include "ui/app_command.h"
#include "ui/app_internal.h"
#include "ui/dump.h"
#include "ui/equivalent.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_DRAWN = 2000, WIDTH = 80, HEIGHT = 24 };

/* ---- formats ---- */

static void dump_text(struct str *out, const struct cells *c, const struct theme *theme)
{
    (void)theme;
    for (int y = 0; y < c->height; y++) {
        cells_row_text(c, y, out);
        str_char(out, '\n');
    }
}

static void dump_page(struct str *out, const struct cells *c, const struct theme *theme)
{
    str_add(out, "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><title>icetop</title></head>\n<body>\n");
    dump_html(out, c, theme);
    str_add(out, "</body>\n</html>\n");
}

static const struct ending {
    const char *name;
    const char *format; /* of the rows; NULL: they are drawn */
    void (*dump)(struct str *out, const struct cells *c, const struct theme *theme); /* of the screen; NULL */
    const char *help;
} endings[] = {
    {"csv", "csv", NULL, "for spreadsheets (RFC 4180)"},
    {"tsv", "tsv", NULL, "tabs between the columns, names byte for byte"},
    {"json", "json", NULL, "one document"},
    {"ndjson", "ndjson", NULL, "a line of JSON for each row"},
    {"md", "markdown", NULL, "a table of GitHub's Markdown"},
    {"ansi", NULL, dump_ansi, "text with colours, for cat"},
    {"html", "html", dump_page, "a page for a browser"},
    {"svg", NULL, dump_svg, "a picture"},
    {"txt", "text", dump_text, "plain text"},
};

/* The i-th that can be written. */
static const struct ending *ending_at(size_t i, bool picture)
{
    for (size_t k = 0; k < sizeof endings / sizeof *endings; k++) {
        bool rows = endings[k].format || endings[k].dump == dump_svg;
        if ((picture ? endings[k].dump != NULL : rows) && i-- == 0)
            return &endings[k];
    }
    return NULL;
}

const char *app_write_ending(size_t i, bool picture, const char **help)
{
    const struct ending *e = ending_at(i, picture);
    *help = e ? e->help : "";
    return e ? e->name : NULL;
}

static const struct ending *ending_of(const char *path, bool picture, struct error *err)
{
    const char *dot = strrchr(path, '.');
    const struct ending *e;
    struct str names = {0};
    for (size_t i = 0; (e = ending_at(i, picture)); i++) {
        if (dot && !strchr(dot, '/') && strcmp(dot + 1, e->name) == 0)
            break;
        str_printf(&names, " .%s", e->name);
    }
    if (!e)
        error_set(err, ERR_INVALID, "the file's name says the format; it can end in%s", str_text(&names));
    str_done(&names);
    return e;
}

/* ---- files ---- */

/* "~/x" means the home directory here as well; the caller frees it. */
static char *path_of(const char *arg)
{
    const char *home = getenv("HOME");
    return strncmp(arg, "~/", 2) == 0 && home ? mem_printf("%s%s", home, arg + 1) : mem_strdup(arg);
}

static int save(struct app *a, struct app_file *file, const struct command_call *call, struct error *err)
{
    char *path = path_of(call->arg);
    file->path = path;
    file->replace = call->bang;
    int rc =
        a->ops->save ? a->ops->save(a->arg, file, err) : error_set(err, ERR_UNAVAILABLE, "nothing can be written here");
    free(path);
    return rc;
}

/* The screen as it is, with as many lines as the rows of the list need. */
static void draw_all(struct app *a, const struct table_view *list, struct cells *c)
{
    int width = a->width ? a->width : WIDTH, height = a->height ? a->height : HEIGHT;
    cells_init(c, width, height, a->ctx.format.ascii);
    app_draw(a, c);
    for (int i = 0; list && i < 3; i++) { /* what is given more lines may not give them all to the list */
        size_t shown = (size_t)table_view_page(list), rows = table_view_count(list);
        if (rows <= shown || c->height >= height + ROWS_DRAWN)
            break;
        size_t more = rows - shown < ROWS_DRAWN ? rows - shown : ROWS_DRAWN;
        cells_resize(c, width, c->height + (int)more);
        app_draw(a, c);
    }
    a->dirty = true;
}

static int save_picture(struct app *a, const struct ending *e, const struct table_view *list,
                        const struct command_call *call, struct error *err)
{
    struct cells c;
    struct str out = {0};
    draw_all(a, list, &c);
    e->dump(&out, &c, a->theme);
    struct app_file file = {.text = str_text(&out), .len = out.len};
    int rc = save(a, &file, call, err);
    str_done(&out);
    cells_done(&c);
    return rc;
}

/* What is listed. */
struct listing {
    struct app_rows rows;
    const struct row **items;
    size_t *columns;
};

static void listing_init(struct listing *l, const struct app *a, const struct table_view *list)
{
    const struct table *t = table_view_table(list);
    const struct column *c;
    size_t ncolumns = 0;
    l->items = mem_calloc(table_view_count(list) + 1, sizeof *l->items);
    l->columns = mem_calloc(table_ncolumns(t), sizeof *l->columns);
    table_view_rows(list, l->items);
    for (size_t i = 0; (c = table_view_column(list, i)); i++) {
        if (table_view_shown(list, i))
            l->columns[ncolumns++] = (size_t)table_column_index(t, c->name);
    }
    l->rows = (struct app_rows){.table = t,
                                .rows = l->items,
                                .nrows = table_view_count(list),
                                .columns = l->columns,
                                .ncolumns = ncolumns,
                                .format = &a->ctx.format};
}

static void listing_done(struct listing *l)
{
    free(l->items);
    free(l->columns);
}

int app_command_write(struct app *a, struct command_call *call, struct error *err)
{
    const struct ending *e = ending_of(call->arg, false, err);
    struct table_view *list = view_filtered(app_current(a));
    if (!e)
        return ERR_INVALID;
    if (!list || !table_view_table(list))
        return error_set(err, ERR_UNAVAILABLE, "there is no list here, or none yet; shot writes the screen");
    size_t n = table_view_count(list);
    int rc;
    if (!e->format) {
        rc = save_picture(a, e, list, call, err);
    } else {
        struct listing l;
        listing_init(&l, a, list);
        struct app_file file = {.rows = &l.rows, .format = e->format};
        rc = save(a, &file, call, err);
        listing_done(&l);
    }
    if (rc == 0)
        app_say(a, "%zu row%s written to %s", n, n == 1 ? "" : "s", call->arg);
    return rc;
}

int app_shot(struct app *a, const char *format, struct str *out, struct error *err)
{
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const char *name = endings[i].dump == dump_text ? "text" : endings[i].name;
        if (!endings[i].dump || strcmp(name, format) != 0)
            continue;
        struct cells c;
        draw_all(a, NULL, &c);
        endings[i].dump(out, &c, a->theme);
        cells_done(&c);
        return 0;
    }
    return error_set(err, ERR_NOT_FOUND, "a screen is text, ansi, html or svg, not %s", format);
}

int app_command_shot(struct app *a, struct command_call *call, struct error *err)
{
    const struct ending *e = ending_of(call->arg, true, err);
    int rc = e ? save_picture(a, e, NULL, call, err) : ERR_INVALID;
    if (rc == 0)
        app_say(a, "the screen is in %s", call->arg);
    return rc;
}

/* ---- the clipboard ---- */

struct chosen {
    const struct table *table;
    const struct row *row;
    const char *column;
};

static int text_of_cell(const struct chosen *at, int column, struct str *out, struct error *err)
{
    if (column < 0)
        return error_set(err, ERR_NOT_FOUND, *at->column ? "there is no column %s" : "cell of which column?%s",
                         at->column);
    format_raw(out, table_column(at->table, (size_t)column), row_get(at->row, (size_t)column));
    return 0;
}

static int copy_name(struct app *a, const struct chosen *at, struct str *out, struct error *err)
{
    bool group =
        at->table == table_view_groups(view_list(app_current(a))); /* it is known by what comes behind its key */
    return text_of_cell(at, (int)table_nkeys(at->table) - !group, out, err);
}

static int copy_cell(struct app *a, const struct chosen *at, struct str *out, struct error *err)
{
    (void)a;
    return text_of_cell(at, table_column_index(at->table, at->column), out, err);
}

/* Every column that was subscribed to, in a format of snapshots. */
static int copy_row(struct app *a, const struct chosen *at, const char *format, struct str *out, struct error *err)
{
    size_t n = table_ncolumns(at->table), *columns = mem_calloc(n, sizeof *columns);
    struct app_rows rows = {
        .table = at->table, .rows = &at->row, .nrows = 1, .columns = columns, .ncolumns = n, .format = &a->ctx.format};
    for (size_t i = 0; i < n; i++)
        columns[i] = i;
    int rc = a->ops->render ? a->ops->render(a->arg, &rows, format, out, err)
                            : error_set(err, ERR_UNAVAILABLE, "no format is known here");
    free(columns);
    return rc;
}

static int copy_json(struct app *a, const struct chosen *at, struct str *out, struct error *err)
{
    return copy_row(a, at, "ndjson", out, err);
}

static int copy_tsv(struct app *a, const struct chosen *at, struct str *out, struct error *err)
{
    return copy_row(a, at, "tsv", out, err);
}

static int copy_tool(struct app *a, const struct chosen *at, struct str *out, struct error *err)
{
    return equivalent_tool(&a->ctx, at->table, at->row, out, err);
}

static int copy_snapshot(struct app *a, const struct chosen *at, struct str *out, struct error *err)
{
    (void)at;
    const struct table_view *list = view_filtered(app_current(a));
    return list ? equivalent_snapshot(&a->ctx, a->settings.program, list, out, err)
                : error_set(err, ERR_NOT_FOUND, "there is no list here");
}

static const struct copy {
    const char *name;
    int (*text)(struct app *a, const struct chosen *at, struct str *out, struct error *err);
    bool cell;
    const char *help;
} copies[] = {
    {"name", copy_name, false, "the row's name"},
    {"json", copy_json, false, "the row as a line of JSON"},
    {"tsv", copy_tsv, false, "the row with tabs, under the columns' names"},
    {"tool", copy_tool, false, "the command of Kafka's own tools that tells about it"},
    {"snapshot", copy_snapshot, false, "the icetop command that prints this list"},
    {"cell", copy_cell, true, "the value of a column"},
};

const char *app_write_copy(size_t i, const char **help)
{
    if (i >= sizeof copies / sizeof *copies)
        return NULL;
    *help = copies[i].help;
    return copies[i].name;
}

int app_write_text(struct app *a, const char *what, const char *column, struct str *out, struct error *err)
{
    const char *open;
    struct chosen at = {.column = column};
    at.row = view_selected(app_current(a), &a->ctx, &at.table, &open);
    if (!at.row)
        return error_set(err, ERR_NOT_FOUND, "no row is under the cursor");
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        if (strcmp(copies[i].name, what) == 0)
            return copies[i].text(a, &at, out, err);
    }
    struct str names = {0};
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++)
        str_printf(&names, "%s%s", i ? ", " : "", copies[i].name);
    int rc = error_set(err, ERR_NOT_FOUND, "nothing of a row is called %s; there are: %s", what, str_text(&names));
    str_done(&names);
    return rc;
}

/* Many terminals have no clipboard for programs, and do not say so: what is short can be taken from the screen. */
static void say_copied(struct app *a, const struct str *text, const char *what)
{
    struct str safe = {0};
    text_safe(&safe, str_text(text), text->len);
    if (strcmp(what, "value") == 0) /* of a record: it may be anything */
        app_say(a, "copied: %s", what);
    else
        app_say(a, "copied %s: %s", what, str_text(&safe));
    str_done(&safe);
}

void app_write_clipboard(struct app *a, const struct str *text, const char *what)
{
    struct error err = {0};
    if (!a->ops->copy)
        app_say(a, "there is no clipboard here");
    else if (a->ops->copy(a->arg, str_text(text), text->len, &err))
        app_say(a, "%s", err.text);
    else
        say_copied(a, text, what);
}

int app_command_copy(struct app *a, struct command_call *call, struct error *err)
{
    struct str text = {0};
    size_t len = strcspn(call->arg, " ");
    char *what = len ? mem_memdup(call->arg, len) : mem_strdup("name");
    const char *column = call->arg + len + strspn(call->arg + len, " ");
    int rc = app_write_text(a, what, column, &text, err);
    if (rc == 0)
        app_write_clipboard(a, &text, *column ? column : what);
    free(what);
    str_done(&text);
    return rc;
}
