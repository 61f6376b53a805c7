/* The other half of the screen: what Enter would open of the row under the cursor, beside the list or below it, kept up with the
 * cursor. */
#include "ui/app_internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <string.h>

enum { SIDE_MIN = 160, SIDE_GAP = 3, SIDE_HALF = 60, BELOW_MIN = 15, BELOW_LIST = 6, TITLE_GAP = 1 };
enum { AGAIN_US = 150000 }; /* between two rows that are looked at: a cursor that runs asks for none on its way */

void app_split_close(struct app *a)
{
    struct app_split *s = &a->split;
    if (s->view) {
        view_hide(s->view, &a->ctx);
        view_unref(s->view);
        s->view = NULL;
    }
    inspect_close(&s->inspect, &a->ctx);
    s->box = (struct rect){0};
}

void app_split_done(struct app *a)
{
    view_unref(a->split.view);
    inspect_close(&a->split.inspect, NULL);
}

/* Is that row what is shown? */
static bool shows(const struct app_split *s, const struct view_def *def, const struct table *t, const struct row *r)
{
    if (def)
        return s->view && view_same(s->view, def, t, r);
    if (!s->inspect.open || strcmp(s->inspect.table, table_name(t)) != 0)
        return false;
    struct str key = {0};
    table_key_bytes(t, r, &key);
    bool same = key.len == s->inspect.key.len && memcmp(key.s, s->inspect.key.s, key.len) == 0;
    str_done(&key);
    return same;
}

static void open_row(struct app *a, const struct view_def *def, const struct table *t, const struct row *r)
{
    struct app_split *s = &a->split;
    app_split_close(a);
    s->opened_us = clock_mono_us(a->clock);
    if (!def) {
        inspect_open(&s->inspect, &a->ctx, t, r);
        return;
    }
    if (view_new(def, NULL, NULL, t, r, &s->view) < 0)
        return;
    app_lists_restore(a, s->view);
    if (a->ctx.data.ops && !a->ctx.detached)
        a->waiting = a->ctx.loading = true;
    a->asked_us = s->opened_us;
    view_show(s->view, &a->ctx);
}

/* Goes on to the row under the cursor. */
static void follow(struct app *a)
{
    struct app_split *s = &a->split;
    const struct table *t;
    const struct view_def *def;
    const struct row *r = app_visit_target(a, &def, &t);
    if (!r) {
        app_split_close(a);
    } else if (!shows(s, def, t, r)) {
        int64_t since = clock_mono_us(a->clock) - s->opened_us;
        bool first = !s->view && !s->inspect.open;
        if (first || since < 0 || since >= AGAIN_US)
            open_row(a, def, t, r);
        else
            s->late = true;
    }
}

bool app_split_place(struct app *a, struct rect body, struct rect *list, struct rect *other)
{
    *list = body;
    *other = (struct rect){0};
    if (!a->split.on || a->page_kind)
        return false;
    if (body.w >= SIDE_MIN) {
        layout_split(body, SIDE_GAP, SIDE_HALF, list, other);
        return other->w > 0;
    }
    if (body.h < BELOW_MIN)
        return false;
    int rows = body.h * 2 / 5 > BELOW_LIST ? body.h * 2 / 5 : BELOW_LIST;
    list->h = rows;
    *other = (struct rect){body.x, body.y + rows + TITLE_GAP, body.w, body.h - rows - TITLE_GAP};
    return true;
}

/* Only the list has a cursor. */
static void take_cursor(struct cells *c, struct rect box)
{
    for (int y = box.y; y < box.y + box.h && y < c->height; y++) {
        for (int x = box.x; x < box.x + box.w && x < c->width; x++)
            c->at[y * c->width + x].selected = false;
    }
}

void app_split_draw(struct app *a, struct cells *c, struct rect box, bool beside)
{
    struct app_split *s = &a->split;
    s->late = false;
    follow(a);
    s->box = box;
    for (int y = box.y; y < box.y + box.h && beside; y++)
        cells_glyph(c, box.x - 2, y, ROLE_DIM, 0x2502, '|');
    if (s->view) {
        view_update(s->view, &a->ctx);
        int lines = status_crumbs_lines(s->view, &a->ctx, box.w);
        lines = lines > 0 ? lines : 1;
        status_crumbs(s->view, &a->ctx, c, (struct rect){box.x, box.y, box.w, lines});
        view_draw(s->view, &a->ctx, c, (struct rect){box.x, box.y + lines, box.w, box.h - lines});
    } else if (s->inspect.open) {
        inspect_update(&s->inspect, &a->ctx);
        inspect_draw(&s->inspect, &a->ctx, c, box);
    } else {
        cells_text(c, box.x, box.y, box.w, ROLE_DIM,
                   "no row is under the cursor, or one that is all that is shown of it");
    }
    take_cursor(c, box);
    if (s->late)
        app_touch(a);
}

void app_split_toggle(struct app *a)
{
    a->split.on = !a->split.on;
    if (!a->split.on)
        app_split_close(a);
    struct rect list, other, body = {0, 0, a->width, a->height - 4};
    if (a->split.on && a->width && !app_split_place(a, body, &list, &other))
        app_say(a, "the screen is too small for two halves");
}
