/* HOST:PORT, and the map from brokers' addresses to those at which they are reached. */
#include "conf/address.h"

#include "base/mem.h"
#include "base/text.h"
#include "conf/value.h"
#include "conf/yaml.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PAIRS = 1000 };

bool conf_address_split(const char *text, size_t len, char **host, int *port)
{
    for (size_t i = 0; i < len; i++)
        if (!isgraph((unsigned char)text[i]) || strchr("/\"'@", text[i]))
            return false;
    const char *end = text + len, *colon = memchr(text, ':', len);
    const char *name = text, *name_end = colon ? colon : end;
    if (len && *text == '[') {
        const char *close = memchr(text, ']', len);
        if (!close || close == text + 1)
            return false;
        name = text + 1;
        name_end = close;
        colon = close + 1 < end ? close + 1 : NULL;
        if (colon && *colon != ':')
            return false;
    }
    if (name == name_end)
        return false;
    long number = 0;
    for (const char *p = colon ? colon + 1 : end; p < end; p++) {
        if (!isdigit((unsigned char)*p) || number > 65535)
            return false;
        number = number * 10 + (*p - '0');
    }
    if (colon && (number < 1 || number > 65535))
        return false;
    if (host)
        *host = mem_memdup(name, (size_t)(name_end - name));
    if (port)
        *port = (int)number;
    return true;
}

int conf_address_add(struct conf_address_map *m, const char *from, const char *to, struct error *err)
{
    if (m->n >= MAX_PAIRS)
        return error_set(err, ERR_LIMIT, "more than %d addresses, the limit", MAX_PAIRS);
    if (!*from || !conf_address_split(to, strlen(to), NULL, NULL)) {
        struct str s = {0};
        conf_value_quote(&s, *from ? to : from);
        int rc = error_set(err, ERR_INVALID,
                           *from ? "%s is no address; allowed: HOST or HOST:PORT, an IPv6 address in brackets"
                                 : "%s is no broker's address; allowed: a glob over HOST or HOST:PORT",
                           str_text(&s));
        str_done(&s);
        return rc;
    }
    m->items = mem_realloc(m->items, m->n + 1, sizeof *m->items);
    m->items[m->n++] = (struct conf_address){.from = mem_strdup(from), .to = mem_strdup(to)};
    return 0;
}

bool conf_address_find(const struct conf_address_map *m, const char *host, int port, char **to_host, int *to_port)
{
    char *both = mem_printf(strchr(host, ':') ? "[%s]:%d" : "%s:%d", host, port);
    size_t i = 0;
    while (i < m->n && !text_glob(m->items[i].from, host) && !text_glob(m->items[i].from, both))
        i++;
    free(both);
    int named;
    if (i == m->n || !conf_address_split(m->items[i].to, strlen(m->items[i].to), to_host, &named))
        return false;
    *to_port = named ? named : port;
    return true;
}

void conf_address_write(const struct conf_address_map *m, struct str *out)
{
    str_char(out, '{');
    for (size_t i = 0; i < m->n; i++) {
        str_add(out, i ? ", " : "");
        conf_yaml_write(out, m->items[i].from);
        str_add(out, ": ");
        conf_yaml_write(out, m->items[i].to);
    }
    str_char(out, '}');
}

void conf_address_done(struct conf_address_map *m)
{
    for (size_t i = 0; i < m->n; i++) {
        free(m->items[i].from);
        free(m->items[i].to);
    }
    free(m->items);
    *m = (struct conf_address_map){0};
}
