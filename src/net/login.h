/* A login with a life of its own, for those who ask again and again. */
#ifndef NET_LOGIN_H
#define NET_LOGIN_H

#include "net/http.h"

/* Who asks, and whom he trusts. */
struct net_login {
    struct net_auth auth;
    struct net_tls tls;
};

/* A copy of all texts; for net_login_done. */
struct net_login net_login_copy(const struct net_login *login);
/* Wipes and frees a copy. A zeroed one is allowed. */
void net_login_done(struct net_login *login);

#endif
