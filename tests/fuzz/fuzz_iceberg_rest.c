/* Any bytes as an answer of a REST catalog: refused, or names that can be asked for. */
#include "iceberg/rest_page.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct iceberg_rest_page *p)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct iceberg_rest_name *n = &p->names[i];
        if (n->n_levels == 0 || n->n_levels > ICEBERG_REST_PAGE_DEPTH || (n->name && !*n->name))
            abort();
        for (size_t k = 0; k < n->n_levels; k++)
            if (!*n->levels[k] || strlen(n->levels[k]) > ICEBERG_REST_PAGE_NAME)
                abort();
    }
    if (p->next && !*p->next)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *body = (const char *)data;
    struct iceberg_rest_config config = {0};
    struct iceberg_rest_page page = {0};
    struct iceberg_span metadata = {0};
    struct error err = {0};
    struct str words = {0};
    char *location = NULL;
    if (iceberg_rest_page_config(body, size, &config, &err) == 0) {
        if (!config.separator || !*config.separator || strpbrk(config.separator, "/?# \r\n") ||
            (config.prefix && (!*config.prefix || strpbrk(config.prefix, "?# \r\n"))))
            abort();
        iceberg_rest_config_done(&config);
    }
    if (iceberg_rest_page_namespaces(body, size, &page, &err) == 0) {
        walk(&page);
        iceberg_rest_page_done(&page);
    }
    if (iceberg_rest_page_tables(body, size, &page, &err) == 0) {
        walk(&page);
        iceberg_rest_page_done(&page);
    }
    if (iceberg_rest_page_table(body, size, "f", &location, &metadata, &err) == 0) {
        if (metadata.s < body || metadata.s + metadata.len > body + size || (location && !*location))
            abort();
        free(location);
    }
    iceberg_rest_page_refusal(body, size, &words);
    if (strpbrk(str_text(&words), "\x1b\r\n"))
        abort();
    str_done(&words);
    return 0;
}
