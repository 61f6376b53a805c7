/* What Kafka Connect's REST interface answers, from a body to structs. */
#include "connect/rest.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "connect/redact.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    TRACE_BYTES = 256 * 1024, /* of a trace that are looked at */
    NAME_SHOWN = 80,          /* of a connector in an error */
};

struct reader {
    const char *what; /* "connectors" */
    struct str where; /* the place, in words */
    const struct connect_rest_plugins *plugins;
    struct error *err;
};

__attribute__((format(printf, 3, 4))) static int fail(const struct reader *r, int code, const char *fmt, ...)
{
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return error_set(r->err, code, "%s: %s%s%s", r->what, str_text(&r->where), r->where.len ? ": " : "", text);
}

/* Goes to a part; returns where it was, for str_cut. */
__attribute__((format(printf, 2, 3))) static size_t enter(struct reader *r, const char *fmt, ...)
{
    size_t was = r->where.len;
    str_add(&r->where, was ? "." : "");
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&r->where, fmt, ap);
    va_end(ap);
    return was;
}

/* ---- JSON ---- */

/* Values that a text can hold at most, without parsing it: commas and openings outside of its strings. */
static size_t count_values(const char *s, size_t len)
{
    size_t n = 1;
    bool in = false;
    for (size_t i = 0; i < len; i++) {
        if (in && s[i] == '\\')
            i++;
        else if (s[i] == '"')
            in = !in;
        else if (!in)
            n += s[i] == ',' || s[i] == '[' || s[i] == '{';
    }
    return n;
}

static int load(struct reader *r, const char *body, size_t len, json_t **ret)
{
    if (len > CONNECT_REST_BYTES)
        return fail(r, ERR_LIMIT, "%zu bytes, more than %d", len, CONNECT_REST_BYTES);
    size_t at = 0;
    while (at < len && strchr(" \t\r\n", body[at]) && body[at])
        at++;
    if (at == len)
        return fail(r, ERR_INVALID, "the answer is empty");
    if (body[at] == '<')
        return fail(r, ERR_INVALID, "the answer is HTML or XML, where JSON was expected");
    if (count_values(body, len) > CONNECT_REST_VALUES)
        return fail(r, ERR_LIMIT, "more than %d values", CONNECT_REST_VALUES);
    json_error_t e;
    json_t *json = json_loadb(body, len, JSON_ALLOW_NUL | JSON_DECODE_ANY, &e);
    if (!json && json_error_code(&e) == json_error_premature_end_of_input)
        return fail(r, ERR_INVALID, "the answer of %zu bytes ends in the middle", len);
    if (!json)
        return fail(r, ERR_INVALID, "no JSON at byte %d of %zu", e.position, len);
    *ret = json;
    return 0;
}

static const char *kind(const json_t *j)
{
    static const char *const kinds[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list", [JSON_STRING] = "a text", [JSON_INTEGER] = "a number",
        [JSON_REAL] = "a number",    [JSON_TRUE] = "true",    [JSON_FALSE] = "false",   [JSON_NULL] = "null",
    };
    return j ? kinds[json_typeof(j)] : "nothing";
}

static int want(const struct reader *r, const json_t *j, json_type type, const char *words)
{
    if (j && json_typeof(j) == type)
        return 0;
    return fail(r, ERR_INVALID, "%s where %s was expected", kind(j), words);
}

/* A copy of a text, cut; NULs end it. */
static char *copy(const json_t *j, size_t most)
{
    const char *s = json_string_value(j);
    size_t len = strlen(s);
    if (len > most)
        for (len = most; len && ((unsigned char)s[len] & 0xC0) == 0x80;)
            len--;
    return mem_memdup(s, len);
}

/* A field that is a text, or is not there or null: then *ret is NULL. */
static int text(struct reader *r, const json_t *object, const char *name, char **ret)
{
    const json_t *j = json_object_get(object, name);
    *ret = NULL;
    if (!j || json_is_null(j))
        return 0;
    size_t was = enter(r, "%s", name);
    int rc = want(r, j, JSON_STRING, "a text");
    if (rc == 0)
        *ret = copy(j, CONNECT_REST_NAME);
    str_cut(&r->where, was);
    return rc;
}

