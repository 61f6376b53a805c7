/* Prometheus' text, each sample a row of `plugin_metrics`. */
#include "base/mem.h"
#include "base/text.h"
#include "plugin/format.h"
#include "plugin/intake_put.h"
#include "plugin/tables.h"
#include "prom/labels.h"
#include "prom/text.h"

#include <string.h>

enum { HELP_BYTES = 1000 };

struct family {
    enum prom_text_type type;
    struct name *help;
};

struct reading {
    struct plugin_intake *in;
    struct plugin_intake_table *t;
    struct names *names;
    struct map families; /* by name → struct family */
    struct str labels, text;
    struct plugin_format_bad bad;
};

static struct family *family_of(struct reading *x, struct prom_text_span name, bool make)
{
    struct family *f = map_get(&x->families, name.s, name.len);
    if (!f && make) {
        f = mem_new(struct family);
        map_put(&x->families, name.s, name.len, f);
    }
    return f;
}

/* That of the name, or of the histogram or summary of which it is a part. */
static const struct family *family_of_sample(struct reading *x, struct prom_text_span name)
{
    static const char *const parts[] = {"_bucket", "_count", "_sum"};
    const struct family *f = family_of(x, name, false);
    for (size_t i = 0; !f && i < sizeof parts / sizeof *parts; i++) {
        const size_t len = strlen(parts[i]);
        if (name.len > len && memcmp(name.s + name.len - len, parts[i], len) == 0)
            f = family_of(x, (struct prom_text_span){name.s, name.len - len}, false);
    }
    return f;
}

static void take_help(struct reading *x, const struct prom_text_item *item)
{
    struct family *f = family_of(x, item->name, true);
    str_clear(&x->text);
    prom_text_unescape(item->value, &x->text);
    str_cut(&x->text, HELP_BYTES);
    name_unref(f->help);
    f->help = name_intern(x->names, str_text(&x->text), x->text.len);
}

static void take_sample(struct reading *x, const struct prom_text_item *item)
{
    const struct family *f = family_of_sample(x, item->name);
    const char *type = f ? prom_text_type_name(f->type) : "unknown";
    struct value cells[PLUGIN_METRICS_HELP + 1] = {{.quality = QUALITY_UNKNOWN}};
    str_clear(&x->text);
    prom_text_unescape(item->name, &x->text);
    prom_labels_write(item->series, NULL, &x->labels);
    cells[PLUGIN_METRICS_INSTANCE] = plugin_intake_instance(x->in);
    cells[PLUGIN_METRICS_METRIC] = value_text(name_intern(x->names, str_text(&x->text), x->text.len));
    cells[PLUGIN_METRICS_LABELS] = value_text(name_intern(x->names, str_text(&x->labels), x->labels.len));
    cells[PLUGIN_METRICS_VALUE] = value_real(item->number);
    cells[PLUGIN_METRICS_TYPE] = value_text(name_intern(x->names, type, strlen(type)));
    cells[PLUGIN_METRICS_HELP] = value_text(f && f->help ? name_ref(f->help) : NULL);
    plugin_intake_put(x->in, x->t, cells);
    x->bad.good++;
}

static void free_families(struct reading *x)
{
    size_t at = 0;
    void *f;
    while (map_next(&x->families, &at, NULL, NULL, &f)) {
        name_unref(((struct family *)f)->help);
        free(f);
    }
    map_done(&x->families);
}

/* A time of its own would make a row that looks new of one that is old: it is refused, as node_exporter does. */
static int take(struct reading *x, const struct prom_text_item *item, struct error *err)
{
    if (item->kind == PROM_TEXT_TYPE)
        family_of(x, item->name, true)->type = item->type;
    else if (item->kind == PROM_TEXT_HELP)
        take_help(x, item);
    else if (item->kind == PROM_TEXT_BAD)
        plugin_format_bad(&x->bad, item->line, "%s", item->error);
    else if (item->kind == PROM_TEXT_SAMPLE && item->time_ms != PROM_TEXT_NO_TIME)
        return error_set(err, ERR_INVALID, "line %u: a sample with a timestamp, which a plugin's may not have",
                         item->line);
    else if (item->kind == PROM_TEXT_SAMPLE)
        take_sample(x, item);
    return 0;
}

static int read_text(struct plugin_intake *in, const struct plugin_format_output *o, struct plugin_intake_done *done,
                     struct error *err)
{
    struct reading x = {.in = in, .names = plugin_intake_names(in)};
    struct prom_text text;
    struct prom_text_item item = {.kind = PROM_TEXT_TYPE};
    int rc = plugin_intake_shared(in, &plugin_tables_metrics, &x.t, err);
    if (rc)
        return rc;
    prom_text_init(&text, PROM_TEXT_PLAIN, o->bytes, o->len);
    while (rc == 0 && (rc = prom_text_next(&text, &item, err)) == 0 && item.kind != PROM_TEXT_END)
        rc = take(&x, &item, err);
    prom_text_done(&text);
    free_families(&x);
    str_done(&x.labels);
    str_done(&x.text);
    return rc ? rc : plugin_format_judge(&x.bad, done, err);
}

const struct plugin_format plugin_format_prometheus = {.name = "prometheus", .codes = 1, .read = read_text};
