/* What `icetop check` says, as text, JSON and OpenMetrics. */
#include "cmd/verdict.h"

#include "base/clock.h"
#include "snapshot/snapshot.h"
#include "table/format.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- text ---- */

/* One line, whatever was written: a "|" would begin performance data. */
static void end_line(struct str *out, size_t begin)
{
    for (size_t i = begin; i < out->len; i++)
        if (out->s[i] == '|' || out->s[i] == '\n')
            out->s[i] = out->s[i] == '|' ? '/' : ' ';
    str_char(out, '\n');
}

static void add_age(const struct cmd_verdict *v, const struct row *r, const char *column, const char *before,
                    struct str *out)
{
    struct value t = row_cell(r, column);
    if (t.quality == QUALITY_UNKNOWN)
        return;
    char buf[32];
    str_printf(out, "%s%s (", before, clock_iso(t.i, false, buf, sizeof buf));
    format_duration(out, v->now_ms > t.i ? (double)(v->now_ms - t.i) / 1000 : 0);
    str_add(out, ")");
}

/* Is there more than one cluster among them? */
static bool differ(const struct cmd_verdict *v)
{
    for (size_t i = 1; i < v->findings.n; i++)
        if (strcmp(row_text(v->findings.items[i], "cluster"), row_text(v->findings.items[0], "cluster")) != 0)
            return true;
    return false;
}

/* "CRITICAL IT-C01 connector orders-sink: ..., since 2026-11-21T08:02:11Z (6 h 12 m)" */
static void add_finding(const struct cmd_verdict *v, const struct row *r, bool clusters, struct str *out)
{
    enum cmd_verdict_status s = cmd_verdict_finding(r);
    size_t begin = out->len;
    str_printf(out, "%s %s %s", s == VERDICT_OK ? "INFO" : cmd_verdict_word(s), row_text(r, "id"),
               row_text(r, "subject"));
    if (clusters)
        str_printf(out, " (%s)", row_text(r, "cluster"));
    str_printf(out, ": %s", row_text(r, "text"));
    add_age(v, r, "since", "; since ", out);
    add_age(v, r, "seen", "; cannot be judged now, last seen ", out);
    if (*row_text(r, "missing"))
        str_printf(out, "; to be certain: %s", row_text(r, "missing"));
    end_line(out, begin);
}

static void write_text(const struct cmd_verdict *v, struct str *out)
{
    bool clusters = differ(v);
    str_add(out, str_text(&v->headline));
    if (v->store)
        str_printf(out, " | critical=%zu warnings=%zu infos=%zu sources=%zu failed=%zu", v->critical, v->warnings,
                   v->infos, v->sources.n, v->failed);
    str_char(out, '\n');
    for (size_t i = 0; i < v->findings.n; i++)
        add_finding(v, v->findings.items[i], clusters, out);
    for (size_t i = 0; i < v->sources.n; i++) {
        size_t begin = out->len;
        cmd_verdict_source_line(v->store, v->sources.items[i], out);
        end_line(out, begin);
    }
}

/* ---- JSON ---- */

