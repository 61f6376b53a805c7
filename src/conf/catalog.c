/* Catalogs: the file's options, checked, and those that the command line names. */
#include "conf/catalog.h"

#include "base/mem.h"
#include "base/text.h"
#include "conf/section.h"
#include "conf/value.h"
#include "conf/web.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct conf_section *const section = &conf_options[CONF_CATALOGS];

/* What begins an SQLite file, without the NUL at its end. */
static const char sqlite_magic[] = "SQLite format 3";

/* Behind a scheme such as file: a path may have any number of slashes, of which one is left. */
static const char *after_scheme(const char *text, const char *scheme)
{
    size_t len = strlen(scheme);
    if (strncmp(text, scheme, len) != 0)
        return NULL;
    text += len;
    while (text[0] == '/' && text[1] == '/')
        text++;
    return text;
}

/* The path of an SQLite file in whatever way it is named: jdbc:sqlite:PATH?..., sqlite:///PATH, file:PATH, PATH. On the heap;
 * NULL where it is another database's address. */
static char *sqlite_path(const char *uri)
{
    static const char *const schemes[] = {"jdbc:sqlite:", "sqlite:", NULL};
    for (size_t i = 0; schemes[i]; i++) {
        const char *path = after_scheme(uri, schemes[i]);
        if (!path)
            continue;
        const char *file = after_scheme(path, "file:");
        path = file ? file : path;
        return mem_memdup(path, strcspn(path, "?"));
    }
    const char *file = after_scheme(uri, "file:");
    if (file)
        return mem_strdup(file);
    return strncmp(uri, "jdbc:", 5) == 0 || strstr(uri, "://") ? NULL : mem_strdup(uri);
}

static bool is(const struct conf_catalog *c, const char *type)
{
    return strcmp(c->type, type) == 0;
}

/* "auto" by what is given. */
static void set_type(struct conf_catalog *c)
{
    if (!is(c, "auto"))
        return;
    const char *type = c->path                             ? "table"
                       : c->uri && conf_web_is_url(c->uri) ? "rest"
                       : c->uri                            ? "sql"
                       : c->warehouse                      ? "hadoop"
                                                           : NULL;
    if (type) {
        free(c->type);
        c->type = mem_strdup(type);
        conf_section_origin(section, c->origins, "type", mem_strdup("by what is given"));
    }
}

static void replace(char **text, char *with)
{
    free(*text);
    *text = with;
}

/* A local path as it is to be opened: without file:, below the configuration file's directory. */
static void resolve(struct conf_loading *l, char **text)
{
    const char *file = after_scheme(*text, "file:");
    if (file || !strstr(*text, "://"))
        replace(text, conf_section_resolve(l, file ? file : *text));
}

static int check_uri(struct conf_loading *l, struct conf_catalog *c, const char *path)
{
    char *uri;
    if (is(c, "rest")) {
        if (conf_web_url(c->uri, 0, &uri, NULL, NULL, l->err))
            return conf_section_wrong(l, section, c->origins, "uri", path);
    } else {
        char *file = sqlite_path(c->uri);
        if (!file || !*file) {
            free(file);
            error_set(l->err, ERR_INVALID, "no SQLite file; allowed: the path of one, or jdbc:sqlite: before it");
            return conf_section_wrong(l, section, c->origins, "uri", path);
        }
        uri = conf_section_resolve(l, file);
        free(file);
    }
    replace(&c->uri, uri);
    return 0;
}

/* Has a type what it needs? */
static int check_parts(struct conf_loading *l, const struct conf_catalog *c, const struct conf_yaml *node,
                       const char *path)
{
    static const struct {
        const char *type, *needs;
    } types[] = {{"rest", "uri"}, {"sql", "uri"}, {"hadoop", "warehouse"}, {"table", "path"}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const char *needs = types[i].needs;
        const char *has = strcmp(needs, "uri") == 0 ? c->uri : strcmp(needs, "path") == 0 ? c->path : c->warehouse;
        if (!is(c, types[i].type) || has)
            continue;
        error_set(l->err, ERR_INVALID, "no %s, which type %s needs", needs, types[i].type);
        return node ? conf_section_place(l, node->key_line, node->key_column, path) : ERR_INVALID;
    }
    if (!is(c, "auto"))
        return 0;
    error_set(l->err, ERR_INVALID, "nothing says where it is; allowed: uri, warehouse or path");
    return node ? conf_section_place(l, node->key_line, node->key_column, path) : ERR_INVALID;
}

static int check(struct conf_loading *l, void *catalog, const struct conf_yaml *node, const char *path, bool fetch)
{
    (void)fetch;
    struct conf_catalog *c = catalog;
    set_type(c);
    int rc = check_parts(l, c, node, path);
    if (rc == 0 && (is(c, "rest") || is(c, "sql")))
        rc = check_uri(l, c, path);
    if (rc == 0 && is(c, "hadoop"))
        resolve(l, &c->warehouse);
    if (rc == 0 && is(c, "table"))
        resolve(l, &c->path);
    if (rc == 0 && c->token_uri) {
        char *uri;
        rc = conf_web_url(c->token_uri, 0, &uri, NULL, NULL, l->err);
        if (rc)
            return conf_section_wrong(l, section, c->origins, "token_uri", path);
        replace(&c->token_uri, uri);
    }
    return rc ? rc : conf_web_check(l, section, &c->http, c->origins, path);
}

