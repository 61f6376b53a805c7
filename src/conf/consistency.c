/* Sets of tables that ought to carry the same date. */
#include "conf/consistency.h"

#include "conf/lists.h"
#include "conf/section.h"
#include "conf/value.h"

#include <string.h>

static const struct conf_section *const section = &conf_options[CONF_CONSISTENCY];

/* An error at an option, or at the set where it is not there. */
static int wrong(struct conf_loading *l, const struct conf_consistency *c, const char *name,
                 const struct conf_yaml *node, const char *path)
{
    if (!conf_section_origin_of(section, c->origins, name))
        return conf_section_place(l, node->key_line, node->key_column, path);
    return conf_section_wrong(l, section, c->origins, name, path);
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

static int check(struct conf_loading *l, void *set, const struct conf_yaml *node, const char *path, bool fetch)
{
    (void)fetch;
    if (check_tables(l, set))
        return wrong(l, set, "tables", node, path);
    return check_by(l, set) ? wrong(l, set, "by", node, path) : 0;
}

const struct conf_kind conf_consistency_kind = {
    .section = CONF_CONSISTENCY,
    .what = "set of tables",
    .plural = "sets of tables",
    CONF_KIND(conf_consistency, consistency, nconsistency),
    .stays = true,
    .check = check,
};
