/* The console's state: which view is open and how one came there, what is typed, when to draw. */
#include "ui/app.h"

#include "ui/chooser.h"
#include "ui/freeze.h"
#include "ui/page.h"
#include "ui/prompt.h"
#include "ui/series.h"
#include "ui/status.h"
#include "ui/view.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#include <event2/event.h>
#include <stdio.h>
#include <string.h>

enum { APP_FRAME_MS = 100, APP_MESSAGE_MS = 3000, APP_VISITS = 50, APP_WHEEL = 3 };

enum page_kind { PAGE_NONE, PAGE_HELP, PAGE_INSPECT };
enum typing { TYPING_NONE, TYPING_FILTER, TYPING_GOTO };

struct app {
    const struct clock *clock;
    struct app_settings settings;
    const struct app_ops *ops;
    void *arg;

    struct context ctx;
    struct status status;
    struct store *live;   /* what the data fills */
    struct store *frozen; /* the picture while paused; else NULL */
    bool waiting;         /* what was subscribed to last has not come yet */
    char lost[512];
    bool attached_before;
    char message[160];
    int64_t message_until_ms;

    VEC(int) base;             /* subscriptions to what is always read */
    VEC(struct view *) visits; /* each holds a reference */
    size_t at;                 /* the one that is shown */

    enum page_kind page_kind;
    char inspected_table[64]; /* the row of which all columns are shown */
    uint64_t inspected;
    struct page page;
    struct chooser chooser;
    enum typing typing;
    struct prompt filter, goto_name;
    char *filter_before; /* what Esc brings back */
    size_t error_at;     /* where what is typed is wrong */
    struct error error;  /* why; code 0: it is right */
    uint32_t pending;    /* the first of two keys */

    int width, height;
    bool dirty, stopped;
    int64_t drawn_us;
    struct event *frame, *tick;
};

static struct view *current(const struct app *a)
{
    return a->visits.items[a->at];
}

/* ---- when to draw ---- */

static void draw_now(struct app *a)
{
    if (a->stopped || !a->ops->draw)
        return;
    if (a->frame)
        evtimer_del(a->frame);
    a->ops->draw(a->arg);
}

static void frame_due(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct app *a = arg;
    if (a->dirty)
        draw_now(a);
}

/* Something changed: a picture comes, but not sooner than a tenth of a second after the last one.
 */
static void touch(struct app *a)
{
    a->dirty = true;
    if (!a->frame || evtimer_pending(a->frame, NULL))
        return;
    int spacing = a->status.interval_ms > APP_FRAME_MS ? a->status.interval_ms : APP_FRAME_MS;
    int64_t wait = a->drawn_us + spacing * 1000LL - clock_mono_us(a->clock);
    wait = wait < 0 ? 0 : wait > spacing * 1000LL ? spacing * 1000LL : wait;
    const struct timeval tv = {.tv_sec = wait / 1000000, .tv_usec = wait % 1000000};
    evtimer_add(a->frame, &tv);
}

static void second_passed(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct app *a = arg;
    if (!a->ctx.paused || a->message[0])
        touch(a);
}

__attribute__((format(printf, 2, 3))) static void say(struct app *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(a->message, sizeof a->message, fmt, ap);
    va_end(ap);
    a->message_until_ms = clock_wall_ms(a->clock) + APP_MESSAGE_MS;
}

/* ---- going from view to view ---- */

static void close_overlays(struct app *a)
{
    a->page_kind = PAGE_NONE;
    a->chooser.list = NULL;
    a->typing = TYPING_NONE;
}

static void show(struct app *a, size_t at)
{
    close_overlays(a);
    if (at != a->at)
        view_hide(current(a), &a->ctx);
    a->at = at;
    if (a->ctx.data.ops && !a->ctx.detached)
        a->waiting = true;
    view_show(current(a), &a->ctx);
}

/* Makes v (a reference of which is handed over) the view that is shown; forward history ends here.
 */
