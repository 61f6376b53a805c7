/* What is kept over restarts, as JSON. */
#include "ui/app_internal.h"

#include "base/mem.h"
#include "base/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- saving ---- */

struct saving {
    const struct app *app;
    json_t *lists;
};

/* Did the command line say how the lists of this view are to be? */
static bool is_given(const struct app *a, const char *view)
{
    const struct app_settings *s = &a->settings;
    const char *first = s->view ? s->view : views_at(0)->name;
    return (s->filter || s->sort || s->columns) && strcmp(view, first) == 0;
}

static void save_list(void *arg, const char *view, int pane, const char *text)
{
    struct saving *s = arg;
    if (is_given(s->app, view) || !text_is_utf8(text, strlen(text)))
        return;
    char *name = mem_printf("%s %d", view, pane);
    json_object_set_new(s->lists, name, json_string(text));
    free(name);
}

/* Where somebody is, or is about to be. */
static json_t *last_json(const struct app *a)
{
    struct place here = {0};
    const struct view *v = app_current(a);
    while (v->aside && v->parent) /* what was listed to prove something stays no longer than that */
        v = v->parent;
    if (a->wanted.view)
        place_copy(&a->wanted, &here);
    else
        place_take(&here, v);
    json_t *ret = place_json(&here);
    if (a->settings.state_of)
        json_object_set_new(ret, "of", json_string(a->settings.state_of));
    place_done(&here);
    return ret;
}

void app_state_save(struct app *a, struct str *out)
{
    struct saving s = {.app = a, .lists = json_object()};
    json_t *bookmarks = json_object();
    app_lists_each(a, save_list, &s);
    for (size_t i = 0; i < a->bookmarks.n; i++)
        json_object_set_new(bookmarks, a->bookmarks.items[i].name, place_json(&a->bookmarks.items[i].place));
    json_t *all = json_pack("{s:o, s:b, s:b, s:b, s:o, s:o}", "last", last_json(a), "utc", a->ctx.format.utc, "exact",
                            a->ctx.format.exact, "split", a->split.on, "lists", s.lists, "bookmarks", bookmarks);
    char *text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
    str_add(out, text);
    free(text);
    json_decref(all);
}

/* ---- restoring ---- */

static int no_state(const char *what, struct error *err)
{
    return error_set(err, ERR_INVALID, "%s is not what it should be", what);
}

/* "groups 0": the view's name up to the blank; -1: no such name. */
static int pane_of(const char *name, size_t *len)
{
    const char *blank = strrchr(name, ' ');
    if (!blank || blank == name || blank[1] < '0' || blank[1] > '9' || blank[2])
        return -1;
    *len = (size_t)(blank - name);
    return blank[1] - '0';
}

/* Everything is looked at before anything is changed. */
static int check(json_t *all, struct error *err)
{
    static const char *const flags[] = {"utc", "exact", "split"};
    json_t *lists = json_object_get(all, "lists"), *bookmarks = json_object_get(all, "bookmarks"), *v;
    json_t *last = json_object_get(all, "last");
    const char *name;
    size_t len;
    if (!json_is_object(all) || (lists && !json_is_object(lists)) || (bookmarks && !json_is_object(bookmarks)))
        return no_state("the state", err);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        v = json_object_get(all, flags[i]);
        if (v && !json_is_boolean(v))
            return no_state(flags[i], err);
    }
    json_object_foreach(lists, name, v)
    {
        if (!json_is_string(v) || pane_of(name, &len) < 0)
            return no_state("a list", err);
    }
    struct place p = {0};
    int rc = last ? place_parse(last, &p, err) : 0;
    place_done(&p);
    json_object_foreach(bookmarks, name, v)
    {
        if (!rc)
            rc = place_parse(v, &p, err);
        place_done(&p);
    }
    return rc;
}

static void restore_last(struct app *a, const json_t *last)
{
    const struct app_settings *s = &a->settings;
    const char *of = json_string_value(json_object_get(last, "of"));
    struct place p = {0};
    if (s->view || s->filter || s->sort || s->columns || place_parse(last, &p, NULL))
        return;
    /* a row is one of what was looked at then */
    if (!p.subject.nkeys || (of && s->state_of && strcmp(of, s->state_of) == 0))
        app_places_go(a, &p);
    place_done(&p);
}

static void restore_flag(const json_t *all, const char *name, bool given, bool *flag)
{
    const json_t *v = json_object_get(all, name);
    if (v && !given)
        *flag = json_is_true(v);
}

static void restore(struct app *a, json_t *all)
{
    json_t *v;
    const char *name;
    json_object_foreach(json_object_get(all, "lists"), name, v)
    {
        size_t len = 0;
        int pane = pane_of(name, &len);
        char *view = mem_memdup(name, len);
        if (!is_given(a, view))
            app_lists_set(a, view, pane, json_string_value(v));
        free(view);
    }
    json_object_foreach(json_object_get(all, "bookmarks"), name, v)
    {
        struct place p = {0};
        if (place_parse(v, &p, NULL) == 0)
            app_places_keep(a, name, &p);
        place_done(&p);
    }
    restore_flag(all, "utc", a->settings.utc_given, &a->ctx.format.utc);
    restore_flag(all, "exact", a->settings.exact_given, &a->ctx.format.exact);
    restore_flag(all, "split", false, &a->split.on);
    if (json_object_get(all, "last"))
        restore_last(a, json_object_get(all, "last"));
    app_touch(a);
}

int app_state_restore(struct app *a, const char *text, struct error *err)
{
    json_error_t where;
    json_t *all = json_loads(text, JSON_REJECT_DUPLICATES, &where);
    if (!all)
        return error_set(err, ERR_INVALID, "line %d: %s", where.line, where.text);
    int rc = check(all, err);
    if (!rc)
        restore(a, all);
    json_decref(all);
    return rc;
}
