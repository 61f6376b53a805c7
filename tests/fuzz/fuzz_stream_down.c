/* What a collector sends: lines into a mirror, with an end of change set after each chunk between empty lines. */
#include "stream/decode.h"
#include "stream/mirror.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever came: rows can be found by their key and by their id. */
static void check(struct stream_mirror *m)
{
    struct store *s = stream_mirror_store(m);
    for (size_t i = 0; i < store_count(s); i++) {
        struct table *t = store_at(s, i);
        for (struct row *r = table_first(t); r; r = row_next(r)) {
            struct value key[250];
            for (size_t k = 0; k < table_nkeys(t); k++)
                key[k] = row_get(r, k);
            assert(table_find(t, key) == r && table_by_id(t, row_id(r)) == r);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stream_mirror *m = stream_mirror_new(&clock_system, 1024 * 1024);
    struct error err;
    int rc = 0;
    bool restarts = size % 2;
    while (size && !rc) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t len = end ? (size_t)(end - data) : size;
        json_t *message;
        const char *type;
        if (!len) {
            rc = stream_mirror_end(m, false, &err);
            check(m);
        } else if (stream_decode_line((const char *)data, len, &message, &type, &err) == 0) {
            struct error told;
            stream_decode_error(message, &told);
            rc = stream_mirror_message(m, message, type, NULL, &err);
            json_decref(message);
        }
        data += len + (end != NULL);
        size -= len + (end != NULL);
    }
    if (restarts)
        stream_mirror_restart(m);
    rc = stream_mirror_end(m, true, &err);
    check(m);
    stream_mirror_free(m);
    return 0;
}