static int number(struct reader *r, const json_t *object, const char *name, int64_t *ret)
{
    const json_t *j = json_object_get(object, name);
    size_t was = enter(r, "%s", name);
    int rc = want(r, j, JSON_INTEGER, "a number");
    if (rc == 0 && (json_integer_value(j) < 0 || json_integer_value(j) > INT32_MAX))
        rc = fail(r, ERR_INVALID, "no task has the number %lld", (long long)json_integer_value(j));
    if (rc == 0)
        *ret = json_integer_value(j);
    str_cut(&r->where, was);
    return rc;
}

static int list(const struct reader *r, const json_t *j, size_t most, const char *words)
{
    int rc = want(r, j, JSON_ARRAY, "a list");
    if (rc == 0 && json_array_size(j) > most)
        rc = fail(r, ERR_LIMIT, "%zu %s, more than %zu", json_array_size(j), words, most);
    return rc;
}

/* ---- traces ---- */

char *connect_rest_cause(const char *trace)
{
    static const char caused[] = "Caused by: ";
    const char *at = trace + strspn(trace, " \t\r\n");
    for (const char *hit = trace; (hit = strstr(hit, caused)); hit += sizeof caused - 1)
        if (hit == trace || hit[-1] == '\n' || hit[-1] == '\t' || hit[-1] == ' ')
            at = hit + sizeof caused - 1;
    size_t len = strcspn(at, "\r\n");
    if (len > CONNECT_REST_CAUSE)
        for (len = CONNECT_REST_CAUSE; len && ((unsigned char)at[len] & 0xC0) == 0x80;)
            len--;
    return mem_memdup(at, len);
}

static int trace(struct reader *r, const json_t *object, const struct connect_redact *secrets, char **cause, char **ret)
{
    const json_t *j = json_object_get(object, "trace");
    if (!j || json_is_null(j))
        return 0;
    size_t was = enter(r, "trace");
    int rc = want(r, j, JSON_STRING, "a text");
    str_cut(&r->where, was);
    if (rc != 0 || !*json_string_value(j))
        return rc;
    char *whole = copy(j, TRACE_BYTES);
    struct str safe = {0};
    connect_redact_apply(secrets, &safe, whole);
    free(whole);
    *cause = connect_rest_cause(str_text(&safe));
    if (safe.len > CONNECT_REST_TRACE) {
        size_t len = CONNECT_REST_TRACE;
        while (len && ((unsigned char)safe.s[len] & 0xC0) == 0x80)
            len--;
        str_cut(&safe, len);
        str_add(&safe, "\xE2\x80\xA6");
    }
    *ret = str_take(&safe);
    return 0;
}

/* ---- connectors ---- */

struct config {
    VEC(struct connect_settings_pair) pairs;
    struct connect_redact secrets; /* values that are not known to be safe */
    uint64_t hash;                 /* of all, in whatever order they come */
};

static void config_done(struct config *c)
{
    for (size_t i = 0; i < c->pairs.n; i++) {
        free(c->pairs.items[i].name);
        mem_free_secret(c->pairs.items[i].value);
    }
    vec_done(&c->pairs);
    connect_redact_done(&c->secrets);
}

/* {"name":"value"}; a value may be null, and then counts as not there. */
static int read_config(struct reader *r, json_t *j, struct config *ret)
{
    const char *name;
    json_t *value;
    size_t was = enter(r, "config");
    int rc = j ? want(r, j, JSON_OBJECT, "an object") : 0;
    if (rc == 0) {
        json_object_foreach(j, name, value)
        {
            if (json_is_null(value))
                continue;
            if ((rc = want(r, value, JSON_STRING, "a text as each setting's value")) != 0)
                break;
            const char *s = json_string_value(value);
            vec_push(&ret->pairs, ((struct connect_settings_pair){mem_strdup(name), mem_strdup(s)}));
            ret->hash += map_hash(name, strlen(name)) ^ (map_hash(s, strlen(s)) * UINT64_C(0x9E3779B97F4A7C15));
            if (!connect_settings_safe(name))
                connect_redact_add(&ret->secrets, name, s);
        }
    }
    str_cut(&r->where, was);
    return rc;
}

