/* The messages of a plugin by their types. */
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "plugin/intake_internal.h"

#include <stdlib.h>
#include <string.h>

struct plugin_intake *plugin_intake_new(struct plugin_book *book, const char *instance, const char *source,
                                        int64_t max_rows)
{
    struct plugin_intake *in = mem_new(struct plugin_intake);
    in->book = book;
    in->store = book->store;
    in->instance = mem_strdup(instance);
    in->source = mem_strdup(source);
    in->owner = store_owner(book->store, source);
    in->max_rows = (size_t)max_rows;
    return in;
}

void plugin_intake_drop(struct plugin_intake *in)
{
    for (size_t i = 0; i < in->cells.n; i++)
        if (in->cells.items[i].text)
            name_unref(in->cells.items[i].v.s);
    for (size_t i = 0; i < in->events.n; i++) {
        free(in->events.items[i].severity);
        free(in->events.items[i].subject);
        free(in->events.items[i].text);
    }
    vec_done(&in->cells);
    vec_done(&in->steps);
    vec_done(&in->events);
    in->events_left_out = 0;
    plugin_intake_findings_drop(in);
}

void plugin_intake_free(struct plugin_intake *in)
{
    if (!in)
        return;
    plugin_intake_drop(in);
    plugin_intake_findings_done(in);
    if (in->listener)
        store_unlisten(in->store, in->listener);
    for (size_t i = 0; i < in->tables.n; i++) {
        struct plugin_intake_table *t = in->tables.items[i];
        if (t->group)
            plugin_intake_group_free(t);
        else if (t->book)
            plugin_book_leave(in->book, t->book);
        free(t->name);
        map_done(&t->columns);
        stream_ids_done(&t->rows);
        stream_ids_done(&t->written);
        free(t);
    }
    vec_done(&in->tables);
    map_done(&in->by_name);
    free(in->instance);
    free(in->source);
    free(in->version);
    free(in->odd);
    free(in);
}

void plugin_intake_restart(struct plugin_intake *in)
{
    plugin_intake_drop(in);
    for (size_t i = 0; i < in->tables.n; i++)
        stream_ids_clear(&in->tables.items[i]->rows);
}

void plugin_intake_begin(struct plugin_intake *in)
{
    free(in->odd);
    in->odd = NULL;
    in->sweeping = true;
    for (size_t i = 0; i < in->tables.n; i++) {
        if (in->tables.items[i]->group)
            plugin_intake_group_begin(in->tables.items[i]);
        else
            table_begin(in->tables.items[i]->t, in->owner);
        stream_ids_clear(&in->tables.items[i]->written);
        in->tables.items[i]->begun = true;
    }
    plugin_intake_findings_begin(in);
}

void plugin_intake_sweep(struct plugin_intake *in, bool rows)
{
    plugin_intake_findings_sweep(in);
    for (size_t i = 0; rows && i < in->tables.n; i++) {
        struct plugin_intake_table *t = in->tables.items[i];
        const size_t gone = !t->begun ? 0 : t->group ? plugin_intake_group_sweep(t) : table_sweep(t->t, in->owner);
        in->nrows -= gone < in->nrows ? gone : in->nrows;
        t->begun = false;
    }
    in->sweeping = false;
}

/* ---- messages ---- */

char *plugin_intake_text(const json_t *message, const char *field, const char *missing)
{
    const json_t *j = json_object_get(message, field);
    if (!json_is_string(j))
        return mem_strdup(missing);
    struct str s;
    str_init(&s, LIMITS_NAME_BYTES);
    text_safe(&s, json_string_value(j), json_string_length(j));
    return str_take(&s);
}

static int take_hello(struct plugin_intake *in, json_t *message, struct error *err)
{
    int64_t protocol = 1;
    int rc = stream_decode_int(message, "protocol", 1, INT32_MAX, &protocol, err);
    if (rc == 0 && protocol != 1)
        rc = error_set(err, ERR_INVALID, "it speaks protocol %lld, icetop speaks 1", (long long)protocol);
    if (rc == 0 && json_object_get(message, "version")) {
        free(in->version);
        in->version = plugin_intake_text(message, "version", "");
    }
    return rc;
}

static int take_event(struct plugin_intake *in, json_t *message, struct error *err)
{
    (void)err;
    if (in->events.n >= PLUGIN_INTAKE_EVENTS) {
        in->events_left_out++;
        return 0;
    }
    char *severity = plugin_intake_text(message, "severity", "info");
    if (strcmp(severity, "warn") != 0 && strcmp(severity, "error") != 0)
        mem_replace(&severity, "info");
    vec_push(&in->events, ((struct plugin_intake_event){.severity = severity,
                                                        .subject = plugin_intake_text(message, "subject", in->instance),
                                                        .text = plugin_intake_text(message, "text", "")}));
    return 0;
}

