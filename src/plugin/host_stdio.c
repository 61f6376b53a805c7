/* Lines in, lines out, and between them the host. */
#include "plugin/host_stdio.h"
#include "base/limits.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/str.h"
#include "plugin/host.h"
#include "plugin/host_rows.h"
#include "plugin/message.h"
#include "plugin/options.h"
#include "stream/decode.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    READ_BYTES = 65536,
    PENDING_MAX = 256 * 1024 * 1024, /* that nobody reads */
};

struct run {
    struct plugin_host_stdio s;
    struct event_base *base;
    struct event *readable, *writable, *next;
    struct plugin_host *host; /* NULL: not yet, or refused */
    struct error refused; /* options are wrong, or it could not be opened: what a round is answered; code 0: neither */
    struct error failed;  /* why it ends; code 0: as it should */
    struct str line, pending;
    size_t sent; /* of pending */
    bool due;    /* a refresh came that could not begin */
    struct clock clock;
    int64_t now_ms; /* of what was recorded */
    size_t rounds;  /* begun, of what was recorded */
};

static void stop(struct run *r, int code, const char *text)
{
    if (code && !r->failed.code)
        error_set(&r->failed, code, "%s", text);
    event_base_loopbreak(r->base);
}

/* ---- out ---- */

static void begin_round(struct run *r);

static void send_pending(struct run *r)
{
    while (r->sent < r->pending.len) {
        ssize_t n = write(r->s.out, r->pending.s + r->sent, r->pending.len - r->sent);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) {
            event_add(r->writable, NULL);
            return;
        }
        if (n < 0) { /* nobody reads any longer */
            stop(r, 0, NULL);
            return;
        }
        r->sent += (size_t)n;
    }
    str_clear(&r->pending);
    r->sent = 0;
    if (r->due)
        event_active(r->next, EV_TIMEOUT, 0);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    send_pending(arg);
}

static void write_out(void *arg, const char *bytes, size_t len)
{
    struct run *r = arg;
    bool idle = !r->pending.len;
    str_bytes(&r->pending, bytes, len);
    if (r->pending.len > PENDING_MAX)
        stop(r, ERR_LIMIT, "what was written is not read");
    if (idle)
        send_pending(r);
    if (r->s.recorded && r->host && !plugin_host_in_round(r->host))
        event_active(r->next, EV_TIMEOUT, 0);
}

static void fail_round(struct run *r)
{
    struct str out = {0};
    plugin_host_fail(&out, &r->refused);
    write_out(r, out.s, out.len);
    str_done(&out);
}

/* ---- in ---- */

static void configure(struct run *r, const json_t *message)
{
    const struct plugin_host_settings settings = {.descriptor = r->s.object->descriptor,
                                                  .configure = message,
                                                  .clock = &r->clock,
                                                  .recorded = r->s.recorded,
                                                  .write = write_out,
                                                  .arg = r};
    struct error err = {0};
    if (r->host || r->refused.code)
        return;
    if (plugin_host_new(r->base, &settings, &r->host, &err))
        r->refused = err;
}

/* Rounds wait until what the last one said was read. */
static void begin_round(struct run *r)
{
    if (r->pending.len) {
        r->due = true;
        return;
    }
    r->due = false;
    if (!r->host && !r->refused.code) {
        json_t *nothing = json_object();
        configure(r, nothing);
        json_decref(nothing);
    }
    if (r->refused.code)
        fail_round(r);
    if (r->refused.code == ERR_UNAVAILABLE) /* another time, and in another process, it may open */
        stop(r, ERR_UNAVAILABLE, r->refused.text);
    if (r->host)
        plugin_host_refresh(r->host);
}

/* What was recorded: the next round, or the end. */
static void on_next(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct run *r = arg;
    if (!r->s.recorded) {
        begin_round(r);
    } else if (r->host && plugin_host_in_round(r->host)) {
        return;
    } else if (r->pending.len) {
        r->due = true;
    } else if (r->rounds++ == plugin_recorded_rounds(r->s.recorded)) {
        stop(r, 0, NULL);
    } else {
        plugin_recorded_next(r->s.recorded);
        begin_round(r);
    }
}

static void take_line(struct run *r, const char *line, size_t len)
{
    json_t *message = NULL;
    const char *type;
    struct error err = {0};
    if (!len)
        return;
    if (stream_decode_line(line, len, &message, &type, &err)) {
        stop(r, ERR_INVALID, err.text);
        return;
    }
    if (strcmp(type, "configure") == 0)
        configure(r, message);
    else if (strcmp(type, "refresh") == 0)
        begin_round(r);
    json_decref(message);
}

