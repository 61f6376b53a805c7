/* Catalogs: what connectors say of theirs, as a source of ours could read them. */
#include "derive/discover.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "iceberg/place.h"

#include <stdlib.h>
#include <string.h>

/* ---- what connectors say ---- */

static void copy_catalog(struct connect_settings_catalog *to, const struct connect_settings_catalog *from)
{
    *to = (struct connect_settings_catalog){
        .name = mem_strdup_opt(from->name),
        .type = mem_strdup_opt(from->type),
        .impl = mem_strdup_opt(from->impl),
        .uri = mem_strdup_opt(from->uri),
        .warehouse = mem_strdup_opt(from->warehouse),
        .io_impl = mem_strdup_opt(from->io_impl),
        .shown = mem_strdup_opt(from->shown),
        .has_credential = from->has_credential,
        .has_token = from->has_token,
        .placeholders = from->placeholders,
    };
    for (size_t i = 0; i < from->properties.n; i++) {
        const struct connect_settings_pair *p = &from->properties.items[i];
        vec_push(&to->properties, ((struct connect_settings_pair){mem_strdup(p->name), mem_strdup(p->value)}));
    }
}

static void catalog_done(struct connect_settings_catalog *c)
{
    char *texts[] = {c->name, c->type, c->impl, c->uri, c->warehouse, c->io_impl, c->shown};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        mem_free_secret(texts[i]);
    for (size_t i = 0; i < c->properties.n; i++) {
        free(c->properties.items[i].name);
        mem_free_secret(c->properties.items[i].value);
    }
    vec_done(&c->properties);
}

void derive_discover_sink_init(struct derive_discover_sink *sink, const char *connect, const char *connector,
                               const struct connect_settings *settings)
{
    *sink = (struct derive_discover_sink){
        .connect = mem_strdup(connect),
        .connector = mem_strdup(connector),
        .control_topic = mem_strdup_opt(settings->control_topic),
        .kafka = mem_strdup_opt(settings->kafka),
        .routed = settings->routed,
    };
    for (size_t i = 0; i < settings->tables.n; i++)
        derive_discover_add(&sink->tables, settings->tables.items[i]);
    copy_catalog(&sink->catalog, &settings->catalog);
}

void derive_discover_sink_done(struct derive_discover_sink *sink)
{
    free(sink->connect);
    free(sink->connector);
    free(sink->control_topic);
    free(sink->kafka);
    derive_discover_done(&sink->tables);
    catalog_done(&sink->catalog);
    *sink = (struct derive_discover_sink){0};
}

bool derive_discover_sink_same(const struct derive_discover_sink *a, const struct derive_discover_sink *b)
{
    const struct connect_settings_catalog *p = &a->catalog, *q = &b->catalog;
    if (!text_same(a->connect, b->connect) || !text_same(a->connector, b->connector) ||
        !text_same(a->control_topic, b->control_topic) || !text_same(a->kafka, b->kafka) || a->routed != b->routed ||
        !derive_discover_same(&a->tables, &b->tables) || !text_same(p->name, q->name) || !text_same(p->type, q->type) ||
        !text_same(p->uri, q->uri) || !text_same(p->warehouse, q->warehouse) || p->properties.n != q->properties.n)
        return false;
    for (size_t i = 0; i < p->properties.n; i++)
        if (!text_same(p->properties.items[i].name, q->properties.items[i].name) ||
            !text_same(p->properties.items[i].value, q->properties.items[i].value))
            return false;
    return true;
}

/* ---- as a source could read them ---- */

/* A property that is there and no placeholder, copied; else NULL. */
static char *property(const struct connect_settings_catalog *c, const char *name)
{
    const char *value = connect_settings_property(c, name);
    return value && *value && !connect_settings_placeholder(value) ? mem_strdup(value) : NULL;
}

static bool is_hidden(const struct connect_settings_catalog *c, const char *name)
{
    const char *value = connect_settings_property(c, name);
    return value && connect_settings_placeholder(value);
}

__attribute__((format(printf, 2, 3))) static void refuse(struct derive_discover_catalog *ret, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *why = mem_vprintf(fmt, args);
    va_end(args);
    free(ret->why);
    ret->why = why;
}

