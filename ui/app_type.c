/* The prompts: a filter and a search that work while they are typed, here, and commands (app_palette.c). */
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

void app_type_search(struct app *a)
{
    struct table_view *list = view_filtered(app_current(a));
    if (!list || list != view_list(app_current(a)))
        return;
    a->error = (struct error){0};
    a->found = 0;
    a->typing = TYPING_SEARCH;
    table_view_search_begin(list);
    prompt_open(&a->search, "\\", "");
}

static void search_typed(struct app *a, enum prompt_result result)
{
    struct table_view *list = view_filtered(app_current(a));
    if (result == PROMPT_EDITED || result == PROMPT_CANCELLED) {
        a->error = (struct error){0};
        a->error_at = 0;
        const char *text = result == PROMPT_EDITED ? str_text(&a->search.text) : "";
        table_view_search(list, &a->ctx, text, &a->found, &a->error_at, &a->error);
    }
    if (result == PROMPT_ACCEPTED && a->error.code)
        app_say(a, "%s", a->error.text);
    if (result == PROMPT_ACCEPTED || result == PROMPT_CANCELLED)
        a->typing = TYPING_NONE;
}

void app_type_key(struct app *a, uint32_t key)
{
    if (a->typing == TYPING_FILTER)
        filter_typed(a, prompt_input(&a->filter, key));
    else if (a->typing == TYPING_SEARCH)
        search_typed(a, prompt_input(&a->search, key));
    else
        app_palette_key(a, key);
}

void app_type_error(const struct app *a, struct cells *c, struct rect box, int x)
{
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

/* What is typed, why it is wrong, and how many rows it is true of. */
static void draw_filter(const struct app *a, struct cells *c, struct rect box)
{
    char count[48];
    const struct table_view *list = view_filtered(app_current(a));
    const struct prompt *p = a->typing == TYPING_FILTER ? &a->filter : &a->search;
    if (a->typing == TYPING_FILTER)
        snprintf(count, sizeof count, "%zu of %zu", table_view_matched(list), table_view_total(list));
    else
        snprintf(count, sizeof count, "%zu found", a->found);
    int room = box.w - (int)strlen(count) - 2;
    int x = prompt_draw(p, c, box.x, box.y, room > 10 ? room : box.w, a->error_at);
    if (room > 10)
        cells_text(c, box.x + room + 2, box.y, box.w - room - 2, ROLE_DIM, count);
    app_type_error(a, c, box, x);
}

void app_type_draw(const struct app *a, struct cells *c, struct rect box)
{
    if (a->typing == TYPING_FILTER || a->typing == TYPING_SEARCH)
        draw_filter(a, c, box);
    else
        app_palette_draw(a, c, box);
}
