/* Tables that ought to keep step, as the configuration's `consistency` has them. */
#include "findings/catalogue.h"

#include "base/clock.h"
#include "findings/words.h"
#include "iceberg/marks.h"
#include "iceberg/tables.h"

#include <stdlib.h>
#include <string.h>

enum {
    LISTED = 5,           /* tables in a sentence */
    PATIENCE_MS = 300000, /* for what a set names no time: tables of one run are committed one after another */
};

/* What a table carries. */
struct mark {
    const struct findings_table *table;
    bool there, timed; /* timed: it is a time */
    int64_t time_ms;
    struct str text; /* as the table has it; of columns that are times empty */
    struct str name; /* of the table, with its catalog where the set has tables of several */
};

struct marks {
    VEC(struct mark) all;
    size_t blind; /* tables that cannot be read now, or have not been */
};

/* What a column of the table says; else it is a mark, and by its name. */
static bool by_column(const struct findings_consistency *set)
{
    return strcmp(set->by, "valid_through") == 0 || strcmp(set->by, "last_commit") == 0;
}

static const char *noun_of(const struct findings_consistency *set)
{
    if (strcmp(set->by, "last_commit") == 0)
        return "last commit";
    return strcmp(set->by, "valid_through") == 0 ? "valid-through" : set->by;
}

static void read_mark(const struct findings_consistency *set, struct mark *m)
{
    if (by_column(set)) {
        bool last = strcmp(set->by, "last_commit") == 0;
        struct value v = row_get(m->table->row, last ? ICEBERG_TABLES_LAST_COMMIT : ICEBERG_TABLES_VALID_THROUGH);
        m->there = m->timed = v.quality != QUALITY_UNKNOWN;
        m->time_ms = m->there ? v.i : CONNECT_EVENT_UNKNOWN;
        return;
    }
    struct value v = row_get(m->table->row, ICEBERG_TABLES_MARKS);
    m->there = v.quality != QUALITY_UNKNOWN && iceberg_marks_read(v.s->raw, set->by, &m->text);
    m->timed = m->there && clock_parse_iso(str_text(&m->text), &m->time_ms) == 0;
}

static void name_table(const struct findings_consistency *set, struct mark *m)
{
    bool several = false;
    for (size_t i = 0; i < set->tables.n; i++)
        several |= strcmp(set->tables.items[i]->catalog, m->table->catalog) != 0;
    str_printf(&m->name, "%s%s%s", several ? m->table->catalog : "", several ? "/" : "", m->table->table);
}

static void marks_init(struct marks *marks, const struct findings_consistency *set)
{
    *marks = (struct marks){0};
    for (size_t i = 0; i < set->tables.n; i++) {
        const struct findings_table *t = set->tables.items[i];
        struct value state = t->row ? row_get(t->row, ICEBERG_TABLES_STATE) : value_unknown();
        bool old = state.quality != QUALITY_UNKNOWN &&
                   (strcmp(state.s->raw, "unread") == 0 || strcmp(state.s->raw, "missing") == 0);
        if (t->blind || !t->row || old) {
            marks->blind++;
            continue;
        }
        struct mark m = {.table = t};
        read_mark(set, &m);
        name_table(set, &m);
        vec_push(&marks->all, m);
    }
}

static void marks_done(struct marks *marks)
{
    for (size_t i = 0; i < marks->all.n; i++) {
        str_done(&marks->all.items[i].text);
        str_done(&marks->all.items[i].name);
    }
    vec_done(&marks->all);
}

static void evidence_of_tables(struct findings_look *look, const struct marks *marks, const char *noun)
{
    for (size_t i = 0; i < marks->all.n; i++) {
        const struct mark *m = &marks->all.items[i];
        struct str text = {0};
        if (!m->there)
            str_printf(&text, "%s has no %s", str_text(&m->name), noun);
        else if (m->text.s)
            str_printf(&text, "%s has %s", str_text(&m->name), m->text.s);
        else
            str_printf(&text, "the %s of %s", noun, str_text(&m->name));
        findings_evidence(look, str_text(&text), m->timed ? m->time_ms : CONNECT_EVENT_UNKNOWN, "iceberg_tables",
                          "catalog = %s and table = %s", m->table->catalog, m->table->table);
        str_done(&text);
    }
}

/* The oldest and the newest time; false where fewer than two tables have one. */
static bool ends_of(const struct marks *marks, const struct mark **oldest, const struct mark **newest)
{
    size_t n = 0;
    *oldest = *newest = NULL;
    for (size_t i = 0; i < marks->all.n; i++) {
        const struct mark *m = &marks->all.items[i];
        if (!m->there)
            continue;
        n++;
        if (!*oldest || m->time_ms < (*oldest)->time_ms)
            *oldest = m;
        if (!*newest || m->time_ms > (*newest)->time_ms)
            *newest = m;
    }
    return n > 1;
}

