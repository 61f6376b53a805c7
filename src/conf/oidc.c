/* Properties of OAUTHBEARER's client credentials. */
#include "conf/oidc.h"

#include "base/text.h"
#include "conf/value.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char method[] = "sasl.oauthbearer.method", url[] = "sasl.oauthbearer.token.endpoint.url";
static const char client[] = "sasl.oauthbearer.client.id", secret_name[] = "sasl.oauthbearer.client.secret";
static const char extensions[] = "sasl.oauthbearer.extensions";

static const char *check_method(const char *value)
{
    return strcasecmp(value, "default") == 0 || strcasecmp(value, "oidc") == 0 ? NULL : "allowed: default, oidc";
}

static const char *check_url(const char *value)
{
    bool http = strncasecmp(value, "http://", 7) == 0 || strncasecmp(value, "https://", 8) == 0;
    if (!http || strpbrk(value, " \t\r\n"))
        return "allowed: a URL of http or https";
    const char *host = strstr(value, "//") + 2;
    return memchr(host, '@', strcspn(host, "/?#")) ? "credentials do not stand in it" : NULL;
}

/* "name=value,name=value", names of letters as RFC 7628 has them. */
static const char *check_extensions(const char *value)
{
    static const char allowed[] = "allowed: NAME=VALUE[,NAME=VALUE...], names of letters, other than auth";
    for (const char *p = value; *p;) {
        size_t len = strcspn(p, ","), name = 0;
        while (isascii((unsigned char)p[name]) && isalpha((unsigned char)p[name]))
            name++;
        if (name == 0 || p[name] != '=' || name + 1 >= len || (name == 4 && strncmp(p, "auth", 4) == 0))
            return allowed;
        p += len + (p[len] == ',' && p[len + 1]);
        if (*p == ',')
            return allowed;
    }
    return NULL;
}

static const char *check_any(const char *value)
{
    return *value ? NULL : "it is empty";
}

static const struct {
    const char *name;
    const char *(*check)(const char *value); /* what is wrong, or NULL */
} owned[] = {
    {method, check_method},
    {url, check_url},
    {client, check_any},
    {secret_name, check_any},
    {"sasl.oauthbearer.scope", check_any},
    {extensions, check_extensions},
    {"https.ca.location", check_any},
};

bool conf_oidc_owns(const char *name)
{
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        if (strcmp(name, owned[i].name) == 0)
            return true;
    return false;
}

int conf_oidc_check(const char *name, const char *value, bool secret, struct error *err)
{
    const char *wrong = NULL;
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        if (strcmp(name, owned[i].name) == 0)
            wrong = owned[i].check(value);
    if (!wrong)
        return 0;
    struct str s = {0};
    if (!secret && *value && strcmp(name, url) != 0) { /* a URL may hold a password */
        conf_value_quote(&s, value);
        str_add(&s, ": ");
    }
    int rc = error_set(err, ERR_INVALID, "%s: %s%s", name, str_text(&s), wrong);
    str_done(&s);
    return rc;
}

const char *conf_oidc_get(const struct conf_property *properties, size_t n, const char *name, const char *alias)
{
    const char *value = NULL; /* the last one holds */
    for (size_t i = 0; i < n; i++)
        if (strcmp(properties[i].name, name) == 0 || (alias && strcmp(properties[i].name, alias) == 0))
            value = properties[i].value;
    return value;
}

static bool is_oauth(const struct conf_property *p, size_t n)
{
    const char *mechanism = conf_oidc_get(p, n, "sasl.mechanism", "sasl.mechanisms");
    const char *protocol = conf_oidc_get(p, n, "security.protocol", NULL);
    return mechanism && strcmp(mechanism, "OAUTHBEARER") == 0 && protocol && strncasecmp(protocol, "sasl", 4) == 0;
}

bool conf_oidc_wanted(const struct conf_property *properties, size_t n)
{
    const char *how = conf_oidc_get(properties, n, method, NULL);
    return is_oauth(properties, n) && how && strcasecmp(how, "oidc") == 0;
}

/* Would the secret travel for everybody on the way to read? */
static bool is_open(const char *text)
{
    static const char *const local[] = {"http://localhost", "http://127.0.0.1", "http://[::1]"};
    if (strncasecmp(text, "http://", 7) != 0)
        return false;
    for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
        size_t len = strlen(local[i]);
        if (strncasecmp(text, local[i], len) == 0 && strchr(":/", text[len]))
            return false;
    }
    return true;
}

int conf_oidc_complete(const struct conf_property *properties, size_t n, struct str *warnings, struct error *err)
{
    if (!is_oauth(properties, n))
        return 0;
    const char *unsecured = conf_oidc_get(properties, n, "enable.sasl.oauthbearer.unsecure.jwt", NULL);
    if (!conf_oidc_wanted(properties, n)) {
        if (unsecured &&
            (strcasecmp(unsecured, "true") == 0 || strcmp(unsecured, "1") == 0 || strcasecmp(unsecured, "t") == 0))
            return 0;
        return error_set(err, ERR_INVALID,
                         "OAUTHBEARER has no token; allowed: %s: oidc with token.endpoint.url, client.id and "
                         "client.secret beside it, "
                         "or enable.sasl.oauthbearer.unsecure.jwt: true",
                         method);
    }
    static const char *const needed[] = {url, client, secret_name};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!conf_oidc_get(properties, n, needed[i], NULL))
            return error_set(err, ERR_INVALID, "no %s, which %s: oidc needs", needed[i], method);
    if (is_open(conf_oidc_get(properties, n, url, NULL)))
        str_printf(warnings, "%s: http, not https: whoever is on the way can read the secret\n", url);
    return 0;
}
