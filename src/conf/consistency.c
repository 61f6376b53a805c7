/* Sets of tables that ought to carry the same date. */
#include "conf/consistency.h"

#include "base/mem.h"
#include "conf/lists.h"
#include "conf/section.h"
#include "conf/value.h"

#include <stdlib.h>
#include <string.h>

static const struct conf_section *const section = &conf_options[CONF_CONSISTENCY];

/* The place of an option that is wrong, or of the set where it is not there, and what it is. */
static int place(struct conf_loading *l, const struct conf_consistency *c, const char *name,
                 const struct conf_yaml *node, const char *path)
{
    const char *origin = conf_section_origin_of(section, c->origins, name);
    if (!origin)
        return conf_section_place(l, node->key_line, node->key_column, path);
    error_prefix(l->err, "%s: %s.%s", origin, path, name);
    return l->err->code;
}

static int refuse(struct conf_loading *l, const char *text, const char *why)
{
    struct str s = {0};
    conf_value_quote(&s, text);
    int rc = error_set(l->err, ERR_INVALID, "%s %s", str_text(&s), why);
    str_done(&s);
    return rc;
}

static int check_tables(struct conf_loading *l, const struct conf_consistency *c)
{
    if (conf_lists_count(c->tables) < 2)
        return error_set(l->err, ERR_INVALID,
                         "fewer than two tables; allowed: two or more of NAMESPACE.NAME and "
                         "CATALOG/NAMESPACE.NAME");
    for (char **t = c->tables; *t; t++) {
        size_t len = strlen(*t);
        if (!len || (*t)[0] == '/' || (*t)[len - 1] == '/')
            return refuse(l, *t, "is no table; allowed: NAMESPACE.NAME, CATALOG/NAMESPACE.NAME");
        for (char **before = c->tables; before < t; before++)
            if (strcmp(*before, *t) == 0)
                return refuse(l, *t, "is there twice");
    }
    return 0;
}

static int check_by(struct conf_loading *l, const struct conf_consistency *c)
{
    static const char *const whole[] = {"valid_through", "last_commit"}, *const begin[] = {"summary:", "property:"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strcmp(c->by, whole[i]) == 0)
            return 0;
    for (size_t i = 0; i < sizeof begin / sizeof *begin; i++)
        if (strncmp(c->by, begin[i], strlen(begin[i])) == 0 && c->by[strlen(begin[i])])
            return 0;
    return refuse(l, c->by, "says nothing of a table; allowed: valid_through, last_commit, summary:KEY, property:KEY");
}

int conf_consistency_read(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path,
                          bool fetch, void *ret)
{
    (void)fetch;
    struct conf_consistency c = {.name = mem_strdup(name)};
    c.origins = conf_section_preset(section, &c);
    int rc = conf_section_apply(l, section, node, path, &c, c.origins);
    if (rc == 0 && (rc = check_tables(l, &c)) != 0)
        rc = place(l, &c, "tables", node, path);
    if (rc == 0 && (rc = check_by(l, &c)) != 0)
        rc = place(l, &c, "by", node, path);
    if (rc == 0)
        *(struct conf_consistency *)ret = c;
    else
        conf_consistency_done(&c);
    return rc;
}

void conf_consistency_done(void *set)
{
    struct conf_consistency *c = set;
    if (c->origins)
        conf_section_done(section, c, c->origins);
    free(c->name);
    *c = (struct conf_consistency){0};
}
