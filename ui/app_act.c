/* What keys and the mouse do, wherever one is. */
#include "ui/app_internal.h"
#include "ui/app_write.h"

#include <string.h>

enum { APP_WHEEL = 3 };

void app_set_interval(struct app *a, int ms)
{
    a->status.interval_ms = ms;
    a->status.chosen = ms != a->settings.interval_ms;
    if (ms && ms % 1000 == 0)
        app_say(a, "a new picture every %d s", ms / 1000);
    else if (ms)
        app_say(a, "a new picture every %d ms", ms);
    else
        app_say(a, "pictures as they come");
}

static void change_interval(struct app *a, int step)
{
    static const int steps[] = {0, 1000, 2000, 5000, 10000, 30000, 60000};
    int n = (int)(sizeof steps / sizeof *steps), at = 0;
    while (at + 1 < n && steps[at + 1] <= a->status.interval_ms)
        at++;
    at += step;
    at = at < 0 ? 0 : at >= n ? n - 1 : at;
    app_set_interval(a, steps[at]);
}

static void copy_selected(struct app *a)
{
    struct str s = {0};
    if (app_write_text(a, "name", "", &s, NULL) == 0)
        app_write_clipboard(a, &s, "name");
    str_done(&s);
}

static void copy_value(struct app *a)
{
    struct str s = {0};
    if (a->page_kind == PAGE_INSPECT ? inspect_value(&a->inspect, &a->ctx, &s) : record_page_value(&a->record, &s))
        app_write_clipboard(a, &s, "value");
    str_done(&s);
}

static void toggle_help(struct app *a)
{
    if (a->page_kind == PAGE_HELP) {
        app_visit_leave_page(a);
        return;
    }
    page_help(&a->page, a->ctx.keys);
    a->page.top = 0;
    a->page_kind = PAGE_HELP;
}

/* Shows changes since the mark, or values again. */
static void toggle_mark(struct app *a, bool anew)
{
    struct context *ctx = &a->ctx;
    if (!ctx->store) {
        app_say(a, "nothing to mark yet");
        return;
    }
    if (anew || !ctx->mark) {
        mark_free(ctx->mark);
        ctx->mark = mark_new(ctx->store, ctx->format.now_ms);
        ctx->since_mark = true;
        char buf[16];
        app_say(a, "marked: numbers show their change from now on; %s shows them again",
                keymap_name(ctx->keys, ACTION_MARK, buf));
        return;
    }
    ctx->since_mark = !ctx->since_mark;
}

/* The next longer span of charts; after the longest as much as there is. */
static void change_span(struct app *a)
{
    enum { HOUR_MS = 60 * 60 * 1000 };
    static const int64_t spans[] = {0, HOUR_MS, 6LL * HOUR_MS, 24LL * HOUR_MS, 7 * 24LL * HOUR_MS};
    a->span = (a->span + 1) % (int)(sizeof spans / sizeof *spans);
    series_set_span(a->ctx.series, spans[a->span]);
    struct str s = {0};
    series_span_text(&s, spans[a->span] ? spans[a->span] : SERIES_SPAN_MS);
    app_say(a, "charts of the last %s%s", str_text(&s), spans[a->span] ? "" : " at most");
    str_done(&s);
}

/* What is the same wherever one is; false for other actions. */
static bool act_anywhere(struct app *a, enum action action)
{
    struct context *ctx = &a->ctx;
    switch (action) {
    case ACTION_HELP:
        toggle_help(a);
        return true;
    case ACTION_PAUSE:
        app_set_paused(a, !ctx->paused);
        return true;
    case ACTION_SLOWER:
        change_interval(a, 1);
        return true;
    case ACTION_FASTER:
        change_interval(a, -1);
        return true;
    case ACTION_REFRESH:
        if (ctx->data.ops && !ctx->detached)
            ctx->data.ops->refresh(ctx->data.self, NULL);
        app_say(a, ctx->detached ? "there is no collector to ask" : "asked every source to read now");
        return true;
    case ACTION_UNITS:
        ctx->format.exact = !ctx->format.exact;
        return true;
    case ACTION_ZONE:
        ctx->format.utc = !ctx->format.utc;
        return true;
    case ACTION_SPAN:
        change_span(a);
        return true;
    case ACTION_LOG_SCALE:
        ctx->log_scale = !ctx->log_scale;
        app_say(a, "charts on a %s scale", ctx->log_scale ? "logarithmic" : "linear");
        return true;
    case ACTION_SHARED_SCALE:
        ctx->shared_scale = !ctx->shared_scale;
        app_say(a, ctx->shared_scale ? "spark lines on one scale" : "each spark line on a scale of its own");
        return true;
    case ACTION_MARK:
    case ACTION_MARK_ANEW:
        toggle_mark(a, action == ACTION_MARK_ANEW);
        return true;
    case ACTION_GOTO:
        app_palette_open(a, "");
        return true;
    case ACTION_BOOKMARK:
    case ACTION_BOOKMARKS:
        app_places_ask(a, action == ACTION_BOOKMARK);
        return true;
    case ACTION_REDRAW:
        if (a->ops->redraw)
            a->ops->redraw(a->arg);
        return true;
    case ACTION_QUIT:
        if (a->ops->quit)
            a->ops->quit(a->arg);
        return true;
    default:
        return false;
    }
}