/* "db.a and db.b have 2026-11-20, db.c has 2026-11-19, db.d has none" */
static void add_values(struct str *out, const struct marks *marks)
{
    size_t shown = 0;
    for (size_t i = 0; i < marks->all.n; i++) {
        const struct mark *m = &marks->all.items[i];
        if (shown == LISTED) {
            str_printf(out, " and %zu more", marks->all.n - shown);
            return;
        }
        str_printf(out, "%s%s has %s", shown++ ? ", " : "", str_text(&m->name), m->there ? str_text(&m->text) : "none");
    }
}

static bool differ(const struct marks *marks)
{
    bool some = false, apart = false;
    for (size_t i = 0; i < marks->all.n; i++) {
        const struct mark *m = &marks->all.items[i], *first = &marks->all.items[0];
        some |= m->there;
        apart |= m->there != first->there || m->text.len != first->text.len ||
                 (m->text.len && memcmp(m->text.s, first->text.s, m->text.len) != 0);
    }
    return some && apart;
}

/* Values are compared as times where all of them are, and none is missing; columns, as far as they are there. */
static bool as_times(const struct findings_consistency *set, const struct marks *marks)
{
    bool all = true;
    for (size_t i = 0; i < marks->all.n; i++)
        all &= marks->all.items[i].timed;
    return all || by_column(set);
}

static void judge_set(struct findings_look *look, const struct findings_consistency *set, const struct marks *marks,
                      struct findings_saw *saw)
{
    const struct mark *oldest, *newest;
    int64_t within = set->within_ms > 0 ? set->within_ms : 0;
    if (!as_times(set, marks)) {
        if (!differ(marks))
            return;
        struct str values = {0};
        add_values(&values, marks);
        findings_saw(look, saw, "the tables of %s are out of step by %s: %s", set->name, set->by, str_text(&values));
        str_done(&values);
    } else if (ends_of(marks, &oldest, &newest)) {
        int64_t apart = connect_cycles_between(oldest->time_ms, newest->time_ms);
        if (apart == CONNECT_EVENT_UNKNOWN || apart <= within)
            return;
        findings_saw(look, saw, "the tables of %s are out of step: the %s of %s is more than %s before that of %s",
                     set->name, noun_of(set), str_text(&oldest->name), findings_words_ms(within).s,
                     str_text(&newest->name));
    } else {
        return;
    }
    evidence_of_tables(look, marks, noun_of(set));
}

/* Since when the tables are as they are now: none has been written to since, be it its properties. Unknown where that of one
 * is. */
static int64_t unchanged_since(const struct marks *marks)
{
    int64_t since = CONNECT_EVENT_UNKNOWN;
    for (size_t i = 0; i < marks->all.n; i++) {
        struct value updated = row_get(marks->all.items[i].table->row, ICEBERG_TABLES_UPDATED);
        if (updated.quality == QUALITY_UNKNOWN)
            return CONNECT_EVENT_UNKNOWN;
        since = updated.i > since ? updated.i : since;
    }
    return since;
}

static void out_of_step(struct findings_look *look, const struct findings_world *world)
{
    for (size_t i = 0; i < world->nconsistency; i++) {
        const struct findings_consistency *set = &world->consistency[i];
        if (!set->tables.n)
            continue;
        struct marks marks;
        struct str subject = {0};
        marks_init(&marks, set);
        str_printf(&subject, "set %s", set->name);
        const char *cluster = set->tables.items[0]->catalog;
        struct findings_saw saw = {
            .cluster = cluster,
            .subject = str_text(&subject),
            .since_ms = unchanged_since(&marks),
            .hold_ms = set->within_ms > 0 ? set->within_ms : PATIENCE_MS,
            .missing = marks.blind ? "some of its tables, which cannot be read now" : NULL,
            .place = {FINDINGS_NOWHERE, .catalog = cluster, .table = set->tables.items[0]->table},
        };
        if (marks.blind)
            findings_unsure(look, cluster, saw.subject);
        else
            judge_set(look, set, &marks, &saw);
        str_done(&subject);
        marks_done(&marks);
    }
}

const struct findings_rule findings_step[] = {
    {
        .page =
            {
                .id = "IT-T10",
                .title = "tables out of step",
                .severity = FINDINGS_WARNING,
                .seen = "Tables of a set that the configuration names under `consistency` differ in what it compares: "
                        "two times are further apart than its `within`, or an entry of a snapshot's summary, or a "
                        "property, is not the same in all of them, or is there in some only. It has been so for as "
                        "long as `within` (five minutes where the set names none), since tables of one run are "
                        "committed one after another.",
                .means = "Who joins these tables joins different dates: rows of one have no counterpart in the other "
                         "yet, and sums over both contradict each other.",
                .todo = "Look which table is behind, and at the job or sink that writes it: the table's other findings "
                        "say why it stands still.",
                .not = "A table without a valid-through is left out where valid-through is compared: a sink sets none "
                       "while a partition is idle. As long as a table of the set cannot be read, nothing is said anew.",
                .issues = NULL,
            },
        .world = out_of_step,
    },
    {.page.id = NULL},
};
