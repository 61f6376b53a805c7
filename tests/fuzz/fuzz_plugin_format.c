/* Output of programs in the formats that are not icetop's own; the first byte says which. */
#include "base/clock.h"
#include "plugin/format.h"
#include "plugin/tables.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"prometheus", "nagios", "influx", "csv"};
    static const char *const key[] = {"a", "b", NULL};
    if (size < 2)
        return 0;
    struct store *store = store_new(&clock_system);
    struct plugin_book book;
    for (size_t i = 0; plugin_tables[i]; i++)
        store_add(store, plugin_tables[i], NULL, NULL, NULL);
    plugin_book_init(&book, store);
    struct plugin_intake *in = plugin_intake_new(&book, "x", "plugin:x", 1000);
    const struct plugin_format *f = plugin_format_find(names[data[0] % 4]);
    const struct plugin_format_output o = {.bytes = (const char *)data + 2,
                                           .len = size - 2,
                                           .code = data[1] % 5,
                                           .key = data[1] & 8 ? key : NULL};
    for (int round = 0; round < 2; round++) {
        struct plugin_intake_done done;
        struct error err;
        plugin_intake_begin(in);
        if (f->read(in, &o, &done, &err))
            plugin_intake_drop(in);
        else if (plugin_intake_end(in, &err) == 0)
            plugin_intake_sweep(in, true);
        store_commit(store);
    }
    plugin_intake_free(in);
    plugin_book_done(&book);
    store_free(store);
    return 0;
}