static void visit(struct app *a, struct view *v)
{
    if (a->visits.n)
        view_hide(current(a), &a->ctx);
    while (a->visits.n > a->at + 1)
        view_unref(a->visits.items[--a->visits.n]);
    if (a->visits.n >= APP_VISITS) {
        view_unref(a->visits.items[0]);
        memmove(a->visits.items, a->visits.items + 1, (a->visits.n - 1) * sizeof *a->visits.items);
        a->visits.n--;
    }
    vec_push(&a->visits, v);
    a->at = a->visits.n - 1;
    show(a, a->at);
}

/* The view as it was left, or a new one; NULL if it cannot be made. */
static struct view *find_or_make(struct app *a, const struct view_def *def, struct view *parent, const struct table *t,
                                 const struct row *r)
{
    for (size_t i = a->visits.n; i-- > 0;) {
        if (view_same(a->visits.items[i], def, t, r))
            return view_ref(a->visits.items[i]);
    }
    struct view *v;
    return view_new(def, NULL, parent, t, r, &v) == 0 ? v : NULL;
}

static void go_to(struct app *a, const struct view_def *def)
{
    if (current(a)->def == def && !current(a)->parent)
        return;
    struct view *v = find_or_make(a, def, NULL, NULL, NULL);
    if (v)
        visit(a, v);
}

/* A view or a table by its name. */
static bool go_to_name(struct app *a, const char *name)
{
    const struct view_def *def = views_find(name);
    if (def && !def->subject) {
        go_to(a, def);
        return true;
    }
    bool known = a->ctx.store && store_find(a->ctx.store, name);
    for (size_t i = 0; a->ctx.data.ops && !known; i++) {
        const char *table = a->ctx.data.ops->table(a->ctx.data.self, i);
        if (!table)
            break;
        known = strcmp(table, name) == 0;
    }
    if (!known)
        return false;
    for (size_t i = 0; i < a->visits.n; i++) {
        if (a->visits.items[i]->own && strcmp(a->visits.items[i]->def->name, name) == 0) {
            visit(a, view_ref(a->visits.items[i]));
            return true;
        }
    }
    struct view_def *own = views_generic(name);
    struct view *v;
    if (view_new(own, own, NULL, NULL, NULL, &v) < 0)
        free(own);
    else
        visit(a, v);
    return true;
}

static void inspect(struct app *a)
{
    const struct table *t;
    const char *open;
    const struct row *r = view_selected(current(a), &a->ctx, &t, &open);
    if (!r)
        return;
    snprintf(a->inspected_table, sizeof a->inspected_table, "%s", table_name(t));
    a->inspected = row_id(r);
    page_inspect(&a->page, &a->ctx, t, r);
    a->page.top = 0;
    a->page_kind = PAGE_INSPECT;
}

static void open_selected(struct app *a)
{
    const struct table *t;
    const char *open;
    struct view *here = current(a);
    const struct row *r = view_selected(here, &a->ctx, &t, &open);
    const struct view_def *def = r && open ? views_find(open) : NULL;
    if (!r)
        return;
    if (!def || !def->subject || strcmp(def->subject, table_name(t)) != 0) {
        inspect(a);
        return;
    }
    struct view *v = find_or_make(a, def, here, t, r);
    if (v)
        visit(a, v);
}

static void up(struct app *a)
{
    struct view *v = current(a);
    struct table_view *list = view_filtered(v);
    if (list && *table_view_filter_text(list))
        table_view_filter(list, &a->ctx, "", NULL, NULL);
    else if (v->parent)
        visit(a, view_ref(v->parent));
    else if (!v->def->overview)
        go_to(a, views_at(0));
}

/* ---- typing ---- */

static void open_filter(struct app *a)
{
    struct table_view *list = view_filtered(current(a));
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
    struct table_view *list = view_filtered(current(a));
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
            say(a, "%s", a->error.text);
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
        if (*name && !go_to_name(a, name))
            say(a, "no view or table is called %s", name);
    } else if (result == PROMPT_CANCELLED) {
        a->typing = TYPING_NONE;
    }
}

/* ---- what keys do ---- */

/* The store that is drawn from now on; every pointer into the one before is void. */
static void use_store(struct app *a)
{
    a->ctx.store = a->frozen ? a->frozen : a->live;
    a->ctx.paused = a->frozen != NULL;
    a->ctx.epoch++;
    a->inspected = UINT64_MAX; /* rows have other numbers now */
}

