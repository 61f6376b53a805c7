/* URLs and logins of what is asked over HTTP. */
#ifndef CONF_WEB_H
#define CONF_WEB_H

#include "conf/loading.h"

#include <stdbool.h>

/* http:// or https://? */
bool conf_web_is_url(const char *text);

/* Checks a URL and gives it without slashes at its end, on the heap. port: where not 0, HOST and HOST:PORT alone will do, for
 * http://HOST:PORT with that port where there is none. Credentials in it go to *user and *password, on the heap, NULL where
 * there are none; without user they are refused. ERR_INVALID, without a place; what it quotes holds no credentials. */
int conf_web_url(const char *text, int port, char **ret, char **user, char **password, struct error *err);

/* May this stand behind a URL as its query, with its '?' ("" does)? ERR_INVALID, without a place. */
int conf_web_query(const char *query, struct error *err);
/* Appends the URL with three bullets for the values of parameters of its query whose names are those of secrets ("token",
 * "api_key"). */
void conf_web_hide(const char *url, struct str *out);

/* Do the parts of a login belong together? path names the section in errors. */
int conf_web_check(struct conf_loading *l, const struct conf_section *s, const struct conf_http *http,
                   char *const *origins, const char *path);

#endif
