/* Headers of one's own. */
#include "conf/headers.h"

#include "base/mem.h"
#include "conf/lists.h"
#include "conf/secret.h"
#include "conf/value.h"
#include "conf/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST = 50 };

/* As RFC 9110 has it. */
static bool is_name(const char *name)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (const char *p = name; *p; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || strchr(others, *p)))
            return false;
    return *name;
}

static bool is_own(const char *name)
{
    static const char *const own[] = {"Accept", "Accept-Encoding",   "Connection", "Content-Encoding", "Content-Length",
                                      "Expect", "Content-Type",      "Host",       "If-None-Match",    "Keep-Alive",
                                      "TE",     "Transfer-Encoding", "Upgrade",    "User-Agent"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcasecmp(own[i], name) == 0)
            return true;
    return false;
}

static bool is_there(char *const *list, const char *name)
{
    size_t len = strlen(name);
    for (; list && *list; list++)
        if (strncasecmp(*list, name, len) == 0 && (*list)[len] == ':')
            return true;
    return false;
}

static bool is_line(const char *value)
{
    for (; *value; value++)
        if ((unsigned char)*value < ' ' || *value == 0x7F)
            return false;
    return true;
}

int conf_headers_add(char ***list, const char *name, const char *value, struct error *err)
{
    const char *why = !is_name(name)                    ? "is no name of a header"
                      : is_own(name)                    ? "is a header that icetop sets itself"
                      : is_there(*list, name)           ? "is there twice"
                      : !*value                         ? "has an empty value"
                      : !is_line(value)                 ? "has a value of more than one line"
                      : conf_lists_count(*list) >= MOST ? "is one header too many: 50 are the limit"
                                                        : NULL;
    if (why) {
        struct str shown = {0};
        conf_value_quote(&shown, name);
        int rc = error_set(err, ERR_INVALID, "%s %s; allowed: %s", str_text(&shown), why, CONF_HEADERS_ALLOWED);
        str_done(&shown);
        return rc;
    }
    size_t n = conf_lists_count(*list);
    *list = mem_realloc(*list, n + 2, sizeof **list);
    (*list)[n] = mem_printf("%s: %s", name, value);
    (*list)[n + 1] = NULL;
    return 0;
}

void conf_headers_write(char *const *list, struct str *out)
{
    for (size_t i = 0; list && list[i]; i++) {
        char *name = mem_memdup(list[i], strcspn(list[i], ":"));
        str_add(out, i ? ", " : "{");
        conf_yaml_write(out, name);
        str_add(out, ": " CONF_SECRET_SHOWN);
        free(name);
    }
    str_add(out, list && *list ? "}" : "");
}

bool conf_headers_same(char *const *a, char *const *b)
{
    size_t n = conf_lists_count(a);
    bool same = n == conf_lists_count(b);
    for (size_t i = 0; same && i < n; i++)
        same = strcmp(a[i], b[i]) == 0;
    return same;
}

void conf_headers_done(char ***list)
{
    for (size_t i = 0; *list && (*list)[i]; i++)
        mem_free_secret((*list)[i]);
    free(*list);
    *list = NULL;
}
