/* The conversation of one reader with a peer: what was asked, what is answered, and the mirror in
 * between. */
#include "stream/client.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/vec.h"
#include "stream/decode.h"
#include "stream/encode.h"
#include "stream/focus.h"
#include "stream/link.h"
#include "stream/mirror.h"
#include "stream/record.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct subscription {
    int id;
    char *line; /* the message, to be sent again to the next peer */
    void (*failed)(void *arg, int id, const struct error *err);
    void *arg;
};

typedef void history_done(void *arg, const struct stream_point *points, size_t n, const struct error *err);

struct question {
    int64_t id;
    char *line;         /* not yet sent */
    history_done *done; /* NULL: forgotten */
    void *arg;
    struct error err; /* it failed before it was asked */
    VEC(struct stream_point) points;
};

typedef void look_done(void *arg, struct stream_records *records, const struct error *err);

struct look {
    int64_t id;
    look_done *done; /* NULL: forgotten */
    void *arg;
    struct stream_records records;
};

struct stream_client {
    struct stream_link *link; /* NULL: closed */
    struct stream_mirror *mirror;
    const struct clock *clock;
    const struct stream_client_ops *ops;
    void *arg;
    struct event *later; /* for questions that failed at once */
    VEC(struct subscription) subscriptions;
    VEC(struct question *) questions; /* in the order of asking */
    VEC(struct look *) looks;
    int last_subscription;
    int64_t last_question;
    uint64_t subscribed; /* subscribe messages sent to this peer */
    struct error bye;    /* the peer's last words */
    bool *freed;         /* set by stream_client_free while callbacks run */
};

/* ---- questions ---- */

static void free_question(struct question *q)
{
    vec_done(&q->points);
    free(q->line);
    free(q);
}

/* Takes a question out of the list and answers it. The client may be gone afterwards. */
static void answer(struct stream_client *c, size_t i, const struct error *err)
{
    struct question *q = c->questions.items[i];
    memmove(&c->questions.items[i], &c->questions.items[i + 1], (--c->questions.n - i) * sizeof(struct question *));
    if (q->done)
        q->done(q->arg, err ? NULL : q->points.items, err ? 0 : q->points.n, err);
    free_question(q);
}

/* Sends questions that wait, as far as the peer takes them at once. */
static void ask_waiting(struct stream_client *c)
{
    for (size_t i = 0; c->link && i < c->questions.n && i < STREAM_CLIENT_HISTORY; i++) {
        struct question *q = c->questions.items[i];
        if (!q->line)
            continue;
        struct str line = {.s = q->line, .len = strlen(q->line)};
        stream_link_send(c->link, &line);
        free(q->line);
        q->line = NULL;
    }
}

/* Answers with an error: the questions that have one (all false), or all with err. False if the
 * client was freed. */
static bool fail_questions(struct stream_client *c, const struct error *err)
{
    bool freed = false, *outer = c->freed;
    c->freed = &freed;
    size_t left = c->questions.n; /* those that callbacks ask now are answered later */
    for (size_t i = 0; !freed && left; left--) {
        const struct error own = c->questions.items[i]->err;
        if (own.code || err)
            answer(c, i, own.code ? &own : err);
        else
            i++;
    }
    if (freed && outer)
        *outer = true;
    if (!freed)
        c->freed = outer;
    return !freed;
}

/* ---- records ---- */

static void free_look(struct look *l)
{
    stream_record_done(&l->records);
    free(l);
}

/* The same for a look. The client may be gone afterwards. */
static void answer_look(struct stream_client *c, size_t i, const struct error *err)
{
    struct look *l = c->looks.items[i];
    memmove(&c->looks.items[i], &c->looks.items[i + 1], (--c->looks.n - i) * sizeof(struct look *));
    struct stream_records none = {0}, *records = err ? &none : &l->records;
    if (l->done)
        l->done(l->arg, records, err);
    free_look(l);
}

/* All looks, with an error. False if the client was freed. */
static bool fail_looks(struct stream_client *c, const struct error *err)
{
    bool freed = false, *outer = c->freed;
    c->freed = &freed;
    for (size_t left = c->looks.n; !freed && left; left--)
        answer_look(c, 0, err);
    if (freed && outer)
        *outer = true;
    if (!freed)
        c->freed = outer;
    return !freed;
}

static void on_later(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct stream_client *c = arg;
    const struct error gone = {.code = ERR_CLOSED, .text = "the collector has gone"};
    if (fail_questions(c, NULL) && !c->link)
        fail_looks(c, &gone);
}

