/* Allocation that aborts when memory is out, so that no caller has an untested path for it. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

#define MEM_RESULT __attribute__((malloc, returns_nonnull, warn_unused_result))

MEM_RESULT void *mem_alloc(size_t size);
/* Zeroed; aborts if n * size overflows. */
MEM_RESULT void *mem_calloc(size_t n, size_t size);
/* Frees or moves p; aborts if n * size overflows. */
__attribute__((returns_nonnull, warn_unused_result)) void *mem_realloc(void *p, size_t n, size_t size);
MEM_RESULT char *mem_strdup(const char *s);
/* NULL for NULL. */
__attribute__((malloc, warn_unused_result)) char *mem_strdup_opt(const char *s);
/* Puts a copy of text, or NULL, in place of the one that *to has. text may lie in that. */
void mem_replace(char **to, const char *text);
/* Copies len bytes and adds a NUL; the bytes may hold NULs of their own. */
MEM_RESULT char *mem_memdup(const void *bytes, size_t len);
__attribute__((format(printf, 1, 2))) MEM_RESULT char *mem_printf(const char *fmt, ...);
__attribute__((format(printf, 1, 0))) MEM_RESULT char *mem_vprintf(const char *fmt, va_list ap);

/* Overwrites a text and frees it; NULL is allowed. For every text that may be a secret. */
void mem_free_secret(char *text);

/* Says that p, and all that it points to, will never be freed, because a thread that did not end in time may still use it;
 * nothing looks at it afterwards. Where leaks are looked for they are told that this is none. */
void mem_abandon(const void *p);

/* Says that there is no more, and aborts: for those who take memory elsewhere. */
_Noreturn void mem_none(void);

/* To be called first in a process: tells the allocator to give memory back. Else it learns from the first large piece that
 * is freed to keep all such pieces, and has a heap for every thread. */
void mem_begin(void);
/* Gives back what lies free between pieces in use; takes some milliseconds in a large process. From any thread. */
void mem_trim(void);

/* One zeroed object of a type. */
#define mem_new(type) ((type *)mem_calloc(1, sizeof(type)))

#endif
