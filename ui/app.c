/* The console's life: what it is attached to, the time of its picture, when to draw and what goes where. */
#include "ui/app.h"

#include "ui/app_internal.h"
#include "ui/freeze.h"
#include "ui/theme.h"

#include "base/mem.h"

#include <event2/event.h>
#include <stdio.h>
#include <string.h>

enum { APP_FRAME_MS = 100, APP_SOON_MS = 30, APP_FRESH_MS = 2000, APP_MESSAGE_MS = 3000 };
/* What the terminal is sent at rest, and how long it may go without a picture for that. */
enum { APP_BYTES_PER_S = 900, APP_QUIET_MS = 6000 };
/* What may be saved up for pictures that do not wait. */
enum { APP_CREDIT_BYTES = 5000 };

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
    if (!a->dirty)
        return;
    a->unasked = true;
    draw_now(a);
    a->unasked = false;
}

static void save_up(struct app *a)
{
    int64_t ms = (clock_mono_us(a->clock) - a->credit_us) / 1000;
    a->credit_us += ms * 1000;
    a->credit += (ms < 60000 ? ms : 60000) * APP_BYTES_PER_S / 1000;
    a->credit = a->credit < APP_CREDIT_BYTES ? a->credit : APP_CREDIT_BYTES;
}

void app_cost(struct app *a, uint64_t bytes)
{
    int64_t ms = (int64_t)(bytes < 1000000 ? bytes : 1000000) * 1000 / APP_BYTES_PER_S;
    if (!a->unasked)
        return;
    a->quiet_ms = ms < APP_QUIET_MS ? (int)ms : APP_QUIET_MS;
    save_up(a);
    a->credit -= (int64_t)(bytes < APP_CREDIT_BYTES ? bytes : APP_CREDIT_BYTES);
}

/* Milliseconds between two pictures that no key asked for: as many as the interval says, and as the last of them cost on the
 * wire. Only what a reader has just asked for, rows and then their charts, is drawn as it comes. */
static int spacing_ms(const struct app *a, int64_t now_us)
{
    int spacing = a->status.interval_ms > APP_FRAME_MS ? a->status.interval_ms : APP_FRAME_MS;
    if (now_us - a->asked_us < APP_FRESH_MS * 1000LL)
        return APP_SOON_MS;
    return a->quiet_ms > spacing ? a->quiet_ms : spacing;
}

/* Milliseconds until a picture may come of what should be seen at once: each costs of what was saved up, and all that no key
 * asked for do. */
static int64_t prompt_ms(struct app *a)
{
    save_up(a);
    return a->credit > 0 ? APP_FRAME_MS : APP_FRAME_MS - a->credit * 1000 / APP_BYTES_PER_S;
}

/* A picture comes, but not sooner than that after the last one. */
static void touch_after(struct app *a, int64_t spacing_us)
{
    a->dirty = true;
    if (!a->frame)
        return;
    int64_t now = clock_mono_us(a->clock);
    int64_t wait = a->drawn_us + spacing_us - now;
    wait = wait < 0 ? 0 : wait > spacing_us ? spacing_us : wait;
    if (evtimer_pending(a->frame, NULL) && a->due_us <= now + wait)
        return;
    a->due_us = now + wait;
    const struct timeval tv = {.tv_sec = wait / 1000000, .tv_usec = wait % 1000000};
    evtimer_add(a->frame, &tv);
}

/* Something changed. */
void app_touch(struct app *a)
{
    touch_after(a, spacing_ms(a, clock_mono_us(a->clock)) * 1000LL);
}

/* The same; what the view shows of rows that come seldom does not wait as numbers do. */
static void touch_promptly(struct app *a)
{
    const struct view_def *def = app_current(a)->def;
    uint64_t seq = 0;
    for (size_t i = 0; i < VIEWS_PANES && def->panes[i].table; i++) {
        const struct table *t = def->panes[i].prompt && a->live ? store_find(a->live, def->panes[i].table) : NULL;
        if (t && table_seq(t) > seq)
            seq = table_seq(t);
    }
    int64_t usual = spacing_ms(a, clock_mono_us(a->clock)), prompt = prompt_ms(a);
    touch_after(a, (seq > a->prompt_seq && prompt < usual ? prompt : usual) * 1000);
    a->prompt_seq = seq;
}

static void history_came(void *arg)
{
    app_touch(arg);
}

static void second_passed(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct app *a = arg;
    if (!a->ctx.paused || a->message[0])
        app_touch(a);
}

void app_say(struct app *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(a->message, sizeof a->message, fmt, ap);
    va_end(ap);
    a->message_until_ms = clock_wall_ms(a->clock) + APP_MESSAGE_MS;
}

void app_tell(struct app *a, const char *text)
{
    app_say(a, "%s", text);
    app_touch(a);
}

/* ---- the store and its time ---- */

