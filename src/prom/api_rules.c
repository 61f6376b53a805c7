/* Rules of a server, group by group. */
#include "prom/api_internal.h"

#include "base/mem.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

static const struct prom_api_node_field of_group[] = {
    {"file", offsetof(struct prom_api_rule, file), PROM_API_NODE_TEXT, false},
    {"name", offsetof(struct prom_api_rule, group), PROM_API_NODE_TEXT, true},
    {"interval", offsetof(struct prom_api_rule, interval_s), PROM_API_NODE_SECONDS, false},
};
static const struct prom_api_node_field fields[] = {
    {"name", offsetof(struct prom_api_rule, name), PROM_API_NODE_TEXT, true},
    {"query", offsetof(struct prom_api_rule, query), PROM_API_NODE_TEXT, true},
    {"state", offsetof(struct prom_api_rule, state), PROM_API_NODE_TEXT, false},
    {"health", offsetof(struct prom_api_rule, health), PROM_API_NODE_TEXT, false},
    {"lastError", offsetof(struct prom_api_rule, error), PROM_API_NODE_TEXT, false},
    {"duration", offsetof(struct prom_api_rule, for_s), PROM_API_NODE_SECONDS, false},
    {"evaluationTime", offsetof(struct prom_api_rule, evaluation_s), PROM_API_NODE_SECONDS, false},
    {"lastEvaluation", offsetof(struct prom_api_rule, last_evaluation_ms), PROM_API_NODE_TIME, false},
};
static const struct prom_api_node_field of_data[] = {
    {"groupNextToken", offsetof(struct prom_api_rules, next), PROM_API_NODE_TEXT, false},
};

struct reading {
    VEC(struct prom_api_rule) rules;
    struct prom_api_notes *notes;
};

static void release(struct prom_api_rule *r)
{
    prom_api_node_release(PROM_API_NODE_FIELDS(of_group), r);
    prom_api_node_release(PROM_API_NODE_FIELDS(fields), r);
    free(r->labels);
}

static int read_type(const struct prom_api_node *rule, bool *alerting, struct error *err)
{
    struct prom_api_node type = prom_api_node_member(rule, "type");
    const char *word = json_string_value(type.json);
    *alerting = word && strcmp(word, "alerting") == 0;
    return *alerting || (word && strcmp(word, "recording") == 0)
               ? 0
               : prom_api_node_refuse(&type, "alerting or recording", err);
}

/* How many alerts of a rule are in which state. */
static int count_alerts(const struct prom_api_node *rule, struct prom_api_rule *to, struct error *err)
{
    struct prom_api_node list = prom_api_node_member(rule, "alerts");
    size_t n;
    int rc = prom_api_node_array(&list, &n, err);
    for (size_t i = 0; !rc && i < n; i++) {
        const char *state = json_string_value(json_object_get(json_array_get(list.json, i), "state"));
        to->pending += state && strcmp(state, "pending") == 0;
        to->firing += state && strcmp(state, "firing") == 0;
    }
    return rc;
}

static int read_rule(const struct prom_api_node *group, const struct prom_api_node *n, struct prom_api_rule *r,
                     struct error *err)
{
    struct prom_api_node labels = prom_api_node_member(n, "labels");
    int rc = prom_api_node_fields(group, PROM_API_NODE_FIELDS(of_group), r, err);
    if (rc || (rc = prom_api_node_fields(n, PROM_API_NODE_FIELDS(fields), r, err)) ||
        (rc = read_type(n, &r->alerting, err)) ||
        (rc = prom_api_node_labels(&labels, NULL, 0, NULL, false, &r->labels, err)))
        return rc;
    return r->alerting ? count_alerts(n, r, err) : 0;
}

/* ERR_LIMIT alone; what cannot be read is left out. */
static int read_group(struct reading *to, const struct prom_api_node *group, struct error *err)
{
    struct prom_api_node list = prom_api_node_member(group, "rules");
    size_t n;
    if (prom_api_node_object(group, err) || prom_api_node_array(&list, &n, err)) {
        prom_api_notes_bad(to->notes, err);
        return 0;
    }
    if (to->rules.n + n > PROM_API_RULES)
        return prom_api_node_limit(&list, to->rules.n + n, "rules up to this group", PROM_API_RULES, err);
    for (size_t i = 0; i < n; i++) {
        struct prom_api_node item = prom_api_node_item(&list, i);
        struct prom_api_rule rule = {.position = i};
        if (read_rule(group, &item, &rule, err) == 0) {
            vec_push(&to->rules, rule);
            continue;
        }
        prom_api_notes_bad(to->notes, err);
        release(&rule);
    }
    return 0;
}

static int read_groups(struct reading *to, const struct prom_api_node *list, struct error *err)
{
    size_t n;
    int rc = prom_api_node_needed_array(list, &n, err);
    for (size_t i = 0; !rc && i < n; i++) {
        struct prom_api_node group = prom_api_node_item(list, i);
        rc = read_group(to, &group, err);
    }
    return rc ? rc : prom_api_notes_check(to->notes, to->rules.n, err);
}

int prom_api_rules_read(const char *body, size_t len, struct prom_api_rules *ret, struct error *err)
{
    struct prom_api_rules r = {0};
    struct reading reading = {.notes = &r.notes};
    struct prom_api_open o;
    int rc = prom_api_open(body, len, &o, &r.notes, err);
    if (!rc)
        rc = prom_api_node_fields(&o.data, PROM_API_NODE_FIELDS(of_data), &r, err);
    if (!rc) {
        struct prom_api_node groups = prom_api_node_member(&o.data, "groups");
        rc = read_groups(&reading, &groups, err);
    }
    prom_api_close(&o);
    r.items = reading.rules.items;
    r.n = reading.rules.n;
    if (rc)
        prom_api_rules_done(&r);
    else
        *ret = r;
    return rc;
}

void prom_api_rules_done(struct prom_api_rules *r)
{
    for (size_t i = 0; i < r->n; i++)
        release(&r->items[i]);
    free(r->items);
    prom_api_node_release(PROM_API_NODE_FIELDS(of_data), r);
    prom_api_notes_done(&r->notes);
    *r = (struct prom_api_rules){0};
}
