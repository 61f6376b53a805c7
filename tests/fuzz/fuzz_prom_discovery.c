/* Any bytes as a file or an answer that names targets; what was read becomes targets. */
#include "prom/discovery.h"
#include "prom/target.h"

#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_error(const struct error *err)
{
    struct str safe = {0};
    text_safe(&safe, err->text, strlen(err->text));
    if (!err->code || !err->text[0] || !text_is_utf8(str_text(&safe), safe.len))
        abort();
    str_done(&safe);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char job[] = "job";
    const struct conf_prometheus conf = {.name = job, .interval_ms = 1000, .deadline_ms = 1000};
    struct prom_discovery d = {0};
    struct error err = {0};
    if (!size)
        return 0;
    const char *bytes = (const char *)data + 1;
    int rc = *data & 1 ? prom_discovery_yaml("f", bytes, size - 1, &d, &err)
                       : prom_discovery_json("f", bytes, size - 1, &d, &err);
    if (rc)
        check_error(&err);
    for (size_t i = 0; i < d.groups.n; i++) {
        const struct prom_discovery_group *g = &d.groups.items[i];
        for (size_t k = 0; k < g->targets.n; k++) {
            struct prom_target t = {0};
            if (prom_target_of_labels(&t, &conf, g->targets.items[k], g->labels.items, g->labels.n, &err))
                check_error(&err);
            else if (!*t.job || !*t.instance || strncmp(t.url, "http", 4) != 0 || strpbrk(t.url, " \t\r\n\"<>"))
                abort();
            prom_target_done(&t);
        }
    }
    prom_discovery_done(&d);
    return 0;
}
