/* Allocation that aborts when memory is out. */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEM_LEAKS_ARE_SOUGHT
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define MEM_LEAKS_ARE_SOUGHT
#endif
#ifdef MEM_LEAKS_ARE_SOUGHT
#include <sanitizer/lsan_interface.h>
#endif

void mem_abandon(const void *p)
{
#ifdef MEM_LEAKS_ARE_SOUGHT
    __lsan_ignore_object(p);
#else
    (void)p;
#endif
}

void mem_none(void)
{
    fputs("icetop: out of memory\n", stderr);
    abort();
}

static void *check(void *p)
{
    if (!p)
        mem_none();
    return p;
}

void *mem_alloc(size_t size)
{
    return check(malloc(size ? size : 1));
}

void *mem_calloc(size_t n, size_t size)
{
    return check(calloc(n ? n : 1, size ? size : 1));
}

void *mem_realloc(void *p, size_t n, size_t size)
{
    return check(reallocarray(p, n ? n : 1, size ? size : 1));
}

char *mem_strdup(const char *s)
{
    return mem_memdup(s, strlen(s));
}

char *mem_strdup_opt(const char *s)
{
    return s ? mem_strdup(s) : NULL;
}

void mem_replace(char **to, const char *text)
{
    char *copy = mem_strdup_opt(text);
    free(*to);
    *to = copy;
}

char *mem_memdup(const void *bytes, size_t len)
{
    char *copy = mem_alloc(len + 1);
    if (len)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

void mem_free_secret(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
}

char *mem_vprintf(const char *fmt, va_list ap)
{
    char *text;
    int n = vasprintf(&text, fmt, ap);
    return check(n < 0 ? NULL : text);
}

char *mem_printf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    return text;
}

void mem_begin(void)
{
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 64 * 1024); /* what is large leaves no hole where it was */
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
#endif
}

void mem_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