static void act_in_view(struct app *a, enum action action, uint32_t key)
{
    struct view *v = app_current(a);
    switch (action) {
    case ACTION_VIEW:
        app_visit_view(a, keymap_view(a->ctx.keys, key));
        break;
    case ACTION_OPEN:
        app_visit_open(a);
        break;
    case ACTION_UP:
        app_visit_up(a);
        break;
    case ACTION_BACK:
        app_visit_step(a, -1);
        break;
    case ACTION_FORWARD:
        app_visit_step(a, 1);
        break;
    case ACTION_FILTER:
        app_type_filter(a);
        break;
    case ACTION_SEARCH:
        app_type_search(a);
        break;
    case ACTION_SORT:
    case ACTION_COLUMNS:
        if (view_filtered(v))
            chooser_open(&a->chooser, view_filtered(v), action == ACTION_SORT);
        break;
    case ACTION_GROUP:
        app_menu_group(a);
        break;
    case ACTION_SPLIT:
        app_split_toggle(a);
        break;
    case ACTION_JUMP:
        app_menu_links(a);
        break;
    case ACTION_EXPLAIN:
        app_explain(a);
        break;
    case ACTION_INSPECT:
        app_visit_inspect(a);
        break;
    case ACTION_LOOK:
        app_visit_records(a);
        break;
    case ACTION_COPY:
        copy_selected(a);
        break;
    case ACTION_COPY_AS:
        app_palette_open(a, "copy ");
        break;
    default:
        view_action(v, action);
        break;
    }
}

static void act_on_page(struct app *a, enum action action)
{
    if (a->page_kind == PAGE_RECORD)
        record_page_action(&a->record, action);
    else if (a->page_kind == PAGE_INSPECT)
        inspect_action(&a->inspect, action);
    else if (a->page_kind == PAGE_OVERLAY)
        return;
    else
        page_action(&a->page, action);
}

static void act(struct app *a, enum action action, uint32_t key)
{
    if (action == ACTION_NONE || action == ACTION_PENDING || act_anywhere(a, action))
        return;
    if (a->menu.heading) {
        app_menu_act(a, action);
    } else if (a->chooser.list) {
        chooser_action(&a->chooser, action);
    } else if (action == ACTION_OVERLAY) {
        app_overlay(a);
    } else if (a->page_kind) {
        if (action == ACTION_UP)
            app_visit_leave_page(a);
        else if (action == ACTION_COPY && a->page_kind != PAGE_HELP)
            copy_value(a);
        else if (action == ACTION_EXPLAIN && a->page_kind == PAGE_INSPECT)
            app_explain(a);
        else
            act_on_page(a, action);
    } else {
        act_in_view(a, action, key);
    }
}

void app_act(struct app *a, enum action action)
{
    act(a, action, 0);
}

void app_act_key(struct app *a, uint32_t key)
{
    act(a, keymap_find(a->ctx.keys, app_keys(a), key, &a->pending), key);
}

/* Is it in the other half of the screen? */
static bool aside(const struct app *a, const struct input *in)
{
    const struct rect *box = &a->split.box;
    return in->x >= box->x && in->x < box->x + box->w && in->y >= box->y && in->y < box->y + box->h;
}

static void turn_wheel(struct app *a, enum action action)
{
    for (int i = 0; i < APP_WHEEL; i++) {
        if (a->chooser.list)
            chooser_action(&a->chooser, action);
        else if (a->page_kind)
            act_on_page(a, action);
        else
            view_action(app_current(a), action);
    }
}

void app_act_mouse(struct app *a, const struct input *in)
{
    if (a->typing || a->menu.heading || (aside(a, in) && !a->page_kind && !a->chooser.list))
        return;
    if (in->button == 4 || in->button == 5)
        turn_wheel(a, in->button == 4 ? ACTION_ROW_UP : ACTION_ROW_DOWN);
    else if (in->button == 1 && a->chooser.list)
        chooser_click(&a->chooser, in->x, in->y);
    else if (in->button == 1 && !a->page_kind && view_click(app_current(a), in->x, in->y) == TABLE_VIEW_SAME_ROW)
        app_visit_open(a);
}
