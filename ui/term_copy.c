/* OSC 52: text for the clipboard of whoever sits at the terminal. */
#include "ui/term_copy.h"

enum { BASE64_MAX = 74994 };

static void base64(struct str *out, const char *text, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        uint32_t bits = (uint32_t)(unsigned char)text[i] << 16;
        bits |= left > 1 ? (uint32_t)(unsigned char)text[i + 1] << 8 : 0;
        bits |= left > 2 ? (unsigned char)text[i + 2] : 0;
        str_char(out, digits[bits >> 18]);
        str_char(out, digits[bits >> 12 & 63]);
        str_char(out, left > 1 ? digits[bits >> 6 & 63] : '=');
        str_char(out, left > 2 ? digits[bits & 63] : '=');
    }
}

int term_copy_sequence(struct str *out, const char *text, size_t len, struct error *err)
{
    if (len > BASE64_MAX / 4 * 3)
        return error_set(err, ERR_LIMIT, "copy: %zu bytes, at most %d", len, BASE64_MAX / 4 * 3);
    str_add(out, "\033]52;c;");
    base64(out, text, len);
    str_char(out, '\a');
    return 0;
}
