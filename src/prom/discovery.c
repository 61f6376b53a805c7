/* Lists of groups of targets, from JSON and from YAML. */
#include "prom/discovery.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "conf/yaml.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is being read, and where: a place in a file, or a path into an answer. */
struct reader {
    const char *name;
    struct prom_discovery *to;
    unsigned line, column; /* of YAML; 0: none */
    size_t group;
    char part[300]; /* ".labels.env" */
    struct error *err;
};

__attribute__((format(printf, 3, 4))) static int wrong(struct reader *r, int code, const char *fmt, ...)
{
    char words[300];
    struct str safe = {0};
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    str_printf(&safe, "%s:", r->name);
    if (r->line)
        str_printf(&safe, "%u:%u:", r->line, r->column);
    struct str part = {0};
    text_safe(&part, r->part, strlen(r->part));
    str_printf(&safe, " [%zu]%s: ", r->group, str_text(&part));
    text_safe(&safe, words, strlen(words));
    int rc = error_set(r->err, code, "%s", str_text(&safe));
    str_done(&safe);
    str_done(&part);
    return rc;
}

static void set_part(struct reader *r, const char *key, const char *inner)
{
    snprintf(r->part, sizeof r->part, "%s%s%s%.100s", key ? "." : "", key ? key : "", inner ? "." : "",
             inner ? inner : "");
}

/* ---- what both give ---- */

static struct prom_discovery_group *last(const struct reader *r)
{
    return &r->to->groups.items[r->to->groups.n - 1];
}

static int add_group(struct reader *r)
{
    if (r->to->groups.n >= PROM_DISCOVERY_GROUPS)
        return wrong(r, ERR_LIMIT, "more than %d groups, the limit", PROM_DISCOVERY_GROUPS);
    vec_push(&r->to->groups, (struct prom_discovery_group){0});
    return 0;
}

static int add_target(struct reader *r, const char *address)
{
    if (r->to->targets >= PROM_DISCOVERY_TARGETS)
        return wrong(r, ERR_LIMIT, "more than %d targets, the limit", PROM_DISCOVERY_TARGETS);
    vec_push(&last(r)->targets, mem_strdup(address));
    r->to->targets++;
    return 0;
}

static int add_label(struct reader *r, const char *name, const char *value)
{
    struct prom_discovery_group *g = last(r);
    if (!*name || !text_is_utf8(name, strlen(name)))
        return wrong(r, ERR_INVALID, "no name of a label");
    if (g->labels.n >= PROM_DISCOVERY_LABELS)
        return wrong(r, ERR_LIMIT, "more than %d labels, the limit", PROM_DISCOVERY_LABELS);
    vec_push(&g->labels, ((struct conf_pair){mem_strdup(name), mem_strdup(value)}));
    return 0;
}

static int unknown(struct reader *r, const char *key)
{
    return wrong(r, ERR_INVALID, "unknown key \"%.100s\"; allowed: targets, labels", key);
}

/* ---- JSON ---- */

static const char *json_name(const json_t *v)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "an object",    [JSON_ARRAY] = "a list",  [JSON_STRING] = "a text",
        [JSON_INTEGER] = "a number",    [JSON_REAL] = "a number", [JSON_TRUE] = "a truth value",
        [JSON_FALSE] = "a truth value", [JSON_NULL] = "null"};
    return names[json_typeof(v)];
}

static int json_wrong(struct reader *r, const json_t *v, const char *expected)
{
    return wrong(r, ERR_INVALID, "%s, where %s is expected", json_name(v), expected);
}

static int json_targets(struct reader *r, const json_t *v)
{
    size_t i;
    const json_t *t;
    int rc = 0;
    if (!json_is_array(v) && !json_is_null(v))
        return json_wrong(r, v, "a list of texts");
    json_array_foreach(v, i, t)
    {
        rc = json_is_string(t) ? add_target(r, json_string_value(t)) : json_wrong(r, t, "a text");
        if (rc)
            break;
    }
    return rc;
}

static int json_labels(struct reader *r, json_t *v)
{
    const char *key;
    json_t *value;
    if (!json_is_object(v) && !json_is_null(v))
        return json_wrong(r, v, "an object of texts");
    json_object_foreach(v, key, value)
    {
        set_part(r, "labels", key);
        int rc = json_is_string(value) ? add_label(r, key, json_string_value(value)) : json_wrong(r, value, "a text");
        if (rc)
            return rc;
    }
    return 0;
}

static int json_group(struct reader *r, json_t *group)
{
    const char *key;
    json_t *value;
    set_part(r, NULL, NULL);
    if (!json_is_object(group))
        return json_wrong(r, group, "an object with targets and labels");
    int rc = add_group(r);
    if (rc)
        return rc;
    json_object_foreach(group, key, value)
    {
        set_part(r, key, NULL);
        if (strcmp(key, "targets") == 0)
            rc = json_targets(r, value);
        else if (strcmp(key, "labels") == 0)
            rc = json_labels(r, value);
        else
            rc = unknown(r, key);
        if (rc)
            return rc;
    }
    return 0;
}

