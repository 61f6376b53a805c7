/* Encodings by their first bytes. */
#include "drift/begin.h"

#include <string.h>

enum { SHOWN = 8 };

/* One that begins with bytes of its own. */
struct begin_mark {
    const char *bytes;
    size_t len;
    const char *as;
};

static const struct begin_mark marks[] = {
    {"Obj\1", 4, "an object container of Avro"},
    {"\xc3\x01", 2, "a single object of Avro"},
    {"\x1f\x8b", 2, "gzip"},
    {"\x28\xb5\x2f\xfd", 4, "Zstandard"},
    {"\xff\x06\x00\x00sNaPpY", 10, "snappy"},
    {"\x82SNAPPY", 7, "snappy"},
    {"\x04\x22\x4d\x18", 4, "LZ4"},
    {"PAR1", 4, "Parquet"},
    {"\xff\xff\xff\xff", 4, "Arrow"},
    {"<", 1, "XML"},
};

bool drift_begin_is_json(const char *bytes, size_t len)
{
    size_t i = 0;
    while (i < len && memchr(" \t\r\n", bytes[i], 4))
        i++;
    return i < len && (bytes[i] == '{' || bytes[i] == '[');
}

static bool is_text(const unsigned char *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((b[i] < 0x20 && !memchr("\t\r\n", b[i], 3)) || b[i] >= 0x7f)
            return false;
    return true;
}

/* The tag of a protobuf message's first field, of one of its first 15, whose length fits. */
static bool is_protobuf(const unsigned char *b, size_t len)
{
    const unsigned wire = b[0] & 7, field = b[0] >> 3;
    if (len < 2 || !field || field > 15)
        return false;
    return wire == 0 || (wire == 1 && len >= 9) || (wire == 2 && (b[1] >= 0x80 || b[1] <= len - 2)) ||
           (wire == 5 && len >= 5);
}

static const char *guess(const unsigned char *b, size_t len)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (len >= marks[i].len && memcmp(b, marks[i].bytes, marks[i].len) == 0)
            return marks[i].as;
    if (len > 5 && b[0] == 0)
        return "the id of a schema registry before Avro or protobuf";
    if (len >= 5 && b[0] == (len & 0xff) && b[1] == (len >> 8 & 0xff) && b[len - 1] == 0)
        return "BSON";
    if ((b[0] >= 0x81 && b[0] <= 0x8f) || b[0] == 0xde || b[0] == 0xdf)
        return "MessagePack";
    if (b[0] >= 0xa1 && b[0] <= 0xbf)
        return "CBOR";
    return is_protobuf(b, len) ? "protobuf" : NULL;
}

void drift_begin_tell(const char *bytes, size_t len, struct str *out)
{
    const unsigned char *b = (const unsigned char *)bytes;
    const size_t n = len < SHOWN ? len : SHOWN;
    if (!len) {
        str_add(out, "it is empty");
        return;
    }
    str_add(out, "it begins with");
    if (is_text(b, n)) {
        str_printf(out, " \"%.*s\"%s", (int)n, bytes, n < len ? " ..." : "");
    } else {
        for (size_t i = 0; i < n; i++)
            str_printf(out, " %02x", b[i]);
        str_add(out, n < len ? " ..." : "");
    }
    const char *as = guess(b, len);
    if (as)
        str_printf(out, ", as %s does", as);
}
