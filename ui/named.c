/* An index of findings by what they name, made anew whenever findings change. */
#include "ui/named.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "ui/template.h"

#include <string.h>

/* Where names are names: a column that findings and rows have. */
static const char *const scopes[] = {"cluster", "connect", "catalog"};
enum { SCOPES = sizeof scopes / sizeof *scopes };

/* How a row is named in findings. */
struct naming {
    const char *table;
    const char *column; /* of findings, which holds the name; */
    const char *name;   /* that one, a template over the row */
    const char *scope;
    bool about; /* a finding with it is about the row; else it only speaks for it */
};
static const struct naming namings[] = {
    {"connectors", "connector", "{connector}", "connect", true},
    {"tasks", "subject", "task {connector}-{task}", "connect", true},
    {"iceberg_tables", "subject", "table {table}", "catalog", true},
    {"iceberg_tables", "subject", "table {catalog}/{table}", "catalog", true},
    {"topics", "subject", "topic {topic}", "cluster", true},
    {"groups", "subject", "group {group}", "cluster", true},
    {"groups", "group", "{group}", "cluster", false},
    {"groups", "connector", "{connector}", "cluster", false},
};

enum { NAMINGS = sizeof namings / sizeof *namings };

/* Columns of findings by which they are found. */
static const char *const columns[] = {"subject", "connector", "group"};

struct worst {
    uint64_t id;
    int severity; /* 2 critical, 1 warning, 0 info */
    int64_t rank;
};

struct named {
    unsigned epoch;
    uint64_t seq;
    struct map worst;   /* column, scope, name -> struct worst */
    bool used[NAMINGS]; /* some finding names something so */
};

struct named *named_new(void)
{
    return mem_new(struct named);
}

static void clear(struct named *n)
{
    size_t at = 0;
    void *value;
    while (map_next(&n->worst, &at, NULL, NULL, &value))
        free(value);
    map_done(&n->worst);
}

void named_free(struct named *n)
{
    if (!n)
        return;
    clear(n);
    free(n);
}

static int severity_of(const struct row *r)
{
    const char *s = row_text(r, "severity");
    return strcmp(s, "critical") == 0 ? 2 : strcmp(s, "warning") == 0 ? 1 : 0;
}

static void make_key(struct str *key, const char *column, const char *scope, const char *where, const char *name)
{
    str_clear(key);
    str_printf(key, "%s\n%s\n%s\n%s", column, scope, where, name);
}

static void add(struct named *n, const struct str *key, const struct row *r)
{
    struct value rank = row_cell(r, "rank");
    struct worst mine = {row_id(r), severity_of(r), rank.quality == QUALITY_UNKNOWN ? INT64_MAX : rank.i};
    struct worst *w = map_get(&n->worst, key->s, key->len);
    if (w && (w->severity > mine.severity || (w->severity == mine.severity && w->rank <= mine.rank)))
        return;
    if (!w) {
        w = mem_new(struct worst);
        map_put(&n->worst, key->s, key->len, w);
    }
    *w = mine;
}

/* Which ways of naming a finding may be meant by: the words before the name are there. */
static void note(struct named *n, const struct row *r)
{
    for (size_t i = 0; i < NAMINGS; i++) {
        const char *text = row_text(r, namings[i].column);
        n->used[i] |= *text && strncmp(text, namings[i].name, strcspn(namings[i].name, "{")) == 0;
    }
}

static void look(struct named *n, const struct context *ctx, const struct table *findings)
{
    struct str key = {0};
    clear(n);
    n->epoch = ctx->epoch;
    n->seq = table_seq(findings);
    memset(n->used, 0, sizeof n->used);
    for (const struct row *r = table_first(findings); r; r = row_next(r)) {
        note(n, r);
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
            const char *name = row_text(r, columns[c]);
            for (size_t s = 0; s < SCOPES && *name; s++) {
                make_key(&key, columns[c], scopes[s], row_text(r, scopes[s]), name);
                add(n, &key, r);
            }
        }
    }
    str_done(&key);
}

static const struct worst *find(struct named *n, const struct naming *how, const struct context *ctx,
                                const struct table *t, const struct row *r)
{
    struct str name = {0}, key = {0};
    const struct format_options plain = {.exact = true, .now_ms = ctx->format.now_ms};
    template_say(&name, how->name, t, r, &plain);
    const struct worst *found = NULL;
    if (name.len) {
        make_key(&key, how->column, how->scope, row_text(r, how->scope), str_text(&name));
        found = map_get(&n->worst, key.s, key.len);
        make_key(&key, how->column, how->scope, "", str_text(&name)); /* a finding that does not know where */
        const struct worst *any = map_get(&n->worst, key.s, key.len);
        if (!found || (any && any->severity > found->severity))
            found = any;
    }
    str_done(&name);
    str_done(&key);
    return found;
}

static const struct row *worst_of(struct named *n, const struct context *ctx, const struct table *t,
                                  const struct row *r, bool about)
{
    const struct table *findings = ctx->store ? store_find(ctx->store, "findings") : NULL;
    if (!findings || table_nrows(findings) == 0)
        return NULL;
    if (n->epoch != ctx->epoch || n->seq != table_seq(findings))
        look(n, ctx, findings);
    const struct worst *worst = NULL;
    for (size_t i = 0; i < NAMINGS; i++) {
        if (!n->used[i] || strcmp(namings[i].table, table_name(t)) != 0 || (about && !namings[i].about))
            continue;
        const struct worst *w = find(n, &namings[i], ctx, t, r);
        if (w && (!worst || w->severity > worst->severity))
            worst = w;
    }
    return worst ? table_by_id(findings, worst->id) : NULL;
}

const struct row *named_about(struct named *n, const struct context *ctx, const struct table *t, const struct row *r)
{
    return worst_of(n, ctx, t, r, true);
}

const struct row *named_for(struct named *n, const struct context *ctx, const struct table *t, const struct row *r)
{
    return worst_of(n, ctx, t, r, false);
}
