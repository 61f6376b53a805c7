/* Alerts of a server, pending and firing. */
#include "prom/api_internal.h"

#include "base/mem.h"

#include <stdlib.h>

static const struct prom_api_node_field fields[] = {
    {"state", offsetof(struct prom_api_alert, state), PROM_API_NODE_TEXT, true},
    {"activeAt", offsetof(struct prom_api_alert, active_at_ms), PROM_API_NODE_TIME, false},
    {"value", offsetof(struct prom_api_alert, value), PROM_API_NODE_NUMERAL, false},
};
/* Of the labels, and of the annotations, which stay among all of them, too. */
static const struct prom_api_node_field named[] = {
    {"alertname", offsetof(struct prom_api_alert, alert), PROM_API_NODE_TEXT, true},
};
static const struct prom_api_node_field severity[] = {
    {"severity", offsetof(struct prom_api_alert, severity), PROM_API_NODE_TEXT, false},
};
static const struct prom_api_node_field told[] = {
    {"summary", offsetof(struct prom_api_alert, summary), PROM_API_NODE_TEXT, false},
    {"description", offsetof(struct prom_api_alert, description), PROM_API_NODE_TEXT, false},
};

static int read_alert(const struct prom_api_node *n, struct prom_api_alert *a, struct error *err)
{
    struct prom_api_node labels = prom_api_node_member(n, "labels"),
                         annotations = prom_api_node_member(n, "annotations");
    int rc = prom_api_node_fields(n, PROM_API_NODE_FIELDS(fields), a, err);
    if (rc || (rc = prom_api_node_labels(&labels, PROM_API_NODE_FIELDS(named), a, true, &a->labels, err)))
        return rc;
    if (!a->alert) {
        struct prom_api_node name = prom_api_node_member(&labels, "alertname");
        return prom_api_node_refuse(&name, "a name", err);
    }
    if ((rc = prom_api_node_fields(&labels, PROM_API_NODE_FIELDS(severity), a, err)) ||
        (rc = prom_api_node_labels(&annotations, NULL, 0, NULL, false, &a->annotations, err)))
        return rc;
    return annotations.json ? prom_api_node_fields(&annotations, PROM_API_NODE_FIELDS(told), a, err) : 0;
}

static void release(struct prom_api_alert *a)
{
    prom_api_node_release(PROM_API_NODE_FIELDS(fields), a);
    prom_api_node_release(PROM_API_NODE_FIELDS(named), a);
    prom_api_node_release(PROM_API_NODE_FIELDS(severity), a);
    prom_api_node_release(PROM_API_NODE_FIELDS(told), a);
    free(a->labels);
    free(a->annotations);
}

static int read_list(const struct prom_api_node *list, struct prom_api_alerts *to, struct error *err)
{
    size_t n;
    int rc = prom_api_node_needed_array(list, &n, err);
    if (rc || !n)
        return rc;
    if (n > PROM_API_ALERTS)
        return prom_api_node_limit(list, n, "alerts", PROM_API_ALERTS, err);
    to->items = mem_calloc(n, sizeof *to->items);
    for (size_t i = 0; i < n; i++) {
        struct prom_api_node item = prom_api_node_item(list, i);
        struct prom_api_alert alert = {0};
        if (read_alert(&item, &alert, err) == 0) {
            to->items[to->n++] = alert;
            continue;
        }
        prom_api_notes_bad(&to->notes, err);
        release(&alert);
    }
    return prom_api_notes_check(&to->notes, to->n, err);
}

int prom_api_alerts_read(const char *body, size_t len, struct prom_api_alerts *ret, struct error *err)
{
    struct prom_api_alerts a = {0};
    struct prom_api_open o;
    int rc = prom_api_open(body, len, &o, &a.notes, err);
    if (!rc) {
        struct prom_api_node list = prom_api_node_member(&o.data, "alerts");
        rc = read_list(&list, &a, err);
    }
    prom_api_close(&o);
    if (rc)
        prom_api_alerts_done(&a);
    else
        *ret = a;
    return rc;
}

void prom_api_alerts_done(struct prom_api_alerts *a)
{
    for (size_t i = 0; i < a->n; i++)
        release(&a->items[i]);
    free(a->items);
    prom_api_notes_done(&a->notes);
    *a = (struct prom_api_alerts){0};
}
