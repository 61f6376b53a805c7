/* Influx's line protocol, each field a row of `plugin_points`.
 * Grammar: InfluxDB documentation, "Line protocol": measurement[,tag=value...] field=value[,field=value...] [time in ns]. */
#include "base/number.h"
#include "plugin/format.h"
#include "plugin/intake_put.h"
#include "plugin/tables.h"
#include "prom/labels.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { TAGS = 100, FIELDS = 1000, NS = 1000000 };

struct reading {
    struct plugin_intake *in;
    struct plugin_intake_table *t;
    struct names *names;
    struct plugin_format_bad bad;
    struct str measurement, tags, field, value;
    struct str tag_bytes;                /* names and values of tags, one behind the other */
    struct prom_labels_pair pairs[TAGS]; /* offsets into that while it grows */
    size_t ntags;
};

/* Bytes up to one of stop, with the backslash before those of special undone. */
static const char *take_name(const char *p, const char *end, const char *stop, const char *special, struct str *out)
{
    for (; p < end && !(*p && strchr(stop, *p)); p++) {
        if (*p == '\\' && p + 1 < end && p[1] && strchr(special, p[1]))
            p++;
        str_char(out, *p);
    }
    return p;
}

static const char *take_tags(struct reading *x, const char *p, const char *end, const char **why)
{
    size_t offsets[TAGS][2];
    str_clear(&x->tag_bytes);
    x->ntags = 0;
    while (p < end && *p == ',' && !*why) {
        if (x->ntags == TAGS) {
            *why = "more than 100 tags";
            break;
        }
        struct prom_labels_pair *pair = &x->pairs[x->ntags];
        offsets[x->ntags][0] = x->tag_bytes.len;
        p = take_name(p + 1, end, "=, ", ",= \\", &x->tag_bytes);
        pair->name_len = x->tag_bytes.len - offsets[x->ntags][0];
        offsets[x->ntags][1] = x->tag_bytes.len;
        if (p >= end || *p != '=' || !pair->name_len) {
            *why = "a tag without a value";
            break;
        }
        p = take_name(p + 1, end, ", ", ",= \\", &x->tag_bytes);
        pair->value_len = x->tag_bytes.len - offsets[x->ntags][1];
        if (!pair->value_len)
            *why = "a tag without a value";
        x->ntags++;
    }
    for (size_t i = 0; i < x->ntags; i++) {
        x->pairs[i].name = str_text(&x->tag_bytes) + offsets[i][0];
        x->pairs[i].value = str_text(&x->tag_bytes) + offsets[i][1];
    }
    prom_labels_join(x->pairs, x->ntags, &x->tags);
    return p;
}

static bool is_word(const struct str *s, const char *const *words)
{
    while (*words && strcmp(str_text(s), *words) != 0)
        words++;
    return *words && strlen(*words) == s->len;
}

/* 1.5, 12i, 12u, t, true, f, false. */
static bool take_number(struct reading *x, struct value *cells)
{
    static const char *const yes[] = {"t", "T", "true", "True", "TRUE", NULL};
    static const char *const no[] = {"f", "F", "false", "False", "FALSE", NULL};
    const char *s = str_text(&x->value);
    size_t len = x->value.len;
    double v;
    if (is_word(&x->value, yes) || is_word(&x->value, no)) {
        cells[PLUGIN_POINTS_VALUE] = value_real(is_word(&x->value, yes));
        return true;
    }
    if (len > 1 && (s[len - 1] == 'i' || s[len - 1] == 'u')) {
        char *stop;
        errno = 0;
        const int64_t whole = strtoll(s, &stop, 10);
        const bool digits = stop == s + len - 1 && (*s == '-' || (*s >= '0' && *s <= '9'));
        if (digits && !errno)
            cells[PLUGIN_POINTS_WHOLE] = value_int(whole);
        if (!digits || number_read(s, len - 1, &v))
            return false;
        cells[PLUGIN_POINTS_VALUE] = value_real(v);
        return true;
    }
    if (!len || number_read(s, len, &v))
        return false;
    cells[PLUGIN_POINTS_VALUE] = value_real(v);
    return true;
}

static const char *take_text(const char *p, const char *end, struct str *out, const char **why)
{
    for (p++; p < end && *p != '"'; p++) {
        if (*p == '\\' && p + 1 < end && (p[1] == '"' || p[1] == '\\'))
            p++;
        str_char(out, *p);
    }
    if (p >= end)
        *why = "a text without its end";
    return p + (p < end);
}

