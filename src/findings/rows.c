/* The rows of what is found and of what proves it. */
#include "findings/engine_internal.h"

#include "derive/cells.h"
#include "findings/catalogue.h"
#include "findings/tables.h"

#include <string.h>

static void set_number(struct table *t, struct row *r, size_t column, int64_t v)
{
    derive_cells_set_number(t, r, column, v, QUALITY_EXACT);
}

/* The worst first in ascending order: by severity, then by what it costs. */
static int64_t rank_of(const struct findings_look_said *said)
{
    const int64_t span = INT64_C(1000000000000000);
    int64_t cost = said->cost < 0 ? 0 : said->cost >= span ? span - 1 : said->cost;
    return (FINDINGS_CRITICAL - said->severity) * span + (span - 1 - cost);
}

/* The first sentence. */
static void set_first(struct table *t, struct row *r, size_t column, const char *text)
{
    const char *end = text ? strstr(text, ". ") : NULL, *paragraph = text ? strstr(text, "\n\n") : NULL;
    size_t len = text ? strlen(text) : 0;
    len = end ? (size_t)(end + 1 - text) : len;
    len = paragraph && (size_t)(paragraph - text) < len ? (size_t)(paragraph - text) : len;
    if (text)
        table_set_bytes(t, r, column, text, len);
    else
        table_set_unknown(t, r, column);
}

/* Paragraphs in one line. */
static void set_joined(struct table *t, struct row *r, size_t column, const char *text)
{
    struct str s = {0};
    for (; text && *text; text++)
        if (*text != '\n' || text[1] != '\n')
            str_char(&s, *text == '\n' ? ' ' : *text);
    table_set_text(t, r, column, s.len ? s.s : NULL);
    str_done(&s);
}

static void write_page(struct table *t, struct row *r, const struct findings_page *page)
{
    struct str issues = {0};
    findings_catalogue_issues(page, &issues);
    table_set_text(t, r, FINDINGS_TITLE, page->title);
    set_first(t, r, FINDINGS_TODO, page->todo);
    table_set_text(t, r, FINDINGS_ISSUES, issues.len ? issues.s : NULL);
    set_joined(t, r, FINDINGS_CRITERION, page->seen);
    set_joined(t, r, FINDINGS_MEANS, page->means);
    set_joined(t, r, FINDINGS_ADVICE, page->todo);
    set_joined(t, r, FINDINGS_UNLIKE, page->not );
    str_done(&issues);
}

static void write_place(struct table *t, struct row *r, const struct findings_place *p)
{
    table_set_text(t, r, FINDINGS_CONNECT, p->connect);
    table_set_text(t, r, FINDINGS_CONNECTOR, p->connector);
    set_number(t, r, FINDINGS_TASK, p->task);
    table_set_text(t, r, FINDINGS_WORKER, p->worker);
    table_set_text(t, r, FINDINGS_GROUP, p->group);
    table_set_text(t, r, FINDINGS_TOPIC, p->topic);
    set_number(t, r, FINDINGS_PARTITION, p->partition);
    table_set_text(t, r, FINDINGS_CATALOG, p->catalog);
    table_set_text(t, r, FINDINGS_TABLE, p->table);
    table_set_text(t, r, FINDINGS_COMMIT_ID, p->commit_id);
}

static struct row *evidence_at(struct table *t, const struct findings_kept *k, size_t position, bool make,
                               uint16_t owner)
{
    const struct value key[] = {value_text(k->id), value_text(k->cluster), value_text(k->subject),
                                value_int((int64_t)position)};
    return make ? table_upsert(t, key, owner) : table_find(t, key);
}

static void drop_evidence(struct table *t, struct findings_kept *k, size_t keep)
{
    for (; t && k->nevidence > keep; k->nevidence--) {
        struct row *r = evidence_at(t, k, k->nevidence, false, 0);
        if (r)
            table_remove(t, r);
    }
}

static void write_evidence(struct store *store, uint16_t owner, struct findings_kept *k,
                           const struct findings_look_said *said)
{
    struct table *t = store_find(store, findings_table_evidence.name);
    if (!t)
        return;
    drop_evidence(t, k, said->evidence.n);
    for (size_t i = 0; i < said->evidence.n; i++) {
        const struct findings_look_evidence *e = &said->evidence.items[i];
        struct row *r = evidence_at(t, k, i + 1, true, owner);
        if (!r)
            return;
        table_set_text(t, r, FINDING_EVIDENCE_TEXT, e->text);
        set_number(t, r, FINDING_EVIDENCE_TIME, e->time_ms);
        table_set_text(t, r, FINDING_EVIDENCE_TABLE, e->table);
        table_set_text(t, r, FINDING_EVIDENCE_WHERE, e->where);
        k->nevidence = i + 1 > k->nevidence ? i + 1 : k->nevidence;
    }
}

static struct row *row_of(const struct store *store, const struct findings_kept *k)
{
    const struct table *t = store_find(store, findings_table_findings.name);
    const struct value key[] = {value_text(k->id), value_text(k->cluster), value_text(k->subject)};
    return t ? table_find(t, key) : NULL;
}

void findings_rows_date(struct store *store, const struct findings_kept *k, bool dated)
{
    struct row *r = row_of(store, k);
    if (r)
        set_number(store_find(store, findings_table_findings.name), r, FINDINGS_SEEN,
                   dated && k->judged_ms ? k->judged_ms : CONNECT_EVENT_UNKNOWN);
}

void findings_rows_write(struct store *store, uint16_t owner, struct findings_kept *k,
                         const struct findings_look_said *said)
{
    struct table *t = store_find(store, findings_table_findings.name);
    const struct value key[] = {value_text(k->id), value_text(k->cluster), value_text(k->subject)};
    struct row *r = t ? table_upsert(t, key, owner) : NULL;
    if (!r)
        return;
    table_set_text(t, r, FINDINGS_SEVERITY, findings_severity_name(said->severity));
    table_set_text(t, r, FINDINGS_TEXT, said->text);
    set_number(t, r, FINDINGS_SINCE, k->since_ms);
    table_set_text(t, r, FINDINGS_MISSING, said->missing);
    table_set_text(t, r, FINDINGS_NAMED_BY, said->named_by);
    set_number(t, r, FINDINGS_RANK, rank_of(said));
    write_page(t, r, &said->rule->page);
    write_place(t, r, &said->place);
    write_evidence(store, owner, k, said);
}

void findings_rows_remove(struct store *store, struct findings_kept *k)
{
    struct row *r = row_of(store, k);
    if (r)
        table_remove(store_find(store, findings_table_findings.name), r);
    drop_evidence(store_find(store, findings_table_evidence.name), k, 0);
}

char *findings_rows_about(const struct findings_sink *sink, const struct findings_table *table)
{
    if (sink)
        return mem_printf("sink\n%s\n%s\n%s", sink->cluster, sink->connect ? sink->connect : "", sink->connector);
    return table ? mem_printf("table\n%s\n%s", table->catalog, table->table) : NULL;
}
