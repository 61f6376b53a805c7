/* Error values with text. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *err, int code, const char *fmt, ...)
{
    if (!err)
        return code;
    va_list ap;
    va_start(ap, fmt);
    char text[sizeof err->text]; /* the arguments may quote err->text itself */
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    err->code = code;
    memcpy(err->text, text, sizeof text);
    return code;
}

int error_set_errno(struct error *err, int code, int errnum, const char *fmt, ...)
{
    if (!err)
        return code;
    va_list ap;
    va_start(ap, fmt);
    char text[sizeof err->text];
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return error_set(err, code, "%s: %s", text, strerror(errnum));
}

int error_prefix(struct error *err, const char *fmt, ...)
{
    if (!err)
        return 0;
    va_list ap;
    va_start(ap, fmt);
    char prefix[sizeof err->text];
    vsnprintf(prefix, sizeof prefix, fmt, ap);
    va_end(ap);
    return error_set(err, err->code, "%s: %s", prefix, err->text);
}
