/* Quotes words so that no name, whatever it holds, is more than a word. */
#include "base/shell.h"

#include "base/text.h"

#include <string.h>

static bool is_bare(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("_-./:,@%+", c));
}

static bool is_safe(const char *bytes, size_t len)
{
    struct str safe = {0};
    text_safe(&safe, bytes, len);
    bool same = safe.len == len && memcmp(str_text(&safe), bytes, len) == 0;
    str_done(&safe);
    return same;
}

static void add_escaped(struct str *out, const unsigned char *s, size_t len)
{
    str_add(out, "$'");
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '\'' || s[i] == '\\')
            str_printf(out, "\\%c", s[i]);
        else if (s[i] < ' ' || s[i] > '~')
            str_printf(out, "\\%03o", s[i]);
        else
            str_char(out, (char)s[i]);
    }
    str_char(out, '\'');
}

static void add_quoted(struct str *out, const char *s, size_t len)
{
    str_char(out, '\'');
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '\'')
            str_add(out, "'\\''");
        else
            str_char(out, s[i]);
    }
    str_char(out, '\'');
}

bool shell_quote(struct str *out, const void *bytes, size_t len)
{
    const char *s = bytes;
    size_t bare = 0;
    if (len && memchr(s, '\0', len))
        return false;
    while (bare < len && is_bare((unsigned char)s[bare]))
        bare++;
    if (len && bare == len)
        str_bytes(out, s, len);
    else if (!is_safe(s, len))
        add_escaped(out, bytes, len);
    else
        add_quoted(out, s, len);
    return true;
}

bool shell_option(struct str *out, const char *name, const void *bytes, size_t len)
{
    struct str word = {0};
    bool ok = shell_quote(&word, bytes, len);
    if (ok)
        str_printf(out, " --%s%c%s", name, len && *(const char *)bytes == '-' ? '=' : ' ', str_text(&word));
    str_done(&word);
    return ok;
}
