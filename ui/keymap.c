/* Lays a user's keys over the declared bindings, and finds what would mean two things. */
#include "ui/keymap.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYMAP_KEYS = 4 };

struct keymap {
    struct key_binding *bindings;
    size_t n;
    uint32_t *views; /* the key of each view, in the order of views_at */
    size_t nviews;
};

/* ---- asking ---- */

const struct key_binding *keymap_at(const struct keymap *m, size_t i)
{
    return i < m->n ? &m->bindings[i] : NULL;
}

const struct key_binding *keymap_of(const struct keymap *m, enum action action)
{
    for (size_t i = 0; i < m->n; i++) {
        if (m->bindings[i].action == action)
            return &m->bindings[i];
    }
    return NULL;
}

const char *keymap_name(const struct keymap *m, enum action action, char *buf)
{
    const struct key_binding *b = keymap_of(m, action);
    buf[0] = '\0';
    if (b && b->keys[0])
        return input_name(b->keys[0], buf);
    if (b && b->twice) {
        char one[16];
        snprintf(buf, 16, "%.7s%.7s", input_name(b->twice, one), one);
    }
    return buf;
}

static bool has_key(const struct key_binding *b, uint32_t key)
{
    for (size_t k = 0; k < KEYMAP_KEYS && b->keys[k]; k++) {
        if (b->keys[k] == key)
            return true;
    }
    return false;
}

enum action keymap_find(const struct keymap *m, unsigned context, uint32_t key, uint32_t *pending)
{
    uint32_t first = *pending;
    *pending = 0;
    for (size_t i = 0; i < m->n; i++) {
        const struct key_binding *b = &m->bindings[i];
        if (!(b->contexts & context))
            continue;
        if (has_key(b, key))
            return b->action;
        if (b->twice && b->twice == key) {
            if (first == key)
                return b->action;
            *pending = key;
            return ACTION_PENDING;
        }
    }
    return (context & KEYS_LIST) && keymap_view(m, key) ? ACTION_VIEW : ACTION_NONE;
}

const struct view_def *keymap_view(const struct keymap *m, uint32_t key)
{
    for (size_t i = 0; key && i < m->nviews; i++) {
        if (m->views[i] == key)
            return views_at(i);
    }
    return NULL;
}

uint32_t keymap_view_key(const struct keymap *m, const struct view_def *def)
{
    for (size_t i = 0; i < m->nviews; i++) {
        if (views_at(i) == def)
            return m->views[i];
    }
    return 0;
}

/* ---- changing ---- */

struct changing {
    struct keymap *map;
    const char *file;
    const struct keymap_change *changes;
    size_t n;
    struct error *err;
};

/* An error about a change, with its place. */
__attribute__((format(printf, 3, 4))) static int refuse(const struct changing *c, const struct keymap_change *at,
                                                        const char *fmt, ...)
{
    char what[512];
    struct str safe = {0};
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    text_safe(&safe, what, strlen(what));
    int rc = error_set(c->err, ERR_INVALID, "%s:%u:%u: keys.%s", c->file ? c->file : "", at->line, at->column,
                       str_text(&safe));
    str_done(&safe);
    return rc;
}

static struct key_binding *binding_named(struct keymap *m, const char *name)
{
    for (size_t i = 0; i < m->n; i++) {
        if (strcmp(m->bindings[i].name, name) == 0)
            return &m->bindings[i];
    }
    return NULL;
}

/* The place of a view that can be gone to from anywhere; nviews: there is none of that name. */
static size_t view_named(const struct keymap *m, const char *name)
{
    size_t i = 0;
    while (i < m->nviews && (views_at(i)->subject || strcmp(views_at(i)->name, name) != 0))
        i++;
    return i;
}

/* Before the first change of an action: its declared keys go. */
static int begin_action(const struct changing *c, const struct keymap_change *change)
{
    struct key_binding *b = binding_named(c->map, change->action);
    size_t view = view_named(c->map, change->action);
    if (b) {
        memset(b->keys, 0, sizeof b->keys);
        b->twice = 0;
    } else if (view < c->map->nviews) {
        c->map->views[view] = 0;
    } else {
        return refuse(c, change, "%.60s: there is no such action or view; icetop(1) and the key ? list them",
                      change->action);
    }
    return 0;
}

/* "gg": the same character twice. */
static bool parse_twice(const char *text, uint32_t *key)
{
    size_t len = strlen(text);
    char half[8];
    if (len < 2 || len % 2 || len / 2 >= sizeof half || memcmp(text, text + len / 2, len / 2) != 0)
        return false;
    memcpy(half, text, len / 2);
    half[len / 2] = '\0';
    return input_parse(half, key) == 0;
}

static int add_to_binding(const struct changing *c, const struct keymap_change *change, struct key_binding *b)
{
    uint32_t key;
    if (input_parse(change->key, &key) != 0) {
        if (!parse_twice(change->key, &key))
            return refuse(c, change,
                          "%s: \"%.40s\" is no key; allowed: a character, the same one twice, ^L, Alt-x, F1 to "
                          "F12, Up, Down, Left, Right, PgUp, PgDn, Home, End, Enter, Esc, Tab, BackTab, "
                          "Space, Backspace, Del, Ins",
                          change->action, change->key);
        if (b->twice)
            return refuse(c, change, "%s: one key that is pressed twice is all an action can have", change->action);
        b->twice = key;
        return 0;
    }
    size_t k = 0;
    while (k < KEYMAP_KEYS && b->keys[k] && b->keys[k] != key)
        k++;
    if (k == KEYMAP_KEYS)
        return refuse(c, change, "%s: more than %d keys, the limit", change->action, KEYMAP_KEYS);
    b->keys[k] = key;
    return 0;
}

