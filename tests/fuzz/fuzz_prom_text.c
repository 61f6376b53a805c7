/* Any bytes as either text format: what is found must lie within them and be read again as the same, whatever was wrong before. */
#include "base/str.h"
#include "prom/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct prom_text_span s, struct prom_text_span whole)
{
    if (s.len && (s.s < whole.s || s.s + s.len > whole.s + whole.len))
        abort();
}

static void labels_of(const struct prom_text_item *item, struct str *out)
{
    static struct prom_text_label labels[PROM_TEXT_LABELS];
    struct prom_text_span name = {0};
    const size_t n = prom_text_labels(item->series, &name, labels, PROM_TEXT_LABELS);
    if (name.s != item->name.s || name.len != item->name.len || !name.len)
        abort();
    for (size_t i = 0; i < n; i++) {
        within(labels[i].name, item->series);
        within(labels[i].value, item->series);
        str_clear(out);
        prom_text_unescape(labels[i].value, out);
        if (out->len > labels[i].value.len)
            abort();
    }
}

/* A sample whose series is written again on a line of its own is the same one. */
static void alone(const struct prom_text_item *item, struct str *out)
{
    struct prom_text t;
    struct prom_text_item again;
    str_clear(out);
    str_bytes(out, item->series.s, item->series.len);
    str_add(out, " 1\n");
    prom_text_init(&t, PROM_TEXT_PLAIN, out->s, out->len);
    if (prom_text_next(&t, &again, NULL) || again.kind != PROM_TEXT_SAMPLE || again.series.len != item->series.len ||
        again.name.len != item->name.len || again.number != 1)
        abort();
    prom_text_done(&t);
}

static void read_all(struct prom_text *t, enum prom_text_format format, struct prom_text_span text, struct str *out)
{
    struct prom_text_item item;
    struct error err;
    unsigned line = 0;
    prom_text_again(t, format, text.s, text.len);
    for (;;) {
        if (prom_text_next(t, &item, &err)) {
            if ((format == PROM_TEXT_PLAIN && err.code != ERR_LIMIT) || !*err.text || !prom_text_next(t, &item, &err))
                abort();
            return;
        }
        if (item.kind == PROM_TEXT_END)
            break;
        if (item.line <= line || (item.kind == PROM_TEXT_BAD && !*item.error))
            abort();
        line = item.line;
        if (item.kind == PROM_TEXT_BAD)
            continue;
        within(item.name, text);
        if (item.kind == PROM_TEXT_SAMPLE) {
            within(item.series, text);
            within(item.exemplar, text);
            labels_of(&item, out);
            alone(&item, out);
        } else if (item.kind != PROM_TEXT_TYPE) {
            within(item.value, text);
        }
    }
    if (prom_text_next(t, &item, &err) || item.kind != PROM_TEXT_END)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct prom_text_span text = {(const char *)data, size};
    struct prom_text t;
    struct str out = {0};
    prom_text_init(&t, PROM_TEXT_PLAIN, NULL, 0);
    read_all(&t, PROM_TEXT_PLAIN, text, &out);
    read_all(&t, PROM_TEXT_OPENMETRICS, text, &out);
    read_all(&t, PROM_TEXT_OPENMETRICS, text, &out);
    prom_text_done(&t);
    str_done(&out);
    return 0;
}