static struct connect_rest_task *find_task(struct connect_rest_connector *c, int64_t task)
{
    if ((uint64_t)task < c->tasks.n && c->tasks.items[task].task == task) /* as they stand nearly always */
        return &c->tasks.items[task];
    for (size_t i = c->tasks.n; i-- > 0;)
        if (c->tasks.items[i].task == task)
            return &c->tasks.items[i];
    return NULL;
}

/* The tasks that the configuration makes: [{"connector":...,"task":0}]. They come before their states. */
static int read_task_list(struct reader *r, const json_t *j, struct connect_rest_connector *c, uint64_t *hash)
{
    size_t was = enter(r, "tasks"), i;
    const json_t *task;
    int rc = j ? list(r, j, CONNECT_REST_TASKS, "tasks") : 0;
    int64_t last = -1;
    json_array_foreach(j, i, task)
    {
        int64_t n;
        size_t here = rc == 0 ? enter(r, "[%zu]", i) : 0;
        if (rc != 0 || (rc = want(r, task, JSON_OBJECT, "an object")) != 0 || (rc = number(r, task, "task", &n)) != 0)
            break;
        str_cut(&r->where, here);
        if (n <= last && find_task(c, n))
            continue;
        last = n > last ? n : last;
        vec_push(&c->tasks, ((struct connect_rest_task){.task = n}));
        *hash += map_hash(&n, sizeof n);
    }
    if (rc == 0)
        str_cut(&r->where, was);
    return rc;
}

static int read_task_state(struct reader *r, const json_t *j, struct connect_rest_connector *c,
                           const struct connect_redact *secrets)
{
    int64_t n = 0;
    int rc = want(r, j, JSON_OBJECT, "an object");
    if (rc == 0)
        rc = number(r, j, "id", &n);
    if (rc != 0)
        return rc;
    struct connect_rest_task *t = find_task(c, n);
    if (t && t->state)
        return 0;
    if (!t) {
        vec_push(&c->tasks, ((struct connect_rest_task){.task = n}));
        t = &c->tasks.items[c->tasks.n - 1];
    }
    if ((rc = text(r, j, "state", &t->state)) != 0 || (rc = text(r, j, "worker_id", &t->worker)) != 0)
        return rc;
    return trace(r, j, secrets, &t->cause, &t->trace);
}

static int read_status(struct reader *r, const json_t *j, struct connect_rest_connector *c,
                       const struct connect_redact *secrets)
{
    size_t was = enter(r, "status"), i;
    int rc = want(r, j, JSON_OBJECT, "an object");
    if (rc != 0)
        return rc;
    const json_t *own = json_object_get(j, "connector"), *tasks = json_object_get(j, "tasks"), *task;
    size_t here = enter(r, "connector");
    if ((rc = want(r, own, JSON_OBJECT, "an object")) != 0 || (rc = text(r, own, "state", &c->state)) != 0 ||
        (rc = text(r, own, "worker_id", &c->worker)) != 0 || (rc = trace(r, own, secrets, &c->cause, &c->trace)) != 0)
        return rc;
    str_cut(&r->where, here);
    here = enter(r, "tasks");
    rc = list(r, tasks, CONNECT_REST_TASKS, "tasks");
    for (i = 0; rc == 0 && (task = json_array_get(tasks, i)); i++) {
        size_t at = enter(r, "[%zu]", i);
        if ((rc = read_task_state(r, task, c, secrets)) == 0)
            str_cut(&r->where, at);
    }
    if (rc == 0)
        str_cut(&r->where, was);
    (void)here;
    return rc;
}

static int task_by_number(const void *a, const void *b)
{
    int64_t x = ((const struct connect_rest_task *)a)->task, y = ((const struct connect_rest_task *)b)->task;
    return x < y ? -1 : x > y;
}

/* The full name of a class that the configuration may abbreviate; the name itself where it cannot be told. */
static const struct connect_rest_plugin *find_plugin(const struct connect_rest_plugins *p, const char *class)
{
    const struct connect_rest_plugin *found = NULL;
    size_t len = strlen(class);
    for (size_t i = 0; p && i < p->list.n; i++) {
        const struct connect_rest_plugin *one = &p->list.items[i];
        if (strcmp(one->class, class) == 0)
            return one;
        const char *simple = strrchr(one->class, '.');
        if (strchr(class, '.') || !simple || strncmp(simple + 1, class, len) != 0)
            continue;
        if (simple[1 + len] && strcmp(simple + 1 + len, "Connector") != 0)
            continue;
        if (found && strcmp(found->class, one->class) != 0)
            return NULL;
        found = one;
    }
    return found;
}

