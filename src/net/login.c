/* Copies of logins. */
#include "net/login.h"

#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>

enum { TEXTS = 7 };

static void list_texts(struct net_login *l, const char **ret[TEXTS])
{
    const char **texts[TEXTS] = {&l->auth.user,       &l->auth.password, &l->auth.bearer,     &l->tls.ca,
                                 &l->tls.certificate, &l->tls.key,       &l->tls.key_password};
    for (size_t i = 0; i < TEXTS; i++)
        ret[i] = texts[i];
}

static const char *const *copy_headers(const char *const *headers)
{
    size_t n = 0;
    if (!headers)
        return NULL;
    while (headers[n])
        n++;
    char **copy = mem_calloc(n + 1, sizeof *copy);
    for (size_t i = 0; i < n; i++)
        copy[i] = mem_strdup(headers[i]);
    return (const char *const *)copy;
}

struct net_login net_login_copy(const struct net_login *login)
{
    struct net_login copy = *login;
    const char **texts[TEXTS];
    list_texts(&copy, texts);
    for (size_t i = 0; i < TEXTS; i++)
        *texts[i] = mem_strdup_opt(*texts[i]);
    copy.auth.headers = copy_headers(login->auth.headers);
    return copy;
}

void net_login_done(struct net_login *login)
{
    const char **texts[TEXTS];
    list_texts(login, texts);
    for (size_t i = 0; i < TEXTS; i++)
        mem_free_secret((char *)(uintptr_t)*texts[i]);
    for (const char *const *h = login->auth.headers; h && *h; h++)
        mem_free_secret((char *)(uintptr_t)*h);
    free((void *)(uintptr_t)login->auth.headers);
    *login = (struct net_login){0};
}