static struct value name_cell(const struct reading *x, const struct str *s)
{
    return value_text(name_intern(x->names, str_text(s), s->len));
}

static const char *take_field(struct reading *x, const char *p, const char *end, bool put, struct value time,
                              const char **why)
{
    struct value cells[PLUGIN_POINTS_TIME + 1] = {{.quality = QUALITY_UNKNOWN}};
    bool text;
    str_clear(&x->field);
    str_clear(&x->value);
    p = take_name(p, end, "=, ", ",= \\", &x->field);
    if (p >= end || *p != '=' || !x->field.len) {
        *why = "a field without a value";
        return p;
    }
    p++;
    text = p < end && *p == '"';
    p = text ? take_text(p, end, &x->value, why) : take_name(p, end, ", ", "", &x->value);
    if (!*why && !text && !take_number(x, cells))
        *why = "a field whose value is no number, no text in quotes, and neither true nor false";
    if (*why || !put)
        return p;
    if (text)
        cells[PLUGIN_POINTS_TEXT] = name_cell(x, &x->value);
    cells[PLUGIN_POINTS_INSTANCE] = plugin_intake_instance(x->in);
    cells[PLUGIN_POINTS_MEASUREMENT] = name_cell(x, &x->measurement);
    cells[PLUGIN_POINTS_TAGS] = name_cell(x, &x->tags);
    cells[PLUGIN_POINTS_FIELD] = name_cell(x, &x->field);
    cells[PLUGIN_POINTS_TIME] = time;
    plugin_intake_put(x->in, x->t, cells);
    return p;
}

static const char *take_fields(struct reading *x, const char *p, const char *end, bool put, struct value time,
                               const char **why)
{
    for (size_t i = 0; !*why; i++) {
        if (i == FIELDS)
            *why = "more than 1000 fields";
        else
            p = take_field(x, p, end, put, time, why);
        if (p >= end || *p != ',')
            break;
        p++;
    }
    return p;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct value take_time(const char *p, const char *end, const char **why)
{
    while (p < end && is_blank(*p))
        p++;
    while (end > p && is_blank(end[-1]))
        end--;
    char digits[24], *stop;
    const size_t len = (size_t)(end - p);
    if (!len)
        return value_unknown();
    if (len >= sizeof digits) {
        *why = "no time in nanoseconds";
        return value_unknown();
    }
    memcpy(digits, p, len);
    digits[len] = '\0';
    errno = 0;
    const int64_t ns = strtoll(digits, &stop, 10);
    if (errno || *stop || stop == digits)
        *why = "no time in nanoseconds";
    return *why ? value_unknown() : value_int(ns / NS);
}

/* Read twice: nothing of a bad line is put. */
static void take_line(struct reading *x, const char *p, const char *end, size_t line)
{
    const char *why = NULL;
    str_clear(&x->measurement);
    p = take_name(p, end, ", ", ", \\", &x->measurement);
    if (!x->measurement.len)
        why = "no measurement";
    p = why ? p : take_tags(x, p, end, &why);
    while (!why && p < end && *p == ' ')
        p++;
    const char *fields = p;
    p = why ? p : take_fields(x, p, end, false, value_unknown(), &why);
    if (!why && p < end && !is_blank(*p))
        why = "something behind a value";
    const struct value time = why ? value_unknown() : take_time(p, end, &why);
    if (why) {
        plugin_format_bad(&x->bad, line, "%s", why);
        return;
    }
    take_fields(x, fields, end, true, time, &why);
    x->bad.good++;
}

static int read_influx(struct plugin_intake *in, const struct plugin_format_output *o, struct plugin_intake_done *done,
                       struct error *err)
{
    struct reading x = {.in = in, .names = plugin_intake_names(in)};
    int rc = plugin_intake_shared(in, &plugin_tables_points, &x.t, err);
    if (rc)
        return rc;
    const char *p = o->bytes, *end = o->bytes + o->len;
    for (size_t line = 1; p && p < end; line++) {
        const char *lf = memchr(p, '\n', (size_t)(end - p)), *stop = lf ? lf : end, *at = p;
        while (at < stop && is_blank(*at))
            at++;
        if (at < stop && *at != '#')
            take_line(&x, at, stop, line);
        p = stop + 1;
    }
    struct str *const strings[] = {&x.measurement, &x.tags, &x.field, &x.value, &x.tag_bytes};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        str_done(strings[i]);
    return plugin_format_judge(&x.bad, done, err);
}

const struct plugin_format plugin_format_influx = {.name = "influx", .codes = 1, .read = read_influx};