static void understand(struct reader *r, struct connect_rest_connector *c, const struct config *config)
{
    const char *class = NULL;
    for (size_t i = 0; i < config->pairs.n; i++)
        if (strcmp(config->pairs.items[i].name, "connector.class") == 0)
            class = config->pairs.items[i].value;
    const struct connect_rest_plugin *plugin = class ? find_plugin(r->plugins, class) : NULL;
    connect_settings_init(&c->settings, c->name, config->pairs.items, config->pairs.n, plugin ? plugin->class : NULL);
    const char *version = class ? connect_rest_version(r->plugins, class) : NULL;
    c->version = mem_strdup_opt(version);
    if (c->tasks.n)
        qsort(c->tasks.items, c->tasks.n, sizeof *c->tasks.items, task_by_number);
}

static int read_connector(struct reader *r, const json_t *j, struct connect_rest_connector *c)
{
    struct config config = {0};
    int rc = want(r, j, JSON_OBJECT, "an object");
    if (rc != 0)
        return rc;
    json_t *info = json_object_get(j, "info");
    const json_t *status = json_object_get(j, "status");
    if (!info && !status)
        return fail(r, ERR_INVALID, "neither status nor info");
    if (info) {
        size_t was = enter(r, "info");
        if ((rc = want(r, info, JSON_OBJECT, "an object")) != 0 ||
            (rc = read_config(r, json_object_get(info, "config"), &config)) != 0 ||
            (rc = read_task_list(r, json_object_get(info, "tasks"), c, &config.hash)) != 0 ||
            (rc = text(r, info, "type", &c->type)) != 0)
            goto out;
        str_cut(&r->where, was);
    }
    if (status && (rc = read_status(r, status, c, &config.secrets)) != 0)
        goto out;
    if (!c->type && status && (rc = text(r, status, "type", &c->type)) != 0)
        goto out;
    c->config = config.hash;
    understand(r, c, &config);
out:
    config_done(&config);
    return rc;
}

static void connector_done(struct connect_rest_connector *c)
{
    for (size_t i = 0; i < c->tasks.n; i++) {
        const struct connect_rest_task *t = &c->tasks.items[i];
        char *const texts[] = {t->state, t->worker, t->cause, t->trace, t->suffix};
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            free(texts[k]);
    }
    vec_done(&c->tasks);
    for (size_t i = 0; i < c->topics.n; i++)
        free(c->topics.items[i]);
    vec_done(&c->topics);
    char *const texts[] = {c->name, c->type, c->state, c->worker, c->cause, c->trace, c->version};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    connect_settings_done(&c->settings);
}

void connect_rest_connectors_done(struct connect_rest_connectors *c)
{
    for (size_t i = 0; i < c->list.n; i++)
        connector_done(&c->list.items[i]);
    vec_done(&c->list);
}

static int connector_by_name(const void *a, const void *b)
{
    return strcmp(((const struct connect_rest_connector *)a)->name, ((const struct connect_rest_connector *)b)->name);
}

/* A list of names is what Connect before 2.3 answers, which does not know of expanding. */
static int want_connectors(const struct reader *r, const json_t *j)
{
    if (json_is_array(j))
        return fail(r, ERR_INVALID, "a list of names where an object was expected: Connect older than 2.3?");
    int rc = want(r, j, JSON_OBJECT, "an object");
    if (rc == 0 && json_object_size(j) > CONNECT_REST_CONNECTORS)
        rc = fail(r, ERR_LIMIT, "%zu connectors, more than %d", json_object_size(j), CONNECT_REST_CONNECTORS);
    return rc;
}

