/* Datasets: the file's options, checked against each other. */
#include "conf/dataset.h"

#include "base/mem.h"
#include "base/number.h"
#include "conf/belongs.h"
#include "conf/items.h"
#include "conf/place.h"
#include "conf/section.h"
#include "conf/suggest.h"
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

static bool is_threshold(const char *text)
{
    double threshold;
    return number_read(text, strlen(text), &threshold) == 0 && isfinite(threshold) && threshold > 0;
}

static int check_threshold(struct conf_loading *l, const struct conf_dataset *d, const char *path)
{
    return !d->threshold || is_threshold(d->threshold)
               ? 0
               : wrong(l, d, "threshold", path, "no threshold; allowed: a number above 0");
}

/* Bins that each window makes anew are for who has a file and compares with another tool. */
static bool is_for_files(const char *method)
{
    return method && strcmp(method, "psi-moving") == 0;
}

static int check_method(struct conf_loading *l, const struct conf_dataset *d, const char *path)
{
    const struct conf_feature *f = d->features.items;
    bool found = is_for_files(d->method);
    for (size_t i = 0; i < d->features.n && !found; i++)
        found = is_for_files(f[i].method);
    return found ? wrong(l, d, d->method && is_for_files(d->method) ? "method" : "features", path,
                         "psi-moving is of files alone; allowed: with icetop drift --method")
                 : 0;
}

/* node: the list, or the one map that need not be in a list; NULL: there is none. */
static int check_features(struct conf_loading *l, const struct conf_dataset *d, const struct conf_yaml *node,
                          const char *path)
{
    const struct conf_feature *f = d->features.items;
    for (size_t i = 0; i < d->features.n; i++) {
        if (!f[i].threshold || is_threshold(f[i].threshold))
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

/* All but where its events come from. */
static int check_values(struct conf_loading *l, const struct conf_dataset *d, const struct conf_yaml *features,
                        const char *path)
{
    int rc = check_windows(l, d, path);
    if (rc == 0)
        rc = check_sample(l, d, path);
    if (rc == 0)
        rc = check_threshold(l, d, path);
    if (rc == 0 && d->topic)
        rc = check_method(l, d, path);
    return rc ? rc : check_features(l, d, features, path);
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
    return rc ? rc : check_values(l, d, conf_yaml_get(node, "features"), path);
}

const struct conf_kind conf_dataset_kind = {
    .section = CONF_DATASETS,
    .what = "dataset",
    .plural = "datasets",
    CONF_KIND(conf_dataset, datasets, ndatasets),
    .chosen = conf_belongs_chosen,
    .check = check,
};

/* ---- one alone ---- */

static int no_dataset(const struct conf_yaml *map, const char *file, const char *name, struct error *err)
{
    struct conf_suggest near = {.wanted = name};
    struct str s = {0};
    for (size_t i = 0; map && i < map->n; i++)
        conf_suggest_offer(&near, map->items[i].key);
    conf_value_quote(&s, name);
    str_add(&s, " is no dataset");
    conf_suggest_write(&near, &s);
    if (map && map->n)
        str_add(&s, "; allowed: ");
    for (size_t i = 0; map && i < map->n; i++)
        str_printf(&s, "%s%s", i ? ", " : "", map->items[i].key);
    int rc = error_set(err, ERR_NOT_FOUND, "%s%s: %s%s", file ? file : "--dataset", file ? ": datasets" : "",
                       str_text(&s), file ? "" : ": there is no configuration file");
    str_done(&s);
    return rc;
}

/* Features of the command line, each a path or a map, as a list of maps. */
static int read_features(struct conf_loading *l, const struct conf_dataset_alone *a, struct conf_yaml *ret)
{
    struct str s = {0};
    for (size_t i = 0; a->features && a->features[i]; i++) {
        const char *text = a->features[i];
        str_add(&s, "- ");
        if (*text == '{') {
            str_add(&s, text);
        } else {
            str_add(&s, "path: ");
            conf_yaml_write(&s, text);
        }
        str_char(&s, '\n');
    }
    int rc = s.len ? conf_yaml_parse(a->flag, s.s, s.len, ret, l->err) : 0;
    str_done(&s);
    return rc;
}

/* The command line over what the file has. */
static int set_arguments(struct conf_loading *l, const struct conf_dataset_alone *a, const struct conf_yaml *features,
                         struct conf_dataset *d)
{
    const char *file = l->file;
    size_t i;
    int rc = 0;
    if (features->n) {
        const struct conf_option *o = conf_options_find(section, "features", &i);
        l->file = a->flag;
        rc = conf_items_apply(l, o, features, "features", d);
        l->file = file;
        if (rc == 0)
            mem_replace(&d->origins[i], a->flag);
    }
    for (i = 0; rc == 0 && i < a->narguments; i++) {
        const struct conf_argument *arg = &a->arguments[i];
        rc = arg->text ? conf_section_set(l, section, arg->option, arg->flag, arg->text, d, d->origins)
                       : conf_section_set_texts(l, section, arg->option, arg->flag, arg->texts, d, d->origins);
    }
    return rc;
}

static int make_alone(struct conf_loading *l, const struct conf_dataset_alone *a, const struct conf_yaml *node,
                      struct conf_dataset *d)
{
    struct conf_yaml features = {0};
    char *path = mem_printf("%s.%s", section->name, d->name);
    d->origins = conf_section_preset(section, d);
    int rc = conf_section_apply(l, section, node, path, d, d->origins);
    if (rc == 0)
        rc = read_features(l, a, &features);
    if (rc == 0)
        rc = set_arguments(l, a, &features, d);
    const char *file = l->file;
    if (rc == 0 && features.n)
        l->file = a->flag;
    if (rc == 0)
        rc = check_values(l, d, features.n ? &features : conf_yaml_get(node, "features"), path);
    l->file = file;
    conf_yaml_done(&features);
    free(path);
    return rc;
}

int conf_dataset_read(const struct conf_dataset_alone *a, struct conf_dataset *ret, struct error *err)
{
    struct conf_file f = {0};
    struct conf_yaml root = {0};
    struct error own = {0}; /* errors are built up in steps, which needs one */
    struct conf_dataset d = {.name = mem_strdup(a->name ? a->name : a->called)};
    const struct conf_yaml *node = NULL;
    char *file = NULL;
    int rc = a->name ? conf_place_read(a->config, &file, &f, &own) : 0;
    struct conf_loading l = {.file = file, .err = &own};
    if (rc == 0 && file)
        rc = conf_yaml_parse(file, f.bytes, f.len, &root, &own);
    if (rc == 0 && a->name) {
        const struct conf_yaml *map = conf_yaml_get(&root, section->name);
        node = conf_yaml_get(map, a->name);
        rc = node ? 0 : no_dataset(map, file, a->name, &own);
    }
    if (rc == 0)
        rc = make_alone(&l, a, node, &d);
    if (rc == 0)
        *ret = d;
    else
        conf_kind_done(&conf_dataset_kind, &d);
    conf_yaml_done(&root);
    conf_file_done(&f);
    free(file);
    return rc ? error_set(err, rc, "%s", own.text) : 0;
}
