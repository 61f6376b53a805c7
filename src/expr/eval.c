/* What an expression is of a row. */
#include "expr/expr_internal.h"

#include <string.h>

/* Which relations make an operator true. */
static const unsigned accepted[] = {
    [EXPR_EQ] = RELATION_EQ, [EXPR_NE] = RELATION_LT | RELATION_GT | RELATION_UNORDERED,
    [EXPR_LT] = RELATION_LT, [EXPR_LE] = RELATION_LT | RELATION_EQ,
    [EXPR_GT] = RELATION_GT, [EXPR_GE] = RELATION_GT | RELATION_EQ,
};

/* An operand of a row: a value from which the truth may lie away upwards or downwards. */
struct bounded {
    struct expr_number n;
    bool up, down;
};

static enum expr_truth negation(enum expr_truth t)
{
    return TRUTH_TRUE - t;
}

static struct expr_number age_of(int64_t time_ms, int64_t now_ms)
{
    struct expr_number n = {0};
    if (__builtin_sub_overflow(now_ms, time_ms, &n.i)) {
        n.real = true;
        n.d = (double)now_ms - (double)time_ms;
    }
    return n;
}

/* False if it is unknown. */
static bool read_number(const struct expr_operand *o, const struct row *r, int64_t now_ms, struct bounded *ret)
{
    if (!o->is_column) {
        *ret = (struct bounded){.n = o->number};
        return true;
    }
    struct value v = row_get(r, o->column);
    if (v.quality == QUALITY_UNKNOWN)
        return false;
    bool up = v.quality == QUALITY_GE, down = v.quality == QUALITY_LE;
    struct expr_number n = {.i = v.i};
    if (o->column_type == COLUMN_REAL)
        n = (struct expr_number){.real = true, .d = v.d};
    if (o->age)
        *ret = (struct bounded){.n = age_of(v.i, now_ms), .up = down, .down = up};
    else
        *ret = (struct bounded){.n = n, .up = up, .down = down};
    if (o->scale != 1)
        ret->n = expr_number_times(ret->n, o->scale);
    return true;
}

/* All relations that the truth behind two values may have. */
static unsigned relations(const struct bounded *a, const struct bounded *b)
{
    unsigned seen = expr_number_compare(a->n, b->n);
    if (seen == RELATION_UNORDERED)
        return seen;
    unsigned r = seen;
    if (a->up || b->down)
        r |= RELATION_GT | (seen == RELATION_LT ? RELATION_EQ : 0);
    if (a->down || b->up)
        r |= RELATION_LT | (seen == RELATION_GT ? RELATION_EQ : 0);
    return r;
}

static bool read_text(const struct expr_operand *o, const struct row *r, const char **text, size_t *len)
{
    *text = o->text;
    *len = o->len;
    if (!o->is_column)
        return true;
    struct value v = row_get(r, o->column);
    if (v.quality == QUALITY_UNKNOWN)
        return false;
    *text = v.s->raw;
    *len = v.s->len;
    return true;
}

/* 0 if one of them is unknown. */
static unsigned text_relation(const struct expr_operand *a, const struct expr_operand *b, const struct row *r)
{
    const char *s, *t;
    size_t slen, tlen;
    if (!read_text(a, r, &s, &slen) || !read_text(b, r, &t, &tlen))
        return 0;
    size_t least = slen < tlen ? slen : tlen;
    int c = least ? memcmp(s, t, least) : 0;
    if (c == 0)
        c = (slen > tlen) - (slen < tlen);
    return c < 0 ? RELATION_LT : c > 0 ? RELATION_GT : RELATION_EQ;
}

static enum expr_truth compare(const struct expr_operand *a, enum expr_op op, const struct expr_operand *b,
                               const struct row *r, int64_t now_ms)
{
    unsigned possible = 0;
    if (a->type == TYPE_TEXT) {
        possible = text_relation(a, b, r);
    } else {
        struct bounded x, y;
        if (read_number(a, r, now_ms, &x) && read_number(b, r, now_ms, &y))
            possible = relations(&x, &y);
    }
    if (!possible)
        return TRUTH_UNKNOWN;
    unsigned yes = possible & accepted[op];
    return yes == possible ? TRUTH_TRUE : yes ? TRUTH_UNKNOWN : TRUTH_FALSE;
}

static enum expr_truth eval_in(const struct expr_node *n, const struct row *r, int64_t now_ms)
{
    enum expr_truth best = TRUTH_FALSE;
    for (size_t i = 0; i < n->list.n && best != TRUTH_TRUE; i++) {
        enum expr_truth t = compare(&n->left, EXPR_EQ, &n->list.items[i], r, now_ms);
        if (t > best)
            best = t;
    }
    return best;
}

static enum expr_truth eval_regex(const struct expr_node *n, const struct row *r)
{
    struct value v = row_get(r, n->left.column);
    if (v.quality == QUALITY_UNKNOWN)
        return TRUTH_UNKNOWN;
    enum expr_truth t = expr_regex_find(n->regex, v.s);
    return n->op == EXPR_MATCH ? t : negation(t);
}

static enum expr_truth eval_word(const struct expr *e, const struct expr_node *n, const struct row *r)
{
    if (n->left.is_column) {
        struct value v = row_get(r, n->left.column);
        return v.quality == QUALITY_UNKNOWN ? TRUTH_UNKNOWN : v.i ? TRUTH_TRUE : TRUTH_FALSE;
    }
    for (size_t i = 0; i < e->text_columns.n; i++) {
        struct value v = row_get(r, e->text_columns.items[i]);
        if (v.quality != QUALITY_UNKNOWN && expr_regex_find_word(n->regex, v.s) == TRUTH_TRUE)
            return TRUTH_TRUE;
    }
    return TRUTH_FALSE;
}

static enum expr_truth eval(const struct expr *e, const struct expr_node *n, const struct row *r, int64_t now_ms)
{
    switch (n->kind) {
    case EXPR_NOT:
        return negation(eval(e, n->kids.items[0], r, now_ms));
    case EXPR_COMPARE:
        return compare(&n->left, n->op, &n->right, r, now_ms);
    case EXPR_IN:
        return eval_in(n, r, now_ms);
    case EXPR_REGEX:
        return eval_regex(n, r);
    case EXPR_UNKNOWN: {
        bool unknown = row_get(r, n->left.column).quality == QUALITY_UNKNOWN;
        return unknown == (n->op == EXPR_EQ) ? TRUTH_TRUE : TRUTH_FALSE;
    }
    case EXPR_WORD:
        return eval_word(e, n, r);
    default:
        break;
    }
    /* and: the least of all; or: the greatest */
    enum expr_truth end = n->kind == EXPR_AND ? TRUTH_FALSE : TRUTH_TRUE;
    enum expr_truth all = negation(end);
    for (size_t i = 0; i < n->kids.n && all != end; i++) {
        enum expr_truth t = eval(e, n->kids.items[i], r, now_ms);
        if (n->kind == EXPR_AND ? t < all : t > all)
            all = t;
    }
    return all;
}

bool expr_matches(const struct expr *e, const struct row *r, int64_t now_ms)
{
    if (!e->root)
        return true;
    return e->bound && eval(e, e->root, r, now_ms) == TRUTH_TRUE;
}