int connect_rest_connectors(const char *body, size_t len, const struct connect_rest_plugins *plugins,
                            struct connect_rest_connectors *ret, struct error *err)
{
    struct reader r = {.what = "connectors", .plugins = plugins, .err = err};
    struct connect_rest_connectors c = {0};
    json_t *json = NULL, *value;
    const char *name;
    int rc = load(&r, body, len, &json);
    if (rc != 0 || (rc = want_connectors(&r, json)) != 0)
        goto out;
    json_object_foreach(json, name, value)
    {
        size_t shown = strlen(name) < NAME_SHOWN ? strlen(name) : NAME_SHOWN;
        str_clear(&r.where);
        text_safe(&r.where, name, shown);
        if ((rc = strlen(name) > CONNECT_REST_NAME
                      ? fail(&r, ERR_LIMIT, "a name of more than %d bytes", CONNECT_REST_NAME)
                      : 0) != 0)
            break;
        vec_push(&c.list, ((struct connect_rest_connector){.name = mem_strdup(name)}));
        if ((rc = read_connector(&r, value, &c.list.items[c.list.n - 1])) != 0)
            break;
    }
    if (rc == 0) {
        if (c.list.n)
            qsort(c.list.items, c.list.n, sizeof *c.list.items, connector_by_name);
        *ret = c;
        c = (struct connect_rest_connectors){0};
    }
out:
    connect_rest_connectors_done(&c);
    str_done(&r.where);
    json_decref(json);
    return rc;
}

/* ---- the smaller answers ---- */

/* One answer: parsed, read, and freed where reading fails. */
static int parse(const char *what, const char *body, size_t len, int (*read)(struct reader *r, json_t *j, void *ret),
                 void *ret, struct error *err)
{
    struct reader r = {.what = what, .err = err};
    json_t *json = NULL;
    int rc = load(&r, body, len, &json);
    if (rc == 0)
        rc = read(&r, json, ret);
    json_decref(json);
    str_done(&r.where);
    return rc;
}

static int read_task_config(struct reader *r, const json_t *j, struct connect_rest_task_config *t)
{
    const json_t *id = json_object_get(j, "id"), *config = json_object_get(j, "config");
    int rc = want(r, j, JSON_OBJECT, "an object");
    if (rc != 0)
        return rc;
    size_t was = enter(r, "id");
    if ((rc = want(r, id, JSON_OBJECT, "an object")) != 0 || (rc = number(r, id, "task", &t->task)) != 0)
        return rc;
    str_cut(&r->where, was);
    was = enter(r, "config");
    if ((rc = want(r, config, JSON_OBJECT, "an object")) != 0 ||
        (rc = text(r, config, "iceberg.coordinator.transactional.suffix", &t->suffix)) != 0 ||
        (rc = text(r, config, "task.class", &t->class)) != 0)
        return rc;
    str_cut(&r->where, was);
    return 0;
}

static int read_tasks(struct reader *r, json_t *j, void *ret)
{
    struct connect_rest_task_configs *t = ret;
    int rc = list(r, j, CONNECT_REST_TASKS, "tasks");
    for (size_t i = 0; rc == 0 && i < json_array_size(j); i++) {
        size_t was = enter(r, "[%zu]", i);
        vec_push(&t->list, ((struct connect_rest_task_config){0}));
        if ((rc = read_task_config(r, json_array_get(j, i), &t->list.items[i])) == 0)
            str_cut(&r->where, was);
    }
    return rc;
}

int connect_rest_tasks(const char *body, size_t len, struct connect_rest_task_configs *ret, struct error *err)
{
    struct connect_rest_task_configs t = {0};
    int rc = parse("tasks", body, len, read_tasks, &t, err);
    if (rc == 0)
        *ret = t;
    else
        connect_rest_tasks_done(&t);
    return rc;
}

void connect_rest_tasks_done(struct connect_rest_task_configs *t)
{
    for (size_t i = 0; i < t->list.n; i++) {
        free(t->list.items[i].suffix);
        free(t->list.items[i].class);
    }
    vec_done(&t->list);
}