static int take_records(struct stream_client *c, const json_t *m, struct error *err)
{
    int64_t id = -1;
    struct error told = {0};
    int rc = stream_decode_int(m, "id", 0, INT32_MAX, &id, err);
    size_t i = 0;
    while (i < c->looks.n && c->looks.items[i]->id != id)
        i++;
    if (rc || i == c->looks.n)
        return rc;
    bool more = false;
    if (json_object_get(m, "code"))
        stream_decode_error(m, &told);
    else
        rc = stream_record_decode(m, &c->looks.items[i]->records, &more, err);
    if (!rc && !more)
        answer_look(c, i, told.code ? &told : NULL);
    return rc;
}

/* ---- the end ---- */

/* Ends the stream. The client may be gone afterwards. */
static void finish(struct stream_client *c, const struct error *why)
{
    struct error err = *why;
    stream_link_free(c->link);
    c->link = NULL;
    if (fail_questions(c, &err) && fail_looks(c, &err) && c->ops->closed)
        c->ops->closed(c->arg, &err);
}

static void on_closed(void *arg, const struct error *err)
{
    struct stream_client *c = arg;
    struct error ended = *err;
    if (c->bye.code)
        ended = c->bye;
    else if (err->code == ERR_CLOSED)
        error_set(&ended, ERR_CLOSED, "collector ended");
    finish(c, &ended);
}

/* ---- messages; each returns 0, or an error that ends the stream. The client may be gone after a
 * callback ---- */

static int take_hello(struct stream_client *c, const json_t *m, struct error *err)
{
    int64_t protocol = 1;
    int rc = stream_decode_int(m, "protocol", 1, INT64_MAX, &protocol, err);
    if (rc)
        return rc;
    const json_t *version = json_object_get(m, "icetop");
    struct str safe = {0};
    if (json_is_string(version))
        text_safe(&safe, json_string_value(version), json_string_length(version));
    if (protocol != STREAM_PROTOCOL) {
        rc = error_set(err, ERR_INVALID,
                       "the collector is icetop %.40s, which speaks version %" PRId64
                       " of the stream; this is icetop %s, which speaks version %d: have the same one at both ends",
                       safe.len ? str_text(&safe) : "?", protocol, ICETOP_VERSION, STREAM_PROTOCOL);
        str_done(&safe);
        return rc;
    }
    if (c->ops->hello)
        c->ops->hello(c->arg, str_text(&safe));
    str_done(&safe);
    return 0;
}

static int take_end(struct stream_client *c, const json_t *m, struct error *err)
{
    int64_t subscribed = 0;
    bool torn = json_is_true(json_object_get(m, "torn"));
    int rc = stream_decode_int(m, "subscribed", 0, INT64_MAX, &subscribed, err);
    if (!rc)
        rc = stream_mirror_end(c->mirror, torn, err);
    if (!rc && c->ops->changed)
        c->ops->changed(c->arg, !torn && (uint64_t)subscribed == c->subscribed);
    return rc;
}

static int take_error(struct stream_client *c, const json_t *m, struct error *err)
{
    int64_t id = -1;
    struct error told;
    int rc = stream_decode_int(m, "id", 0, INT32_MAX, &id, err);
    if (rc)
        return rc;
    stream_decode_error(m, &told);
    for (size_t i = 0; i < c->subscriptions.n; i++) {
        const struct subscription *s = &c->subscriptions.items[i];
        if (s->id == id && s->failed) {
            s->failed(s->arg, s->id, &told);
            return 0;
        }
    }
    if (c->ops->trouble)
        c->ops->trouble(c->arg, &told);
    return 0;
}

static int take_bye(struct stream_client *c, const json_t *m, struct error *err)
{
    (void)err;
    stream_decode_error(m, &c->bye);
    error_prefix(&c->bye, "the collector closed the stream");
    return 0;
}

static int add_points(struct question *q, const json_t *list, struct error *err)
{
    size_t i;
    json_t *pair;
    json_array_foreach(list, i, pair)
    {
        const json_t *time = json_array_get(pair, 0);
        struct value v;
        if (!json_is_integer(time))
            return error_set(err, ERR_INVALID, "history: a point without a time");
        int rc = stream_decode_value(json_array_get(pair, 1), COLUMN_REAL, NULL, &v, err);
        if (rc)
            return rc;
        if (q->points.n >= STREAM_CLIENT_POINTS)
            return error_set(err, ERR_LIMIT, "history: more than %d points", STREAM_CLIENT_POINTS);
        if (v.quality != QUALITY_UNKNOWN)
            vec_push(&q->points, (struct stream_point){.time_ms = json_integer_value(time), .value = v.d});
    }
    return 0;
}

