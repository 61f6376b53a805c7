/* The encoding of values and of files. */
#include "avro/writer.h"

#include <string.h>

void avro_writer_long(struct str *out, int64_t value)
{
    uint64_t v = ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
    while (v >= 0x80) {
        str_char(out, (char)(v | 0x80));
        v >>= 7;
    }
    str_char(out, (char)v);
}

static void put_bytes(struct str *out, const void *bytes, size_t len)
{
    avro_writer_long(out, (int64_t)len);
    str_bytes(out, bytes, len);
}

void avro_writer_text(struct str *out, const char *text)
{
    put_bytes(out, text, strlen(text));
}

static void put_property(struct str *out, const char *name, const char *value)
{
    avro_writer_text(out, name);
    avro_writer_text(out, value);
}

void avro_writer_container(struct str *out, const char *schema, const struct avro_writer_property *properties,
                           size_t nproperties, const void *bytes, size_t len, size_t count,
                           const unsigned char sync[16])
{
    str_bytes(out, "Obj\x01", 4);
    avro_writer_long(out, (int64_t)nproperties + 2);
    put_property(out, "avro.schema", schema);
    put_property(out, "avro.codec", "null");
    for (size_t i = 0; i < nproperties; i++)
        put_property(out, properties[i].name, properties[i].value);
    avro_writer_long(out, 0);
    str_bytes(out, sync, 16);
    if (count == 0)
        return;
    avro_writer_long(out, (int64_t)count);
    put_bytes(out, bytes, len);
    str_bytes(out, sync, 16);
}
