/* Three bytes are four digits of six bits. */
#include "base/base64.h"

#include "base/error.h"

enum { NO_DIGIT = 64 };

void base64_write(struct str *out, const void *bytes, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *b = bytes;
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        uint32_t bits = (uint32_t)b[i] << 16;
        bits |= left > 1 ? (uint32_t)b[i + 1] << 8 : 0;
        bits |= left > 2 ? b[i + 2] : 0;
        char four[4] = {digits[bits >> 18], digits[bits >> 12 & 63], left > 1 ? digits[bits >> 6 & 63] : '=',
                        left > 2 ? digits[bits & 63] : '='};
        str_bytes(out, four, 4);
    }
}

static unsigned bits_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a' + 26);
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0' + 52);
    return c == '+' ? 62 : c == '/' ? 63 : NO_DIGIT;
}

int base64_read(struct str *out, const char *text, size_t len)
{
    while (len && text[len - 1] == '=')
        len--;
    uint32_t bits = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned six = bits_of(text[i]);
        if (six == NO_DIGIT)
            return ERR_INVALID;
        bits = bits << 6 | six;
        if (i % 4)
            str_char(out, (char)(bits >> (6 - i % 4 * 2) & 0xFF));
    }
    return len % 4 == 1 ? ERR_INVALID : 0;
}
