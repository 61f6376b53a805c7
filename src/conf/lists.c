/* Lists of texts and of commands, maps of texts. */
#include "conf/lists.h"

#include "base/mem.h"
#include "conf/yaml.h"

#include <stdlib.h>

enum { MAX_ITEMS = 1000 };

static int check(size_t n, const char *text, struct error *err)
{
    if (!text || !*text)
        return error_set(err, ERR_INVALID, "an empty text");
    if (n >= MAX_ITEMS)
        return error_set(err, ERR_LIMIT, "more than %d, the limit", MAX_ITEMS);
    return 0;
}

size_t conf_lists_count(char *const *list)
{
    size_t n = 0;
    while (list && list[n])
        n++;
    return n;
}

int conf_lists_add(char ***list, const char *text, struct error *err)
{
    size_t n = conf_lists_count(*list);
    int rc = check(n, text, err);
    if (rc)
        return rc;
    *list = mem_realloc(*list, n + 2, sizeof **list);
    (*list)[n] = mem_strdup(text);
    (*list)[n + 1] = NULL;
    return 0;
}

void conf_lists_write(char *const *list, struct str *out)
{
    str_char(out, '[');
    for (size_t i = 0; list && list[i]; i++) {
        str_add(out, i ? ", " : "");
        conf_yaml_write(out, list[i]);
    }
    str_char(out, ']');
}

void conf_lists_done(char ***list)
{
    for (size_t i = 0; *list && (*list)[i]; i++)
        free((*list)[i]);
    free(*list);
    *list = NULL;
}

int conf_lists_add_command(struct conf_commands *c, char **argv, struct error *err)
{
    int rc = check(c->n, argv ? argv[0] : NULL, err);
    if (rc) {
        conf_lists_done(&argv);
        return rc;
    }
    c->items = mem_realloc(c->items, c->n + 1, sizeof *c->items);
    c->items[c->n++] = argv;
    return 0;
}

void conf_lists_write_commands(const struct conf_commands *c, struct str *out)
{
    str_char(out, '[');
    for (size_t i = 0; i < c->n; i++) {
        str_add(out, i ? ", " : "");
        conf_lists_write(c->items[i], out);
    }
    str_char(out, ']');
}

void conf_lists_commands_done(struct conf_commands *c)
{
    for (size_t i = 0; i < c->n; i++)
        conf_lists_done(&c->items[i]);
    free(c->items);
    *c = (struct conf_commands){0};
}

int conf_lists_add_pair(struct conf_pairs *p, const char *name, const char *value, struct error *err)
{
    int rc = check(p->n, name, err);
    if (!rc)
        rc = check(p->n, value, err);
    if (rc)
        return rc;
    p->items = mem_realloc(p->items, p->n + 1, sizeof *p->items);
    p->items[p->n++] = (struct conf_pair){mem_strdup(name), mem_strdup(value)};
    return 0;
}

void conf_lists_write_pairs(const struct conf_pairs *p, struct str *out)
{
    str_char(out, '{');
    for (size_t i = 0; i < p->n; i++) {
        str_add(out, i ? ", " : "");
        conf_yaml_write(out, p->items[i].name);
        str_add(out, ": ");
        conf_yaml_write(out, p->items[i].value);
    }
    str_char(out, '}');
}

void conf_lists_pairs_done(struct conf_pairs *p)
{
    for (size_t i = 0; i < p->n; i++) {
        free(p->items[i].name);
        free(p->items[i].value);
    }
    free(p->items);
    *p = (struct conf_pairs){0};
}
