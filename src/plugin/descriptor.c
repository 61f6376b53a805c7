/* Reads a plugin's declaration as one reads what a stranger sent, as far as that can be done with pointers. */
#include "plugin/descriptor.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_MAX = 4096,
    ITEM_MAX = 4096,         /* bytes of one struct in an array */
    DECLARATION_MAX = 65536, /* bytes of all of a plugin's struct */
};

/* Up to and with a member: what the first version of plugin.h had. */
#define UP_TO(type, member) (offsetof(type, member) + sizeof(((type *)NULL)->member))

/* Units and flags that are not known are of a later version, and are none. */
enum { FLAGS = ICETOP_KEY | ICETOP_HISTORY | ICETOP_HIDDEN | ICETOP_SUM | ICETOP_WORST_HIGH };

enum {
    FIRST_PLUGIN = UP_TO(struct icetop_plugin, close),
    FIRST_OPTION = UP_TO(struct icetop_option, help),
    FIRST_TABLE = UP_TO(struct icetop_table, flags),
    FIRST_GROUP = UP_TO(struct icetop_group, flags),
    FIRST_PAGE = UP_TO(struct icetop_page, unlike),
    FIRST_FORMAT = UP_TO(struct icetop_format, write),
    FIRST_NOTIFIER = UP_TO(struct icetop_notifier, notify),
    FIRST_COLUMN = UP_TO(struct icetop_column, help),
};

/* ---- names and texts ---- */

static bool text_ok(const char *text)
{
    return text && strnlen(text, TEXT_MAX) < TEXT_MAX && text_is_utf8(text, strlen(text));
}

/* [a-z][a-z0-9_]*, where hyphen says so with hyphens. */
static bool name_ok(const char *name, bool hyphen)
{
    if (!text_ok(name) || !islower((unsigned char)*name) || strlen(name) > 64)
        return false;
    for (const char *c = name; *c; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_' && !(hyphen && *c == '-'))
            return false;
    return true;
}

/* Capitals and digits, a hyphen, digits. */
static bool page_id_ok(const char *id)
{
    if (!text_ok(id) || strlen(id) > 32 || strncmp(id, "IT-", 3) == 0)
        return false;
    size_t head = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    return head && id[head] == '-' && id[head + 1] && !id[head + 1 + strspn(id + head + 1, "0123456789")];
}

/* Does it begin with the plugin's name, hyphens as underscores, followed by _ or nothing? */
static bool name_of(const char *name, const char *plugin)
{
    for (; *plugin; plugin++, name++)
        if (*name != (*plugin == '-' ? '_' : *plugin))
            return false;
    return !*name || *name == '_';
}

/* ---- arrays ---- */

/* An array as it came, and what it is to become. */
struct array {
    const char *what; /* "options" */
    const void *items;
    size_t n, size;             /* of them, and of one where the plugin was compiled */
    size_t most, first, wanted; /* how many may be, the least and our size of one */
};

/* A copy with items of our size, of which what the plugin's have not is 0; NULL where there are none. */
static int copy_array(const struct array *a, void **ret, struct error *err)
{
    if (!a->n) {
        *ret = NULL;
        return 0;
    }
    if (!a->items)
        return error_set(err, ERR_INVALID, "%zu %s, and no pointer to them", a->n, a->what);
    if (a->n > a->most)
        return error_set(err, ERR_LIMIT, "%zu %s; at most %zu are allowed", a->n, a->what, a->most);
    if (a->size < a->first || a->size > ITEM_MAX)
        return error_set(err, ERR_INVALID, "%s are said to have %zu bytes each, which is not from %zu to %d", a->what,
                         a->size, a->first, ITEM_MAX);
    char *copy = mem_calloc(a->n, a->wanted);
    for (size_t i = 0; i < a->n; i++)
        memcpy(copy + i * a->wanted, (const char *)a->items + i * a->size, a->size < a->wanted ? a->size : a->wanted);
    *ret = copy;
    return 0;
}

/* ---- columns ---- */

static int check_column(const struct icetop_column *columns, size_t i, struct error *err)
{
    const struct icetop_column *c = &columns[i];
    if (!name_ok(c->name, false))
        return error_set(err, ERR_INVALID, "column %zu: its name is not of a-z, 0-9 and _, or too long", i);
    if (strcmp(c->name, "instance") == 0)
        return error_set(err, ERR_INVALID, "column instance: icetop puts one of this name before the key");
    if ((unsigned)c->type > ICETOP_BOOL)
        return error_set(err, ERR_INVALID, "column %s: a type that there is not (%u)", c->name, (unsigned)c->type);
    if (!text_ok(c->help) || (c->title && !text_ok(c->title)))
        return error_set(err, ERR_INVALID, "column %s: no help, or a text that is none", c->name);
    if (c->flags & ICETOP_KEY && i && !(columns[i - 1].flags & ICETOP_KEY))
        return error_set(err, ERR_INVALID, "column %s: key columns come before all others", c->name);
    for (size_t before = 0; before < i; before++)
        if (strcmp(columns[before].name, c->name) == 0)
            return error_set(err, ERR_INVALID, "column %s is declared twice", c->name);
    return 0;
}

/* A copy of the columns, checked, in *columns and *size. */
static int read_columns(const struct icetop_column **columns, size_t n, size_t *size, struct error *err)
{
    void *copy = NULL;
    const struct array a = {.what = "columns",
                            .items = *columns,
                            .n = n,
                            .size = *size,
                            .most = PLUGIN_COLUMNS,
                            .first = FIRST_COLUMN,
                            .wanted = sizeof **columns};
    *columns = NULL;
    int rc = copy_array(&a, &copy, err);
    *columns = copy;
    *size = sizeof **columns;
    for (size_t i = 0; !rc && i < n; i++)
        rc = check_column(*columns, i, err);
    if (!rc && (!n || !((*columns)->flags & ICETOP_KEY)))
        rc = error_set(err, ERR_INVALID, "no key column");
    return rc;
}

/* ---- tables, groups, options, pages ---- */

/* Whatever the first pointers of table i, or of group i, are: from here on the columns are ours, or NULL. */
static int read_tables(struct plugin_descriptor *d, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; i < d->ntables; i++) {
        struct icetop_table *t = &d->tables[i];
        if (rc) {
            t->columns = NULL;
            continue;
        }
        rc = read_columns(&t->columns, t->ncolumns, &t->column_size, err);
        if (!name_ok(t->name, false) || !name_of(t->name, d->calls.name))
            rc = error_set(err, ERR_INVALID, "table %zu: its name does not begin with the plugin's, %s", i,
                           d->calls.name);
        else if (rc)
            error_prefix(err, "table %s", t->name);
        else if (!text_ok(t->help) || !text_ok(t->title))
            rc = error_set(err, ERR_INVALID, "table %s: no title, no help, or a text that is none", t->name);
        for (size_t before = 0; !rc && before < i; before++)
            if (strcmp(d->tables[before].name, t->name) == 0)
                rc = error_set(err, ERR_INVALID, "table %s is declared twice", t->name);
    }
    return rc;
}

