/* Rows of the census: families of metrics, and their labels. */
#include "prom/census_internal.h"

#include "base/str.h"
#include "prom/explorer_tables.h"

#include <string.h>

static struct row *row_of(const struct prom_census *c, struct table *t, const struct census_family *f,
                          struct name *label, uint64_t *id)
{
    struct row *row = *id ? table_by_id(t, *id) : NULL;
    const struct value key[] = {value_text(f->job->name), value_text(f->name), value_text(label)};
    if (!row)
        row = table_upsert(t, key, c->owner);
    *id = row ? row_id(row) : 0;
    return row;
}

/* Writes the rows of labels, and removes those of labels that no series has; the one with the most values in *worst. */
static void write_labels(struct prom_census *c, struct census_family *f, struct name **worst, struct value *most)
{
    *worst = NULL;
    *most = value_unknown();
    for (size_t i = f->nlabels; i-- > 0;) {
        struct census_label *l = &f->labels[i];
        if (l->series <= 0) {
            table_remove_id(c->labels, l->row);
            prom_census_free_label(l);
            f->labels[i] = f->labels[--f->nlabels];
            continue;
        }
        struct value values = {0};
        values.i = prom_distinct_count(&l->values, &values.quality);
        if (!*worst || values.i > most->i) {
            *worst = l->name;
            *most = values;
        }
        struct row *row = row_of(c, c->labels, f, l->name, &l->row);
        if (!row)
            continue;
        table_set(c->labels, row, LABELS_VALUES, values);
        table_set_int(c->labels, row, LABELS_SERIES, l->series, QUALITY_EXACT);
        table_set(c->labels, row, LABELS_EXAMPLE, value_text(l->example));
    }
}

/* "^(a_sum|a_count)$"; without any, what no name matches. */
static void write_samples(const struct prom_census *c, const struct census_family *f, struct row *row)
{
    struct str s = {0};
    str_add(&s, "^(");
    for (size_t i = 0; i < f->nsamples; i++) {
        const struct name *n = f->samples[i].name;
        str_add(&s, i ? "|" : "");
        for (size_t k = 0; k < n->len; k++) {
            if (strchr(".\\+*?()[]{}^$|-#/ ", n->raw[k]))
                str_char(&s, '\\');
            str_char(&s, n->raw[k]);
        }
    }
    str_add(&s, f->nsamples ? ")$" : "(?!))$");
    table_set_bytes(c->families, row, FAMILIES_SAMPLES, str_text(&s), s.len);
    str_done(&s);
}

static void write_churn(const struct prom_census *c, const struct census_family *f, struct row *row)
{
    int64_t came = 0, went = 0;
    for (int i = 0; i < PROM_CENSUS_MINUTES && f->churn; i++) {
        came += f->churn->came[i];
        went += f->churn->went[i];
    }
    table_set_int(c->families, row, FAMILIES_CAME, came, QUALITY_EXACT);
    table_set_int(c->families, row, FAMILIES_WENT, went, QUALITY_EXACT);
}

void prom_census_write_rows(struct prom_census *c, struct census_family *f)
{
    struct name *worst;
    struct value most;
    struct table *t = c->families;
    write_labels(c, f, &worst, &most);
    if (f->series <= 0)
        return;
    struct row *row = row_of(c, t, f, NULL, &f->row);
    if (!row)
        return;
    table_set_text(t, row, FAMILIES_TYPE, prom_text_type_name(f->type));
    table_set_int(t, row, FAMILIES_SERIES, f->series, QUALITY_EXACT);
    table_set_int(t, row, FAMILIES_TARGETS, f->targets, QUALITY_EXACT);
    table_set(t, row, FAMILIES_WORST_LABEL, value_text(worst));
    table_set(t, row, FAMILIES_WORST_VALUES, most);
    table_set(t, row, FAMILIES_UNIT, value_text(f->unit));
    table_set(t, row, FAMILIES_HELP, value_text(f->help));
    write_churn(c, f, row);
    write_samples(c, f, row);
}
