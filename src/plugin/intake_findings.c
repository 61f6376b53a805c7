/* Findings of plugins: rows of `findings`, whose pages the plugin brings along. */
#include "base/mem.h"
#include "plugin/intake_internal.h"

#include <stdlib.h>
#include <string.h>

/* Capitals, a hyphen, and what tells it from others; IT- is icetop's own. */
static int check_id(const char *id, struct error *err)
{
    const size_t head = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    const bool well = head && id[head] == '-' && id[head + 1] && strlen(id) <= 64 &&
                      id[head + 1 + strspn(id + head + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")] == '\0';
    if (!well)
        return error_set(err, ERR_INVALID, "\"%.64s\" is no finding's id; allowed: capitals, a hyphen, digits: DISK-01",
                         id);
    if (strncmp(id, "IT-", 3) == 0)
        return error_set(err, ERR_INVALID, "%.64s: ids that begin with IT- are icetop's own", id);
    return 0;
}

/* ---- pages ---- */

int plugin_intake_page(struct plugin_intake *in, json_t *message, struct error *err)
{
    char *id = plugin_intake_text(message, "id", "");
    int rc = check_id(id, err);
    size_t i = 0;
    while (i < in->pages.n && strcmp(in->pages.items[i].id, id) != 0)
        i++;
    if (rc == 0 && i >= PLUGIN_INTAKE_PAGES)
        rc = error_set(err, ERR_LIMIT, "more than %d pages of findings, the limit", PLUGIN_INTAKE_PAGES);
    if (rc == 0 && i < in->pages.n) {
        json_decref(in->pages.items[i].message);
        in->pages.items[i].message = json_incref(message);
    } else if (rc == 0) {
        vec_push(&in->pages, ((struct plugin_intake_page){.id = mem_strdup(id), .message = json_incref(message)}));
    }
    free(id);
    return rc;
}

static const json_t *page_of(const struct plugin_intake *in, const char *id)
{
    for (size_t i = 0; i < in->pages.n; i++)
        if (strcmp(in->pages.items[i].id, id) == 0)
            return in->pages.items[i].message;
    return NULL;
}

void plugin_intake_findings_done(struct plugin_intake *in)
{
    for (size_t i = 0; i < in->pages.n; i++) {
        free(in->pages.items[i].id);
        json_decref(in->pages.items[i].message);
    }
    vec_done(&in->pages);
}

/* ---- findings ---- */

int plugin_intake_finding(struct plugin_intake *in, json_t *message, struct error *err)
{
    char *id = plugin_intake_text(message, "id", "");
    int rc = check_id(id, err);
    if (rc == 0 && !json_is_string(json_object_get(message, "text")))
        rc = error_set(err, ERR_INVALID, "finding %s: no text", id);
    if (rc == 0 && in->findings.n >= PLUGIN_INTAKE_FINDINGS)
        rc = error_set(err, ERR_LIMIT, "more than %d findings, the limit", PLUGIN_INTAKE_FINDINGS);
    if (rc == 0)
        vec_push(&in->findings, json_incref(message));
    free(id);
    return rc;
}

static const char *const severities[] = {"critical", "warning", "info"};

/* 0 is the worst. */
static size_t severity_of(const json_t *finding, const json_t *page)
{
    const char *word = json_string_value(json_object_get(finding, "severity"));
    word = word ? word : json_string_value(json_object_get(page, "severity"));
    size_t i = 0;
    while (i < 3 && (!word || strcmp(severities[i], word) != 0))
        i++;
    return i < 3 ? i : 1;
}

static void set_column(struct table *t, struct row *r, const char *column, const json_t *from, const char *field)
{
    const json_t *j = json_object_get(from, field);
    const int c = table_column_index(t, column);
    if (c < 0)
        return;
    if (json_is_string(j))
        table_set_bytes(t, r, (size_t)c, json_string_value(j), json_string_length(j));
    else
        table_set_unknown(t, r, (size_t)c);
}

static void set_number(struct table *t, struct row *r, const char *column, int64_t v)
{
    const int c = table_column_index(t, column);
    if (c >= 0)
        table_set_int(t, r, (size_t)c, v, QUALITY_EXACT);
}

static void write_since(const struct plugin_intake *in, struct table *t, struct row *r, const json_t *f)
{
    const json_t *since = json_object_get(f, "since");
    if (json_is_integer(since))
        set_number(t, r, "since", json_integer_value(since));
    else if (row_cell(r, "since").quality == QUALITY_UNKNOWN)
        set_number(t, r, "since", clock_wall_ms(store_clock(in->store)));
}

static void write_finding(struct table *t, struct row *r, const json_t *f, const json_t *page, size_t severity)
{
    static const char *const same[] = {"text", "topic", "group", "catalog", "table", "connector", "connect"};
    static const char *const of_page[][2] = {
        {"title", "title"}, {"criterion", "seen"}, {"means", "means"}, {"advice", "do"}, {"unlike", "unlike"}};
    const int64_t span =
        INT64_C(1000000000000000); /* of a severity's ranks: icetop's own come first, by what they cost */
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        set_column(t, r, same[i], f, same[i]);
    for (size_t i = 0; i < sizeof of_page / sizeof *of_page; i++)
        set_column(t, r, of_page[i][0], page, of_page[i][1]);
    set_column(t, r, "todo", json_object_get(f, "do") ? f : page, "do");
    const int column = table_column_index(t, "severity");
    if (column >= 0)
        table_set_text(t, r, (size_t)column, severities[severity]);
    set_number(t, r, "rank", ((int64_t)severity + 1) * span - 1);
}

static struct table *table_of(const struct plugin_intake *in)
{
    struct table *t = store_find(in->store, "findings");
    return t && table_nkeys(t) == 3 ? t : NULL;
}

/* Its key: id, cluster, subject. */
static void apply(struct plugin_intake *in, struct table *t, const json_t *f)
{
    static const char *const events[] = {"error", "warn", "info"}, *const fields[] = {"id", "cluster", "subject"};
    const char *missing[] = {"", "", in->instance};
    struct value key[3];
    for (size_t i = 0; i < 3; i++) {
        const json_t *j = json_object_get(f, fields[i]);
        const char *text = json_is_string(j) ? json_string_value(j) : missing[i];
        key[i] = value_text(name_intern(store_names(in->store), text, strlen(text)));
    }
    const json_t *page = page_of(in, key[0].s->raw);
    const size_t severity = severity_of(f, page);
    const bool fresh = !table_find(t, key);
    struct row *r = table_upsert(t, key, in->owner);
    if (r && row_owner(r) == in->owner) {
        write_finding(t, r, f, page, severity);
        write_since(in, t, r, f);
        if (fresh)
            source_event(in->store, in->source, events[severity], key[2].s->raw, "%s: %s", key[0].s->safe,
                         row_text(r, "text"));
    }
    for (size_t i = 0; i < 3; i++)
        name_unref(key[i].s);
}

void plugin_intake_findings_begin(struct plugin_intake *in)
{
    struct table *t = table_of(in);
    if (t)
        table_begin(t, in->owner);
}

void plugin_intake_findings_apply(struct plugin_intake *in)
{
    struct table *t = table_of(in);
    for (size_t i = 0; t && i < in->findings.n; i++)
        apply(in, t, in->findings.items[i]);
}

void plugin_intake_findings_drop(struct plugin_intake *in)
{
    for (size_t i = 0; i < in->findings.n; i++)
        json_decref(in->findings.items[i]);
    vec_done(&in->findings);
}

void plugin_intake_findings_sweep(struct plugin_intake *in)
{
    struct table *t = table_of(in);
    if (t)
        table_sweep(t, in->owner);
}