static int read_groups(struct plugin_descriptor *d, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; i < d->ngroups; i++) {
        struct icetop_group *g = &d->groups[i];
        if (rc) {
            g->columns = NULL;
            continue;
        }
        rc = read_columns(&g->columns, g->ncolumns, &g->column_size, err);
        if (!name_ok(g->name, false) || !name_of(g->name, d->calls.name))
            rc = error_set(err, ERR_INVALID, "group %zu: its name does not begin with the plugin's, %s", i,
                           d->calls.name);
        else if (!name_ok(g->table, false))
            rc = error_set(err, ERR_INVALID, "group %s: the name of its table is not of a-z, 0-9 and _", g->name);
        else if (rc)
            error_prefix(err, "group %s", g->name);
        else if (g->columns[g->ncolumns - 1].flags & ICETOP_KEY)
            rc = error_set(err, ERR_INVALID, "group %s: no column but the key", g->name);
        for (size_t before = 0; !rc && before < i; before++)
            if (strcmp(d->groups[before].name, g->name) == 0)
                rc = error_set(err, ERR_INVALID, "group %s is declared twice", g->name);
    }
    return rc;
}

static int read_options(const struct plugin_descriptor *d, struct error *err)
{
    for (size_t i = 0; i < d->noptions; i++) {
        const struct icetop_option *o = &d->options[i];
        if (!name_ok(o->name, false))
            return error_set(err, ERR_INVALID, "option %zu: its name is not of a-z, 0-9 and _, or too long", i);
        if ((unsigned)o->type > ICETOP_OPTION_BYTES)
            return error_set(err, ERR_INVALID, "option %s: a type that there is not", o->name);
        if (!text_ok(o->help) || (o->preset && !text_ok(o->preset)))
            return error_set(err, ERR_INVALID, "option %s: no help, or a text that is none", o->name);
        for (size_t before = 0; before < i; before++)
            if (strcmp(d->options[before].name, o->name) == 0)
                return error_set(err, ERR_INVALID, "option %s is declared twice", o->name);
    }
    return 0;
}

