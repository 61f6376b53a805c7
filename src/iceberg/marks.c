/* Entries of summaries and properties by which somebody knows his tables. */
#include "iceberg/marks.h"

#include <string.h>

static const char *behind(const char *name, const char *kind)
{
    size_t len = strlen(kind);
    return strncmp(name, kind, len) == 0 ? name + len : NULL;
}

static const char *find(const struct iceberg_metadata *m, const struct iceberg_lineage *branch, const char *name)
{
    const char *property = behind(name, "property:"), *key = behind(name, "summary:");
    if (property)
        return iceberg_pairs_get(&m->properties, property);
    for (size_t i = 0; key && i < branch->n && i < ICEBERG_MARKS_LOOKED; i++) {
        const struct iceberg_snapshot *s = &m->snapshots[branch->items[i]];
        const char *value = strcmp(key, "operation") == 0 ? s->operation : iceberg_pairs_get(&s->summary, key);
        if (value)
            return value;
    }
    return NULL;
}

static void add(const char *text, struct str *out)
{
    for (; *text; text++) {
        if (strchr(";=\\", *text))
            str_char(out, '\\');
        str_char(out, *text);
    }
}

void iceberg_marks_write(const struct iceberg_metadata *m, const struct iceberg_lineage *branch,
                         const char *const *wanted, struct str *out)
{
    const char *before = "";
    for (; wanted && *wanted; wanted++) {
        const char *value = find(m, branch, *wanted);
        if (!value || strlen(value) > ICEBERG_MARKS_VALUE)
            continue;
        str_add(out, before);
        add(*wanted, out);
        str_char(out, '=');
        add(value, out);
        before = "; ";
    }
}

/* The next character of a name or value, its escape taken off; '\0' at what ends it. */
static char next(const char **at, char end)
{
    char c = **at;
    if (!c || c == end || c == ';')
        return '\0';
    if (c == '\\' && (*at)[1])
        c = *++*at;
    ++*at;
    return c;
}

bool iceberg_marks_read(const char *marks, const char *name, struct str *value)
{
    for (const char *at = marks; *at;) {
        const char *wanted = name;
        char c;
        bool same = true;
        while ((c = next(&at, '='))) {
            same = same && *wanted == c;
            wanted += same;
        }
        same = same && !*wanted;
        at += *at == '=';
        while ((c = next(&at, '\0')))
            if (same)
                str_char(value, c);
        if (same)
            return true;
        at += *at == ';';
        at += *at == ' ';
    }
    return false;
}