static int take_log(struct plugin_intake *in, json_t *message, struct error *err)
{
    (void)err;
    char *level = plugin_intake_text(message, "level", "info"), *text = plugin_intake_text(message, "text", "");
    enum log_level parsed = LOG_LEVEL_INFO;
    log_level_parse(level, &parsed);
    log_line(parsed, "%s: %s", in->source, text);
    free(level);
    free(text);
    return 0;
}

static const struct {
    const char *type;
    int (*take)(struct plugin_intake *in, json_t *message, struct error *err);
} takers[] = {
    {"row", plugin_intake_row},
    {"rows", plugin_intake_many},
    {"gone", plugin_intake_gone},
    {"table", plugin_intake_declare},
    {"reset", plugin_intake_reset},
    {"event", take_event},
    {"log", take_log},
    {"hello", take_hello},
    {"group", plugin_intake_group_declare},
    {"finding", plugin_intake_finding},
    {"page", plugin_intake_page},
};

static int take_done(const struct plugin_intake *in, const json_t *message, struct plugin_intake_done *done,
                     struct error *err)
{
    char *outcome = plugin_intake_text(message, "outcome", "ok"), *text = plugin_intake_text(message, "text", "");
    int rc = 0;
    *done = (struct plugin_intake_done){.outcome = SOURCE_OK};
    if (strcmp(outcome, "failed") == 0) {
        done->outcome = SOURCE_FAILED;
        error_set(&done->err, ERR_REMOTE, "%s: %s", in->instance, *text ? text : "it says that it failed");
    } else if (strcmp(outcome, "partial") == 0) {
        done->outcome = SOURCE_PARTIAL;
        error_set(&done->err, ERR_PARTIAL, "%s: %s", in->instance, *text ? text : "it says that something is missing");
    } else if (strcmp(outcome, "ok") != 0) {
        rc = error_set(err, ERR_INVALID, "done with outcome \"%.40s\"; there are ok, partial, failed", outcome);
    }
    free(outcome);
    free(text);
    return rc;
}

int plugin_intake_line(struct plugin_intake *in, const char *line, size_t len, enum plugin_intake_said *said,
                       struct plugin_intake_done *done, struct error *err)
{
    json_t *message;
    const char *type;
    *said = PLUGIN_INTAKE_MORE;
    int rc = stream_decode_line(line, len, &message, &type, err);
    if (rc)
        return rc;
    size_t i = 0;
    const size_t n = sizeof takers / sizeof *takers;
    while (i < n && strcmp(takers[i].type, type) != 0)
        i++;
    if (i < n) {
        rc = takers[i].take(in, message, err);
    } else if (strcmp(type, "end") == 0) {
        *said = PLUGIN_INTAKE_END;
    } else if (strcmp(type, "done") == 0) {
        rc = take_done(in, message, done, err);
        *said = PLUGIN_INTAKE_DONE;
    }
    json_decref(message);
    return rc;
}

static void tell_events(struct plugin_intake *in)
{
    for (size_t i = 0; i < in->events.n; i++)
        source_event(in->store, in->source, in->events.items[i].severity, in->events.items[i].subject, "%s",
                     in->events.items[i].text);
    if (in->events_left_out)
        source_event(in->store, in->source, "warn", in->source, "%zu more events in one change set, %d are the limit",
                     in->events_left_out, PLUGIN_INTAKE_EVENTS);
}

int plugin_intake_end(struct plugin_intake *in, struct error *err)
{
    int rc = plugin_intake_apply(in, err);
    if (rc == 0) {
        tell_events(in);
        plugin_intake_findings_apply(in);
    }
    plugin_intake_drop(in);
    for (size_t i = 0; !in->sweeping && i < in->tables.n; i++)
        stream_ids_clear(&in->tables.items[i]->written);
    return rc;
}

/* ---- what is known of it ---- */

size_t plugin_intake_rows(const struct plugin_intake *in)
{
    return in->nrows;
}

void plugin_intake_tables(const struct plugin_intake *in, struct str *out)
{
    for (size_t i = 0; i < in->tables.n; i++)
        str_printf(out, "%s%s", i ? " " : "", in->tables.items[i]->name);
}

const char *plugin_intake_version(const struct plugin_intake *in)
{
    return in->version;
}

const char *plugin_intake_odd(const struct plugin_intake *in)
{
    return in->odd;
}
