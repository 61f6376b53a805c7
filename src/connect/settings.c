/* What the configuration of a connector means. */
#include "connect/settings.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "connect/redact.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEFAULT_INTERVAL_MS = 300000, DEFAULT_TIMEOUT_MS = 30000 };

static const char catalog_prefix[] = "iceberg.catalog.";

/* Settings whose values hold no secret, as globs; all others are counted only. */
static const char *const safe[] = {
    "config.action.reload",
    "connector.class",
    "consumer.override.auto.offset.reset",
    "consumer.override.client.id",
    "consumer.override.fetch.*",
    "consumer.override.group.id",
    "consumer.override.heartbeat.interval.ms",
    "consumer.override.max.partition.fetch.bytes",
    "consumer.override.max.poll.*",
    "consumer.override.partition.assignment.strategy",
    "consumer.override.session.timeout.ms",
    "errors.deadletterqueue.context.headers.enable",
    "errors.deadletterqueue.topic.name",
    "errors.deadletterqueue.topic.replication.factor",
    "errors.log.enable",
    "errors.log.include.messages",
    "errors.retry.delay.max.ms",
    "errors.retry.timeout",
    "errors.tolerance",
    "header.converter",
    "iceberg.catalog",
    "iceberg.catalog.cache-enabled",
    "iceberg.catalog.catalog-impl",
    "iceberg.catalog.client.region",
    "iceberg.catalog.io-impl",
    "iceberg.catalog.jdbc.schema-version",
    "iceberg.catalog.oauth2-server-uri",
    "iceberg.catalog.ref",
    "iceberg.catalog.rest.auth.type",
    "iceberg.catalog.s3.endpoint",
    "iceberg.catalog.s3.path-style-access",
    "iceberg.catalog.s3.region",
    "iceberg.catalog.scope",
    "iceberg.catalog.type",
    "iceberg.catalog.uri",
    "iceberg.catalog.view-endpoints-supported",
    "iceberg.catalog.warehouse",
    "iceberg.connect.group-id",
    "iceberg.control.commit.*",
    "iceberg.control.group-id",
    "iceberg.control.group-id-prefix",
    "iceberg.control.topic",
    "iceberg.coordinator-executor-keep-alive-timeout-ms",
    "iceberg.coordinator.transactional.prefix",
    "iceberg.coordinator.transactional.suffix",
    "iceberg.hadoop-conf-dir",
    "iceberg.kafka.auto.offset.reset",
    "iceberg.kafka.bootstrap.servers",
    "iceberg.kafka.client.id",
    "iceberg.kafka.security.protocol",
    "iceberg.kafka.session.timeout.ms",
    "iceberg.table.*.commit-branch",
    "iceberg.table.*.id-columns",
    "iceberg.table.*.partition-by",
    "iceberg.table.*.route-regex",
    "iceberg.tables",
    "iceberg.tables.auto-create-enabled",
    "iceberg.tables.auto-create-props.format-version",
    "iceberg.tables.auto-create-props.write.*",
    "iceberg.tables.cdc-field",
    "iceberg.tables.default-commit-branch",
    "iceberg.tables.default-id-columns",
    "iceberg.tables.default-partition-by",
    "iceberg.tables.dynamic-enabled",
    "iceberg.tables.evolve-schema-enabled",
    "iceberg.tables.route-field",
    "iceberg.tables.schema-case-insensitive",
    "iceberg.tables.schema-force-optional",
    "iceberg.tables.upsert-mode-enabled",
    "iceberg.tables.write-props.write.*",
    "key.converter",
    "key.converter.schemas.enable",
    "name",
    "predicates",
    "predicates.*.type",
    "task.class",
    "task.id",
    "tasks.max",
    "tasks.max.enforce",
    "topics",
    "topics.regex",
    "transforms",
    "transforms.*.predicate",
    "transforms.*.type",
    "value.converter",
    "value.converter.schemas.enable",
};

