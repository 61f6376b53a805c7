/* Output of monitoring plugins: a line of text with performance data behind |, further lines, an exit status.
 * Grammar: Monitoring Plugins Development Guidelines, "Plugin Output for Nagios" and "Performance data". */
#include "base/number.h"
#include "base/text.h"
#include "plugin/format.h"
#include "plugin/intake_put.h"
#include "plugin/tables.h"

#include <string.h>

enum { STATUSES = 4, TEXT_BYTES = 4000, LABEL_BYTES = 500 };

static const char *const statuses[STATUSES] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

/* How units are written, and what they are by the words that numbers are drawn by. */
static const struct {
    const char *written, *unit;
    double factor;
} units[] = {
    {"s", "seconds", 1},  {"ms", "milliseconds", 1}, {"us", "milliseconds", 1e-3},
    {"%", "ratio", 0.01}, {"B", "bytes", 1},         {"c", "count", 1},
};

struct reading {
    struct plugin_intake *in;
    struct plugin_intake_table *data;
    struct plugin_format_bad bad;
    struct str label;
};

struct span {
    const char *s;
    size_t len;
};

static struct value text_cell(const struct reading *x, struct span s)
{
    return s.len ? value_text(name_intern(plugin_intake_names(x->in), s.s, s.len)) : value_unknown();
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* 'it''s'=, or without quotes up to =. False: there is none. */
static bool take_label(struct reading *x, const char **at, const char *end)
{
    const char *p = *at;
    str_clear(&x->label);
    if (*p == '\'') {
        for (p++; p < end && (*p != '\'' || (p + 1 < end && p[1] == '\'')); p++) {
            p += *p == '\'';
            str_char(&x->label, *p);
        }
        p += p < end;
    } else {
        for (; p < end && *p != '=' && !is_blank(*p); p++)
            str_char(&x->label, *p);
    }
    const bool well = p < end && *p == '=' && x->label.len && x->label.len <= LABEL_BYTES;
    *at = p + well;
    return well;
}

static struct value number_cell(struct span s, double factor)
{
    double v;
    return s.len && number_read(s.s, s.len, &v) == 0 ? value_real(v * factor) : value_unknown();
}

static size_t number_length(struct span s)
{
    size_t n = 0;
    while (n < s.len && strchr("0123456789.-+eE", s.s[n]))
        n++;
    if (n && (s.s[n - 1] == 'e' || s.s[n - 1] == 'E'))
        n--;
    return n;
}

/* value[unit];warn;crit;min;max, as much of it as there is. */
static bool take_values(const struct reading *x, struct span all, struct value *cells)
{
    struct span parts[5] = {{0}};
    const char *p = all.s, *end = all.s + all.len;
    for (size_t i = 0; i < 5 && p <= end; i++) {
        const char *semicolon = memchr(p, ';', (size_t)(end - p));
        const char *stop = semicolon ? semicolon : end;
        parts[i] = (struct span){p, (size_t)(stop - p)};
        p = stop + 1;
    }
    const size_t n = number_length(parts[0]);
    const struct span unit = {parts[0].s + n, parts[0].len - n};
    size_t u = 0;
    while (u < sizeof units / sizeof *units &&
           (strlen(units[u].written) != unit.len || memcmp(units[u].written, unit.s, unit.len) != 0))
        u++;
    const bool known = u < sizeof units / sizeof *units, undetermined = parts[0].len == 1 && *parts[0].s == 'U';
    const double factor = known ? units[u].factor : 1;
    cells[PLUGIN_PERFDATA_VALUE] = number_cell((struct span){parts[0].s, n}, factor);
    if (!undetermined)
        cells[PLUGIN_PERFDATA_UNIT] = text_cell(x, known ? (struct span){units[u].unit, strlen(units[u].unit)} : unit);
    cells[PLUGIN_PERFDATA_WARN] = text_cell(x, parts[1]);
    cells[PLUGIN_PERFDATA_CRIT] = text_cell(x, parts[2]);
    cells[PLUGIN_PERFDATA_MIN] = number_cell(parts[3], factor);
    cells[PLUGIN_PERFDATA_MAX] = number_cell(parts[4], factor);
    return undetermined || cells[PLUGIN_PERFDATA_VALUE].quality != QUALITY_UNKNOWN;
}

static void give_back(const struct value *cells)
{
    static const size_t texts[] = {PLUGIN_PERFDATA_UNIT, PLUGIN_PERFDATA_WARN, PLUGIN_PERFDATA_CRIT};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (cells[texts[i]].quality != QUALITY_UNKNOWN)
            name_unref(cells[texts[i]].s);
}

static void take_data(struct reading *x, struct span data, size_t line)
{
    const char *p = data.s, *end = data.s + data.len;
    for (;;) {
        while (p < end && is_blank(*p))
            p++;
        if (p >= end)
            return;
        struct value cells[PLUGIN_PERFDATA_MAX + 1] = {{.quality = QUALITY_UNKNOWN}};
        const bool labelled = take_label(x, &p, end);
        const char *begin = p;
        while (p < end && !is_blank(*p))
            p++;
        if (!labelled || !take_values(x, (struct span){begin, (size_t)(p - begin)}, cells)) {
            plugin_format_bad(&x->bad, line, "no performance data: %.60s", str_text(&x->label));
            give_back(cells);
            continue;
        }
        cells[PLUGIN_PERFDATA_INSTANCE] = plugin_intake_instance(x->in);
        cells[PLUGIN_PERFDATA_LABEL] = text_cell(x, (struct span){x->label.s, x->label.len});
        plugin_intake_put(x->in, x->data, cells);
    }
}

/* The first line up to |, and those that follow up to another |; behind that, and behind the first, is data. */
static void take_lines(struct reading *x, const struct plugin_format_output *o, struct str *text, struct str *more)
{
    const char *p = o->bytes, *end = o->bytes + o->len;
    bool data = false;
    for (size_t line = 1; p < end; line++) {
        const char *lf = memchr(p, '\n', (size_t)(end - p)), *stop = lf ? lf : end;
        const char *bar = data ? NULL : memchr(p, '|', (size_t)(stop - p));
        struct str *to = line == 1 ? text : more;
        if (!data) {
            if (to == more && more->len)
                str_char(more, ' ');
            text_safe_line(to, p, (size_t)((bar ? bar : stop) - p));
        }
        if (data || bar)
            take_data(x, bar ? (struct span){bar + 1, (size_t)(stop - bar - 1)} : (struct span){p, (size_t)(stop - p)},
                      line);
        data |= bar && line > 1;
        p = stop + 1;
    }
}

static struct span trimmed(const struct str *s)
{
    size_t n = s->len;
    while (n && s->s[n - 1] == ' ')
        n--;
    return (struct span){s->s, n};
}

static int read_nagios(struct plugin_intake *in, const struct plugin_format_output *o, struct plugin_intake_done *done,
                       struct error *err)
{
    struct reading x = {.in = in, .bad = {.good = 1}}; /* the status is */
    struct plugin_intake_table *checks;
    struct str text = {.max = TEXT_BYTES}, more = {.max = TEXT_BYTES};
    struct value cells[PLUGIN_CHECKS_MORE + 1] = {{.quality = QUALITY_UNKNOWN}};
    int rc = plugin_intake_shared(in, &plugin_tables_checks, &checks, err);
    if (rc == 0)
        rc = plugin_intake_shared(in, &plugin_tables_perfdata, &x.data, err);
    if (rc)
        return rc;
    if (o->code < 0 || o->code >= STATUSES)
        return error_set(err, ERR_INVALID, "status %d; 0 to 3 are those of a monitoring plugin", o->code);
    if (o->len)
        take_lines(&x, o, &text, &more);
    cells[PLUGIN_CHECKS_INSTANCE] = plugin_intake_instance(in);
    cells[PLUGIN_CHECKS_STATUS] = text_cell(&x, (struct span){statuses[o->code], strlen(statuses[o->code])});
    cells[PLUGIN_CHECKS_TEXT] = text_cell(&x, trimmed(&text));
    cells[PLUGIN_CHECKS_MORE] = text_cell(&x, trimmed(&more));
    plugin_intake_put(in, checks, cells);
    str_done(&text);
    str_done(&more);
    str_done(&x.label);
    return plugin_format_judge(&x.bad, done, err);
}

const struct plugin_format plugin_format_nagios = {.name = "nagios", .codes = STATUSES, .read = read_nagios};
