/* The prompt behind ':' and the list above it of what could be meant. */
#include "ui/app_internal.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { PALETTE_LINES = 12, PALETTE_LABEL = 36, PALETTE_NOTE = 3 };

/* ---- rows that are not read otherwise, for their names ---- */

static bool is_base(const char *table)
{
    for (size_t i = 0; views_base(i); i++) {
        if (strcmp(views_base(i)->table, table) == 0)
            return true;
    }
    return false;
}

/* The keys of one table's rows. */
static int subscribe_names(const struct app *a, const struct table *t)
{
    const char *columns[VIEW_KEYS + 1] = {0};
    for (size_t i = 0; i < table_nkeys(t) && i < VIEW_KEYS; i++)
        columns[i] = table_column(t, i)->name;
    const struct stream_query q = {.table = table_name(t), .columns = columns};
    return a->ctx.data.ops->subscribe(a->ctx.data.self, &q, NULL, NULL);
}

void app_palette_look(struct app *a)
{
    if (a->names.n || !a->ctx.data.ops || a->ctx.detached)
        return;
    for (size_t i = 0; views_at(i); i++) {
        const char *subject = views_at(i)->subject;
        const struct table *t = subject && !is_base(subject) ? store_find(a->live, subject) : NULL;
        if (t)
            vec_push(&a->names, subscribe_names(a, t));
    }
}

void app_palette_forget(struct app *a)
{
    for (size_t i = 0; i < a->names.n && a->ctx.data.ops && !a->ctx.detached; i++)
        a->ctx.data.ops->unsubscribe(a->ctx.data.self, a->names.items[i]);
    a->names.n = 0;
}

/* ---- typing ---- */

static void complete(struct app *a)
{
    a->chosen = -1;
    complete_line(&a->complete, a, str_text(&a->command.text));
}

void app_palette_refresh(struct app *a)
{
    if (a->typing == TYPING_COMMAND && a->chosen < 0)
        complete(a);
}

void app_palette_open(struct app *a, const char *line)
{
    a->typing = TYPING_COMMAND;
    a->error = (struct error){0};
    prompt_open(&a->command, ":", line);
    complete(a);
}

static void close_palette(struct app *a)
{
    app_palette_forget(a);
    complete_done(&a->complete);
}

/* Puts the chosen item into the line. */
static void take(struct app *a, const char *more)
{
    const struct complete_item *item = &a->complete.list.items[a->chosen];
    char *line = mem_printf("%.*s%s%s", (int)a->complete.from, str_text(&a->command.text), item->text, more);
    prompt_open(&a->command, ":", line);
    free(line);
}

/* The next one of the list, around; the only one is taken for good, and what follows it is offered. */
static void choose(struct app *a, int step)
{
    int n = (int)a->complete.list.n;
    if (!n)
        return;
    a->error = (struct error){0};
    a->chosen = a->chosen < 0 && step < 0 ? n - 1 : (a->chosen + step + n) % n;
    if (n > 1) {
        take(a, "");
        return;
    }
    const char *text = a->complete.list.items[0].text;
    const struct command *c = a->complete.from == 0 ? command_find(text, strlen(text)) : NULL;
    take(a, c && *c->usage ? " " : "");
    complete(a);
}

/* What Tab would make of a name that there is not. */
static void suggest(struct app *a)
{
    if (a->error.code != ERR_NOT_FOUND || !a->complete.list.n)
        return;
    char *said = mem_strdup(a->error.text);
    error_set(&a->error, ERR_NOT_FOUND, "%s; Tab: %s", said, a->complete.list.items[0].label);
    free(said);
}

static void run(struct app *a)
{
    struct error err = {0};
    size_t at = 0;
    char *line = mem_strdup(str_text(&a->command.text));
    a->typing = TYPING_NONE;
    if (command_run(a, line, &at, &err) < 0) {
        a->typing = TYPING_COMMAND; /* to be put right */
        a->error = err;
        a->error_at = at;
        prompt_open(&a->command, ":", line);
        complete(a);
        suggest(a);
    } else {
        close_palette(a);
    }
    free(line);
}

void app_palette_key(struct app *a, uint32_t key)
{
    if (key == INPUT_TAB || key == INPUT_BACKTAB) {
        choose(a, key == INPUT_TAB ? 1 : -1);
        return;
    }
    switch (prompt_input(&a->command, key)) {
    case PROMPT_ACCEPTED:
        run(a);
        break;
    case PROMPT_CANCELLED:
        a->typing = TYPING_NONE;
        close_palette(a);
        break;
    case PROMPT_EDITED:
        a->error = (struct error){0};
        app_palette_look(a);
        complete(a);
        break;
    case PROMPT_MOVED:
    case PROMPT_NONE:
        break;
    }
}