/* Classes of catalogs, by what their names end with. */
static const struct {
    const char *end, *type;
} impls[] = {
    {".RESTCatalog", "rest"},         {".HiveCatalog", "hive"},           {".HadoopCatalog", "hadoop"},
    {".JdbcCatalog", "jdbc"},         {".GlueCatalog", "glue"},           {".NessieCatalog", "nessie"},
    {".DynamoDbCatalog", "dynamodb"}, {".SnowflakeCatalog", "snowflake"}, {".BigQueryMetastoreCatalog", "bigquery"},
    {".EcsCatalog", "ecs"},           {".InMemoryCatalog", "in-memory"},
};

struct input {
    const struct connect_settings_pair *pairs;
    size_t n;
    struct connect_settings *s;
};

bool connect_settings_placeholder(const char *value)
{
    for (const char *at = value; (at = strstr(at, "${")); at += 2) {
        const char *end = strchr(at, '}');
        if (end && memchr(at, ':', (size_t)(end - at)))
            return true;
    }
    return false;
}

bool connect_settings_safe(const char *name)
{
    if (connect_redact_named(name))
        return false;
    for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
        if (text_glob(safe[i], name))
            return true;
    return false;
}

/* ---- looking up ---- */

static const char *find(const struct input *in, const char *name)
{
    for (size_t i = 0; i < in->n; i++)
        if (strcmp(in->pairs[i].name, name) == 0)
            return in->pairs[i].value;
    return NULL;
}

/* The value without blanks around it, as Connect's own parser takes it; NULL where it is not there, empty or a placeholder,
 * which is noted. */
static char *get(const struct input *in, const char *name, bool *placeholder)
{
    const char *value = find(in, name);
    *placeholder = value && connect_settings_placeholder(value);
    if (*placeholder)
        vec_push(&in->s->unresolved, mem_strdup(name));
    if (!value || *placeholder)
        return NULL;
    while (isspace((unsigned char)*value))
        value++;
    size_t len = strlen(value);
    while (len && isspace((unsigned char)value[len - 1]))
        len--;
    return len ? mem_memdup(value, len) : NULL;
}

/* The same, with a default where it is not there. */
static char *get_or(const struct input *in, const char *name, const char *otherwise)
{
    bool placeholder;
    char *value = get(in, name, &placeholder);
    return value || placeholder || !otherwise ? value : mem_strdup(otherwise);
}

static int64_t get_ms(const struct input *in, const char *name, int64_t otherwise)
{
    bool placeholder;
    char *value = get(in, name, &placeholder), *end = NULL;
    if (!value)
        return placeholder ? CONNECT_EVENT_UNKNOWN : otherwise;
    errno = 0;
    long long ms = strtoll(value, &end, 10);
    bool good = !errno && end != value && !*end && ms >= 0 && ms <= INT32_MAX;
    free(value);
    return good ? ms : CONNECT_EVENT_UNKNOWN;
}

static bool get_bool(const struct input *in, const char *name)
{
    bool placeholder;
    char *value = get(in, name, &placeholder);
    bool ret = value && strcasecmp(value, "true") == 0;
    free(value);
    return ret;
}

/* ---- the parts ---- */

static enum connect_settings_sink sink_of(const char *class, const char *full)
{
    static const struct {
        const char *name;
        enum connect_settings_sink sink;
    } names[] = {
        {"org.apache.iceberg.connect.IcebergSinkConnector", CONNECT_SETTINGS_APACHE},
        {"io.tabular.iceberg.connect.IcebergSinkConnector", CONNECT_SETTINGS_TABULAR},
        {"IcebergSinkConnector", CONNECT_SETTINGS_APACHE},
        {"IcebergSink", CONNECT_SETTINGS_APACHE},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!class || strcmp(class, names[i].name) != 0)
            continue;
        bool alias = !strchr(class, '.') && full && strchr(full, '.');
        return alias ? sink_of(full, NULL) : names[i].sink;
    }
    return CONNECT_SETTINGS_OTHER;
}

