/* Gathers names from the tables that declare them and from the rows that are there. */
#include "ui/complete.h"

#include "ui/app_command.h"
#include "ui/app_internal.h"
#include "ui/app_write.h"
#include "ui/theme.h"

#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_word_end(char c)
{
    return c == '-' || c == '_' || c == '.' || c == ' ' || c == '/' || c == ':';
}

static bool loosely(const char *name, const char *text)
{
    for (; *name && *text; name++)
        text += tolower((unsigned char)*name) == tolower((unsigned char)*text);
    return !*text;
}

enum complete_rank complete_match(const char *name, const char *text)
{
    size_t len = strlen(text);
    enum complete_rank rank = COMPLETE_NONE;
    if (strncasecmp(name, text, len) == 0)
        return name[len] ? COMPLETE_BEGINS : COMPLETE_EXACT;
    for (const char *p = name + 1; *name && *p; p++) {
        if (strncasecmp(p, text, len) != 0)
            continue;
        if (is_word_end(p[-1]))
            return COMPLETE_WORD;
        rank = COMPLETE_HOLDS;
    }
    return rank == COMPLETE_NONE && len > 1 && loosely(name, text) ? COMPLETE_LOOSE : rank;
}

/* ---- the list ---- */

static void forget(struct complete_item *item)
{
    free(item->text);
    free(item->label);
    free(item->help);
}

static void clear(struct complete *c)
{
    for (size_t i = 0; i < c->list.n; i++)
        forget(&c->list.items[i]);
    c->list.n = c->matched = c->from = 0;
    memset(c->ranks, 0, sizeof c->ranks);
}

void complete_done(struct complete *c)
{
    clear(c);
    vec_done(&c->list);
}

/* Where it belongs in what there is of its rank, from `first` to `end`: behind what was declared, rows by name. */
static size_t place(const struct complete *c, size_t first, size_t end, const char *label, size_t kind)
{
    while (kind && end > first) {
        size_t middle = first + (end - first) / 2;
        const struct complete_item *item = &c->list.items[middle];
        if (item->kind < kind || (item->kind == kind && strcasecmp(item->label, label) <= 0))
            first = middle + 1;
        else
            end = middle;
    }
    return end;
}

/* Puts a name where its rank belongs, if it fits at all. text NULL: the label's. Kinds come in their order. */
static void offer_of(struct complete *c, size_t kind, const char *typed, const char *label, const char *text,
                     const char *help)
{
    enum complete_rank rank = complete_match(label, typed);
    if (rank == COMPLETE_NONE)
        return;
    c->matched++;
    size_t first = 0;
    for (int i = 0; i < (int)rank; i++)
        first += c->ranks[i];
    size_t end = first + c->ranks[rank], at = place(c, first, end, label, kind);
    if (c->ranks[rank] >= COMPLETE_MAX) {
        if (at == end)
            return;
        forget(&c->list.items[--end]); /* the last one gives way */
        memmove(c->list.items + end, c->list.items + end + 1, (c->list.n - 1 - end) * sizeof *c->list.items);
        c->list.n--;
        c->ranks[rank]--;
    }
    vec_push(&c->list, (struct complete_item){0});
    struct complete_item *item = c->list.items + at;
    memmove(item + 1, item, (c->list.n - 1 - at) * sizeof *item);
    struct str safe = {0};
    text_safe(&safe, help ? help : "", help ? strlen(help) : 0);
    *item = (struct complete_item){.text = mem_strdup(text ? text : label),
                                   .label = mem_strdup(label),
                                   .help = str_take(&safe),
                                   .rank = rank,
                                   .kind = kind};
    c->ranks[rank]++;
}

static void offer(struct complete *c, const char *typed, const char *label, const char *text, const char *help)
{
    offer_of(c, 0, typed, label, text, help);
}

/* ---- views, tables, commands, actions ---- */

