/* The two prompts: a filter that works while it is typed, and the name of a view or table. */
#include "ui/app_internal.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

void app_type_filter(struct app *a)
{
    struct table_view *list = view_filtered(app_current(a));
    if (!list)
        return;
    const char *text = table_view_filter_text(list);
    free(a->filter_before);
    a->filter_before = mem_strdup(text);
    a->error = (struct error){0};
    a->typing = TYPING_FILTER;
    prompt_open(&a->filter, "/", text);
}

static void filter_typed(struct app *a, enum prompt_result result)
{
    struct table_view *list = view_filtered(app_current(a));
    if (result == PROMPT_CANCELLED) {
        table_view_filter(list, &a->ctx, a->filter_before, NULL, NULL);
        a->typing = TYPING_NONE;
        return;
    }
    if (result == PROMPT_EDITED) {
        a->error = (struct error){0};
        a->error_at = 0;
        table_view_filter(list, &a->ctx, str_text(&a->filter.text), &a->error_at, &a->error);
    }
    if (result == PROMPT_ACCEPTED) {
        if (a->error.code)
            app_say(a, "%s", a->error.text);
        a->typing = TYPING_NONE;
    }
}

/* The i-th name that can be gone to: views first, then tables that are called otherwise; NULL at the end. */
static const char *goto_name(const struct app *a, size_t i)
{
    for (size_t k = 0; views_at(k); k++) {
        if (!views_at(k)->subject && i-- == 0)
            return views_at(k)->name;
    }
    for (size_t k = 0; a->ctx.data.ops; k++) {
        const char *table = a->ctx.data.ops->table(a->ctx.data.self, k);
        if (!table)
            break;
        const struct view_def *def = views_find(table);
        if ((!def || def->subject) && i-- == 0)
            return table;
    }
    return NULL;
}

static bool begins(const char *name, const char *text)
{
    return strncmp(name, text, strlen(text)) == 0;
}

static void complete_name(struct app *a)
{
    for (size_t i = 0; goto_name(a, i); i++) {
        if (begins(goto_name(a, i), str_text(&a->goto_name.text))) {
            char *name = mem_strdup(goto_name(a, i));
            prompt_open(&a->goto_name, ":", name);
            free(name);
            return;
        }
    }
}

static void goto_typed(struct app *a, uint32_t key)
{
    if (key == INPUT_TAB) {
        complete_name(a);
        return;
    }
    enum prompt_result result = prompt_input(&a->goto_name, key);
    if (result == PROMPT_ACCEPTED) {
        a->typing = TYPING_NONE;
        complete_name(a);
        const char *name = str_text(&a->goto_name.text);
        if (*name && !app_visit_name(a, name))
            app_say(a, "no view or table is called %s", name);
    } else if (result == PROMPT_CANCELLED) {
        a->typing = TYPING_NONE;
    }
}

void app_type_goto(struct app *a)
{
    a->typing = TYPING_GOTO;
    prompt_open(&a->goto_name, ":", "");
}

void app_type_key(struct app *a, uint32_t key)
{
    if (a->typing == TYPING_FILTER)
        filter_typed(a, prompt_input(&a->filter, key));
    else
        goto_typed(a, key);
}

/* What is typed, and above it why it is wrong, at the place where it is. */
static void draw_filter(const struct app *a, struct cells *c, struct rect box)
{
    char count[48];
    const struct table_view *list = view_filtered(app_current(a));
    snprintf(count, sizeof count, "%zu of %zu", table_view_count(list), table_view_total(list));
    int room = box.w - (int)strlen(count) - 2;
    int x = prompt_draw(&a->filter, c, box.x, box.y, room > 10 ? room : box.w, a->error_at);
    if (room > 10)
        cells_text(c, box.x + room + 2, box.y, box.w - room - 2, ROLE_DIM, count);
    if (!a->error.code || box.y < 2)
        return;
    struct str s = {0};
    text_safe(&s, a->error.text, strlen(a->error.text));
    int w = (int)text_width(str_text(&s), s.len) + 2;
    cells_fill(c, box.x, box.y - 1, box.w, 1, ROLE_TEXT, ' ');
    cells_glyph(c, x, box.y - 1, ROLE_BAD, 0x2577, '|');
    if (x + w <= box.x + box.w || x - box.x < box.w / 2)
        cells_text(c, x + 2, box.y - 1, box.x + box.w - x - 2, ROLE_BAD, str_text(&s));
    else
        cells_text_right(c, box.x, box.y - 1, x - box.x - 1, ROLE_BAD, str_text(&s));
    str_done(&s);
}

static void draw_goto(const struct app *a, struct cells *c, struct rect box)
{
    prompt_draw(&a->goto_name, c, box.x, box.y, box.w, 0);
    if (box.y < 2)
        return;
    int x = box.x;
    cells_fill(c, box.x, box.y - 1, box.w, 1, ROLE_TEXT, ' ');
    for (size_t i = 0; goto_name(a, i) && x < box.x + box.w; i++) {
        if (begins(goto_name(a, i), str_text(&a->goto_name.text)))
            x += cells_text(c, x, box.y - 1, box.x + box.w - x, ROLE_LINK, goto_name(a, i)) + 2;
    }
}

void app_type_draw(const struct app *a, struct cells *c, struct rect box)
{
    if (a->typing == TYPING_FILTER)
        draw_filter(a, c, box);
    else
        draw_goto(a, c, box);
}
