/* Rectangles and column widths: no drawing, no state. */
#include "ui/layout.h"

#include <limits.h>

static int least(int a, int b)
{
    return a < b ? a : b;
}

static struct rect take_top(struct rect *box, int rows)
{
    rows = least(rows < 0 ? 0 : rows, box->h);
    struct rect top = {box->x, box->y, box->w, rows};
    box->y += rows;
    box->h -= rows;
    return top;
}

static struct rect take_bottom(struct rect *box, int rows)
{
    rows = least(rows < 0 ? 0 : rows, box->h);
    box->h -= rows;
    return (struct rect){box->x, box->y + box->h, box->w, rows};
}

void layout_frame(int width, int height, int notices, int crumbs, struct layout_frame *ret)
{
    struct rect box = {0, 0, width < 0 ? 0 : width, height < 0 ? 0 : height};
    ret->header = take_top(&box, 1);
    ret->footer = take_bottom(&box, height >= 4 ? 1 : 0);
    ret->notices = take_top(&box, least(notices, height / 4));
    ret->crumbs = take_top(&box, height >= 16 ? crumbs : height >= 8 ? least(crumbs, 1) : 0);
    ret->body = box;
}

/* Rows given to parts so far, gaps between them included. */
static int rows_used(const int *rows, int n, int gap)
{
    int used = 0, given = 0;
    for (int i = 0; i < n; i++) {
        used += rows[i];
        given += rows[i] > 0;
    }
    return used + (given > 1 ? (given - 1) * gap : 0);
}

/* The part that comes next by rank after (rank, at), in order of appearance within one rank; -1 at
 * the end. */
static int next_part(const struct layout_part *parts, int n, int *rank, int at)
{
    for (int i = at + 1; i < n; i++) {
        if (parts[i].rank == *rank)
            return i;
    }
    int next = INT_MAX, found = -1;
    for (int i = 0; i < n; i++) {
        if (parts[i].rank > *rank && parts[i].rank < next) {
            next = parts[i].rank;
            found = i;
        }
    }
    *rank = next;
    return found;
}

void layout_stack(struct rect box, int gap, const struct layout_part *parts, int n, struct rect *ret)
{
    enum { PARTS = 16 };
    int rows[PARTS] = {0};
    n = least(n, PARTS);
    int rank = INT_MIN;
    for (int i = next_part(parts, n, &rank, n); i >= 0; i = next_part(parts, n, &rank, i)) {
        int min = parts[i].min > 0 ? parts[i].min : 0;
        rows[i] = least(min, parts[i].want);
        if (rows_used(rows, n, gap) > box.h)
            rows[i] = rows_used(rows, n, gap) == rows[i] ? box.h : 0;
    }
    rank = INT_MIN;
    for (int i = next_part(parts, n, &rank, n); i >= 0; i = next_part(parts, n, &rank, i)) {
        int spare = box.h - rows_used(rows, n, gap);
        if (rows[i] > 0 && spare > 0 && parts[i].want > rows[i])
            rows[i] += least(spare, parts[i].want - rows[i]);
    }
    for (int i = 0; i < n; i++) {
        if (parts[i].grow && rows[i] > 0) {
            rows[i] += box.h - rows_used(rows, n, gap);
            break;
        }
    }
    bool first = true;
    for (int i = 0; i < n; i++) {
        if (rows[i] > 0 && !first)
            take_top(&box, gap);
        first = first && rows[i] == 0;
        ret[i] = take_top(&box, rows[i]);
    }
}

void layout_split(struct rect box, int gap, int min, struct rect *left, struct rect *right)
{
    int half = (box.w - gap) / 2;
    *left = box;
    *right = (struct rect){box.x + box.w, box.y, 0, 0};
    if (half < min || half <= 0)
        return;
    *right = (struct rect){box.x + box.w - half, box.y, half, box.h};
    left->w = box.w - gap - half;
}

int layout_fit(int width, int gap, struct layout_column *columns, int n)
{
    int used = 0;
    for (int i = 0; i < n; i++)
        columns[i].width = 0;
    if (n > 0 && width > 0) {
        columns[0].width = least(width, least(columns[0].min, columns[0].natural));
        if (columns[0].width < 1)
            columns[0].width = 1;
        used = columns[0].width;
    }
    int highest = 0;
    for (int i = 0; i < n; i++)
        highest = columns[i].priority > highest ? columns[i].priority : highest;
    for (int p = 0; p <= highest; p++) {
        for (int i = 1; i < n; i++) {
            int need = least(columns[i].min, columns[i].natural);
            if (columns[i].priority != p || need < 1 || used + gap + need > width)
                continue;
            columns[i].width = need;
            used += gap + need;
        }
    }
    for (int p = 0; p <= highest; p++) {
        for (int i = 0; i < n; i++) {
            bool mine = i == 0 ? p == 0 : columns[i].priority == p;
            if (!mine || columns[i].width == 0)
                continue;
            int more = least(width - used, columns[i].natural - columns[i].width);
            if (more > 0) {
                columns[i].width += more;
                used += more;
            }
        }
    }
    return used;
}