/* ---- drawing ---- */

/* What the command is called with, and how many names fit. */
static void draw_title(const struct command *command, const struct complete *all, struct cells *c, struct rect box,
                       int shown)
{
    struct str s = {0};
    char count[48] = "";
    if (command)
        command_usage(command, &s);
    else
        str_add(&s, "VIEWS AND COMMANDS");
    if (all->matched > (size_t)shown)
        snprintf(count, sizeof count, "%d of %zu", shown, all->matched);
    int room = box.w - (int)strlen(count) - 2;
    cells_text(c, box.x, box.y, room, ROLE_TITLE, str_text(&s));
    cells_text_right(c, box.x, box.y, box.w, ROLE_DIM, count);
    str_done(&s);
}

static int label_width(const struct complete *all, struct rect box, size_t top)
{
    int label = 0;
    for (int i = 0; i < box.h; i++) {
        const char *text = all->list.items[top + (size_t)i].label;
        int w = (int)text_width(text, strlen(text));
        label = w > label ? w : label;
    }
    label = label > PALETTE_LABEL ? PALETTE_LABEL : label;
    return label > box.w / 2 ? box.w / 2 : label;
}

static void draw_items(const struct app *a, struct cells *c, struct rect box, size_t top)
{
    int label = label_width(&a->complete, box, top);
    for (int i = 0; i < box.h; i++) {
        const struct complete_item *item = &a->complete.list.items[top + (size_t)i];
        int y = box.y + i;
        cells_text(c, box.x + 1, y, label, ROLE_LINK, item->label);
        cells_text(c, box.x + label + 3, y, box.w - label - 3, ROLE_DIM, item->help);
        if ((int)top + i == a->chosen)
            cells_select(c, box.x, y, box.w);
    }
}

/* What the chosen item is, where its line is too short for that; else what the command does; "" if there is nothing. */
static const char *note_of(const struct app *a, const struct command *command, struct rect list, size_t top)
{
    const char *help = a->chosen >= 0 ? a->complete.list.items[a->chosen].help : "";
    int room = list.w - label_width(&a->complete, list, top) - 3;
    return (int)text_width(help, strlen(help)) > room ? help : command ? command->help : "";
}

/* Lines that a text takes. c may be NULL: nothing is drawn. */
static int draw_note(struct cells *c, struct rect box, const char *text)
{
    int n = 0;
    for (; *text && n < box.h; n++) {
        size_t len = n == box.h - 1 ? strlen(text) : page_break(text, box.w); /* the last is cut */
        char *line = mem_memdup(text, len);
        if (c)
            cells_text(c, box.x, box.y + n, box.w, ROLE_DIM, line);
        free(line);
        text += len;
        text += strspn(text, " ");
    }
    return n;
}

void app_palette_draw(const struct app *a, struct cells *c, struct rect box)
{
    int x = prompt_draw(&a->command, c, box.x, box.y, box.w, a->error_at);
    if (a->error.code) {
        app_type_error(a, c, box, x);
        return;
    }
    int n = (int)a->complete.list.n, lines = box.y / 2 < PALETTE_LINES ? box.y / 2 : PALETTE_LINES;
    const char *line = str_text(&a->command.text);
    struct command_line l = command_split(line);
    const struct command *command = l.behind || l.bang ? command_find(line + l.name, l.name_len) : NULL;
    if (box.y < 4 || (!n && !command))
        return;
    lines = n < lines ? n : lines;
    size_t top = a->chosen >= lines ? (size_t)(a->chosen - lines + 1) : 0;
    struct rect list = {box.x, box.y - lines, box.w, lines};
    int spare = list.y - 2; /* lines above that are not the title's or the header's */
    struct rect note = {box.x + 1, 0, box.w - 2, spare < PALETTE_NOTE ? spare : PALETTE_NOTE};
    const char *text = note_of(a, command, list, top);
    note.h = draw_note(NULL, note, text);
    note.y = list.y - note.h;
    cells_fill(c, box.x, note.y - 1, box.w, box.y - note.y + 1, ROLE_TEXT, ' ');
    draw_title(command, &a->complete, c, (struct rect){box.x, note.y - 1, box.w, 1}, lines);
    draw_note(c, note, text);
    draw_items(a, c, list, top);
}
