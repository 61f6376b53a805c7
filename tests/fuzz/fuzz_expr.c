/* Any text as expression and as sort order, evaluated over rows that know something, nothing and
 * bytes. */
#include "base/mem.h"
#include "expr/expr.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const struct column columns[] = {
    {.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
    {.name = "note", .type = COLUMN_TEXT},
    {.name = "lag", .type = COLUMN_INT, .unit = UNIT_MESSAGES},
    {.name = "lag_s", .type = COLUMN_REAL, .unit = UNIT_SECONDS},
    {.name = "bytes", .type = COLUMN_INT, .unit = UNIT_BYTES},
    {.name = "ratio", .type = COLUMN_REAL, .unit = UNIT_RATIO},
    {.name = "moved", .type = COLUMN_TIME},
    {.name = "up", .type = COLUMN_BOOL},
};
static const struct table_def def = {
    .name = "t", .group = {.name = "g", .columns = columns, .ncolumns = sizeof columns / sizeof *columns}};

static struct table *make_table(struct store *s)
{
    struct table *t = NULL;
    if (store_add(s, &def, "fuzz", &t, NULL) < 0)
        abort();
    static const char *const groups[] = {"payments-2", "caf\xe9", "", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa!"};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        struct name *n = name_intern(store_names(s), groups[i], strlen(groups[i]));
        struct row *r = table_upsert(t, &(struct value){.s = n, .quality = QUALITY_EXACT}, 1);
        name_unref(n);
        if (i == 0)
            continue; /* the rest unknown */
        table_set_text(t, r, 1, "a note");
        table_set_int(t, r, 2, i % 2 ? INT64_MAX : INT64_MIN, i % 2 ? QUALITY_EXACT : QUALITY_GE);
        table_set_real(t, r, 3, 1e300, QUALITY_LE);
        table_set_int(t, r, 4, 0, QUALITY_EST);
        table_set_real(t, r, 5, 0.5, QUALITY_STALE);
        table_set_int(t, r, 6, INT64_MIN, QUALITY_EXACT);
        table_set_int(t, r, 7, 1, QUALITY_EXACT);
    }
    store_commit(s);
    return t;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char *text = mem_memdup(data, size);
    struct store *s = store_new(&clock_system);
    struct table *t = make_table(s);
    struct expr *e = NULL;
    struct expr_order order;
    struct error err;
    size_t at = 0;
    int rc = expr_parse(text, &e, &at, &err);
    if (rc == 0)
        rc = expr_bind(e, t, &at, &err);
    if (rc < 0) {
        if (at > strlen(text)) /* an error points into the text or at its end */
            abort();
        struct str out = {0};
        expr_explain(&out, text, at, &err);
        str_done(&out);
    } else {
        for (const struct row *r = table_first(t); r; r = row_next(r))
            expr_matches(e, r, INT64_C(1700000000000));
    }
    expr_free(e);
    if (expr_order_parse(text, t, &order, &err) == 0)
        for (const struct row *r = table_first(t); r; r = row_next(r))
            if (expr_order_compare(&order, t, r, r) != 0)
                abort();
    store_free(s);
    free(text);
    return 0;
}