/* The store that is drawn from now on; every pointer into the one before is void. */
static void use_store(struct app *a)
{
    a->ctx.store = a->frozen ? a->frozen : a->live;
    a->ctx.paused = a->frozen != NULL;
    a->ctx.epoch++;
}

void app_set_paused(struct app *a, bool paused)
{
    if (paused == a->ctx.paused || (paused && !a->live))
        return;
    store_free(a->frozen);
    a->frozen = paused ? freeze_store(a->live) : NULL;
    a->status.changes = 0;
    if (!paused)
        series_missed(a->ctx.series);
    use_store(a);
}

static void set_time(struct app *a)
{
    a->status.now_ms = clock_wall_ms(a->clock);
    if (!a->ctx.paused && !a->status.lost) /* what nobody tells any more has no new age */
        a->ctx.format.now_ms = a->status.now_ms;
    a->ctx.loading = a->waiting || context_starting(&a->ctx);
}

/* ---- what comes from outside ---- */

void app_input(struct app *a, const struct input *in)
{
    set_time(a);
    a->ctx.hurry = true;
    view_update(app_current(a), &a->ctx);
    if (in->mouse)
        app_act_mouse(a, in);
    else if (a->typing)
        app_type_key(a, in->key);
    else
        app_act_key(a, in->key);
    a->dirty = true;
    draw_now(a);
    a->ctx.hurry = false;
}

/* The list is as it was asked for on the command line as soon as it is known what columns there are. */
static void begin_list(struct app *a)
{
    const struct app_settings *s = &a->settings;
    struct error err = {0};
    if (a->begun || app_narrow(a, s->filter, s->sort, s->columns, &err) == ERR_UNAVAILABLE)
        return;
    a->begun = true;
    if (err.code)
        app_say(a, "%s", err.text);
}

static void subscribe_base(struct app *a)
{
    for (size_t i = 0; views_base(i); i++)
        vec_push(&a->base, a->ctx.data.ops->subscribe(a->ctx.data.self, views_base(i), NULL, NULL));
}

/* Ends every subscription; the rows stay. */
static void let_go(struct app *a)
{
    struct context *ctx = &a->ctx;
    series_forget(ctx->series, ctx);
    view_hide(app_current(a), ctx);
    inspect_hide(&a->inspect, ctx);
    overlay_hide(&a->overlay, ctx);
    for (size_t i = 0; i < a->base.n; i++)
        ctx->data.ops->unsubscribe(ctx->data.self, a->base.items[i]);
    a->base.n = 0;
    app_palette_forget(a);
    record_page_attach(&a->record, NULL);
    ctx->data = (struct app_data){0};
    ctx->detached = ctx->old = true;
    a->waiting = false;
}

void app_attach_data(struct app *a, const struct app_data *data)
{
    struct context *ctx = &a->ctx;
    if (!ctx->detached)
        let_go(a);
    series_clear(ctx->series);
    ctx->data = *data;
    ctx->detached = false;
    a->live = data->ops->store(data->self);
    use_store(a);
    a->waiting = true;
    a->asked_us = clock_mono_us(a->clock);
    a->status.lost = NULL;
    set_time(a);
    a->status.restarted_ms = a->attached_before ? a->status.now_ms : 0;
    a->attached_before = true;
    subscribe_base(a);
    if (a->record.open)
        record_page_attach(&a->record, data);
    focus_again(&a->focus);
    app_places_retry(a, false);
    begin_list(a);
    view_show(app_current(a), ctx);
    inspect_show(&a->inspect, ctx);
    if (a->page_kind == PAGE_OVERLAY)
        overlay_show(&a->overlay, ctx);
    app_touch(a);
}

void app_set_via(struct app *a, const char *via)
{
    snprintf(a->via, sizeof a->via, "%s", via ? via : "");
    a->status.via = a->via[0] ? a->via : NULL;
    app_touch(a);
}

void app_summary(struct app *a, struct str *out)
{
    size_t before = out->len;
    status_summary(&a->ctx, out);
    if (out->len == before)
        return;
    struct overview *o = overview_new();
    struct status_notices notices;
    struct str worst = {0};
    status_notices(&a->ctx, &a->status, &notices);
    overview_update(o, &a->ctx);
    if (notices.n && notices.items[0].severity == SEVERITY_WRONG)
        str_add(&worst, notices.items[0].text);
    else
        overview_worst(o, &worst);
    if (worst.len)
        str_printf(out, "; worst: %s", str_text(&worst));
    str_done(&worst);
    status_notices_done(&notices);
    overview_free(o);
}

void app_detach(struct app *a, const struct error *err)
{
    snprintf(a->lost, sizeof a->lost, "%s", err && err->text[0] ? err->text : "the collector has gone");
    set_time(a);
    if (!a->ctx.detached)
        let_go(a);
    if (!a->status.lost)
        a->status.lost_ms = a->status.now_ms;
    a->status.lost = a->lost;
    a->quiet_ms = 0; /* that is news */
    app_touch(a);
}

