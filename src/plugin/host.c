/* A plugin's life: opened, asked for rounds, closed. */
#include "base/mem.h"
#include "plugin/host_internal.h"
#include "plugin/json.h"
#include "plugin/message.h"
#include "stream/encode.h"

#include <event2/event.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    INTERVAL_MS = 10000, /* where the collector does not say */
    DEADLINE_MS = 5000,
    LEAST_MS = 10,
};

/* ---- messages ---- */

void plugin_host_send(struct plugin_host *h)
{
    if (h->out.len)
        h->settings.write(h->settings.arg, h->out.s, h->out.len);
    str_clear(&h->out);
}

static void add_done(struct str *out, enum icetop_outcome outcome, const char *text)
{
    static const char *const names[] = {[ICETOP_OK] = "ok", [ICETOP_PARTIAL] = "partial", [ICETOP_FAILED] = "failed"};
    json_t *m = json_pack("{s:s, s:s}", "t", "done", "outcome", names[outcome]);
    plugin_message_text(m, "text", text && *text ? text : NULL);
    plugin_message_add(out, m);
}

static void add_end(struct str *out)
{
    plugin_message_add(out, json_pack("{s:s}", "t", "end"));
}

void plugin_host_fail(struct str *out, const struct error *err)
{
    add_done(out, ICETOP_FAILED, err->text);
}

static void say_hello(struct plugin_host *h)
{
    json_t *m = json_pack("{s:s, s:i, s:s, s:s, s:s}", "t", "hello", "protocol", STREAM_PROTOCOL, "icetop",
                          ICETOP_VERSION, "plugin", h->d->calls.name, "version", h->d->calls.version);
    plugin_message_add(&h->out, m);
    plugin_host_words_pages(h->d, &h->out);
    plugin_host_rows_declare(&h->rows, &h->out);
    add_end(&h->out);
}

/* ---- rounds ---- */

/* What is said of the round: the plugin's words, else the first of its troubles and how many more there were. */
static void round_words(const struct plugin_host *h, const char *own, struct str *out)
{
    if (own && *own)
        str_add(out, own);
    if (!h->counts.troubles)
        return;
    str_printf(out, "%s%s", out->len ? "; " : "", h->trouble);
    if (h->counts.troubles > 1)
        str_printf(out, " (and %zu more)", h->counts.troubles - 1);
}

static void end_round(struct plugin_host *h, enum icetop_outcome outcome, const char *text)
{
    struct str words = {0};
    h->round = false;
    event_del(h->deadline);
    plugin_host_words_rest(h);
    if (outcome == ICETOP_OK && h->counts.troubles)
        outcome = ICETOP_PARTIAL;
    plugin_host_rows_end_round(&h->rows, outcome == ICETOP_OK);
    plugin_host_rows_flush(&h->rows, &h->out);
    if (outcome == ICETOP_FAILED && h->out.len) /* what was said is true all the same; a failed round's is not taken */
        add_end(&h->out);
    round_words(h, text, &words);
    add_done(&h->out, outcome, str_text(&words));
    str_done(&words);
    h->counts = (struct plugin_host_counts){0};
    plugin_host_send(h);
}

__attribute__((format(printf, 3, 4))) static void done(const struct icetop_host *face, enum icetop_outcome outcome,
                                                       const char *format, ...)
{
    struct plugin_host *h = plugin_host_of(face);
    char text[1000] = "";
    if (!h->round)
        return;
    if (format) {
        va_list ap;
        va_start(ap, format);
        vsnprintf(text, sizeof text, format, ap);
        va_end(ap);
    }
    if ((unsigned)outcome > ICETOP_FAILED) {
        plugin_host_trouble(h, "the round ended with an outcome that there is not");
        outcome = ICETOP_FAILED;
    }
    end_round(h, outcome, text);
}

static void commit(const struct icetop_host *face)
{
    struct plugin_host *h = plugin_host_of(face);
    plugin_host_rows_flush(&h->rows, &h->out);
    add_end(&h->out);
    plugin_host_send(h);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct plugin_host *h = arg;
    char why[100];
    snprintf(why, sizeof why, "not done within %d ms", h->face.deadline_ms);
    if (h->d->calls.deadline)
        h->d->calls.deadline(h->self);
    plugin_host_web_give_up(h, why);
    if (h->round)
        end_round(h, h->rows.written ? ICETOP_PARTIAL : ICETOP_FAILED, why);
}

void plugin_host_refresh(struct plugin_host *h)
{
    if (h->round)
        return;
    /* Ours passes before the collector's does, so that it hears why. */
    int ms = h->face.deadline_ms - h->face.deadline_ms / 10;
    const struct timeval after = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    h->round = true;
    h->began_us = clock_mono_us(h->settings.clock);
    plugin_host_rows_begin_round(&h->rows);
    event_add(h->deadline, &after);
    h->d->calls.round(h->self);
}