static int take_history(struct stream_client *c, const json_t *m, struct error *err)
{
    int64_t id = -1;
    int rc = stream_decode_int(m, "id", 0, INT32_MAX, &id, err);
    if (rc)
        return rc;
    size_t i = 0;
    while (i < c->questions.n && !(c->questions.items[i]->id == id && !c->questions.items[i]->line))
        i++;
    if (i == c->questions.n)
        return 0;
    if (json_object_get(m, "code")) {
        struct error told;
        stream_decode_error(m, &told);
        c->questions.items[i]->err = told;
    } else {
        rc = add_points(c->questions.items[i], json_object_get(m, "points"), err);
        if (rc || json_is_true(json_object_get(m, "more")))
            return rc;
    }
    const struct error told = c->questions.items[i]->err;
    bool freed = false;
    c->freed = &freed;
    answer(c, i, told.code ? &told : NULL);
    if (!freed) {
        c->freed = NULL;
        ask_waiting(c);
    }
    return 0;
}

static int handle(struct stream_client *c, const json_t *m, const char *type, struct error *err)
{
    static const struct {
        const char *type;
        int (*take)(struct stream_client *c, const json_t *m, struct error *err);
    } handlers[] = {
        {"end", take_end},     {"history", take_history}, {"error", take_error},
        {"hello", take_hello}, {"bye", take_bye},         {"records", take_records},
    };
    bool known;
    int rc = stream_mirror_message(c->mirror, m, type, &known, err);
    for (size_t i = 0; !known && i < sizeof handlers / sizeof *handlers; i++)
        if (strcmp(handlers[i].type, type) == 0)
            return handlers[i].take(c, m, err);
    return rc;
}

static void on_line(void *arg, const char *line, size_t len)
{
    struct stream_client *c = arg;
    struct error err;
    json_t *message;
    const char *type;
    int rc = stream_decode_line(line, len, &message, &type, &err);
    if (!rc) {
        rc = handle(c, message, type, &err); /* 0 wherever a callback may have freed c */
        json_decref(message);
    }
    if (rc) {
        error_prefix(&err, "the collector's stream");
        finish(c, &err);
    }
}

/* ---- the client ---- */

static void send_new(struct stream_client *c, struct str *line)
{
    if (c->link)
        stream_link_send(c->link, line);
    str_done(line);
}

struct stream_client *stream_client_new(struct event_base *base, int fd, const struct clock *clock,
                                        const struct stream_client_ops *ops, void *arg)
{
    static const struct stream_link_ops link_ops = {.line = on_line, .closed = on_closed};
    struct stream_client *c = mem_new(struct stream_client);
    c->clock = clock;
    c->ops = ops;
    c->arg = arg;
    c->mirror = stream_mirror_new(clock, STREAM_CLIENT_STAGED);
    c->later = evtimer_new(base, on_later, c);
    c->link = stream_link_new(base, fd, clock, false, &link_ops, c);
    struct str line = {0};
    stream_encode_hello(&line);
    send_new(c, &line);
    return c;
}

void stream_client_free(struct stream_client *c)
{
    if (!c)
        return;
    if (c->freed)
        *c->freed = true;
    stream_link_free(c->link);
    event_free(c->later);
    for (size_t i = 0; i < c->subscriptions.n; i++)
        free(c->subscriptions.items[i].line);
    vec_done(&c->subscriptions);
    for (size_t i = 0; i < c->questions.n; i++)
        free_question(c->questions.items[i]);
    vec_done(&c->questions);
    for (size_t i = 0; i < c->looks.n; i++)
        free_look(c->looks.items[i]);
    vec_done(&c->looks);
    stream_mirror_free(c->mirror);
    free(c);
}

struct store *stream_client_store(struct stream_client *c)
{
    return stream_mirror_store(c->mirror);
}

static void send_subscription(struct stream_client *c, const struct subscription *s)
{
    struct str line = {.s = s->line, .len = strlen(s->line)};
    if (!c->link)
        return;
    stream_link_send(c->link, &line);
    c->subscribed++;
}

