/* Any bytes as a container: given whole and read to its end, then fed in pieces, which must come to as many blocks. The
 * first byte chooses the codec of a header that is put before the rest, or none. */
#include "avro/file.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

static const struct avro_plan_want wants[] = {
    {AVRO_PLAN_TOP, 1, "a", AVRO_PLAN_SCALAR},
    {AVRO_PLAN_TOP, 2, "l", AVRO_PLAN_LIST},
    {1, 3, "x", AVRO_PLAN_SCALAR},
};
static const struct avro_container_options options = {.max_block = 1024 * 1024, .max_sum = 4 * 1024 * 1024};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_text(struct str *out, const char *text)
{
    str_char(out, (char)((strlen(text) << 1 & 0x7f) | (strlen(text) >= 64 ? 0x80 : 0)));
    if (strlen(text) >= 64)
        str_char(out, (char)(strlen(text) >> 6));
    str_add(out, text);
}

static size_t fed(const char *bytes, size_t len, size_t step)
{
    struct avro_container *c = avro_container_new(&options);
    struct avro_container_block b;
    size_t blocks = 0, at = 0;
    while (avro_container_next(c, &b, NULL) == 0 && b.state != AVRO_CONTAINER_END) {
        if (b.state == AVRO_CONTAINER_BLOCK) {
            blocks++;
        } else if (at == len) {
            avro_container_finish(c);
        } else {
            size_t n = len - at < step ? len - at : step;
            avro_container_feed(c, bytes + at, n);
            at += n;
        }
    }
    avro_container_free(c);
    return blocks;
}

static size_t given(const char *bytes, size_t len)
{
    struct avro_container *c = avro_container_new(&options);
    struct avro_container_block b;
    size_t blocks = 0;
    avro_container_give(c, bytes, len);
    while (avro_container_next(c, &b, NULL) == 0 && b.state == AVRO_CONTAINER_BLOCK)
        blocks++;
    avro_container_free(c);
    return blocks;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const codecs[] = {NULL, "null", "deflate", "zstandard", "snappy"};
    struct str file = {0};
    if (size == 0)
        return 0;
    const char *codec = codecs[*data % 5];
    if (codec) {
        str_bytes(&file, "Obj\1\4", 5);
        put_text(&file, "avro.schema");
        put_text(&file, "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},"
                        "{\"name\":\"l\",\"type\":{\"type\":\"array\",\"items\":\"string\"}}]}");
        put_text(&file, "avro.codec");
        put_text(&file, codec);
        str_char(&file, '\0');
        str_add(&file, "0123456789abcdef");
    }
    str_bytes(&file, data + 1, size - 1);
    struct avro_cache *cache = avro_cache_new(&(struct avro_cache_options){.wants = wants, .nwants = 3});
    struct avro_file *f;
    const struct avro_datum *d;
    if (file.len && avro_file_open(cache, file.s, file.len, &options, &f, NULL) == 0) {
        while (avro_file_next(f, &d, NULL) == 0 && d)
            continue;
        avro_file_free(f);
    }
    if (file.len && fed(file.s, file.len, 1 + *data / 5u) != given(file.s, file.len))
        abort();
    avro_cache_free(cache);
    str_done(&file);
    return 0;
}