bool plugin_host_in_round(const struct plugin_host *h)
{
    return h->round;
}

static void write_format(const struct icetop_host *face, const void *bytes, size_t len)
{
    (void)bytes;
    plugin_host_trouble(plugin_host_of(face), "%zu bytes of a format, where none is asked for", len);
}

/* ---- options and time ---- */

static const char *option_text(const struct icetop_host *face, const char *name)
{
    return plugin_options_text(plugin_host_of(face)->options, name, 0);
}

static const char *option_item(const struct icetop_host *face, const char *name, size_t i)
{
    return plugin_options_text(plugin_host_of(face)->options, name, i);
}

static int64_t option_int(const struct icetop_host *face, const char *name)
{
    return plugin_options_int(plugin_host_of(face)->options, name);
}

static double option_real(const struct icetop_host *face, const char *name)
{
    return plugin_options_real(plugin_host_of(face)->options, name);
}

static bool option_bool(const struct icetop_host *face, const char *name)
{
    return plugin_options_bool(plugin_host_of(face)->options, name);
}

static int64_t now_ms(const struct icetop_host *face)
{
    return clock_wall_ms(plugin_host_of(face)->settings.clock);
}

static int64_t mono_us(const struct icetop_host *face)
{
    return clock_mono_us(plugin_host_of(face)->settings.clock);
}

/* ---- beginning and end ---- */

static int milliseconds(const json_t *configure, const char *name, int preset)
{
    json_int_t v = json_integer_value(json_object_get(configure, name));
    return v >= LEAST_MS && v < INT32_MAX ? (int)v : preset;
}

static void fill_face(struct plugin_host *h)
{
    struct icetop_host *f = &h->face;
    f->struct_size = sizeof *f;
    f->instance = h->instance;
    f->interval_ms = milliseconds(h->settings.configure, "interval_ms", INTERVAL_MS);
    f->deadline_ms = milliseconds(h->settings.configure, "deadline_ms", DEADLINE_MS);
    f->done = done;
    f->commit = commit;
    f->write = write_format;
    f->option_text = option_text;
    f->option_int = option_int;
    f->option_real = option_real;
    f->option_bool = option_bool;
    f->option_item = option_item;
    f->now_ms = now_ms;
    f->mono_us = mono_us;
    plugin_host_cells_serve(f);
    plugin_host_words_serve(f);
    plugin_host_web_serve(f);
    plugin_host_wake_serve(f);
    plugin_json_serve(f);
}

static int open_plugin(struct plugin_host *h, struct error *err)
{
    struct str words = {0};
    int rc = 0;
    h->self = h->d->calls.open(&h->face);
    h->open = h->self != NULL;
    round_words(h, NULL, &words);
    if (!h->open)
        rc = error_set(err, ERR_UNAVAILABLE, "plugin %s could not be opened%s%s", h->d->calls.name,
                       words.len ? ": " : "", str_text(&words));
    h->counts.troubles = 0; /* of a plugin that could be opened all the same, they are nobody's */
    str_done(&words);
    return rc;
}

int plugin_host_new(struct event_base *base, const struct plugin_host_settings *settings, struct plugin_host **ret,
                    struct error *err)
{
    struct plugin_host *h = mem_new(struct plugin_host);
    const char *instance = json_string_value(json_object_get(settings->configure, "instance"));
    h->settings = *settings;
    h->d = settings->descriptor;
    h->base = base;
    h->instance = mem_strdup(instance && *instance ? instance : h->d->calls.name);
    h->deadline = evtimer_new(base, on_deadline, h);
    plugin_host_rows_init(&h->rows, h->d, h->instance, settings->clock);
    h->rows.strict = settings->recorded != NULL;
    plugin_host_web_init(h);
    int rc = plugin_options_read(h->d, json_object_get(settings->configure, "options"), &h->options, err);
    fill_face(h);
    say_hello(h);
    if (!rc)
        rc = open_plugin(h, err);
    h->settings.configure = NULL;
    plugin_host_send(h);
    if (rc)
        plugin_host_free(h);
    else
        *ret = h;
    return rc;
}

void plugin_host_free(struct plugin_host *h)
{
    if (!h)
        return;
    h->round = false;
    plugin_host_wake_done(h);
    plugin_host_web_give_up(h, "the plugin is closed");
    if (h->open && h->d->calls.close)
        h->d->calls.close(h->self);
    plugin_host_wake_done(h);
    plugin_host_web_done(h);
    event_free(h->deadline);
    plugin_host_rows_done(&h->rows);
    plugin_options_free(h->options);
    str_done(&h->out);
    free(h->instance);
    free(h);
}