static void add_json(struct str *out, const char *text)
{
    json_t *s = json_string_nocheck(text);
    char *dumped = json_dumps(s, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    str_add(out, dumped);
    free(dumped);
    json_decref(s);
}

/* Its evidence, in the order of their position. */
static void add_evidence(const struct cmd_verdict *v, const struct row *finding, struct str *out)
{
    const struct table *t = store_find(v->store, "finding_evidence");
    const char *before = "";
    for (int64_t position = 1; t; position++) {
        const struct value key[] = {row_cell(finding, "id"), row_cell(finding, "cluster"), row_cell(finding, "subject"),
                                    value_int(position)};
        const struct row *found = table_find(t, key);
        if (!found)
            return;
        str_add(out, before);
        snapshot_row_json(t, found, out);
        before = ",\n  ";
    }
}

static void write_json(const struct cmd_verdict *v, struct str *out)
{
    static const char *const statuses[] = {"ok", "warning", "critical", "unknown"};
    char buf[32];
    str_add(out, "{\"icetop\":");
    add_json(out, ICETOP_VERSION);
    str_add(out, ",\"time\":");
    add_json(out, clock_iso(v->now_ms, true, buf, sizeof buf));
    str_printf(out, ",\"status\":\"%s\",\"exit\":%d,\"text\":", statuses[v->status], (int)v->status);
    add_json(out, str_text(&v->headline));
    str_add(out, ",\"findings\":[");
    for (size_t i = 0; i < v->findings.n; i++) {
        str_add(out, i ? ",\n" : "\n");
        snapshot_row_json(store_find(v->store, "findings"), v->findings.items[i], out);
        str_cut(out, out->len - 1); /* within the row's braces */
        str_add(out, ",\"evidence\":[");
        add_evidence(v, v->findings.items[i], out);
        str_add(out, "]}");
    }
    str_add(out, "],\"sources\":[");
    for (size_t i = 0; i < v->sources.n; i++) {
        str_add(out, i ? ",\n" : "\n");
        snapshot_row_json(store_find(v->store, "sources"), v->sources.items[i], out);
    }
    str_add(out, "]}\n");
}

/* ---- OpenMetrics ---- */

static void add_gauge(struct str *out, const char *name, const char *unit, const char *help)
{
    str_printf(out, "# TYPE %s gauge\n", name);
    if (unit)
        str_printf(out, "# UNIT %s %s\n", name, unit);
    str_printf(out, "# HELP %s %s\n", name, help);
}

/* NAME{COLUMN="...",...} followed by a blank. */
static void add_labels(struct str *out, const char *name, const struct row *r, const char *const *columns)
{
    const char *before = "";
    str_printf(out, "%s{", name);
    for (; *columns; columns++) {
        struct value v = row_cell(r, *columns);
        if (v.quality == QUALITY_UNKNOWN)
            continue;
        str_add(out, before);
        snapshot_label_openmetrics(*columns, v, out);
        before = ",";
    }
    str_add(out, "} ");
}

static void write_openmetrics(const struct cmd_verdict *v, struct str *out)
{
    static const char *const finding[] = {"id", "severity", "subject", "cluster", NULL}, *const source[] = {
                                                                                             "source", "kind",
                                                                                             "cluster", NULL};
    add_gauge(out, "icetop_check_status", NULL, "0 all well, 1 warning, 2 critical, 3 unknown.");
    str_printf(out, "icetop_check_status %d\n", (int)v->status);
    add_gauge(out, "icetop_finding", NULL, "1 for what is so now, as icetop explain ID has it.");
    for (size_t i = 0; i < v->findings.n; i++) {
        add_labels(out, "icetop_finding", v->findings.items[i], finding);
        str_add(out, "1\n");
    }
    add_gauge(out, "icetop_finding_since_timestamp_seconds", "seconds", "When it began, as far as that is known.");
    for (size_t i = 0; i < v->findings.n; i++) {
        struct value since = row_cell(v->findings.items[i], "since");
        if (since.quality == QUALITY_UNKNOWN)
            continue;
        add_labels(out, "icetop_finding_since_timestamp_seconds", v->findings.items[i], finding);
        str_printf(out, "%" PRId64 ".%03d\n", since.i / 1000, (int)(since.i % 1000));
    }
    add_gauge(out, "icetop_source_up", NULL, "1 where a source could be read, be it in part.");
    for (size_t i = 0; i < v->sources.n; i++) {
        add_labels(out, "icetop_source_up", v->sources.items[i], source);
        str_printf(out, "%d\n", cmd_verdict_source(v->sources.items[i]) != VERDICT_CRITICAL);
    }
    str_add(out, "# EOF\n");
}

static const struct cmd_verdict_format formats[] = {
    {"text", write_text}, {"json", write_json}, {"openmetrics", write_openmetrics}};

int cmd_verdict_format_find(const char *name, const struct cmd_verdict_format **ret, struct error *err)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (!name || strcmp(name, formats[i].name) == 0) {
            *ret = &formats[i];
            return 0;
        }
    return error_set(err, ERR_INVALID, "--format: \"%.50s\" is none of check's; allowed: text, json, openmetrics",
                     name);
}
