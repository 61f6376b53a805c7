/* Any bytes as each body of Connect's REST interface, and as texts of which something is hidden. The first byte is which. */
#include "connect/redact.h"
#include "connect/rest.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char planted[] = "planted-secret-42";

static void no_secret(const char *text)
{
    if (text && strstr(text, planted))
        abort();
}

static void ordered(const struct connect_rest_connectors *c)
{
    for (size_t i = 0; i < c->list.n; i++) {
        const struct connect_rest_connector *one = &c->list.items[i];
        if (i && strcmp(c->list.items[i - 1].name, one->name) >= 0)
            abort();
        for (size_t t = 1; t < one->tasks.n; t++)
            if (one->tasks.items[t - 1].task >= one->tasks.items[t].task)
                abort();
        if (one->trace && strlen(one->trace) > CONNECT_REST_TRACE + 3)
            abort();
        if (strlen(one->settings.shown) > CONNECT_SETTINGS_SHOWN + 32)
            abort();
    }
}

/* A planted secret is hidden wherever it stands in any text. */
static void redact(const char *text)
{
    struct connect_redact r = {0};
    struct str out = {0}, plain = {0};
    connect_redact_add(&r, "password", planted);
    connect_redact_add(&r, "odd", text);
    connect_redact_apply(&r, &out, text);
    no_secret(str_text(&out));
    connect_redact_text(&plain, text);
    str_done(&out);
    str_done(&plain);
    connect_redact_done(&r);
    free(connect_rest_cause(text));
}

static void settings(const char *text)
{
    static const char *const names[] = {"connector.class", "iceberg.tables", "iceberg.catalog.catalog-impl",
                                        "iceberg.catalog.uri", "iceberg.control.commit.interval-ms"};
    enum { PAIRS = sizeof names / sizeof *names };
    struct connect_settings_pair pairs[PAIRS];
    struct connect_settings s;
    for (int i = 0; i < PAIRS; i++) {
        pairs[i].name = mem_strdup(names[i]);
        pairs[i].value = mem_strdup(i ? text : "IcebergSink");
    }
    connect_settings_init(&s, text, pairs, PAIRS, NULL);
    connect_settings_done(&s);
    for (int i = 0; i < PAIRS; i++) {
        free(pairs[i].name);
        free(pairs[i].value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    char *body = mem_alloc(size); /* as large as it is, for the sanitizer */
    memcpy(body, data + 1, size - 1);
    struct connect_rest_connectors c = {0};
    struct connect_rest_task_configs tasks = {0};
    struct connect_rest_topics topics = {0};
    struct connect_rest_plugins plugins = {0};
    struct connect_rest_root root = {0};
    struct error err = {0};
    switch (data[0] % 7) {
    case 0:
        if (connect_rest_connectors(body, size - 1, NULL, &c, &err) == 0)
            ordered(&c);
        break;
    case 1:
        connect_rest_tasks(body, size - 1, &tasks, &err);
        break;
    case 2:
        connect_rest_topics(body, size - 1, &topics, &err);
        break;
    case 3:
        connect_rest_plugins(body, size - 1, &plugins, &err);
        break;
    case 4:
        connect_rest_root(body, size - 1, &root, &err);
        break;
    default:
        body[size - 1] = '\0';
        if (data[0] % 7 == 5)
            redact(body);
        else
            settings(body);
    }
    connect_rest_connectors_done(&c);
    connect_rest_tasks_done(&tasks);
    connect_rest_topics_done(&topics);
    connect_rest_plugins_done(&plugins);
    connect_rest_root_done(&root);
    free(body);
    return 0;
}
