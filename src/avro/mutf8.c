/* Modified UTF-8 to UTF-8. */
#include "avro/mutf8.h"

#include "base/text.h"

#include <string.h>

/* The surrogate at p, 0 if there is none. */
static uint32_t surrogate(const unsigned char *p, size_t len)
{
    if (len < 3 || p[0] != 0xed || p[1] < 0xa0 || p[1] > 0xbf || (p[2] & 0xc0) != 0x80)
        return 0;
    return 0xd000u | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
}

bool avro_mutf8_is_utf8(const void *bytes, size_t len)
{
    return len == 0 || (!memchr(bytes, 0xc0, len) && !memchr(bytes, 0xed, len));
}

void avro_mutf8_decode(struct str *out, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    char buf[4];
    for (size_t i = 0; i < len;) {
        uint32_t high = surrogate(p + i, len - i);
        if (p[i] == 0xc0 && len - i >= 2 && p[i + 1] == 0x80) {
            str_char(out, '\0');
            i += 2;
        } else if (!high) {
            str_char(out, (char)p[i++]);
        } else {
            uint32_t low = high < 0xdc00 ? surrogate(p + i + 3, len - i - 3) : 0;
            bool pair = low >= 0xdc00;
            uint32_t code = pair ? 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
            str_bytes(out, buf, text_encode(code, buf));
            i += pair ? 6 : 3;
        }
    }
}
