/* Selectors of series in the file. */
#include "conf/selector.h"

#include "base/text.h"
#include "conf/section.h"

#include <string.h>

static unsigned characters(const char *s, size_t len)
{
    unsigned n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)s[i] & 0xC0) != 0x80;
    return n;
}

int conf_selector_check(struct conf_loading *l, const struct conf_yaml *scalar, size_t from, const char *path)
{
    size_t at = 0;
    struct error why = {0};
    if (!l->args->selector || l->args->selector(scalar->text + from, &at, &why) == 0)
        return 0;
    struct str safe = {0};
    text_safe(&safe, why.text, strlen(why.text));
    unsigned column = scalar->column;
    if (scalar->text_column)
        column = scalar->text_column + characters(scalar->text, from + at);
    error_set(l->err, why.code, "%s", str_text(&safe));
    str_done(&safe);
    return conf_section_place(l, scalar->line, column, path);
}
