/* The bindings that are in force: the declared ones (ui/keys.h) with what the user changed. */
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include "base/error.h"
#include "ui/keys.h"
#include "ui/views.h"

/* One key of one action, as a configuration file gives it. The changes of an action together replace all its keys. */
struct keymap_change {
    const char *action; /* an action's name, or a view's */
    const char *key;    /* as input_parse reads it, or the same character twice, "gg"; NULL: none at all */
    unsigned line, column;
};

struct keymap;

/* The declared bindings with n changes. ERR_INVALID, with "file:line:column: " before it: an action or key that there is not,
 * two actions that would share a key in one place, no key left that quits. file may be NULL without changes. */
int keymap_new(const char *file, const struct keymap_change *changes, size_t n, struct keymap **ret, struct error *err);
void keymap_free(struct keymap *m); /* NULL is allowed */

/* The bindings, in the order of keys_at; NULL at the end. */
const struct key_binding *keymap_at(const struct keymap *m, size_t i);
const struct key_binding *keymap_of(const struct keymap *m, enum action action);
/* The first key of an action by its name, into buf (16 bytes), which is returned; "" where it has none. */
const char *keymap_name(const struct keymap *m, enum action action, char *buf);

/* What a key does in a context (enum key_context). *pending (0 at first) keeps the first of two keys. */
enum action keymap_find(const struct keymap *m, unsigned context, uint32_t key, uint32_t *pending);

/* The view that a key goes to, NULL for none, and the key of a view, 0 for none. */
const struct view_def *keymap_view(const struct keymap *m, uint32_t key);
uint32_t keymap_view_key(const struct keymap *m, const struct view_def *def);

#endif
