/* Through jansson: none of these is sent often. */
#include "plugin/message.h"
#include "base/text.h"

#include <string.h>

enum { TEXT_BYTES = 2000 };

static int append(const char *bytes, size_t len, void *out)
{
    str_bytes(out, bytes, len);
    return 0;
}

void plugin_message_add(struct str *out, json_t *message)
{
    json_dump_callback(message, append, out, JSON_COMPACT);
    str_char(out, '\n');
    json_decref(message);
}

void plugin_message_text(json_t *message, const char *name, const char *text)
{
    if (!text)
        return;
    struct str safe = {0};
    text_safe_line(&safe, text, strnlen(text, TEXT_BYTES));
    size_t len = safe.len < TEXT_BYTES ? safe.len : TEXT_BYTES;
    while (len && len < safe.len && ((unsigned char)safe.s[len] & 0xC0) == 0x80)
        len--;
    json_object_set_new(message, name, json_stringn(str_text(&safe), len));
    str_done(&safe);
}
