/* What a plugin says, line by line, against a store in which icetop has a table of its own. */
#include "base/clock.h"
#include "plugin/intake.h"
#include "source/source.h"

#include <stdint.h>
#include <string.h>

static const struct column columns[] = {
    {.name = "cluster", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
    {.name = "partition", .type = COLUMN_INT, .flags = COLUMN_KEY},
    {.name = "lag", .type = COLUMN_INT},
};
static const struct table_def own = {
    .name = "groups", .title = "", .help = "", .group = {.name = "kafka", .columns = columns, .ncolumns = 3}};
static const struct column findings[] = {
    {.name = "id", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
    {.name = "cluster", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
    {.name = "subject", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
    {.name = "severity", .type = COLUMN_TEXT},
    {.name = "text", .type = COLUMN_TEXT},
    {.name = "since", .type = COLUMN_TIME},
    {.name = "rank", .type = COLUMN_INT},
};
static const struct table_def found = {
    .name = "findings", .title = "", .help = "", .group = {.name = "findings", .columns = findings, .ncolumns = 7}};

static void add_row(struct table *t, int64_t partition)
{
    struct name *n = name_intern(store_names(table_store(t)), "a", 1);
    const struct value key[] = {value_text(n), value_int(partition)};
    table_upsert(t, key, 0);
    name_unref(n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct store *store = store_new(&clock_system);
    struct table *t;
    struct plugin_book book;
    store_add(store, &own, NULL, &t, NULL);
    store_add(store, &found, NULL, NULL, NULL);
    store_add(store, &source_table_events, NULL, NULL, NULL);
    add_row(t, 1);
    plugin_book_init(&book, store);
    struct plugin_intake *in = plugin_intake_new(&book, "x", "plugin:x", 50);
    const char *p = (const char *)data, *end = p + size;
    plugin_intake_begin(in);
    for (int64_t line = 0; p < end; line++) {
        const char *lf = memchr(p, '\n', (size_t)(end - p)), *stop = lf ? lf : end;
        enum plugin_intake_said said = PLUGIN_INTAKE_MORE;
        struct plugin_intake_done done;
        struct error err;
        int rc = plugin_intake_line(in, p, (size_t)(stop - p), &said, &done, &err);
        if (rc)
            plugin_intake_drop(in);
        else if (said != PLUGIN_INTAKE_MORE)
            plugin_intake_end(in, &err);
        add_row(t, line);
        store_commit(store);
        if (said == PLUGIN_INTAKE_DONE) {
            plugin_intake_sweep(in, true);
            plugin_intake_begin(in);
        }
        p = stop + 1;
    }
    plugin_intake_free(in);
    store_commit(store);
    plugin_book_done(&book);
    store_free(store);
    return 0;
}