static void set_paused(struct app *a, bool paused)
{
    if (paused == a->ctx.paused || (paused && !a->live))
        return;
    store_free(a->frozen);
    a->frozen = paused ? freeze_store(a->live) : NULL;
    a->status.changes = 0;
    use_store(a);
}

static void change_interval(struct app *a, int step)
{
    static const int steps[] = {0, 1000, 2000, 5000, 10000, 30000, 60000};
    int n = (int)(sizeof steps / sizeof *steps), at = 0;
    while (at + 1 < n && steps[at + 1] <= a->status.interval_ms)
        at++;
    at += step;
    at = at < 0 ? 0 : at >= n ? n - 1 : at;
    a->status.interval_ms = steps[at];
    if (steps[at])
        say(a, "a new picture every %d s", steps[at] / 1000);
    else
        say(a, "pictures as they come");
}

static void copy_selected(struct app *a)
{
    const struct table *t;
    const char *open;
    const struct row *r = view_selected(current(a), &a->ctx, &t, &open);
    if (!r || !a->ops->copy)
        return;
    size_t last = table_nkeys(t) - 1;
    struct str s = {0};
    format_raw(&s, table_column(t, last), row_get(r, last));
    a->ops->copy(a->arg, str_text(&s), s.len);
    str_done(&s);
    say(a, "copied");
}

static void toggle_help(struct app *a)
{
    if (a->page_kind == PAGE_HELP) {
        a->page_kind = PAGE_NONE;
        return;
    }
    page_help(&a->page);
    a->page.top = 0;
    a->page_kind = PAGE_HELP;
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
        set_paused(a, !ctx->paused);
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
        say(a, ctx->detached ? "there is no collector to ask" : "asked every source to read now");
        return true;
    case ACTION_UNITS:
        ctx->format.exact = !ctx->format.exact;
        return true;
    case ACTION_ZONE:
        ctx->format.utc = !ctx->format.utc;
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
    struct view *v = current(a);
    switch (action) {
    case ACTION_VIEW:
        go_to(a, views_by_key(key));
        break;
    case ACTION_OPEN:
        open_selected(a);
        break;
    case ACTION_UP:
        up(a);
        break;
    case ACTION_BACK:
        if (a->at > 0)
            show(a, a->at - 1);
        break;
    case ACTION_FORWARD:
        if (a->at + 1 < a->visits.n)
            show(a, a->at + 1);
        break;
    case ACTION_GOTO:
        a->typing = TYPING_GOTO;
        prompt_open(&a->goto_name, ":", "");
        break;
    case ACTION_FILTER:
        open_filter(a);
        break;
    case ACTION_SORT:
    case ACTION_COLUMNS:
        if (view_filtered(v))
            chooser_open(&a->chooser, view_filtered(v), action == ACTION_SORT);
        break;
    case ACTION_INSPECT:
        inspect(a);
        break;
    case ACTION_COPY:
        copy_selected(a);
        break;
    default:
        view_action(v, action);
        break;
    }
}

static void act(struct app *a, uint32_t key)
{
    unsigned context = a->chooser.list ? KEYS_CHOOSER : a->page_kind ? KEYS_PAGE : KEYS_LIST;
    enum action action = keys_find(context, key, &a->pending);
    if (action == ACTION_NONE || action == ACTION_PENDING || act_anywhere(a, action))
        return;
    if (a->chooser.list) {
        chooser_action(&a->chooser, action);
    } else if (a->page_kind) {
        if (action == ACTION_UP)
            a->page_kind = PAGE_NONE;
        else
            page_action(&a->page, action);
    } else {
        act_in_view(a, action, key);
    }
}

static void mouse(struct app *a, const struct input *in)
{
    if (a->typing || a->chooser.list)
        return;
    if (in->button == 4 || in->button == 5) {
        enum action action = in->button == 4 ? ACTION_ROW_UP : ACTION_ROW_DOWN;
        for (int i = 0; i < APP_WHEEL; i++) {
            if (a->page_kind)
                page_action(&a->page, action);
            else
                view_action(current(a), action);
        }
    } else if (in->button == 1 && !a->page_kind) {
        view_click(current(a), in->y);
    }
}

