/* Formats by their names, and bad lines. */
#include "plugin/format.h"

#include "base/str.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct plugin_format *const formats[] = {&plugin_format_prometheus, &plugin_format_nagios,
                                                      &plugin_format_influx, &plugin_format_csv};

const struct plugin_format *plugin_format_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

void plugin_format_bad(struct plugin_format_bad *b, size_t line, const char *fmt, ...)
{
    if (b->lines++)
        return;
    char why[160];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    struct str safe = {0};
    text_safe_line(&safe, why, strlen(why));
    snprintf(b->first, sizeof b->first, "line %zu: %.150s", line, str_text(&safe));
    str_done(&safe);
}

int plugin_format_judge(const struct plugin_format_bad *b, struct plugin_intake_done *done, struct error *err)
{
    *done = (struct plugin_intake_done){.outcome = SOURCE_OK};
    if (!b->lines)
        return 0;
    if (!b->good)
        return error_set(err, ERR_INVALID, "every line is bad; %s", b->first);
    done->outcome = SOURCE_PARTIAL;
    error_set(&done->err, ERR_PARTIAL, "%zu bad %s; %s%s", b->lines, b->lines == 1 ? "line" : "lines",
              b->lines == 1 ? "" : "the first: ", b->first);
    return 0;
}
