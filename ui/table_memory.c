/* What the user arranged in a list, written as lines of text and read again. */
#include "ui/table_view_internal.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void save_columns(const struct table_view *v, struct str *out)
{
    str_add(out, "columns");
    for (size_t i = 0; i < v->columns.n; i++) {
        const struct table_view_column *c = &v->columns.items[i];
        bool key = c->index < v->nkeys; /* shown unless it is said */
        if (c->shown ? c->chosen || !key || i == 0 : key)
            str_printf(out, " %s%s", c->shown ? "" : "-", c->name);
    }
    bool any = false;
    for (size_t i = 0; i < v->columns.n; i++) {
        const struct table_view_column *c = &v->columns.items[i];
        if (c->wide <= 0)
            continue;
        str_printf(out, "%s%s:%d", any ? " " : "\nwidths ", c->name, c->wide);
        any = true;
    }
    str_char(out, '\n');
}

void table_memory_save(const struct table_view *v, struct str *out)
{
    if (v->arranged)
        save_columns(v, out);
    for (size_t i = 0; i < v->nsorts; i++)
        str_printf(out, "%s%s %s%s", i ? ", " : "sort ", v->sorts[i].name, v->sorts[i].descending ? "desc" : "asc",
                   i + 1 == v->nsorts ? "\n" : "");
    if (v->nsorts == 0 && v->inverted)
        str_add(out, "inverted\n");
}

void table_view_save(const struct table_view *v, bool filter, struct str *out)
{
    if (v->restored) { /* not even applied */
        str_add(out, v->restored);
        return;
    }
    if (v->groups && v->arrangement)
        str_add(out, v->arrangement);
    else if (!v->groups)
        table_memory_save(v, out);
    if (v->group) { /* what comes behind is about the groups */
        str_printf(out, "group %s\n", v->group);
        if (v->groups)
            table_memory_save(v, out);
        else if (v->arrangement)
            str_add(out, v->arrangement);
    }
    if (filter && *v->filter_text && !strchr(v->filter_text, '\n'))
        str_printf(out, "filter %s\n", v->filter_text);
}

void table_view_restore(struct table_view *v, const char *text)
{
    free(v->restored);
    v->restored = *text ? mem_strdup(text) : NULL;
    if (v->table)
        table_memory_apply(v);
}

/* "lag:12 state:20" */
static void set_widths(struct table_view *v, const char *text)
{
    while (*text) {
        text += strspn(text, " ");
        size_t len = strcspn(text, " "), name = strcspn(text, ": ");
        for (size_t i = 0; i < v->columns.n && name < len; i++) {
            struct table_view_column *c = &v->columns.items[i];
            if (strlen(c->name) == name && memcmp(c->name, text, name) == 0) {
                c->wide = 0;
                table_view_widen(v, i, (int)strtol(text + name + 1, NULL, 10) - c->drawn);
            }
        }
        text += len;
    }
}

/* Names of columns that are there, of those listed. */
static char *known(const struct table_view *v, const char *names)
{
    struct str s = {0};
    while (*names) {
        char word[64];
        names += strspn(names, " ");
        size_t len = strcspn(names, " ");
        snprintf(word, sizeof word, "%.*s", (int)(len < sizeof word ? len : sizeof word - 1), names);
        names += len;
        if (len && table_column_index(v->table, word + (*word == '-')) >= 0)
            str_printf(&s, "%s%s", s.len ? " " : "", word);
    }
    return str_take(&s);
}

static void apply_line(struct table_view *v, const char *word, const char *rest)
{
    if (strcmp(word, "columns") == 0) {
        char *names = known(v, rest);
        if (*names)
            table_view_choose(v, NULL, names, NULL, NULL);
        free(names);
    } else if (strcmp(word, "widths") == 0) {
        set_widths(v, rest);
    } else if (strcmp(word, "sort") == 0) {
        table_view_order(v, NULL, rest, NULL);
    } else if (strcmp(word, "inverted") == 0) {
        table_view_invert(v, 0);
    } else if (strcmp(word, "group") == 0) {
        table_view_group(v, NULL, rest, NULL);
    } else if (strcmp(word, "filter") == 0) {
        table_view_set_filter(v, rest, NULL, NULL);
        table_view_keep_filter(v);
    }
}

void table_memory_read(struct table_view *v, const char *text)
{
    char *lines = mem_strdup(text);
    for (char *line = lines; *line;) {
        size_t len = strcspn(line, "\n");
        char *next = line + len + (line[len] == '\n');
        line[len] = '\0';
        char *rest = line + strcspn(line, " ");
        if (*rest)
            *rest++ = '\0';
        apply_line(v, line, rest);
        line = next;
    }
    free(lines);
}

void table_memory_apply(struct table_view *v)
{
    char *text = v->restored;
    v->restored = NULL;
    if (text)
        table_memory_read(v, text);
    free(text);
}