void stream_client_adopt(struct stream_client *c, struct stream_client *old)
{
    stream_mirror_free(c->mirror);
    c->mirror = old->mirror;
    old->mirror = stream_mirror_new(old->clock, STREAM_CLIENT_STAGED);
    stream_mirror_restart(c->mirror);
    for (size_t i = 0; i < old->subscriptions.n; i++) {
        vec_push(&c->subscriptions, old->subscriptions.items[i]);
        send_subscription(c, &old->subscriptions.items[i]);
    }
    old->subscriptions.n = 0;
    if (old->last_subscription > c->last_subscription)
        c->last_subscription = old->last_subscription;
}

void stream_client_configure(struct stream_client *c, int argc, const char *const *argv)
{
    struct str line = {0};
    stream_encode_configure(&line, argc, argv);
    send_new(c, &line);
}

int stream_client_subscribe(struct stream_client *c, const struct stream_query *q,
                            void (*failed)(void *arg, int id, const struct error *err), void *arg)
{
    struct subscription s = {.id = ++c->last_subscription, .failed = failed, .arg = arg};
    struct str line = {0};
    stream_encode_subscribe(&line, s.id, q);
    s.line = str_take(&line);
    vec_push(&c->subscriptions, s);
    send_subscription(c, &s);
    return s.id;
}

void stream_client_unsubscribe(struct stream_client *c, int id)
{
    for (size_t i = 0; i < c->subscriptions.n; i++) {
        if (c->subscriptions.items[i].id != id)
            continue;
        free(c->subscriptions.items[i].line);
        memmove(&c->subscriptions.items[i], &c->subscriptions.items[i + 1],
                (--c->subscriptions.n - i) * sizeof(struct subscription));
        struct str line = {0};
        stream_encode_unsubscribe(&line, id);
        send_new(c, &line);
        return;
    }
}

void stream_client_history(struct stream_client *c, const struct stream_history_query *q, history_done *done, void *arg)
{
    static const struct timeval now = {0, 0};
    const struct table *t = store_find(stream_mirror_store(c->mirror), q->table);
    struct question *new = mem_new(struct question);
    c->last_question = c->last_question == INT32_MAX ? 1 : c->last_question + 1;
    new->id = c->last_question;
    new->done = done;
    new->arg = arg;
    if (!c->link)
        error_set(&new->err, ERR_CLOSED, "the collector has gone");
    else if (!t)
        error_set(&new->err, ERR_NOT_FOUND, "there is no table %s", q->table);
    struct str line = {0};
    if (t)
        stream_encode_history(&line, new->id, q, t);
    new->line = str_take(&line);
    vec_push(&c->questions, new);
    if (new->err.code)
        evtimer_add(c->later, &now);
    else
        ask_waiting(c);
}

void stream_client_look(struct stream_client *c, const struct stream_record_query *q, look_done *done, void *arg)
{
    static const struct timeval now = {0, 0};
    struct look *l = mem_new(struct look);
    c->last_question = c->last_question == INT32_MAX ? 1 : c->last_question + 1;
    *l = (struct look){.id = c->last_question, .done = done, .arg = arg};
    vec_push(&c->looks, l);
    struct str line = {0};
    stream_record_encode_query(&line, l->id, q);
    send_new(c, &line);
    if (!c->link)
        evtimer_add(c->later, &now);
}

void stream_client_forget(struct stream_client *c, const void *arg)
{
    for (size_t i = 0; i < c->subscriptions.n; i++)
        if (c->subscriptions.items[i].arg == arg)
            c->subscriptions.items[i].failed = NULL;
    for (size_t i = 0; i < c->questions.n; i++)
        if (c->questions.items[i]->arg == arg)
            c->questions.items[i]->done = NULL;
    for (size_t i = 0; i < c->looks.n; i++)
        if (c->looks.items[i]->arg == arg)
            c->looks.items[i]->done = NULL;
}

void stream_client_focus(struct stream_client *c, const char *table, const struct value *keys, size_t n)
{
    const struct table *t = store_find(stream_mirror_store(c->mirror), table);
    struct str line = {0};
    if (!t)
        return;
    stream_encode_focus(&line, t, keys, n < STREAM_FOCUS_KEYS ? n : STREAM_FOCUS_KEYS);
    send_new(c, &line);
}

void stream_client_refresh(struct stream_client *c, const char *what)
{
    struct str line = {0};
    stream_encode_refresh(&line, what);
    send_new(c, &line);
}

const char *stream_client_table(const struct stream_client *c, size_t i)
{
    return stream_mirror_table(c->mirror, i);
}