/* ---- the command line ---- */

static bool is_metadata(const char *name)
{
    return text_ends(name, ".metadata.json") || text_ends(name, ".metadata.json.gz");
}

static bool is_sqlite(const char *path)
{
    char begin[sizeof sqlite_magic];
    FILE *f = fopen(path, "re");
    bool ok = f && fread(begin, 1, sizeof begin, f) == sizeof begin && memcmp(begin, sqlite_magic, sizeof begin) == 0;
    if (f)
        fclose(f);
    return ok;
}

/* Which option a local path belongs to. */
static int look(const char *path, const char **option, struct error *err)
{
    struct stat st;
    if (stat(path, &st))
        return error_set_errno(err, ERR_NOT_FOUND, errno, "%s", path);
    if (S_ISDIR(st.st_mode)) {
        char *metadata = mem_printf("%s/metadata", path);
        bool table = stat(metadata, &st) == 0 && S_ISDIR(st.st_mode);
        free(metadata);
        *option = table ? "path" : "warehouse";
        return 0;
    }
    bool regular = S_ISREG(st.st_mode); /* to open anything else may wait for ever */
    *option = regular && is_sqlite(path) ? "uri" : regular && is_metadata(path) ? "path" : NULL;
    return *option ? 0
                   : error_set(err, ERR_INVALID,
                               "%s: neither an SQLite file nor a table's metadata; allowed: a warehouse's or a table's "
                               "directory, an SQLite file, FILE.metadata.json, the URL of a REST catalog",
                               path);
}

/* HOST:PORT of a URL; of a path the last part, without the ending of a file; on the heap. */
static char *name_of(const char *spec)
{
    const char *begin = conf_web_is_url(spec) ? strstr(spec, "://") + 3 : spec;
    size_t len = strlen(begin);
    if (begin != spec)
        len = strcspn(begin, "/");
    while (begin == spec && len > 1 && begin[len - 1] == '/')
        len--;
    for (size_t i = len; begin == spec && i-- > 0;)
        if (begin[i] == '/' && i + 1 < len) {
            begin += i + 1;
            len -= i + 1;
            break;
        }
    const char *dot = begin == spec || !conf_web_is_url(spec) ? memchr(begin + 1, '.', len > 1 ? len - 1 : 0) : NULL;
    return mem_memdup(begin, dot ? (size_t)(dot - begin) : len);
}

/* What the text means: a URL as it is, else a path that holds everywhere; on the heap. */
static int understand(struct conf_loading *l, const char *spec, const char **option, char **ret)
{
    const char *file = after_scheme(spec, "file:");
    bool database = strncmp(spec, "jdbc:", 5) == 0 || strncmp(spec, "sqlite:", 7) == 0;
    *option = "uri";
    if (conf_web_is_url(spec)) {
        *option = is_metadata(spec) ? "path" : "uri";
        *ret = mem_strdup(spec);
        return 0;
    }
    char *path = database ? sqlite_path(spec) : mem_strdup(file ? file : spec);
    if (!path)
        return error_set(l->err, ERR_INVALID, "no SQLite database; another is read through its REST catalog");
    char *absolute = conf_section_absolute(path);
    free(path);
    int rc = database ? 0 : look(absolute, option, l->err);
    if (rc)
        free(absolute);
    else
        *ret = absolute;
    return rc;
}

static int add(struct conf_loading *l, struct conf *c, const char *spec)
{
    struct conf_argument a = {.flag = "--catalog"};
    struct conf_catalog catalog;
    char *value = NULL;
    int rc = understand(l, spec, &a.option, &value);
    if (rc)
        return error_prefix(l->err, "--catalog");
    a.text = value;
    char *base = name_of(value), *name = conf_kind_new_name(&conf_catalog_kind, c, base);
    rc = conf_kind_make(l, &conf_catalog_kind, name, NULL, "the catalog of the command line", true, &a, &catalog);
    if (rc == 0)
        conf_kind_add(&conf_catalog_kind, c, &catalog);
    free(name);
    free(base);
    free(value);
    return rc;
}

static int add_arguments(struct conf_loading *l, struct conf *c)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && l->args->catalogs && l->args->catalogs[i]; i++)
        rc = add(l, c, l->args->catalogs[i]);
    return rc;
}

const struct conf_kind conf_catalog_kind = {
    .section = CONF_CATALOGS,
    .what = "catalog",
    .plural = "catalogs",
    CONF_KIND(conf_catalog, catalogs, ncatalogs),
    .check = check,
    .arguments = add_arguments,
};