static int read_pages(const struct plugin_descriptor *d, struct error *err)
{
    for (size_t i = 0; i < d->npages; i++) {
        const struct icetop_page *p = &d->pages[i];
        if (!page_id_ok(p->id))
            return error_set(err, ERR_INVALID,
                             "page %zu: its id is not capitals, a hyphen and digits, as FLINK-01, or begins with IT-",
                             i);
        if ((unsigned)p->severity > ICETOP_FINDING_CRITICAL)
            return error_set(err, ERR_INVALID, "page %s: a severity that there is not", p->id);
        if (!text_ok(p->title) || !text_ok(p->seen) || !text_ok(p->means) || !text_ok(p->todo))
            return error_set(err, ERR_INVALID, "page %s: title, seen, means or todo is missing, or is no text", p->id);
        if (p->unlike && !text_ok(p->unlike))
            return error_set(err, ERR_INVALID, "page %s: a text that is none", p->id);
        for (size_t before = 0; before < i; before++)
            if (strcmp(d->pages[before].id, p->id) == 0)
                return error_set(err, ERR_INVALID, "page %s is declared twice", p->id);
    }
    return 0;
}

/* Names of formats and of notifiers are of the same kind. */
static int check_named(const char *what, const char *name, const char *help, bool callable, const char *plugin,
                       struct error *err)
{
    if (!name_ok(name, true) || strncmp(name, plugin, strlen(plugin)) != 0)
        return error_set(err, ERR_INVALID, "a %s whose name does not begin with the plugin's, %s", what, plugin);
    if (!text_ok(help) || !callable)
        return error_set(err, ERR_INVALID, "%s %s: no help, or no function", what, name);
    return 0;
}

static int read_formats(const struct plugin_descriptor *d, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < d->nformats; i++) {
        const struct icetop_format *f = &d->formats[i];
        rc = check_named("format", f->name, f->help, f->write != NULL, d->calls.name, err);
        for (size_t before = 0; !rc && before < i; before++)
            if (strcmp(d->formats[before].name, f->name) == 0)
                rc = error_set(err, ERR_INVALID, "format %s is declared twice", f->name);
    }
    for (size_t i = 0; !rc && i < d->nnotifiers; i++) {
        const struct icetop_notifier *n = &d->notifiers[i];
        rc = check_named("notifier", n->name, n->help, n->notify != NULL, d->calls.name, err);
        for (size_t before = 0; !rc && before < i; before++)
            if (strcmp(d->notifiers[before].name, n->name) == 0)
                rc = error_set(err, ERR_INVALID, "notifier %s is declared twice", n->name);
    }
    return rc;
}

/* ---- the whole ---- */

/* Copies the plugin's struct, as far as both sides know it. */
static int copy_plugin(const struct icetop_plugin *p, size_t size, struct plugin_descriptor *d, struct error *err)
{
    if (size && size < UP_TO(struct icetop_plugin, struct_size))
        return error_set(err, ERR_INVALID, "its icetop_plugin has %zu bytes, which is no declaration", size);
    if (p->abi != ICETOP_PLUGIN_ABI)
        return error_set(err, ERR_INVALID,
                         "it was built for version %u of the contract with plugins; this icetop has version %d",
                         (unsigned)p->abi, ICETOP_PLUGIN_ABI);
    size_t said = p->struct_size;
    if (said < FIRST_PLUGIN || said > DECLARATION_MAX)
        return error_set(err, ERR_INVALID, "its struct_size is %zu, which is not from %d to %d", said, FIRST_PLUGIN,
                         DECLARATION_MAX);
    if (size && said > size)
        return error_set(err, ERR_INVALID, "its struct_size is %zu, but icetop_plugin has %zu bytes", said, size);
    memcpy(&d->calls, p, said < sizeof d->calls ? said : sizeof d->calls);
    d->unknown = said > sizeof d->calls ? said - sizeof d->calls : 0;
    if (!name_ok(d->calls.name, true))
        return error_set(err, ERR_INVALID, "its name is not of a-z, 0-9, - and _, or too long");
    if (!text_ok(d->calls.version) || !text_ok(d->calls.license) || !text_ok(d->calls.help))
        return error_set(err, ERR_INVALID, "version, license or help is missing, or is no text");
    if (!d->calls.open || !d->calls.round)
        return error_set(err, ERR_INVALID, "it has no %s function", d->calls.open ? "round" : "open");
    return 0;
}