int prom_discovery_json(const char *name, const char *bytes, size_t len, struct prom_discovery *ret, struct error *err)
{
    struct prom_discovery d = {0};
    struct reader r = {.name = name, .to = &d, .err = err};
    json_error_t why;
    json_t *root = json_loadb(bytes, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why), *group;
    int rc = 0;
    if (!root) {
        struct str safe = {0};
        text_safe(&safe, why.text, strlen(why.text));
        rc = error_set(err, ERR_INVALID, "%s:%d:%d: not JSON: %s", name, why.line, why.column, str_text(&safe));
        str_done(&safe);
    } else if (!json_is_array(root) && !json_is_null(root)) {
        rc = error_set(err, ERR_INVALID, "%s: %s, where a list of groups is expected", name, json_name(root));
    }
    if (rc == 0)
        json_array_foreach(root, r.group, group)
        {
            rc = json_group(&r, group);
            if (rc)
                break;
        }
    json_decref(root);
    if (rc == 0)
        *ret = d;
    else
        prom_discovery_done(&d);
    return rc;
}

/* ---- YAML ---- */

static void stand_at(struct reader *r, const struct conf_yaml *node)
{
    r->line = node->line;
    r->column = node->column;
}

static int yaml_wrong(struct reader *r, const struct conf_yaml *node, const char *expected)
{
    stand_at(r, node);
    return wrong(r, ERR_INVALID, "%s, where %s is expected", conf_yaml_kind_name(node->kind), expected);
}

static int yaml_targets(struct reader *r, const struct conf_yaml *node)
{
    int rc = 0;
    if (node->kind != CONF_YAML_LIST && node->kind != CONF_YAML_NULL)
        return yaml_wrong(r, node, "a list of texts");
    for (size_t i = 0; rc == 0 && i < node->n; i++) {
        const struct conf_yaml *t = &node->items[i];
        stand_at(r, t);
        rc = t->kind == CONF_YAML_SCALAR ? add_target(r, t->text) : yaml_wrong(r, t, "a text");
    }
    return rc;
}

static int yaml_labels(struct reader *r, const struct conf_yaml *node)
{
    int rc = 0;
    if (node->kind != CONF_YAML_MAP && node->kind != CONF_YAML_NULL)
        return yaml_wrong(r, node, "a map of texts");
    for (size_t i = 0; rc == 0 && i < node->n; i++) {
        const struct conf_yaml *l = &node->items[i];
        set_part(r, "labels", l->key);
        stand_at(r, l);
        if (l->kind != CONF_YAML_SCALAR && l->kind != CONF_YAML_NULL)
            rc = yaml_wrong(r, l, "a text");
        else
            rc = add_label(r, l->key, l->text ? l->text : "");
    }
    return rc;
}

static int yaml_group(struct reader *r, const struct conf_yaml *node)
{
    set_part(r, NULL, NULL);
    if (node->kind != CONF_YAML_MAP)
        return yaml_wrong(r, node, "a map with targets and labels");
    stand_at(r, node);
    int rc = add_group(r);
    for (size_t i = 0; rc == 0 && i < node->n; i++) {
        const struct conf_yaml *item = &node->items[i];
        set_part(r, item->key, NULL);
        if (strcmp(item->key, "targets") == 0) {
            rc = yaml_targets(r, item);
        } else if (strcmp(item->key, "labels") == 0) {
            rc = yaml_labels(r, item);
        } else {
            r->line = item->key_line;
            r->column = item->key_column;
            rc = unknown(r, item->key);
        }
    }
    return rc;
}

int prom_discovery_yaml(const char *name, const char *bytes, size_t len, struct prom_discovery *ret, struct error *err)
{
    struct prom_discovery d = {0};
    struct reader r = {.name = name, .to = &d, .err = err};
    struct conf_yaml root = {0};
    int rc = conf_yaml_parse(name, bytes, len, &root, err);
    if (rc)
        return rc;
    if (root.kind != CONF_YAML_LIST && root.kind != CONF_YAML_NULL)
        rc = error_set(err, ERR_INVALID, "%s:%u:%u: %s, where a list of groups is expected", name, root.line,
                       root.column, conf_yaml_kind_name(root.kind));
    for (; rc == 0 && r.group < root.n; r.group++)
        rc = yaml_group(&r, &root.items[r.group]);
    conf_yaml_done(&root);
    if (rc == 0)
        *ret = d;
    else
        prom_discovery_done(&d);
    return rc;
}

void prom_discovery_done(struct prom_discovery *d)
{
    for (size_t i = 0; i < d->groups.n; i++) {
        struct prom_discovery_group *g = &d->groups.items[i];
        for (size_t k = 0; k < g->targets.n; k++)
            free(g->targets.items[k]);
        for (size_t k = 0; k < g->labels.n; k++) {
            free(g->labels.items[k].name);
            free(g->labels.items[k].value);
        }
        vec_done(&g->targets);
        vec_done(&g->labels);
    }
    vec_done(&d->groups);
    *d = (struct prom_discovery){0};
}
