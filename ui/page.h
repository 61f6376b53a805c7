/* Pages that are read, as help is. Lines of up to three texts, the last one
 * wrapped, scrolled. */
#ifndef UI_PAGE_H
#define UI_PAGE_H

#include "ui/keymap.h"
#include "ui/layout.h"
#include "ui/table_view.h"

struct page_line {
    enum role role;              /* of the left text */
    char *left, *middle, *right; /* owned; NULL: none */
};

struct page {
    struct {
        struct page_line *items;
        size_t n, room;
    } lines;
    int top, shown, total; /* of wrapped lines, when last drawn */
};

void page_done(struct page *p);
/* Empties it; the place stays. */
void page_clear(struct page *p);
__attribute__((format(printf, 3, 4))) void page_title(struct page *p, enum role role, const char *fmt, ...);
/* Copies its texts, of which any may be NULL. */
void page_add(struct page *p, enum role role, const char *left, const char *middle, const char *right);
void page_draw(struct page *p, struct cells *c, struct rect box);
bool page_action(struct page *p, enum action action);
/* Bytes of the first line of text that fits so many columns, broken at a blank where there is one, if it can be at one that
 * does not part a number from its unit. */
size_t page_break(const char *text, int width);

/* The keys that work, the views, the signs, and how to filter. */
void page_help(struct page *p, const struct keymap *keys);
/* One command, or what a view or table shows, by its name; false where there is none. */
bool page_help_topic(struct page *p, const struct context *ctx, const char *name);

#endif