static int copy_arrays(struct plugin_descriptor *d, struct error *err)
{
    struct icetop_plugin *c = &d->calls;
    void *copies[6] = {NULL};
    const struct array arrays[] = {
        {"options", c->options, c->noptions, c->option_size, PLUGIN_OPTIONS, FIRST_OPTION, sizeof *d->options},
        {"tables", c->tables, c->ntables, c->table_size, PLUGIN_TABLES, FIRST_TABLE, sizeof *d->tables},
        {"groups", c->groups, c->ngroups, c->group_size, PLUGIN_GROUPS, FIRST_GROUP, sizeof *d->groups},
        {"pages", c->pages, c->npages, c->page_size, PLUGIN_PAGES, FIRST_PAGE, sizeof *d->pages},
        {"formats", c->formats, c->nformats, c->format_size, PLUGIN_FORMATS, FIRST_FORMAT, sizeof *d->formats},
        {"notifiers", c->notifiers, c->nnotifiers, c->notifier_size, PLUGIN_FORMATS, FIRST_NOTIFIER,
         sizeof *d->notifiers},
    };
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof arrays / sizeof *arrays; i++)
        rc = copy_array(&arrays[i], &copies[i], err);
    d->options = copies[0];
    d->tables = copies[1];
    d->groups = copies[2];
    d->pages = copies[3];
    d->formats = copies[4];
    d->notifiers = copies[5];
    d->noptions = d->options ? c->noptions : 0;
    d->npages = d->pages ? c->npages : 0;
    d->nformats = d->formats ? c->nformats : 0;
    d->nnotifiers = d->notifiers ? c->nnotifiers : 0;
    /* Their columns are the plugin's until they are read: nothing of them may be freed. */
    d->ntables = rc || !d->tables ? 0 : c->ntables;
    d->ngroups = rc || !d->groups ? 0 : c->ngroups;
    c->options = NULL;
    c->tables = NULL;
    c->groups = NULL;
    c->pages = NULL;
    c->formats = NULL;
    c->notifiers = NULL;
    c->noptions = c->ntables = c->ngroups = c->npages = c->nformats = c->nnotifiers = 0;
    return rc;
}

int plugin_descriptor_read(const struct icetop_plugin *p, size_t size, struct plugin_descriptor **ret,
                           struct error *err)
{
    struct plugin_descriptor *d = mem_new(struct plugin_descriptor);
    int rc = copy_plugin(p, size, d, err);
    if (!rc)
        rc = copy_arrays(d, err);
    int tables = rc ? 0 : read_tables(d, err);
    int groups = rc || tables ? 0 : read_groups(d, err);
    if (tables) /* none of the groups' was read */
        d->ngroups = 0;
    rc = rc ? rc : tables ? tables : groups;
    if (!rc)
        rc = read_options(d, err);
    if (!rc)
        rc = read_pages(d, err);
    if (!rc)
        rc = read_formats(d, err);
    if (rc)
        plugin_descriptor_free(d);
    else
        *ret = d;
    return rc;
}

static void free_columns(const struct icetop_column *columns)
{
    union {
        const struct icetop_column *columns;
        void *memory;
    } ours = {.columns = columns};
    free(ours.memory);
}

void plugin_descriptor_free(struct plugin_descriptor *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->ntables; i++)
        free_columns(d->tables[i].columns);
    for (size_t i = 0; i < d->ngroups; i++)
        free_columns(d->groups[i].columns);
    free(d->options);
    free(d->tables);
    free(d->groups);
    free(d->pages);
    free(d->formats);
    free(d->notifiers);
    free(d);
}

const struct icetop_option *plugin_descriptor_option(const struct plugin_descriptor *d, const char *name)
{
    for (size_t i = 0; i < d->noptions; i++)
        if (strcmp(d->options[i].name, name) == 0)
            return &d->options[i];
    return NULL;
}

void plugin_descriptor_columns(const struct icetop_column *from, size_t n, struct column *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (struct column){.name = from[i].name,
                                .title = from[i].title,
                                .type = (enum column_type)from[i].type,
                                .unit = (unsigned)from[i].unit <= ICETOP_UNIT_EPOCH ? (enum column_unit)from[i].unit
                                                                                    : UNIT_NONE,
                                .flags = from[i].flags & FLAGS,
                                .priority = from[i].priority,
                                .help = from[i].help};
}
