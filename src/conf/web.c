/* URLs, checked, and logins, complete. */
#include "conf/web.h"

#include "base/mem.h"
#include "conf/address.h"
#include "conf/secret.h"
#include "conf/section.h"
#include "conf/value.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char allowed[] = "http://HOST[:PORT] or https://HOST[:PORT], with a path behind it or without";

static size_t scheme_of(const char *text)
{
    return strncasecmp(text, "http://", 7) == 0 ? 7 : strncasecmp(text, "https://", 8) == 0 ? 8 : 0;
}

bool conf_web_is_url(const char *text)
{
    return scheme_of(text) != 0;
}

static int refuse(const char *text, const char *verdict, struct error *err)
{
    struct str s = {0};
    conf_value_quote(&s, text);
    int rc = error_set(err, ERR_INVALID, "%s %s; allowed: %s", str_text(&s), verdict, allowed);
    str_done(&s);
    return rc;
}

static bool has_only_printable(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || *text == 0x7F || *text == '?' || *text == '#')
            return false;
    return true;
}

/* USER:PASSWORD before the '@'. Percent-encoded characters are decoded, as in any URL. */
static char *decode(const char *text, size_t len)
{
    struct str s = {0};
    for (size_t i = 0; i < len; i++) {
        char hex[3] = {0};
        if (text[i] == '%' && i + 2 < len) {
            hex[0] = text[i + 1];
            hex[1] = text[i + 2];
        }
        char *end = hex;
        long v = *hex ? strtol(hex, &end, 16) : 0;
        if (*hex && end == hex + 2 && v > 0) {
            str_char(&s, (char)v);
            i += 2;
        } else {
            str_char(&s, text[i]);
        }
    }
    return str_take(&s);
}

int conf_web_url(const char *text, int port, char **ret, char **user, char **password, struct error *err)
{
    size_t scheme = scheme_of(text), len = strlen(text);
    const char *authority = text + scheme, *end = authority + strcspn(authority, "/");
    const char *at = NULL;
    for (const char *p = authority; p < end; p++)
        at = *p == '@' ? p : at;
    if (at && !user)
        return error_set(err, ERR_INVALID, "credentials in a URL; allowed: user and password beside it");
    const char *host = at ? at + 1 : authority, *colon = at ? memchr(authority, ':', (size_t)(at - authority)) : NULL;
    int own_port = 0;
    if ((!scheme && (!port || strstr(host, "://"))) || !has_only_printable(host))
        return refuse(host, "is no URL", err);
    if (!conf_address_split(host, (size_t)(end - host), NULL, &own_port))
        return refuse(host, "has no host", err);
    while (len > (size_t)(end - text) && text[len - 1] == '/')
        len--;
    struct str s = {0};
    str_bytes(&s, scheme ? text : "http://", scheme ? scheme : 7);
    str_bytes(&s, host, (size_t)(end - host));
    if (!scheme && !own_port)
        str_printf(&s, ":%d", port);
    str_bytes(&s, end, (size_t)(text + len - end));
    *ret = str_take(&s);
    if (user) {
        *user = at ? decode(authority, (size_t)((colon ? colon : at) - authority)) : NULL;
        *password = colon ? decode(colon + 1, (size_t)(at - colon - 1)) : NULL;
    }
    return 0;
}

int conf_web_query(const char *query, struct error *err)
{
    for (const char *p = query; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7F || *p == '#')
            return error_set(err, ERR_INVALID, "a control character or a # in the query of a URL");
    return 0;
}

/* Does the name of a parameter say that a secret follows? */
static bool names_secret(const char *name, size_t len)
{
    static const char *const words[] = {"token",   "password",   "passwd", "secret",    "apikey",    "api_key",
                                        "api-key", "access_key", "auth",   "signature", "credential"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (size_t at = 0; at + strlen(words[i]) <= len; at++)
            if (strncasecmp(name + at, words[i], strlen(words[i])) == 0)
                return true;
    return false;
}

void conf_web_hide(const char *url, struct str *out)
{
    const char *query = strchr(url, '?');
    str_bytes(out, url, query ? (size_t)(query - url) : strlen(url));
    while (query) {
        const char *next = strchr(query + 1, '&');
        size_t len = next ? (size_t)(next - query) : strlen(query), name = strcspn(query, "=");
        bool hidden = name < len && names_secret(query, name);
        str_bytes(out, query, hidden ? name + 1 : len);
        str_add(out, hidden ? CONF_SECRET_SHOWN : "");
        query = next;
    }
}

int conf_web_check(struct conf_loading *l, const struct conf_section *s, const struct conf_http *http,
                   char *const *origins, const char *path)
{
    if (conf_section_origin_of(s, origins, "password") && !http->user)
        return error_set(l->err, ERR_INVALID, "%s: %s.password: without user nobody has it",
                         conf_section_origin_of(s, origins, "password"), path);
    if (http->user && conf_section_origin_of(s, origins, "bearer"))
        return error_set(l->err, ERR_INVALID, "%s: %s.bearer: there is a user as well; allowed: one of the two",
                         conf_section_origin_of(s, origins, "bearer"), path);
    for (char *const *h = http->headers; h && *h; h++)
        if (strncasecmp(*h, "Authorization:", 14) == 0 &&
            (http->user || conf_section_origin_of(s, origins, "bearer"))) {
            error_set(l->err, ERR_INVALID, "Authorization: there is a user or a token as well; allowed: one of them");
            return conf_section_wrong(l, s, origins, "headers", path);
        }
    if (http->key && !http->certificate)
        return error_set(l->err, ERR_INVALID, "%s: %s.key: without certificate it is of no use",
                         conf_section_origin_of(s, origins, "key"), path);
    return 0;
}