static void take_lines(struct run *r)
{
    size_t at = 0;
    const char *end;
    while (at < r->line.len && (end = memchr(r->line.s + at, '\n', r->line.len - at))) {
        take_line(r, r->line.s + at, (size_t)(end - r->line.s) - at);
        at = (size_t)(end - r->line.s) + 1;
    }
    if (!at)
        return;
    size_t rest = r->line.len - at;
    memmove(r->line.s, r->line.s + at, rest);
    explicit_bzero(r->line.s + rest, at); /* there may be secrets in it */
    str_cut(&r->line, rest);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct run *r = arg;
    char bytes[READ_BYTES];
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        stop(r, 0, NULL);
        return;
    }
    str_bytes(&r->line, bytes, (size_t)n);
    explicit_bzero(bytes, (size_t)n);
    take_lines(r);
    if (r->line.len > LIMITS_STREAM_LINE)
        stop(r, ERR_LIMIT, "a message of more than 1 MiB");
}

/* ---- the whole ---- */

static int64_t recorded_wall_ms(void *arg)
{
    return ((const struct run *)arg)->now_ms;
}

static int64_t system_mono_us(void *arg)
{
    (void)arg;
    return clock_mono_us(&clock_system);
}

static void begin(struct run *r)
{
    r->base = loop_new();
    r->clock = clock_system;
    if (r->s.recorded && plugin_recorded_now(r->s.recorded, &r->now_ms))
        r->clock = (struct clock){.wall_ms = recorded_wall_ms, .mono_us = system_mono_us, .arg = r};
    r->readable = event_new(r->base, r->s.in, EV_READ | EV_PERSIST, on_readable, r);
    r->writable = event_new(r->base, r->s.out, EV_WRITE, on_writable, r);
    r->next = event_new(r->base, -1, 0, on_next, r);
    if (!r->readable || !r->writable || !r->next)
        mem_none();
    fcntl(r->s.out, F_SETFL, fcntl(r->s.out, F_GETFL) | O_NONBLOCK);
}

static void run_recorded(struct run *r)
{
    json_t *message = json_pack("{s:s, s:o}", "t", "configure", "options", plugin_recorded_options(r->s.recorded));
    configure(r, message);
    json_decref(message);
    if (r->refused.code)
        stop(r, r->refused.code, r->refused.text);
    else
        event_active(r->next, EV_TIMEOUT, 0);
    event_base_loop(r->base, 0);
}

static void run_live(struct run *r)
{
    fcntl(r->s.in, F_SETFL, fcntl(r->s.in, F_GETFL) | O_NONBLOCK);
    if (event_add(r->readable, NULL))
        stop(r, ERR_IO, "standard input is none that can be waited for");
    else
        event_base_loop(r->base, 0);
}

/* What is left goes out as far as it is taken at once. */
static void end(struct run *r)
{
    plugin_host_free(r->host);
    r->host = NULL;
    r->due = false;
    send_pending(r);
    event_free(r->readable);
    event_free(r->writable);
    event_free(r->next);
    event_base_free(r->base);
    str_done(&r->line);
    str_done(&r->pending);
}

int plugin_host_stdio_run(const struct plugin_host_stdio *s, struct error *err)
{
    struct run r = {.s = *s};
    begin(&r);
    if (s->recorded)
        run_recorded(&r);
    else
        run_live(&r);
    end(&r);
    return r.failed.code ? error_set(err, r.failed.code, "%s", r.failed.text) : 0;
}

/* ---- what it declares ---- */

static void describe_option(const struct icetop_option *o, struct str *out)
{
    json_t *m = json_pack("{s:s, s:s, s:s}", "t", "option", "name", o->name, "type", plugin_options_type_name(o->type));
    const struct {
        const char *name;
        bool yes;
    } flags[] = {{"required", o->required}, {"secret", o->secret}, {"several", o->several}};
    plugin_message_text(m, "preset", o->preset);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].yes)
            json_object_set_new(m, flags[i].name, json_true());
    plugin_message_text(m, "help", o->help);
    plugin_message_add(out, m);
}

void plugin_host_stdio_describe(const struct plugin_object *object, struct str *out)
{
    const struct plugin_descriptor *d = object->descriptor;
    struct plugin_host_rows rows;
    json_t *m = json_pack("{s:s, s:s, s:s, s:s, s:s}", "t", "plugin", "plugin", d->calls.name, "version",
                          d->calls.version, "license", d->calls.license, "path", object->path);
    plugin_message_text(m, "help", d->calls.help);
    plugin_message_add(out, m);
    for (size_t i = 0; i < d->noptions; i++)
        describe_option(&d->options[i], out);
    plugin_host_rows_init(&rows, d, d->calls.name, &clock_system);
    plugin_host_rows_declare(&rows, out);
    plugin_host_rows_done(&rows);
    plugin_host_words_pages(d, out);
}
