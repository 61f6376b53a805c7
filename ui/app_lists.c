/* What the user arranged in the lists of each view, for as long as icetop runs: another group's partitions come as this one's were left. */
#include "ui/app_internal.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* "groups 0" */
static char *name_of(const char *view, int pane)
{
    return mem_printf("%s %d", view, pane);
}

void app_lists_set(struct app *a, const char *view, int pane, const char *text)
{
    char *name = name_of(view, pane);
    free(*text ? map_put(&a->lists, name, strlen(name), mem_strdup(text)) : map_del(&a->lists, name, strlen(name)));
    free(name);
    for (size_t i = 0; i < a->visits.n; i++) {
        struct view *v = a->visits.items[i];
        if (pane >= 0 && pane < v->npanes && strcmp(v->def->name, view) == 0)
            table_view_restore(v->panes[pane], text);
    }
}

void app_lists_remember(struct app *a, const struct view *v)
{
    for (int i = 0; i < v->npanes && !v->aside; i++) {
        struct str s = {0};
        char *name = name_of(v->def->name, i);
        table_view_save(v->panes[i], !v->def->subject, &s);
        char *text = s.len ? str_take(&s) : NULL;
        free(text ? map_put(&a->lists, name, strlen(name), text) : map_del(&a->lists, name, strlen(name)));
        free(name);
        str_done(&s);
    }
}

void app_lists_restore(struct app *a, struct view *v)
{
    for (int i = 0; i < v->npanes; i++) {
        char *name = name_of(v->def->name, i);
        const char *text = map_get(&a->lists, name, strlen(name));
        if (text)
            table_view_restore(v->panes[i], text);
        free(name);
    }
}

void app_lists_each(struct app *a, void (*fn)(void *arg, const char *view, int pane, const char *text), void *arg)
{
    size_t at = 0, len;
    const void *key;
    void *text;
    app_lists_remember(a, app_current(a));
    while (map_next(&a->lists, &at, &key, &len, &text)) {
        char *name = mem_memdup(key, len);
        char *blank = strrchr(name, ' ');
        *blank = '\0';
        fn(arg, name, (int)strtol(blank + 1, NULL, 10), text);
        free(name);
    }
}

void app_lists_done(struct app *a)
{
    size_t at = 0;
    void *text;
    while (map_next(&a->lists, &at, NULL, NULL, &text))
        free(text);
    map_done(&a->lists);
}
