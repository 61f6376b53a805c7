/* Copies of logins. */
#include "net/login.h"

#include "base/mem.h"

#include <stdint.h>

enum { TEXTS = 7 };

static void list_texts(struct net_login *l, const char **ret[TEXTS])
{
    const char **texts[TEXTS] = {&l->auth.user,       &l->auth.password, &l->auth.bearer,     &l->tls.ca,
                                 &l->tls.certificate, &l->tls.key,       &l->tls.key_password};
    for (size_t i = 0; i < TEXTS; i++)
        ret[i] = texts[i];
}

struct net_login net_login_copy(const struct net_login *login)
{
    struct net_login copy = *login;
    const char **texts[TEXTS];
    list_texts(&copy, texts);
    for (size_t i = 0; i < TEXTS; i++)
        *texts[i] = mem_strdup_opt(*texts[i]);
    return copy;
}

void net_login_done(struct net_login *login)
{
    const char **texts[TEXTS];
    list_texts(login, texts);
    for (size_t i = 0; i < TEXTS; i++)
        mem_free_secret((char *)(uintptr_t)*texts[i]);
    *login = (struct net_login){0};
}