static void offer_views(struct complete *c, const char *typed)
{
    for (size_t i = 0; views_at(i); i++) {
        if (!views_at(i)->subject)
            offer(c, typed, views_at(i)->name, NULL, views_at(i)->help);
    }
}

/* Tables that no view is called like. */
static void offer_tables(struct complete *c, const struct app *a, const char *typed)
{
    const struct context *ctx = &a->ctx;
    for (size_t i = 0; ctx->data.ops; i++) {
        const char *name = ctx->data.ops->table(ctx->data.self, i);
        const struct view_def *def = name ? views_find(name) : NULL;
        const struct table *t = name && ctx->store ? store_find(ctx->store, name) : NULL;
        if (!name)
            break;
        if (!def || def->subject)
            offer(c, typed, name, NULL, t ? table_help(t) : "");
    }
}

static void offer_commands(struct complete *c, const char *typed)
{
    for (size_t i = 0; command_at(i); i++)
        offer(c, typed, command_at(i)->name, NULL, command_at(i)->help);
}

bool complete_is_action(const struct key_binding *b)
{
    switch (b->action) {
    case ACTION_GOTO:
    case ACTION_ROW_DOWN:
    case ACTION_ROW_UP:
    case ACTION_LEFT:
    case ACTION_RIGHT:
    case ACTION_PAGE_DOWN:
    case ACTION_PAGE_UP:
    case ACTION_FIRST:
    case ACTION_LAST:
        return false;
    default:
        return (b->contexts & KEYS_LIST) && !command_find(b->name, strlen(b->name));
    }
}

static void offer_actions(struct complete *c, const struct app *a, const char *typed)
{
    const struct key_binding *b;
    for (size_t i = 0; (b = keymap_at(a->ctx.keys, i)); i++) {
        if (!complete_is_action(b))
            continue;
        struct str help = {0};
        keys_text(b, &help);
        str_printf(&help, "%s%s", help.len ? ": " : "", b->help);
        offer(c, typed, b->name, NULL, str_text(&help));
        str_done(&help);
    }
}

/* ---- rows that have a view of their own ---- */

void complete_row_name(struct str *out, const struct table *t, const struct row *r, size_t from)
{
    const struct format_options plain = {.exact = true};
    for (size_t i = from; i < table_nkeys(t); i++) {
        if (i > from)
            str_char(out, '/');
        format_cell(out, table_column(t, i), row_get(r, i), &plain);
    }
}

static void offer_row(struct complete *c, size_t kind, const char *typed, const char *before,
                      const struct view_def *def, const struct table *t, const struct row *r, bool whole)
{
    struct str name = {0}, text = {0}, help = {0};
    size_t from = whole || table_nkeys(t) < 2 ? 0 : 1;
    complete_row_name(&name, t, r, from);
    if (complete_match(str_text(&name), typed) == COMPLETE_NONE) { /* of a hundred thousand, most */
        str_done(&name);
        return;
    }
    str_printf(&text, "%s%s %s", before, def->name, str_text(&name));
    str_add(&help, def->name);
    if (from) {
        const struct format_options plain = {.exact = true};
        str_add(&help, " of ");
        format_cell(&help, table_column(t, 0), row_get(r, 0), &plain);
    }
    offer_of(c, kind, typed, str_text(&name), str_text(&text), str_text(&help));
    str_done(&name);
    str_done(&text);
    str_done(&help);
}

/* before: what the line needs in front of the view's name. only: rows of this view alone; NULL: of all. */
static void offer_rows(struct complete *c, const struct app *a, const char *typed, const char *before,
                       const struct view_def *only)
{
    const struct table *clusters = a->ctx.store ? store_find(a->ctx.store, "clusters") : NULL;
    bool several = clusters && table_nrows(clusters) > 1;
    for (size_t i = 0; views_at(i) && a->ctx.store; i++) {
        const struct view_def *def = views_at(i);
        const struct table *t = def->subject ? store_find(a->ctx.store, def->subject) : NULL;
        if (!t || (only && def != only))
            continue;
        for (const struct row *r = table_first(t); r; r = row_next(r))
            offer_row(c, i + 1, typed, before, def, t, r, several);
    }
}

