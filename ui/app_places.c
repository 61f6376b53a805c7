/* Bookmarks, and going to places whose tables may not be there yet. */
#include "ui/app_command.h"
#include "ui/app_internal.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { BOOKMARKS = 200, NAME_BYTES = 200 };

/* ---- going ---- */

static void set_filter(struct app *a, const char *text)
{
    struct table_view *list = view_filtered(app_current(a));
    int rc = list ? table_view_filter(list, &a->ctx, text, NULL, NULL) : 0;
    if (list && rc == 0)
        table_view_keep_filter(list);
    if (rc != ERR_UNAVAILABLE)
        return;
    struct str s = {0}; /* once the table is there */
    table_view_save(list, false, &s);
    str_printf(&s, "filter %s\n", text);
    table_view_restore(list, str_text(&s));
    str_done(&s);
}

/* False if the table is not there yet. */
static bool go(struct app *a, const struct place *p)
{
    const struct view_def *def = views_find(p->view);
    if (!def || !def->subject) {
        if (!app_visit_name(a, p->view))
            return false;
    } else {
        const struct table *like = a->ctx.store ? store_find(a->ctx.store, def->subject) : NULL;
        struct table *t;
        struct row *r;
        if (!like)
            return false;
        struct store *s = place_row(p, like, &t, &r);
        if (s)
            app_visit_row(a, def, t, r);
        store_free(s);
        if (!s)
            return true;
    }
    set_filter(a, p->filter);
    return true;
}

void app_places_go(struct app *a, const struct place *p)
{
    struct place to = {0};
    place_copy(p, &to);
    place_done(&a->wanted);
    if (go(a, &to))
        place_done(&to);
    else
        a->wanted = to;
}

void app_places_retry(struct app *a, bool last)
{
    if (!a->wanted.view)
        return;
    struct place to = a->wanted;
    a->wanted = (struct place){0};
    if (go(a, &to) || last)
        place_done(&to);
    else
        a->wanted = to;
}

/* ---- bookmarks ---- */

static struct app_bookmark *find(const struct app *a, const char *name)
{
    for (size_t i = 0; i < a->bookmarks.n; i++) {
        if (strcmp(a->bookmarks.items[i].name, name) == 0)
            return &a->bookmarks.items[i];
    }
    return NULL;
}

void app_places_keep(struct app *a, const char *name, const struct place *p)
{
    struct app_bookmark *b = find(a, name);
    if (b) {
        place_done(&b->place);
        place_copy(p, &b->place);
        return;
    }
    if (a->bookmarks.n >= BOOKMARKS)
        return;
    size_t at = 0;
    while (at < a->bookmarks.n && strcmp(a->bookmarks.items[at].name, name) < 0)
        at++;
    struct str safe = {0};
    struct app_bookmark made = {0};
    text_safe(&safe, name, strnlen(name, NAME_BYTES));
    made.name = str_take(&safe);
    place_copy(p, &made.place);
    vec_push(&a->bookmarks, made);
    memmove(a->bookmarks.items + at + 1, a->bookmarks.items + at,
            (a->bookmarks.n - 1 - at) * sizeof *a->bookmarks.items);
    a->bookmarks.items[at] = made;
}

int app_command_bookmark(struct app *a, struct command_call *call, struct error *err)
{
    struct place here = {0};
    struct str name = {0};
    int rc = 0;
    place_take(&here, app_current(a));
    if (*call->arg)
        str_add(&name, call->arg);
    else
        place_name(&here, &name);
    bool known = find(a, str_text(&name));
    if (name.len > NAME_BYTES)
        rc = error_set(err, ERR_LIMIT, "a name has %d bytes at most", NAME_BYTES);
    else if (!known && a->bookmarks.n >= BOOKMARKS)
        rc = error_set(err, ERR_LIMIT, "there are %d bookmarks, which is the most; forget removes one", BOOKMARKS);
    if (!rc) {
        char buf[16];
        app_places_keep(a, str_text(&name), &here);
        app_say(a, "bookmark %s %s; %s goes there", str_text(&name), known ? "set anew" : "set",
                keymap_name(a->ctx.keys, ACTION_BOOKMARKS, buf));
    }
    place_done(&here);
    str_done(&name);
    return rc;
}

static int no_bookmark(const char *name, struct error *err)
{
    return error_set(err, ERR_NOT_FOUND, "no bookmark is called %s", name);
}

int app_command_go(struct app *a, struct command_call *call, struct error *err)
{
    const struct app_bookmark *b = find(a, call->arg);
    if (!b)
        return no_bookmark(call->arg, err);
    app_places_go(a, &b->place);
    return 0;
}

int app_command_forget(struct app *a, struct command_call *call, struct error *err)
{
    struct app_bookmark *b = find(a, call->arg);
    if (!b)
        return no_bookmark(call->arg, err);
    size_t at = (size_t)(b - a->bookmarks.items);
    free(b->name);
    place_done(&b->place);
    memmove(b, b + 1, (a->bookmarks.n - at - 1) * sizeof *b);
    a->bookmarks.n--;
    return 0;
}

void app_places_ask(struct app *a, bool keep)
{
    char buf[16];
    if (!keep && a->bookmarks.n == 0) {
        app_say(a, "there is no bookmark yet; %s sets one", keymap_name(a->ctx.keys, ACTION_BOOKMARK, buf));
        return;
    }
    struct str line = {0};
    str_add(&line, keep ? "bookmark " : "go ");
    if (keep) {
        struct place here = {0};
        place_take(&here, app_current(a));
        place_name(&here, &line);
        place_done(&here);
    }
    app_palette_open(a, str_text(&line));
    str_done(&line);
}

void app_places_done(struct app *a)
{
    for (size_t i = 0; i < a->bookmarks.n; i++) {
        free(a->bookmarks.items[i].name);
        place_done(&a->bookmarks.items[i].place);
    }
    vec_done(&a->bookmarks);
    place_done(&a->wanted);
}