/* Has no source ended a round yet? Then empty tables mean nothing. */
static bool starting(const struct context *ctx)
{
    const struct table *t = ctx->store ? store_find(ctx->store, "sources") : NULL;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        const char *state = context_text(t, r, "state");
        if (*state && strcmp(state, "starting") != 0)
            return false;
    }
    return !ctx->detached;
}

static void set_time(struct app *a)
{
    a->status.now_ms = clock_wall_ms(a->clock);
    if (!a->ctx.paused && !a->status.lost) /* what nobody tells any more has no new age */
        a->ctx.format.now_ms = a->status.now_ms;
    a->ctx.loading = a->waiting || starting(&a->ctx);
}

void app_input(struct app *a, const struct input *in)
{
    set_time(a);
    a->ctx.hurry = true;
    view_update(current(a), &a->ctx);
    if (in->mouse)
        mouse(a, in);
    else if (a->typing == TYPING_FILTER)
        filter_typed(a, prompt_input(&a->filter, in->key));
    else if (a->typing == TYPING_GOTO)
        goto_typed(a, in->key);
    else
        act(a, in->key);
    a->dirty = true;
    draw_now(a);
    a->ctx.hurry = false;
}

/* ---- what comes from outside ---- */

static void subscribe_base(struct app *a)
{
    for (size_t i = 0; views_base(i); i++)
        vec_push(&a->base, a->ctx.data.ops->subscribe(a->ctx.data.self, views_base(i), NULL, NULL));
}

void app_attach_data(struct app *a, const struct app_data *data)
{
    struct context *ctx = &a->ctx;
    if (!ctx->detached)
        app_detach(a, NULL);
    series_clear(ctx->series);
    ctx->data = *data;
    ctx->detached = false;
    a->live = data->ops->store(data->self);
    use_store(a);
    a->waiting = true;
    a->status.lost = NULL;
    set_time(a);
    a->status.restarted_ms = a->attached_before ? a->status.now_ms : 0;
    a->attached_before = true;
    subscribe_base(a);
    view_show(current(a), ctx);
    touch(a);
}

void app_detach(struct app *a, const struct error *err)
{
    struct context *ctx = &a->ctx;
    if (ctx->detached)
        return;
    snprintf(a->lost, sizeof a->lost, "%s", err && err->text[0] ? err->text : "the collector has gone");
    set_time(a);
    series_forget(ctx->series, ctx);
    view_hide(current(a), ctx);
    for (size_t i = 0; i < a->base.n; i++)
        ctx->data.ops->unsubscribe(ctx->data.self, a->base.items[i]);
    a->base.n = 0;
    ctx->data = (struct app_data){0};
    ctx->detached = ctx->old = true;
    a->waiting = false;
    a->status.lost = a->lost;
    a->status.lost_ms = a->status.now_ms;
    touch(a);
}

void app_changed(struct app *a, bool complete)
{
    if (complete)
        a->waiting = a->ctx.old = false;
    if (a->ctx.paused) {
        a->status.changes++;
        touch(a);
        return;
    }
    set_time(a);
    series_observe(a->ctx.series, &a->ctx);
    touch(a);
}

void app_resize(struct app *a, int width, int height)
{
    a->width = width;
    a->height = height;
    a->dirty = true;
    draw_now(a);
}

void app_suspend(struct app *a, bool stopped)
{
    a->stopped = stopped;
    if (!stopped)
        touch(a);
}

bool app_dirty(const struct app *a)
{
    return a->dirty;
}

/* ---- drawing ---- */

/* A row that is inspected goes on changing; one that has gone stays as it was. */
static void update_page(struct app *a)
{
    const struct table *t =
        a->page_kind == PAGE_INSPECT && a->ctx.store ? store_find(a->ctx.store, a->inspected_table) : NULL;
    const struct row *r = t ? table_by_id(t, a->inspected) : NULL;
    if (r)
        page_inspect(&a->page, &a->ctx, t, r);
}

