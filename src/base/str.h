/* A growable byte string with an optional hard maximum, for building text and for collecting remote
 * data. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    char *s; /* always NUL-terminated once something was appended; may hold NULs; NULL while empty
                and new */
    size_t len, room;
    size_t max; /* 0: none; else appending past it drops the excess and sets overflow */
    bool overflow;
};

/* An empty string with a cap, for bytes from a remote. A zeroed struct is one without a cap. */
void str_init(struct str *s, size_t max);
void str_done(struct str *s);
/* Empties it and keeps the memory. */
void str_clear(struct str *s);
/* The text as C string, "" when empty; owned by s. */
const char *str_text(const struct str *s);
/* Hands the heap string over to the caller and leaves s empty. Never NULL. */
char *str_take(struct str *s);

void str_bytes(struct str *s, const void *bytes, size_t len);
void str_add(struct str *s, const char *text);
void str_char(struct str *s, char c);
void str_repeat(struct str *s, char c, size_t n);
__attribute__((format(printf, 2, 3))) void str_printf(struct str *s, const char *fmt, ...);
__attribute__((format(printf, 2, 0))) void str_vprintf(struct str *s, const char *fmt, va_list ap);
/* Cuts to len bytes; nothing happens if it is shorter. */
void str_cut(struct str *s, size_t len);

#endif