/* ---- arguments ---- */

static void offer_columns(struct complete *c, const struct app *a, const char *typed)
{
    const struct table_view *list = view_filtered(app_current(a));
    const struct column *d;
    for (size_t i = 0; list && (d = table_view_column(list, i)); i++)
        offer(c, typed, d->name, NULL, d->help);
}

static void offer_words(struct complete *c, const char *typed, const char *words)
{
    while (*words) {
        size_t len = strcspn(words, " ");
        char *word = mem_memdup(words, len);
        offer(c, typed, word, NULL, "");
        free(word);
        words += len;
        words += strspn(words, " ");
    }
}

/* The byte behind the last of some characters; 0 if there is none of them. */
static size_t behind_last(const char *text, const char *set)
{
    size_t at = 0;
    for (size_t i = 0; text[i]; i++) {
        if (strchr(set, text[i]))
            at = i + 1;
    }
    return at;
}

static void complete_open(struct complete *c, const struct app *a, const char *arg)
{
    size_t len = strcspn(arg, " ");
    char *word = mem_memdup(arg, len);
    const struct view_def *def = arg[len] ? views_find(word) : NULL;
    def = def && def->subject ? def : NULL;
    offer_rows(c, a, def ? arg + len + strspn(arg + len, " ") : arg, "", def);
    free(word);
}

static void complete_order(struct complete *c, const struct app *a, const char *arg)
{
    size_t at = behind_last(arg, ",");
    at += strspn(arg + at, " ");
    size_t word = at + behind_last(arg + at, " ");
    c->from += word;
    if (word == at)
        offer_columns(c, a, arg + word);
    else
        offer_words(c, arg + word, "asc desc");
}

static void complete_columns(struct complete *c, const struct app *a, const char *arg)
{
    size_t at = behind_last(arg, ", ");
    at += strspn(arg + at, "+-");
    c->from += at;
    offer_columns(c, a, arg + at);
}

static void complete_filter(struct complete *c, const struct app *a, const char *arg)
{
    size_t at = behind_last(arg, " (),=<>!");
    c->from += at;
    offer_columns(c, a, arg + at);
    offer_words(c, arg + at, "and or not in unknown");
}

/* Names with each ending: of the view, where nothing was typed yet. */
static void complete_file(struct complete *c, const struct app *a, const char *arg, bool picture)
{
    size_t base = behind_last(arg, "/");
    size_t stem = base + strcspn(arg + base, ".");
    const char *help;
    for (size_t i = 0; app_write_ending(i, picture, &help); i++) {
        struct str name = {0};
        str_bytes(&name, arg, stem);
        if (stem == base)
            str_add(&name, app_current(a)->def->name);
        str_printf(&name, ".%s", app_write_ending(i, picture, &help));
        offer(c, arg, str_text(&name), NULL, help);
        str_done(&name);
    }
}

static void complete_setting(struct complete *c, const char *arg)
{
    size_t at = behind_last(arg, " ");
    const char *name, *help;
    c->from += at;
    for (size_t i = 0; !at && (name = app_command_setting(i, &help)); i++)
        offer(c, arg, name, NULL, help);
    if (at)
        offer_words(c, arg + at, "on off");
}

static void complete_copy(struct complete *c, const struct app *a, const char *arg)
{
    size_t at = behind_last(arg, " ");
    const char *name, *help;
    c->from += at;
    for (size_t i = 0; !at && (name = app_write_copy(i, &help)); i++)
        offer(c, arg, name, NULL, help);
    if (at)
        offer_columns(c, a, arg + at);
}

