/* Any text as a selector, before a NUL, and what stands behind that as a series: both ways to ask for its labels agree. */
#include "base/str.h"
#include "prom/labels.h"
#include "prom/selector.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Labels as a text have no empty ones and each once, which is how a series has to be for both to mean the same. */
static void ask(const struct prom_selector *s, const char *line)
{
    struct prom_text t;
    struct prom_text_item item;
    struct str labels = {0};
    prom_text_init(&t, PROM_TEXT_PLAIN, line, strlen(line));
    if (prom_text_next(&t, &item, NULL) == 0 && item.kind == PROM_TEXT_SAMPLE) {
        prom_labels_write(item.series, NULL, &labels);
        prom_selector_name(s, "name");
        if (prom_selector_labels(s, str_text(&labels)) != prom_selector_series(s, item.series))
            abort();
    }
    prom_text_done(&t);
    str_done(&labels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {0};
    struct prom_selector *s, *again;
    struct error err = {0};
    size_t at = 0;
    str_bytes(&text, data, size);
    const char *selector = str_text(&text);
    size_t len = strlen(selector);
    int rc = prom_selector_parse(selector, &s, &at, &err);
    if (rc) {
        if (at > len || !*err.text)
            abort();
    } else {
        if (prom_selector_parse(prom_selector_text(s), &again, NULL, &err))
            abort();
        if (len < size)
            ask(s, selector + len + 1);
        prom_selector_labels(s, len < size ? selector + len + 1 : "");
        prom_selector_free(again);
        prom_selector_free(s);
    }
    str_done(&text);
    return 0;
}
