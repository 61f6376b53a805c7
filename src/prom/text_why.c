/* Words for a line that is refused. */
#include "prom/text_why.h"

#include <stdarg.h>
#include <stdio.h>

int prom_text_why(struct prom_text_item *item, int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(item->error, sizeof item->error, fmt, ap);
    va_end(ap);
    return code;
}