/* What to do is the same whatever is missing. */
static void refuse_hidden(struct derive_discover_catalog *ret, const char *what, const char *name)
{
    refuse(ret,
           "its %s is a placeholder, which only Connect resolves; a catalog \"%s\" in the configuration stands for it",
           what, name);
}

static void read_rest(const struct connect_settings_catalog *c, struct derive_discover_catalog *ret)
{
    static const char *const logins[] = {"token", "credential", "oauth2-server-uri", "rest.auth.basic.password", NULL};
    ret->type = ICEBERG_SOURCE_REST;
    ret->uri = mem_strdup_opt(c->uri);
    ret->warehouse = mem_strdup_opt(c->warehouse);
    if (!c->uri) {
        if (is_hidden(c, "uri"))
            refuse_hidden(ret, "uri", c->name);
        else
            refuse(ret, "it has no uri");
        return;
    }
    const char *auth = connect_settings_property(c, "rest.auth.type"),
               *signs = connect_settings_property(c, "rest.sigv4-enabled");
    if ((auth && strcmp(auth, "sigv4") == 0) || (signs && strcasecmp(signs, "true") == 0)) {
        refuse(ret, "its requests are signed for AWS, which icetop does not do");
        return;
    }
    for (size_t i = 0; logins[i]; i++)
        if (is_hidden(c, logins[i])) {
            refuse_hidden(ret, logins[i], c->name);
            return;
        }
    ret->token = property(c, "token");
    ret->user = property(c, "rest.auth.basic.username");
    ret->password = property(c, "rest.auth.basic.password");
    ret->oauth_uri = property(c, "oauth2-server-uri");
    ret->scope = property(c, "scope");
    char *credential = ret->token ? NULL : property(c, "credential");
    char *colon = credential ? strchr(credential, ':') : NULL;
    if (credential)
        ret->client_secret = mem_strdup(colon ? colon + 1 : credential);
    if (colon)
        ret->client_id = mem_memdup(credential, (size_t)(colon - credential));
    mem_free_secret(credential);
}

static void read_jdbc(const struct connect_settings_catalog *c, struct derive_discover_catalog *ret)
{
    ret->type = ICEBERG_SOURCE_SQL;
    ret->uri = mem_strdup_opt(c->uri);
    ret->warehouse = mem_strdup_opt(c->name);
    if (!c->uri && is_hidden(c, "uri"))
        refuse_hidden(ret, "uri", c->name);
    else if (!c->uri)
        refuse(ret, "it has no uri");
    else if (strncmp(c->uri, "jdbc:sqlite:", 12) != 0)
        refuse(ret, "it is a database other than SQLite, of which icetop reads none");
}

static void read_hadoop(const struct connect_settings_catalog *c, struct derive_discover_catalog *ret)
{
    ret->type = ICEBERG_SOURCE_HADOOP;
    ret->uri = mem_strdup_opt(c->warehouse);
    if (!c->warehouse && is_hidden(c, "warehouse"))
        refuse_hidden(ret, "warehouse", c->name);
    else if (!c->warehouse)
        refuse(ret, "it has no warehouse");
}

static const struct {
    const char *type;
    void (*read)(const struct connect_settings_catalog *c, struct derive_discover_catalog *ret);
} readers[] = {{"rest", read_rest}, {"jdbc", read_jdbc}, {"hadoop", read_hadoop}};

static void set_identity(const struct connect_settings_catalog *c, struct derive_discover_catalog *ret)
{
    char *place = ret->uri ? iceberg_place_form(ret->uri) : mem_strdup("");
    ret->identity = mem_printf("%s\n%s\n%s\n%s", c->type ? c->type : "", place, ret->warehouse ? ret->warehouse : "",
                               *place ? "" : c->name);
    free(place);
}

/* A catalog that the sink has configured, without name and tables; identity is always set. */
static void read_catalog(const struct connect_settings_catalog *c, struct derive_discover_catalog *ret)
{
    size_t i = 0;
    *ret = (struct derive_discover_catalog){0};
    while (c->type && i < sizeof readers / sizeof *readers && strcmp(readers[i].type, c->type) != 0)
        i++;
    if (!c->type)
        refuse_hidden(ret, "type", c->name);
    else if (i == sizeof readers / sizeof *readers)
        refuse(ret, "it is of type %s, which icetop does not read", c->type);
    else
        readers[i].read(c, ret);
    set_identity(c, ret);
}