static int add_key(const struct changing *c, const struct keymap_change *change)
{
    struct key_binding *b = binding_named(c->map, change->action);
    if (b)
        return add_to_binding(c, change, b);
    uint32_t key, *view = &c->map->views[view_named(c->map, change->action)];
    if (input_parse(change->key, &key) != 0)
        return refuse(c, change, "%s: \"%.40s\" is no key", change->action, change->key);
    if (*view)
        return refuse(c, change, "%s: a view has one key", change->action);
    *view = key;
    return 0;
}

/* ---- checking ---- */

/* Where a user gave this key to this action; NULL: it is the declared one. */
static const struct keymap_change *origin(const struct changing *c, const char *action, uint32_t key)
{
    for (size_t i = 0; i < c->n; i++) {
        uint32_t given;
        const struct keymap_change *change = &c->changes[i];
        if (strcmp(change->action, action) == 0 && change->key &&
            (input_parse(change->key, &given) == 0 || parse_twice(change->key, &given)) && given == key)
            return change;
    }
    return NULL;
}

static int conflict(const struct changing *c, uint32_t key, const char *one, const char *other)
{
    char name[16];
    const struct keymap_change *a = origin(c, one, key), *b = origin(c, other, key);
    if (!a || (b && (b->line > a->line || (b->line == a->line && b->column > a->column)))) {
        const char *swapped = one; /* the later one is told of */
        one = other;
        other = swapped;
        const struct keymap_change *place = a;
        a = b;
        b = place;
    }
    if (!a)
        return 0; /* both as declared */
    input_name(key, name);
    if (b)
        return refuse(c, a, "%s: %s is the key of %s already (line %u)", one, name, other, b->line);
    return refuse(c, a, "%s: %s is the key of %s; give that one another key, or none: \"%s: []\"", one, name, other,
                  other);
}

/* Does any other action or view have this key where the i-th binding works? */
static int check_key(const struct changing *c, size_t i, uint32_t key)
{
    const struct keymap *m = c->map;
    const struct key_binding *b = &m->bindings[i];
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < m->n; k++) {
        const struct key_binding *other = &m->bindings[k];
        if (k != i && (b->contexts & other->contexts) && (has_key(other, key) || other->twice == key))
            rc = conflict(c, key, b->name, other->name);
    }
    const struct view_def *view = keymap_view(m, key);
    if (rc == 0 && view && (b->contexts & KEYS_LIST))
        rc = conflict(c, key, b->name, view->name);
    return rc;
}

static int check_views(const struct changing *c)
{
    const struct keymap *m = c->map;
    for (size_t i = 0; i < m->nviews; i++) {
        for (size_t k = 0; k < i; k++) {
            if (m->views[i] && m->views[i] == m->views[k])
                return conflict(c, m->views[i], views_at(i)->name, views_at(k)->name);
        }
    }
    return 0;
}

static int check(const struct changing *c)
{
    const struct keymap *m = c->map;
    int rc = check_views(c);
    for (size_t i = 0; rc == 0 && i < m->n; i++) {
        for (size_t k = 0; rc == 0 && k < KEYMAP_KEYS && m->bindings[i].keys[k]; k++)
            rc = check_key(c, i, m->bindings[i].keys[k]);
        if (rc == 0 && m->bindings[i].twice)
            rc = check_key(c, i, m->bindings[i].twice);
    }
    const struct key_binding *quit = keymap_of(m, ACTION_QUIT);
    for (size_t i = 0; rc == 0 && i < c->n; i++) {
        if (strcmp(c->changes[i].action, quit->name) == 0 && !quit->keys[0] && !quit->twice)
            rc = refuse(c, &c->changes[i], "%s: some key must end icetop", quit->name);
    }
    return rc;
}

/* ---- life ---- */

static bool is_first(const struct changing *c, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(c->changes[k].action, c->changes[i].action) == 0)
            return false;
    }
    return true;
}

static int apply(const struct changing *c)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < c->n; i++) {
        if (is_first(c, i))
            rc = begin_action(c, &c->changes[i]);
        if (rc == 0 && c->changes[i].key)
            rc = add_key(c, &c->changes[i]);
    }
    return rc ? rc : check(c);
}

int keymap_new(const char *file, const struct keymap_change *changes, size_t n, struct keymap **ret, struct error *err)
{
    struct keymap *m = mem_new(struct keymap);
    while (keys_at(m->n))
        m->n++;
    while (views_at(m->nviews))
        m->nviews++;
    m->bindings = mem_calloc(m->n, sizeof *m->bindings);
    m->views = mem_calloc(m->nviews, sizeof *m->views);
    for (size_t i = 0; i < m->n; i++)
        m->bindings[i] = *keys_at(i);
    for (size_t i = 0; i < m->nviews; i++)
        m->views[i] = views_at(i)->key;
    const struct changing c = {.map = m, .file = file, .changes = changes, .n = n, .err = err};
    int rc = apply(&c);
    if (rc)
        keymap_free(m);
    else
        *ret = m;
    return rc;
}

void keymap_free(struct keymap *m)
{
    if (!m)
        return;
    free(m->bindings);
    free(m->views);
    free(m);
}