/* What is typed, and above it why it is wrong, at the place where it is. */
static void draw_filter(const struct app *a, struct cells *c, struct rect box)
{
    char count[48];
    const struct table_view *list = view_filtered(current(a));
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

static void draw_footer(struct app *a, struct cells *c, struct rect box)
{
    unsigned context = a->chooser.list ? KEYS_CHOOSER : a->page_kind ? KEYS_PAGE : KEYS_LIST;
    a->status.message = a->message[0] ? a->message : NULL;
    if (a->typing == TYPING_FILTER)
        draw_filter(a, c, box);
    else if (a->typing == TYPING_GOTO)
        draw_goto(a, c, box);
    else
        status_footer(current(a), &a->ctx, &a->status, context, c, box);
}

void app_draw(struct app *a, struct cells *c)
{
    set_time(a);
    struct view *v = current(a);
    if (clock_wall_ms(a->clock) >= a->message_until_ms)
        a->message[0] = '\0';
    cells_clear(c);
    view_update(v, &a->ctx);
    struct status_notices notices;
    status_notices(&a->ctx, &a->status, &notices);
    struct layout_frame f;
    layout_frame(c->width, c->height, (int)notices.n, status_crumbs_lines(v, &a->ctx), &f);
    status_header(&a->ctx, &a->status, c, f.header);
    status_draw_notices(&a->ctx, &notices, c, f.notices);
    status_notices_done(&notices);
    status_crumbs(v, &a->ctx, c, f.crumbs);
    update_page(a);
    if (a->page_kind)
        page_draw(&a->page, c, f.body);
    else
        view_draw(v, &a->ctx, c, f.body);
    if (a->chooser.list)
        chooser_draw(&a->chooser, c, f.body);
    if (a->typing && f.footer.h == 0) /* what is typed must be seen */
        f.footer = (struct rect){0, c->height - 1, c->width, 1};
    draw_footer(a, c, f.footer);
    a->dirty = false;
    a->drawn_us = clock_mono_us(a->clock);
}

/* ---- beginning and end ---- */

struct app *app_new(struct event_base *base, const struct clock *clock, const struct app_settings *settings,
                    const struct app_ops *ops, void *arg)
{
    struct app *a = mem_new(struct app);
    a->clock = clock;
    a->settings = *settings;
    a->ops = ops;
    a->arg = arg;
    a->ctx.format = (struct format_options){.exact = settings->exact, .utc = settings->utc, .ascii = settings->ascii};
    a->ctx.graph = settings->graph;
    a->ctx.verdicts = verdicts_new(views_rules, views_nrules);
    a->ctx.series = series_set_new();
    a->ctx.detached = true;
    a->status.interval_ms = settings->interval_ms;
    a->drawn_us = clock_mono_us(clock) - APP_FRAME_MS * 1000LL;
    a->dirty = true;
    set_time(a);
    const struct view_def *def = settings->view ? views_find(settings->view) : NULL;
    struct view *v;
    struct view_def *own = !def && settings->view ? views_generic(settings->view) : NULL;
    if (!def || def->subject)
        def = own ? own : views_at(0);
    view_new(def, own, NULL, NULL, NULL, &v);
    vec_push(&a->visits, v);
    if (base) {
        const struct timeval second = {.tv_sec = 1};
        a->frame = evtimer_new(base, frame_due, a);
        a->tick = event_new(base, -1, EV_PERSIST, second_passed, a);
        event_add(a->tick, &second);
    }
    return a;
}

void app_free(struct app *a)
{
    if (!a)
        return;
    if (a->frame)
        event_free(a->frame);
    if (a->tick)
        event_free(a->tick);
    while (a->visits.n)
        view_unref(a->visits.items[--a->visits.n]);
    vec_done(&a->visits);
    vec_done(&a->base);
    verdicts_free(a->ctx.verdicts);
    series_set_free(a->ctx.series);
    store_free(a->frozen);
    page_done(&a->page);
    prompt_done(&a->filter);
    prompt_done(&a->goto_name);
    free(a->filter_before);
    free(a);
}
