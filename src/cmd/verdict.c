/* Judging findings and sources. */
#include "cmd/verdict.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { HEADLINE_COLUMNS = 500 }; /* what hands the line on may cut it at 1 kB */

static const char *const words[] = {
    [VERDICT_OK] = "OK", [VERDICT_WARNING] = "WARNING", [VERDICT_CRITICAL] = "CRITICAL", [VERDICT_UNKNOWN] = "UNKNOWN"};

const char *cmd_verdict_word(enum cmd_verdict_status status)
{
    return words[status];
}

/* ---- judging ---- */

enum cmd_verdict_status cmd_verdict_finding(const struct row *finding)
{
    const char *severity = row_text(finding, "severity");
    return strcmp(severity, "critical") == 0  ? VERDICT_CRITICAL
           : strcmp(severity, "warning") == 0 ? VERDICT_WARNING
                                              : VERDICT_OK;
}

static int worst_first(const void *a, const void *b)
{
    const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
    int d = (int)cmd_verdict_finding(y) - (int)cmd_verdict_finding(x);
    struct value p = row_cell(x, "rank"), q = row_cell(y, "rank");
    if (!d && p.quality != QUALITY_UNKNOWN && q.quality != QUALITY_UNKNOWN)
        d = (p.i > q.i) - (p.i < q.i);
    d = d ? d : strcmp(row_text(x, "id"), row_text(y, "id"));
    d = d ? d : strcmp(row_text(x, "cluster"), row_text(y, "cluster"));
    return d ? d : strcmp(row_text(x, "subject"), row_text(y, "subject"));
}

static int by_name(const void *a, const void *b)
{
    const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
    return strcmp(row_text(x, "source"), row_text(y, "source"));
}

static void take_findings(struct cmd_verdict *v)
{
    const struct table *t = v->store ? store_find(v->store, "findings") : NULL;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        enum cmd_verdict_status s = cmd_verdict_finding(r);
        vec_push(&v->findings, r);
        v->critical += s == VERDICT_CRITICAL;
        v->warnings += s == VERDICT_WARNING;
        v->infos += s == VERDICT_OK;
    }
    if (v->findings.n)
        qsort(v->findings.items, v->findings.n, sizeof *v->findings.items, worst_first);
}

static void take_sources(struct cmd_verdict *v)
{
    const struct table *t = v->store ? store_find(v->store, "sources") : NULL;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        if (strcmp(row_text(r, "kind"), "history") == 0)
            continue;
        enum cmd_verdict_status s = cmd_verdict_source(r);
        vec_push(&v->sources, r);
        v->failed += s == VERDICT_CRITICAL;
        v->partial += s == VERDICT_WARNING;
    }
    if (v->sources.n)
        qsort(v->sources.items, v->sources.n, sizeof *v->sources.items, by_name);
}

/* "2 warnings": nothing for none. */
static void add_part(struct str *out, size_t n, const char *one, const char *many)
{
    if (n)
        str_printf(out, "%s%zu %s", out->len ? ", " : "", n, n == 1 ? one : many);
}

/* What is worst, in words: a finding; else why a source could not be read. */
static void add_worst(const struct cmd_verdict *v, struct str *out)
{
    if (v->critical + v->warnings) {
        str_printf(out, ": %s", row_text(v->findings.items[0], "text"));
        return;
    }
    for (size_t i = 0; i < v->sources.n; i++) {
        const struct row *r = v->sources.items[i];
        if (cmd_verdict_source(r) != (v->failed ? VERDICT_CRITICAL : VERDICT_WARNING))
            continue;
        const char *error = *row_text(r, "error") ? row_text(r, "error") : row_text(r, "state");
        str_printf(out, ": %s: %s", row_text(r, "source"), error);
        return;
    }
}

/* Lines of one text are one line, and what Nagios takes for an end of it is none. */
static void set_headline(struct cmd_verdict *v, const char *text)
{
    struct str safe = {0};
    text_safe(&safe, text, strlen(text));
    size_t fits = text_fit(str_text(&safe), safe.len, HEADLINE_COLUMNS, NULL);
    str_printf(&v->headline, "%s ", words[v->status]);
    str_bytes(&v->headline, str_text(&safe), fits);
    if (fits < safe.len)
        str_add(&v->headline, "...");
    for (size_t i = 0; i < v->headline.len; i++)
        if (v->headline.s[i] == '|')
            v->headline.s[i] = '/';
    str_done(&safe);
}

static void judge(struct cmd_verdict *v)
{
    struct str text = {0};
    bool bad = v->critical || v->failed, doubtful = v->warnings || v->partial;
    v->status = bad ? VERDICT_CRITICAL : doubtful ? VERDICT_WARNING : VERDICT_OK;
    add_part(&text, v->critical, "critical", "critical");
    add_part(&text, v->warnings, "warning", "warnings");
    if (v->failed)
        str_printf(&text, "%s%zu of %zu source%s failed", text.len ? ", " : "", v->failed, v->sources.n,
                   v->sources.n == 1 ? "" : "s");
    if (v->partial)
        str_printf(&text, "%s%zu of %zu source%s read in part", text.len ? ", " : "", v->partial, v->sources.n,
                   v->sources.n == 1 ? "" : "s");
    if (!text.len)
        str_add(&text, "nothing is wrong");
    add_worst(v, &text);
    if (v->status == VERDICT_OK) {
        add_part(&text, v->infos, "is worth knowing", "are worth knowing");
        add_part(&text, v->sources.n, "source read", "sources read");
    }
    set_headline(v, str_text(&text));
    str_done(&text);
}

void cmd_verdict_init(struct cmd_verdict *v, const struct store *store, int64_t now_ms, const char *why)
{
    *v = (struct cmd_verdict){.store = store, .now_ms = now_ms, .status = VERDICT_UNKNOWN};
    take_findings(v);
    take_sources(v);
    if (why) {
        set_headline(v, why);
    } else if (v->failed == v->sources.n) {
        struct str text = {0};
        str_add(&text, "nothing could be reached");
        for (size_t i = 0; i < v->sources.n && i < 1; i++)
            str_printf(&text, ": %s: %s", row_text(v->sources.items[i], "source"),
                       *row_text(v->sources.items[i], "error") ? row_text(v->sources.items[i], "error")
                                                               : "no answer before the deadline");
        set_headline(v, str_text(&text));
        str_done(&text);
    } else {
        judge(v);
    }
}

void cmd_verdict_done(struct cmd_verdict *v)
{
    vec_done(&v->findings);
    vec_done(&v->sources);
    str_done(&v->headline);
}