void app_changed(struct app *a, bool complete)
{
    bool awaited = complete && a->waiting; /* what a key asked for has come */
    if (complete)
        a->waiting = a->ctx.old = false;
    if (a->ctx.paused) {
        a->status.changes++;
        app_touch(a);
        return;
    }
    set_time(a);
    app_places_retry(a, complete && !context_starting(&a->ctx));
    begin_list(a);
    series_observe(a->ctx.series, &a->ctx);
    app_palette_refresh(a);
    a->dirty = true;
    if (awaited)
        draw_now(a);
    else
        touch_promptly(a);
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
        app_touch(a);
}

bool app_ready(const struct app *a)
{
    return !a->ctx.detached && !a->waiting && !context_starting(&a->ctx) && !series_waiting(a->ctx.series);
}

/* ---- drawing ---- */

static void draw_footer(struct app *a, struct cells *c, struct rect box)
{
    a->status.message = a->message[0] ? a->message : NULL;
    if (a->typing)
        app_type_draw(a, c, box);
    else
        status_footer(app_current(a), &a->ctx, &a->status, app_keys(a), c, box);
}

static void draw_view(struct app *a, struct cells *c, struct rect body)
{
    struct rect list, other;
    if (app_split_place(a, body, &list, &other))
        app_split_draw(a, c, other, other.y == list.y);
    else
        app_split_close(a);
    view_draw(app_current(a), &a->ctx, c, list);
}

void app_draw(struct app *a, struct cells *c)
{
    set_time(a);
    struct view *v = app_current(a);
    if (clock_wall_ms(a->clock) >= a->message_until_ms)
        a->message[0] = '\0';
    cells_clear(c);
    view_update(v, &a->ctx);
    if (a->page_kind == PAGE_INSPECT)
        inspect_update(&a->inspect, &a->ctx);
    struct status_notices notices;
    status_notices(&a->ctx, &a->status, &notices);
    struct layout_frame f;
    layout_frame(c->width, c->height, (int)notices.n, status_crumbs_lines(v, &a->ctx, c->width), &f);
    status_header(&a->ctx, &a->status, v, c, f.header);
    status_draw_notices(&a->ctx, &notices, c, f.notices);
    status_notices_done(&notices);
    status_crumbs(v, &a->ctx, c, f.crumbs);
    if (a->page_kind == PAGE_RECORD)
        record_page_draw(&a->record, &a->ctx, c, f.body);
    else if (a->page_kind == PAGE_INSPECT)
        inspect_draw(&a->inspect, &a->ctx, c, f.body);
    else if (a->page_kind == PAGE_OVERLAY)
        overlay_draw(&a->overlay, &a->ctx, c, f.body);
    else if (a->page_kind)
        page_draw(&a->page, c, f.body);
    else
        draw_view(a, c, f.body);
    if (a->chooser.list)
        chooser_draw(&a->chooser, c, f.body);
    if (a->menu.heading)
        menu_draw(&a->menu, c, f.body);
    if (a->typing && f.footer.h == 0) /* what is typed must be seen */
        f.footer = (struct rect){0, c->height - 1, c->width, 1};
    draw_footer(a, c, f.footer);
    a->dirty = false;
    a->drawn_us = clock_mono_us(a->clock);
    focus_update(&a->focus, v, &a->ctx, a->drawn_us);
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
    a->ctx.format = (struct format_options){
        .exact = settings->exact, .si = settings->si, .utc = settings->utc, .ascii = settings->ascii};
    a->ctx.graph = settings->graph;
    a->ctx.still = settings->still;
    if (!settings->keys)
        keymap_new(NULL, NULL, 0, &a->own_keys, NULL); /* without changes there is no error */
    a->ctx.keys = settings->keys ? settings->keys : a->own_keys;
    a->ctx.verdicts = verdicts_new(views_rules, views_nrules);
    a->ctx.series = series_set_new(history_came, a);
    a->ctx.detached = true;
    a->theme = settings->theme ? settings->theme : theme_at(0);
    a->themes = settings->themes;
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
    menu_close(&a->menu);
    while (a->visits.n)
        view_unref(a->visits.items[--a->visits.n]);
    vec_done(&a->visits);
    app_lists_done(a);
    app_places_done(a);
    vec_done(&a->base);
    verdicts_free(a->ctx.verdicts);
    mark_free(a->ctx.mark);
    series_set_free(a->ctx.series);
    store_free(a->frozen);
    page_done(&a->page);
    inspect_close(&a->inspect, NULL);
    overlay_clear(&a->overlay, NULL);
    app_split_done(a);
    record_page_close(&a->record);
    focus_done(&a->focus);
    prompt_done(&a->filter);
    prompt_done(&a->command);
    complete_done(&a->complete);
    vec_done(&a->names);
    prompt_done(&a->search);
    free(a->filter_before);
    free(a->cluster);
    keymap_free(a->own_keys);
    free(a);
}
