/* Lines of the two text formats (prometheus/docs exposition_formats, OpenMetrics specification 1.0). */
#include "demo/exposition.h"

#include <math.h>

static const char *const types[] = {
    [DEMO_EXPOSITION_UNKNOWN] = "unknown",     [DEMO_EXPOSITION_COUNTER] = "counter", [DEMO_EXPOSITION_GAUGE] = "gauge",
    [DEMO_EXPOSITION_HISTOGRAM] = "histogram", [DEMO_EXPOSITION_INFO] = "info",
};
static const char *const plain_types[] = {
    [DEMO_EXPOSITION_UNKNOWN] = "untyped",     [DEMO_EXPOSITION_COUNTER] = "counter", [DEMO_EXPOSITION_GAUGE] = "gauge",
    [DEMO_EXPOSITION_HISTOGRAM] = "histogram", [DEMO_EXPOSITION_INFO] = "gauge",
};

/* What samples of a type have behind the name of the family. */
static const char *suffix(enum demo_exposition_type type)
{
    return type == DEMO_EXPOSITION_COUNTER ? "_total" : type == DEMO_EXPOSITION_INFO ? "_info" : "";
}

void demo_exposition_family(struct demo_exposition *e, enum demo_exposition_type type, const char *name,
                            const char *unit, const char *help)
{
    const char *end = e->openmetrics ? "" : suffix(type);
    e->name = name;
    e->type = type;
    str_printf(e->out, "# TYPE %s%s %s\n", name, end, (e->openmetrics ? types : plain_types)[type]);
    if (e->openmetrics && *unit)
        str_printf(e->out, "# UNIT %s %s\n", name, unit);
    str_printf(e->out, "# HELP %s%s %s\n", name, end, help);
}

static void add_number(struct str *out, double value)
{
    if (isnan(value))
        str_add(out, "NaN");
    else if (isinf(value))
        str_add(out, value > 0 ? "+Inf" : "-Inf");
    else
        str_printf(out, "%.15g", value);
}

static void add_sample(struct demo_exposition *e, const char *end, const char *labels, double value)
{
    str_printf(e->out, "%s%s", e->name, end);
    if (*labels)
        str_printf(e->out, "{%s}", labels);
    str_char(e->out, ' ');
    add_number(e->out, value);
    str_char(e->out, '\n');
}

void demo_exposition_value(struct demo_exposition *e, const char *labels, double value)
{
    add_sample(e, suffix(e->type), labels, value);
}

void demo_exposition_buckets(struct demo_exposition *e, const char *labels, const struct demo_exposition_histogram *h)
{
    for (size_t i = 0; i < h->n; i++) {
        str_printf(e->out, "%s_bucket{%s%sle=\"", e->name, labels, *labels ? "," : "");
        add_number(e->out, h->bounds[i]);
        if (isfinite(h->bounds[i]) && h->bounds[i] == floor(h->bounds[i]))
            str_add(e->out, ".0"); /* as OpenMetrics writes floats */
        str_add(e->out, "\"} ");
        add_number(e->out, h->counts[i]);
        str_char(e->out, '\n');
    }
    add_sample(e, "_count", labels, h->n ? h->counts[h->n - 1] : 0);
    add_sample(e, "_sum", labels, h->sum);
}

void demo_exposition_end(struct demo_exposition *e)
{
    if (e->openmetrics)
        str_add(e->out, "# EOF\n");
}

const char *demo_exposition_content_type(bool openmetrics)
{
    return openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                       : "text/plain; version=0.0.4; charset=utf-8";
}