static void read_groups(const struct input *in, const char *connector)
{
    struct connect_settings *s = in->s;
    char *own = mem_printf("connect-%s", connector), *control = mem_printf("cg-control-%s", connector);
    char *believed = get_or(in, "iceberg.connect.group-id", own);
    s->data_group = get_or(in, "consumer.override.group.id", own);
    s->other_group = believed && s->data_group && strcmp(believed, s->data_group) != 0;
    if (s->sink == CONNECT_SETTINGS_TABULAR)
        s->group = get_or(in, "iceberg.control.group-id", control);
    else if (believed)
        s->group = mem_strdup(believed);
    s->control_prefix = get_or(in, "iceberg.control.group-id-prefix", "cg-control-");
    free(believed);
    free(own);
    free(control);
}

static void read_tables(const struct input *in)
{
    struct connect_settings *s = in->s;
    bool placeholder;
    char *list = get(in, "iceberg.tables", &placeholder);
    for (char *at = list, *next; at && s->tables.n < CONNECT_SETTINGS_TABLES; at = next) {
        next = strchr(at, ',');
        if (next)
            *next++ = '\0';
        at += strspn(at, " \t\r\n");
        size_t len = strlen(at);
        while (len && isspace((unsigned char)at[len - 1]))
            len--;
        if (len)
            vec_push(&s->tables, mem_memdup(at, len));
    }
    free(list);
    s->routed = get_bool(in, "iceberg.tables.dynamic-enabled");
    s->branch = get_or(in, "iceberg.tables.default-commit-branch", NULL);
}

/* ---- the catalog ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct connect_settings_pair *)a)->name, ((const struct connect_settings_pair *)b)->name);
}

const char *connect_settings_property(const struct connect_settings_catalog *c, const char *name)
{
    for (size_t i = 0; i < c->properties.n; i++)
        if (strcmp(c->properties.items[i].name, name) == 0)
            return c->properties.items[i].value;
    return NULL;
}

static char *catalog_type(const struct input *in, const char *impl)
{
    bool placeholder;
    char *type = get(in, "iceberg.catalog.type", &placeholder);
    for (char *c = type; c && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    if (type || placeholder)
        return type;
    if (!impl)
        return connect_settings_property(&in->s->catalog, "catalog-impl") ? NULL : mem_strdup("hive");
    for (size_t i = 0; i < sizeof impls / sizeof *impls; i++) {
        size_t len = strlen(impl), end = strlen(impls[i].end);
        if (len > end && strcmp(impl + len - end, impls[i].end) == 0)
            return mem_strdup(impls[i].type);
    }
    return mem_strdup("custom");
}

/* Appends a property of the catalog in words. */
static void show_property(struct str *s, const struct connect_settings_catalog *c, const char *name, const char *before)
{
    const char *value = connect_settings_property(c, name);
    if (!value || !*value)
        return;
    str_add(s, before);
    if (connect_settings_placeholder(value))
        str_printf(s, "%s %s that only Connect resolves", name, value);
    else
        connect_redact_text(s, value);
}

static void show_catalog(struct connect_settings_catalog *c)
{
    struct str s = {0};
    str_add(&s, c->type ? c->type : "a catalog of a type that only Connect resolves");
    if (c->type && strcmp(c->type, "custom") == 0)
        str_printf(&s, " %s", c->impl);
    show_property(&s, c, "uri", " ");
    show_property(&s, c, "warehouse", ", warehouse ");
    c->shown = str_take(&s);
}

static void read_catalog(const struct input *in)
{
    struct connect_settings_catalog *c = &in->s->catalog;
    size_t prefix = sizeof catalog_prefix - 1;
    for (size_t i = 0; i < in->n; i++) {
        if (strncmp(in->pairs[i].name, catalog_prefix, prefix) != 0)
            continue;
        vec_push(&c->properties, ((struct connect_settings_pair){mem_strdup(in->pairs[i].name + prefix),
                                                                 mem_strdup(in->pairs[i].value)}));
        c->placeholders = c->placeholders || connect_settings_placeholder(in->pairs[i].value);
    }
    if (c->properties.n)
        qsort(c->properties.items, c->properties.n, sizeof *c->properties.items, by_name);
    c->name = get_or(in, "iceberg.catalog", "iceberg");
    c->impl = get_or(in, "iceberg.catalog.catalog-impl", NULL);
    c->uri = get_or(in, "iceberg.catalog.uri", NULL);
    c->warehouse = get_or(in, "iceberg.catalog.warehouse", NULL);
    c->io_impl = get_or(in, "iceberg.catalog.io-impl", NULL);
    c->type = catalog_type(in, c->impl);
    c->has_credential = connect_settings_property(c, "credential");
    c->has_token = connect_settings_property(c, "token");
    show_catalog(c);
}