static void offer_themes(struct complete *c, const struct app *a, const char *typed)
{
    for (int i = 0; theme_at(i); i++)
        offer(c, typed, theme_at(i)->name, NULL, theme_at(i)->help);
    for (size_t i = 0; a->themes && a->themes[i]; i++)
        offer(c, typed, a->themes[i], NULL, "a theme file");
}

static void offer_clusters(struct complete *c, const struct app *a, const char *typed)
{
    const struct table *t = a->ctx.store ? store_find(a->ctx.store, "clusters") : NULL;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r))
        offer_of(c, 1, typed, row_text(r, "cluster"), NULL, row_text(r, "bootstrap"));
}

static void offer_bookmarks(struct complete *c, const struct app *a, const char *typed)
{
    for (size_t i = 0; i < a->bookmarks.n; i++) {
        const struct place *p = &a->bookmarks.items[i].place;
        struct str help = {0};
        str_add(&help, p->view);
        if (p->subject.nkeys) {
            str_char(&help, ' ');
            place_name(p, &help);
        }
        if (*p->filter)
            str_printf(&help, ", filter %s", p->filter);
        offer(c, typed, a->bookmarks.items[i].name, NULL, str_text(&help));
        str_done(&help);
    }
}

static void complete_argument(struct complete *c, const struct app *a, enum command_arg kind, const char *arg)
{
    switch (kind) {
    case COMMAND_ARG_NONE:
        break;
    case COMMAND_ARG_TOPIC:
        offer_commands(c, arg);
        offer_views(c, arg);
        offer_tables(c, a, arg);
        break;
    case COMMAND_ARG_CLUSTER:
        offer_clusters(c, a, arg);
        break;
    case COMMAND_ARG_BOOKMARK:
        offer_bookmarks(c, a, arg);
        break;
    case COMMAND_ARG_VIEW:
        offer_views(c, arg);
        offer_tables(c, a, arg);
        break;
    case COMMAND_ARG_ROW:
        complete_open(c, a, arg);
        break;
    case COMMAND_ARG_COLUMNS:
        complete_columns(c, a, arg);
        break;
    case COMMAND_ARG_ORDER:
        complete_order(c, a, arg);
        break;
    case COMMAND_ARG_FILTER:
        complete_filter(c, a, arg);
        break;
    case COMMAND_ARG_THEME:
        offer_themes(c, a, arg);
        break;
    case COMMAND_ARG_FILE:
    case COMMAND_ARG_PICTURE:
        complete_file(c, a, arg, kind == COMMAND_ARG_PICTURE);
        break;
    case COMMAND_ARG_SETTING:
        complete_setting(c, arg);
        break;
    case COMMAND_ARG_INTERVAL:
        offer_words(c, arg, "0 1s 2s 5s 10s 30s 1m");
        break;
    case COMMAND_ARG_COPY:
        complete_copy(c, a, arg);
        break;
    }
}

/* What a line may begin with. */
static void complete_name(struct complete *c, const struct app *a, const char *typed)
{
    offer_views(c, typed);
    offer_commands(c, typed);
    offer_tables(c, a, typed);
    offer_actions(c, a, typed);
}

void complete_line(struct complete *c, const struct app *a, const char *line)
{
    struct command_line l = command_split(line);
    clear(c);
    const struct command *command = command_find(line + l.name, l.name_len);
    if (!l.behind && !l.bang) {
        c->from = l.name;
        complete_name(c, a, line + l.name);
        if (line[l.name])
            offer_rows(c, a, line + l.name, "open ", NULL);
    } else if (command && l.behind) {
        c->from = l.arg;
        complete_argument(c, a, command->arg, line + l.arg);
    }
}

char *complete_first(const struct app *a, const char *text)
{
    struct complete c = {0};
    complete_name(&c, a, text);
    char *first =
        *text && c.list.n && c.list.items[0].rank <= COMPLETE_BEGINS ? mem_strdup(c.list.items[0].text) : NULL;
    complete_done(&c);
    return first;
}
