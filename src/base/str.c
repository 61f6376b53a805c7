/* Growable byte strings. */
#include "base/str.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void str_init(struct str *s, size_t max)
{
    *s = (struct str){.max = max};
}

void str_done(struct str *s)
{
    free(s->s);
    *s = (struct str){.max = s->max};
}

void str_clear(struct str *s)
{
    str_cut(s, 0);
    s->overflow = false;
}

const char *str_text(const struct str *s)
{
    return s->s ? s->s : "";
}

char *str_take(struct str *s)
{
    char *text = s->s ? s->s : mem_strdup("");
    *s = (struct str){.max = s->max};
    return text;
}

/* Makes place for n bytes and the NUL; returns how many of them the cap allows. */
static size_t make_room(struct str *s, size_t n)
{
    if (s->max && n > s->max - s->len) {
        n = s->max - s->len;
        s->overflow = true;
    }
    size_t need = s->len + n + 1;
    if (need > s->room) {
        size_t room = s->room ? s->room : 32;
        while (room < need)
            room *= 2;
        s->s = mem_realloc(s->s, room, 1);
        s->room = room;
    }
    return n;
}

void str_bytes(struct str *s, const void *bytes, size_t len)
{
    len = make_room(s, len);
    if (len)
        memcpy(s->s + s->len, bytes, len);
    s->len += len;
    s->s[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
    str_bytes(s, text, strlen(text));
}

void str_char(struct str *s, char c)
{
    str_bytes(s, &c, 1);
}

void str_repeat(struct str *s, char c, size_t n)
{
    n = make_room(s, n);
    memset(s->s + s->len, c, n);
    s->len += n;
    s->s[s->len] = '\0';
}

void str_vprintf(struct str *s, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    char small[256];
    int n = vsnprintf(small, sizeof small, fmt, ap);
    if (n >= 0 && (size_t)n < sizeof small) {
        str_bytes(s, small, (size_t)n);
    } else if (n >= 0) {
        char *big = mem_alloc((size_t)n + 1);
        vsnprintf(big, (size_t)n + 1, fmt, again);
        str_bytes(s, big, (size_t)n);
        free(big);
    }
    va_end(again);
}

void str_printf(struct str *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(s, fmt, ap);
    va_end(ap);
}

void str_cut(struct str *s, size_t len)
{
    if (len >= s->len)
        return;
    s->len = len;
    s->s[len] = '\0';
}