void derive_discover_catalog_done(struct derive_discover_catalog *c)
{
    char *secrets[] = {c->token, c->user, c->password, c->client_id, c->client_secret, c->uri, c->identity};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        mem_free_secret(secrets[i]);
    free(c->name);
    free(c->why);
    free(c->warehouse);
    free(c->oauth_uri);
    free(c->scope);
    derive_discover_done(&c->tables);
    *c = (struct derive_discover_catalog){0};
}

struct derive_discover_catalog *derive_discover_catalog_copy(const struct derive_discover_catalog *c)
{
    struct derive_discover_catalog *ret = mem_new(struct derive_discover_catalog);
    *ret = (struct derive_discover_catalog){
        .name = mem_strdup_opt(c->name),
        .configured = c->configured,
        .why = mem_strdup_opt(c->why),
        .identity = mem_strdup_opt(c->identity),
        .type = c->type,
        .uri = mem_strdup_opt(c->uri),
        .warehouse = mem_strdup_opt(c->warehouse),
        .token = mem_strdup_opt(c->token),
        .user = mem_strdup_opt(c->user),
        .password = mem_strdup_opt(c->password),
        .client_id = mem_strdup_opt(c->client_id),
        .client_secret = mem_strdup_opt(c->client_secret),
        .oauth_uri = mem_strdup_opt(c->oauth_uri),
        .scope = mem_strdup_opt(c->scope),
        .all = c->all,
    };
    for (size_t i = 0; i < c->tables.list.n; i++)
        derive_discover_add(&ret->tables, c->tables.list.items[i]);
    return ret;
}

void derive_discover_catalogs_done(struct derive_discover_catalogs *c)
{
    for (size_t i = 0; i < c->list.n; i++)
        derive_discover_catalog_done(&c->list.items[i]);
    vec_done(&c->list);
}

bool derive_discover_catalog_same(const struct derive_discover_catalog *a, const struct derive_discover_catalog *b)
{
    const char *p[] = {a->name,     a->why,       a->identity,      a->token,     a->user,
                       a->password, a->client_id, a->client_secret, a->oauth_uri, a->scope};
    const char *q[] = {b->name,     b->why,       b->identity,      b->token,     b->user,
                       b->password, b->client_id, b->client_secret, b->oauth_uri, b->scope};
    bool same = a->configured == b->configured;
    for (size_t i = 0; i < sizeof p / sizeof *p; i++)
        same = same && text_same(p[i], q[i]);
    return same;
}

/* ---- which are the same ---- */

/* Does the configuration's catalog lie where the connector's does, by itself or by its map? */
static bool is_there(const struct conf_catalog *c, const struct derive_discover_catalog *found)
{
    static const char *const types[] = {
        [ICEBERG_SOURCE_HADOOP] = "hadoop",
        [ICEBERG_SOURCE_SQL] = "sql",
        [ICEBERG_SOURCE_REST] = "rest",
        [ICEBERG_SOURCE_TABLE] = "table",
    };
    const char *own = strcmp(c->type, "hadoop") == 0 ? c->warehouse : c->uri;
    if (!found->uri || strcmp(c->type, types[found->type]) != 0)
        return false;
    if (found->type == ICEBERG_SOURCE_REST)
        return iceberg_place_same(own, found->uri) && text_same(c->warehouse, found->warehouse);
    const char *uri = strncmp(found->uri, "jdbc:sqlite:", 12) == 0 ? found->uri + 12 : found->uri;
    char *written = mem_memdup(uri, found->type == ICEBERG_SOURCE_SQL ? strcspn(uri, "?") : strlen(uri)), *here = NULL;
    struct iceberg_place map = {0};
    for (size_t i = 0; i < c->map.n; i++)
        iceberg_place_add(&map, c->map.items[i].name, c->map.items[i].value, NULL);
    bool same = iceberg_place_same(own, written) ||
                (iceberg_place_here(&map, written, &here, NULL) == 0 && iceberg_place_same(own, here));
    free(here);
    free(written);
    iceberg_place_done(&map);
    return same;
}