/* ---- all ---- */

static int pointer_by_name(const void *a, const void *b)
{
    return by_name(*(const struct connect_settings_pair *const *)a, *(const struct connect_settings_pair *const *)b);
}

static char *show(const struct connect_settings_pair *pairs, size_t n)
{
    const struct connect_settings_pair **sorted = mem_calloc(n + 1, sizeof *sorted);
    for (size_t i = 0; i < n; i++)
        sorted[i] = &pairs[i];
    qsort(sorted, n, sizeof *sorted, pointer_by_name);
    struct str s = {0};
    size_t hidden = 0;
    for (size_t i = 0; i < n; i++) {
        size_t was = s.len;
        if (connect_settings_safe(sorted[i]->name)) {
            str_printf(&s, "%s%s=", s.len ? "; " : "", sorted[i]->name);
            connect_redact_text(&s, sorted[i]->value);
        }
        hidden += s.len == was || s.len > CONNECT_SETTINGS_SHOWN;
        if (s.len > CONNECT_SETTINGS_SHOWN)
            str_cut(&s, was);
    }
    if (hidden)
        str_printf(&s, "%s%zu more", s.len ? "; " : "", hidden);
    free(sorted);
    return str_take(&s);
}

void connect_settings_init(struct connect_settings *s, const char *connector, const struct connect_settings_pair *pairs,
                           size_t n, const char *class)
{
    *s = (struct connect_settings){.interval_ms = CONNECT_EVENT_UNKNOWN, .timeout_ms = CONNECT_EVENT_UNKNOWN};
    const struct input in = {pairs, n, s};
    bool placeholder;
    s->class = get(&in, "connector.class", &placeholder);
    s->topics = get(&in, "topics", &placeholder);
    if (!s->topics && !placeholder)
        s->topics = get(&in, "topics.regex", &placeholder);
    s->shown = show(pairs, n);
    s->sink = sink_of(s->class, class);
    if (s->sink == CONNECT_SETTINGS_OTHER)
        return;
    read_groups(&in, connector);
    s->control_topic = get_or(&in, "iceberg.control.topic", "control-iceberg");
    s->kafka = get_or(&in, "iceberg.kafka.bootstrap.servers", NULL);
    s->interval_ms = get_ms(&in, "iceberg.control.commit.interval-ms", DEFAULT_INTERVAL_MS);
    s->timeout_ms = get_ms(&in, "iceberg.control.commit.timeout-ms", DEFAULT_TIMEOUT_MS);
    read_tables(&in);
    read_catalog(&in);
}

static void catalog_done(struct connect_settings_catalog *c)
{
    for (size_t i = 0; i < c->properties.n; i++) {
        free(c->properties.items[i].name);
        mem_free_secret(c->properties.items[i].value);
    }
    vec_done(&c->properties);
    mem_free_secret(c->uri);
    mem_free_secret(c->warehouse);
    char *const texts[] = {c->name, c->type, c->impl, c->io_impl, c->shown};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
}

void connect_settings_done(struct connect_settings *s)
{
    char *const texts[] = {s->class,         s->topics,         s->shown, s->group, s->data_group,
                           s->control_topic, s->control_prefix, s->kafka, s->branch};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    for (size_t i = 0; i < s->tables.n; i++)
        free(s->tables.items[i]);
    vec_done(&s->tables);
    for (size_t i = 0; i < s->unresolved.n; i++)
        free(s->unresolved.items[i]);
    vec_done(&s->unresolved);
    catalog_done(&s->catalog);
    *s = (struct connect_settings){0};
}
