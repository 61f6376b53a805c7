/* Wraps what declared templates say of a row. */
#include "ui/words.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "ui/heads.h"
#include "ui/page.h"
#include "ui/shares.h"
#include "ui/template.h"

#include <stdlib.h>
#include <string.h>

enum { SIGN = 2, GAP = 2, BESIDE = 40 }; /* narrower than that labels stand above what they label */

/* One drawing, or a measuring where c is NULL. */
struct writing {
    struct cells *c;
    struct rect box;
    int x, y; /* where texts begin; the next line */
};

static int label_width(const struct view_words *words)
{
    int most = 0;
    for (size_t i = 0; i < VIEWS_WORDS && words->lines[i].label; i++) {
        int width = (int)text_width(words->lines[i].label, strlen(words->lines[i].label));
        most = width > most ? width : most;
    }
    return most;
}

static void put(const struct writing *w, int x, enum role role, const char *text)
{
    if (w->c && w->y < w->box.y + w->box.h)
        cells_text(w->c, x, w->y, w->box.x + w->box.w - x, role, text);
}

static void write_text(struct writing *w, int x, enum role role, const char *text)
{
    int room = w->box.x + w->box.w - x;
    while (*text) {
        size_t n = page_break(text, room > 0 ? room : 1);
        char *line = mem_memdup(text, n);
        put(w, x, role, line);
        free(line);
        w->y++;
        text += n;
        text += strspn(text, " ");
    }
}

/* "DRIFT age, plan; NULLS income": each letter that is not well, with the names that have it, where there is one for each. */
static void say_marks(const struct view_words_line *line, const struct context *ctx, const struct row *r,
                      struct str *out)
{
    const char *marks = row_text(r, line->marks);
    struct heads_names names = {0};
    heads_find(line->of, ctx, r, &names);
    bool all = names.n == strlen(marks);
    if (line->heads && all)
        heads_text(&names, true, out);
    for (size_t i = 0; !line->heads && marks[i]; i++) {
        if (marks[i] == '.' || memchr(marks, marks[i], i))
            continue;
        const char *word = shares_mark_word(marks[i]);
        str_printf(out, "%s%c", out->len ? "; " : "", marks[i]);
        if (word)
            str_printf(out, " %s", word);
        const char *between = ": ";
        for (size_t k = i; all && marks[k]; k++) {
            if (marks[k] != marks[i])
                continue;
            str_printf(out, "%s%s", between, names.items[k]->safe);
            between = ", ";
        }
    }
    vec_done(&names);
}

static void write_all(struct writing *w, const struct view_words *words, const struct context *ctx,
                      const struct table *t, const struct row *r)
{
    bool beside = w->box.w >= BESIDE;
    bool stale = context_stale(ctx, row_owner(r));
    w->x = w->box.x + SIGN + (beside ? label_width(words) + GAP : 0);
    w->y = w->box.y;
    for (size_t i = 0; i < VIEWS_WORDS && words->lines[i].label; i++) {
        const struct view_words_line *line = &words->lines[i];
        struct str s = {0};
        if (line->marks)
            say_marks(line, ctx, r, &s);
        else
            template_say(&s, line->say, t, r, &ctx->format);
        if (!s.len && line->other)
            template_say(&s, line->other, t, r, &ctx->format);
        if (s.len) {
            if (i == 0 && w->c && w->y < w->box.y + w->box.h)
                severity_put(w->c, w->box.x, w->y, verdicts_row(ctx->verdicts, ctx, t, r, NULL), stale);
            put(w, w->box.x + SIGN, ROLE_DIM, line->label);
            w->y += !beside && *line->label;
            write_text(w, *line->label ? w->x : w->box.x + SIGN, stale ? ROLE_DIM : line->role, str_text(&s));
        }
        str_done(&s);
    }
}

int words_height(const struct view_words *words, const struct context *ctx, const struct table *t, const struct row *r,
                 int width)
{
    struct writing w = {.box = {0, 0, width, 0}};
    write_all(&w, words, ctx, t, r);
    return w.y;
}

void words_draw(const struct view_words *words, const struct context *ctx, const struct table *t, const struct row *r,
                struct cells *c, struct rect box)
{
    struct writing w = {.c = c, .box = box};
    write_all(&w, words, ctx, t, r);
    if (w.y > box.y + box.h && box.h > 0 && box.w > 0)
        cells_glyph(c, box.x + box.w - 1, box.y + box.h - 1, ROLE_KEY, 0x2193, 'v');
}