/* The configuration's catalog that stands for one of a connector: of its name, or in its place. */
static const struct conf_catalog *find_configured(const struct conf_catalog *configured, size_t n,
                                                  const struct connect_settings_catalog *c,
                                                  const struct derive_discover_catalog *found)
{
    for (size_t i = 0; i < n; i++)
        if (c->name && strcmp(configured[i].name, c->name) == 0)
            return &configured[i];
    for (size_t i = 0; i < n; i++)
        if (is_there(&configured[i], found))
            return &configured[i];
    return NULL;
}

static bool is_taken(const char *name, const struct conf_catalog *configured, size_t nconfigured,
                     const struct derive_discover_catalogs *c)
{
    for (size_t i = 0; i < nconfigured; i++)
        if (strcmp(configured[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < c->list.n; i++)
        if (c->list.items[i].name && strcmp(c->list.items[i].name, name) == 0)
            return true;
    return false;
}

/* Those that were there before keep their names. */
static void keep_names(struct derive_discover_catalogs *c, const struct derive_discover_catalogs *before,
                       const struct conf_catalog *configured, size_t nconfigured)
{
    for (size_t i = 0; before && i < before->list.n; i++) {
        const struct derive_discover_catalog *b = &before->list.items[i];
        for (size_t k = 0; b->name && !b->configured && k < c->list.n; k++) {
            struct derive_discover_catalog *now = &c->list.items[k];
            if (!now->name && !now->why && strcmp(b->identity, now->identity) == 0 &&
                !is_taken(b->name, configured, nconfigured, c))
                now->name = mem_strdup(b->name);
        }
    }
}

/* Its own, else that with a number. */
static void choose_name(struct derive_discover_catalog *catalog, const char *own,
                        const struct derive_discover_catalogs *c, const struct conf_catalog *configured,
                        size_t nconfigured)
{
    char *name = mem_strdup(own);
    for (int n = 2; is_taken(name, configured, nconfigured, c); n++) {
        free(name);
        name = mem_printf("%s-%d", own, n);
    }
    catalog->name = name;
}

static size_t find_same(const struct derive_discover_catalogs *c, const struct derive_discover_catalog *found)
{
    size_t i = 0;
    while (i < c->list.n && strcmp(c->list.items[i].identity, found->identity) != 0)
        i++;
    return i;
}

static void add_tables(struct derive_discover_catalog *c, const struct derive_discover_sink *sink)
{
    for (size_t i = 0; i < sink->tables.list.n; i++)
        derive_discover_add(&c->tables, sink->tables.list.items[i]);
    c->all |= sink->routed || !sink->tables.list.n;
}

void derive_discover_catalogs(const struct derive_discover_sink *sinks, size_t n, const struct conf_catalog *configured,
                              size_t nconfigured, const struct derive_discover_catalogs *before,
                              struct derive_discover_catalogs *ret, size_t *of_sink)
{
    *ret = (struct derive_discover_catalogs){0};
    for (size_t i = 0; i < n; i++) {
        const struct connect_settings_catalog *c = &sinks[i].catalog;
        struct derive_discover_catalog found;
        of_sink[i] = SIZE_MAX;
        if (!c->name)
            continue;
        read_catalog(c, &found);
        const struct conf_catalog *own = find_configured(configured, nconfigured, c, &found);
        if (own) {
            mem_free_secret(found.identity);
            found.identity = mem_printf("configured\n%s", own->name);
        }
        size_t at = find_same(ret, &found);
        if (at < ret->list.n) {
            derive_discover_catalog_done(&found);
        } else {
            found.configured = own != NULL;
            if (own) {
                free(found.why);
                found.why = NULL;
                found.name = mem_strdup(own->name);
            }
            vec_push(&ret->list, found);
        }
        add_tables(&ret->list.items[at], &sinks[i]);
        of_sink[i] = at;
    }
    keep_names(ret, before, configured, nconfigured);
    for (size_t i = 0; i < n; i++) {
        struct derive_discover_catalog *found = of_sink[i] == SIZE_MAX ? NULL : &ret->list.items[of_sink[i]];
        if (found && !found->name && !found->why)
            choose_name(found, sinks[i].catalog.name, ret, configured, nconfigured);
    }
}