static int text_by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* {"NAME":{"topics":["a"]}} */
static int read_topics(struct reader *r, json_t *j, void *ret)
{
    struct connect_rest_topics *t = ret;
    int rc = want(r, j, JSON_OBJECT, "an object");
    if (rc == 0 && json_object_size(j) != 1)
        rc = fail(r, ERR_INVALID, "%zu connectors where one was expected", json_object_size(j));
    if (rc != 0)
        return rc;
    const json_t *of = json_object_iter_value(json_object_iter(j));
    if ((rc = want(r, of, JSON_OBJECT, "an object")) != 0)
        return rc;
    const json_t *topics = json_object_get(of, "topics");
    enter(r, "topics");
    rc = list(r, topics, CONNECT_REST_TOPICS, "topics");
    for (size_t i = 0; rc == 0 && i < json_array_size(topics); i++) {
        const json_t *topic = json_array_get(topics, i);
        if ((rc = want(r, topic, JSON_STRING, "a text")) == 0)
            vec_push(&t->list, copy(topic, CONNECT_REST_NAME));
    }
    if (rc == 0 && t->list.n)
        qsort(t->list.items, t->list.n, sizeof *t->list.items, text_by_bytes);
    return rc;
}

int connect_rest_topics(const char *body, size_t len, struct connect_rest_topics *ret, struct error *err)
{
    struct connect_rest_topics t = {0};
    int rc = parse("topics", body, len, read_topics, &t, err);
    if (rc == 0)
        *ret = t;
    else
        connect_rest_topics_done(&t);
    return rc;
}

void connect_rest_topics_done(struct connect_rest_topics *t)
{
    for (size_t i = 0; i < t->list.n; i++)
        free(t->list.items[i]);
    vec_done(&t->list);
}

static int read_plugins(struct reader *r, json_t *j, void *ret)
{
    struct connect_rest_plugins *p = ret;
    int rc = list(r, j, CONNECT_REST_PLUGINS, "plugins");
    for (size_t i = 0; rc == 0 && i < json_array_size(j); i++) {
        const json_t *one = json_array_get(j, i);
        struct connect_rest_plugin plugin = {0};
        size_t was = enter(r, "[%zu]", i);
        if ((rc = want(r, one, JSON_OBJECT, "an object")) == 0 && (rc = text(r, one, "class", &plugin.class)) == 0 &&
            !plugin.class)
            rc = fail(r, ERR_INVALID, "no class");
        if (rc == 0 && (rc = text(r, one, "type", &plugin.type)) == 0)
            rc = text(r, one, "version", &plugin.version);
        vec_push(&p->list, plugin);
        if (rc == 0)
            str_cut(&r->where, was);
    }
    return rc;
}

int connect_rest_plugins(const char *body, size_t len, struct connect_rest_plugins *ret, struct error *err)
{
    struct connect_rest_plugins p = {0};
    int rc = parse("connector-plugins", body, len, read_plugins, &p, err);
    if (rc == 0)
        *ret = p;
    else
        connect_rest_plugins_done(&p);
    return rc;
}

void connect_rest_plugins_done(struct connect_rest_plugins *p)
{
    for (size_t i = 0; i < p->list.n; i++) {
        free(p->list.items[i].class);
        free(p->list.items[i].type);
        free(p->list.items[i].version);
    }
    vec_done(&p->list);
}

const char *connect_rest_version(const struct connect_rest_plugins *p, const char *class)
{
    const struct connect_rest_plugin *plugin = find_plugin(p, class);
    return plugin ? plugin->version : NULL;
}

static int read_root(struct reader *r, json_t *j, void *ret)
{
    struct connect_rest_root *root = ret;
    int rc = want(r, j, JSON_OBJECT, "an object");
    if (rc == 0 && !json_object_get(j, "version"))
        rc = fail(r, ERR_INVALID, "no version: is it Kafka Connect?");
    if (rc == 0 && (rc = text(r, j, "version", &root->version)) == 0)
        rc = text(r, j, "kafka_cluster_id", &root->kafka_cluster_id);
    return rc;
}

int connect_rest_root(const char *body, size_t len, struct connect_rest_root *ret, struct error *err)
{
    struct connect_rest_root root = {0};
    int rc = parse("/", body, len, read_root, &root, err);
    if (rc == 0)
        *ret = root;
    else
        connect_rest_root_done(&root);
    return rc;
}

void connect_rest_root_done(struct connect_rest_root *r)
{
    free(r->version);
    free(r->kafka_cluster_id);
    *r = (struct connect_rest_root){0};
}
