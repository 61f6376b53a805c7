/* Datasets: the file's options, checked against each other. */
#include "conf/dataset.h"

#include "base/mem.h"
#include "base/number.h"
#include "conf/belongs.h"
#include "conf/section.h"
#include "conf/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct conf_section *const section = &conf_options[CONF_DATASETS];

static int wrong(struct conf_loading *l, const struct conf_dataset *d, const char *option, const char *path,
                 const char *why)
{
    error_set(l->err, ERR_INVALID, "%s", why);
    return conf_section_wrong(l, section, d->origins, option, path);
}

/* One of topic and report, and what goes with it. */
static int check_from(struct conf_loading *l, const struct conf_dataset *d, const struct conf_yaml *node,
                      const char *path)
{
    if (d->topic && d->report)
        return wrong(l, d, "report", path, "there is a topic already; allowed: one of topic and report");
    if (d->topic && !d->cluster) {
        error_set(l->err, ERR_INVALID, "no cluster for the topic; allowed: cluster: NAME, one of clusters");
        return conf_section_place(l, node->key_line, node->key_column, path);
    }
    if (d->topic || d->report)
        return 0;
    error_set(l->err, ERR_INVALID, "neither topic nor report; allowed: one of them");
    return conf_section_place(l, node->key_line, node->key_column, path);
}

static int check_slide(struct conf_loading *l, const struct conf_dataset *d, const char *option, const char *path,
                       int64_t window, int64_t slide)
{
    if (slide == 0 || (slide <= window && window % slide == 0 && window / slide <= CONF_DATASET_PANES))
        return 0;
    return wrong(l, d, option, path, "the window is no whole number, up to 60, of these");
}

static int check_windows(struct conf_loading *l, const struct conf_dataset *d, const char *path)
{
    if (d->slide_rows && !d->window_rows)
        return wrong(l, d, "slide_rows", path, "windows go by time; allowed: with window_rows, or slide");
    int rc = check_slide(l, d, "slide", path, d->window_ms, d->slide_ms);
    return rc ? rc : check_slide(l, d, "slide_rows", path, d->window_rows, d->slide_rows);
}

static int check_sample(struct conf_loading *l, const struct conf_dataset *d, const char *path)
{
    double part;
    if (number_read(d->sample, strlen(d->sample), &part) == 0 && part > 0 && part <= 1)
        return 0;
    struct str s = {0};
    conf_value_quote(&s, d->sample);
    str_add(&s, " is no part; allowed: a number above 0, at most 1");
    int rc = wrong(l, d, "sample", path, str_text(&s));
    str_done(&s);
    return rc;
}

/* node: the list, or the one map that need not be in a list; NULL: there is none. */
static int check_features(struct conf_loading *l, const struct conf_dataset *d, const struct conf_yaml *node,
                          const char *path)
{
    const struct conf_feature *f = d->features.items;
    for (size_t i = 0; i < d->features.n; i++) {
        double threshold;
        bool bad = f[i].threshold && (number_read(f[i].threshold, strlen(f[i].threshold), &threshold) != 0 ||
                                      !isfinite(threshold) || threshold <= 0);
        if (!bad)
            continue;
        const struct conf_yaml *one = node->kind == CONF_YAML_LIST ? &node->items[i] : node;
        const struct conf_yaml *at = conf_yaml_get(one, "threshold");
        char *own = mem_printf("%s.features[%zu].threshold", path, i);
        error_set(l->err, ERR_INVALID, "no threshold; allowed: a number above 0");
        int rc = conf_section_place(l, at->line, at->column, own);
        free(own);
        return rc;
    }
    return 0;
}

static int check_format(struct conf_loading *l, const struct conf_dataset *d, const char *path)
{
    if (!d->schema || strcmp(d->format, "avro") == 0)
        return 0;
    return wrong(l, d, "schema", path, "records have no schema; allowed: with format: avro");
}

static int check(struct conf_loading *l, void *dataset, const struct conf_yaml *node, const char *path, bool fetch)
{
    (void)fetch;
    struct conf_dataset *d = dataset;
    int rc = d->topic ? conf_belongs_set(l, section, &d->cluster, d->origins, d->name, node, path) : 0;
    if (rc == 0)
        rc = check_from(l, d, node, path);
    if (rc == 0)
        rc = check_format(l, d, path);
    if (rc == 0)
        rc = check_windows(l, d, path);
    if (rc == 0)
        rc = check_sample(l, d, path);
    return rc ? rc : check_features(l, d, conf_yaml_get(node, "features"), path);
}

const struct conf_kind conf_dataset_kind = {
    .section = CONF_DATASETS,
    .what = "dataset",
    .plural = "datasets",
    CONF_KIND(conf_dataset, datasets, ndatasets),
    .chosen = conf_belongs_chosen,
    .check = check,
};
