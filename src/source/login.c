/* Logins of the configuration as requests have them. */
#include "source/login.h"

struct net_login source_login(const struct conf_http *http)
{
    return (struct net_login){
        .auth = {.user = http->user,
                 .password = http->password,
                 .bearer = http->bearer,
                 .headers = (const char *const *)http->headers},
        .tls = {.ca = http->ca,
                .certificate = http->certificate,
                .key = http->key,
                .key_password = http->key_password,
                .insecure = http->insecure},
    };
}
