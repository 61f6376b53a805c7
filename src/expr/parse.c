/* Tokens to a tree. */
#include "base/limits.h"
#include "base/text.h"
#include "expr/expr_internal.h"

#include <stdlib.h>
#include <string.h>

/* How strongly operators bind. */
enum strength { STRENGTH_OR = 1, STRENGTH_AND, STRENGTH_NOT };

struct parser {
    const char *text;
    struct expr_token tok; /* the next one */
    const char *bad;       /* what an error points at */
    int depth;
    struct error *err;
};

static void operand_done(struct expr_operand *o)
{
    free(o->text);
}

static void node_free(struct expr_node *n)
{
    if (!n)
        return;
    for (size_t i = 0; i < n->kids.n; i++)
        node_free(n->kids.items[i]);
    vec_done(&n->kids);
    for (size_t i = 0; i < n->list.n; i++)
        operand_done(&n->list.items[i]);
    vec_done(&n->list);
    operand_done(&n->left);
    operand_done(&n->right);
    expr_regex_free(n->regex);
    free(n);
}

static struct expr_node *node_new(enum expr_kind kind, size_t at)
{
    struct expr_node *n = mem_new(struct expr_node);
    n->kind = kind;
    n->at = at;
    return n;
}

static int advance(struct parser *p)
{
    int rc = expr_lex_next(p->tok.text + p->tok.len, &p->tok, p->err);
    if (rc < 0)
        p->bad = p->tok.text;
    return rc;
}

static size_t here(const struct parser *p)
{
    return (size_t)(p->tok.text - p->text);
}

/* An error at the next token. */
static int expected(struct parser *p, const char *what)
{
    char buf[256];
    p->bad = p->tok.text;
    if (p->tok.kind == TOKEN_END)
        return error_set(p->err, ERR_INVALID, "expected %s, but it ends here", what);
    return error_set(p->err, ERR_INVALID, "expected %s, not %s", what,
                     expr_lex_quote(buf, sizeof buf, p->tok.text, p->tok.len));
}

static bool is_keyword(const struct expr_token *tok)
{
    return expr_lex_is(tok, "and") || expr_lex_is(tok, "or") || expr_lex_is(tok, "not") || expr_lex_is(tok, "in");
}

/* The rest of age(COLUMN); the name has been read, "(" is next. */
static int parse_age(struct parser *p, struct expr_operand *o)
{
    if (strcasecmp(o->text, "age") != 0) {
        char buf[256];
        p->bad = p->text + o->at;
        return error_set(p->err, ERR_INVALID, "there is no function %s, only age(COLUMN)",
                         expr_lex_quote(buf, sizeof buf, o->text, o->len));
    }
    int rc = advance(p);
    if (rc < 0)
        return rc;
    if (p->tok.kind != TOKEN_WORD)
        return expected(p, "a time column");
    free(o->text);
    o->kind = OPERAND_AGE;
    o->at = here(p);
    o->text = mem_memdup(p->tok.text, p->tok.len);
    o->len = p->tok.len;
    rc = advance(p);
    if (rc < 0)
        return rc;
    return p->tok.kind == TOKEN_CLOSE ? advance(p) : expected(p, "\")\"");
}

static int parse_string(struct parser *p, bool regex, struct expr_operand *o)
{
    struct str text = {0};
    int rc = expr_lex_unquote(&p->tok, regex, &text, &p->bad, p->err);
    if (rc < 0) {
        str_done(&text);
        return rc;
    }
    o->kind = OPERAND_STRING;
    o->len = text.len;
    o->text = str_take(&text);
    return advance(p);
}

/* One value; *o is the caller's to free also after an error. */
static int parse_operand(struct parser *p, bool regex, const char *what, struct expr_operand *o)
{
    *o = (struct expr_operand){.at = here(p)};
    if (p->tok.kind == TOKEN_STRING)
        return parse_string(p, regex, o);
    if (p->tok.kind != TOKEN_WORD || is_keyword(&p->tok))
        return expected(p, what);
    o->kind = OPERAND_WORD;
    o->text = mem_memdup(p->tok.text, p->tok.len);
    o->len = p->tok.len;
    int rc = advance(p);
    if (rc < 0 || p->tok.kind != TOKEN_OPEN)
        return rc;
    return parse_age(p, o);
}

/* "(a, b)" behind "in". */
static int parse_list(struct parser *p, struct expr_node *n)
{
    if (p->tok.kind != TOKEN_OPEN)
        return expected(p, "\"(\" and a list of values");
    do {
        int rc = advance(p);
        if (rc < 0)
            return rc;
        vec_push(&n->list, (struct expr_operand){0});
        struct expr_operand *o = &n->list.items[n->list.n - 1];
        rc = parse_operand(p, false, "a value", o);
        if (rc < 0)
            return rc;
        if (o->kind == OPERAND_AGE) {
            p->bad = p->text + o->at;
            return error_set(p->err, ERR_INVALID, "a list holds values only");
        }
    } while (p->tok.kind == TOKEN_COMMA);
    return p->tok.kind == TOKEN_CLOSE ? advance(p) : expected(p, "\",\" or \")\"");
}

/* Compiles what stands behind ~; the operand's place in the text is known, so that an error can
 * point into it. */
static int compile_regex(struct parser *p, struct expr_node *n)
{
    size_t offset = 0;
    const struct expr_operand *o = &n->right;
    int rc = expr_regex_new(o->text, o->len, false, &n->regex, &offset, p->err);
    if (rc == 0)
        return 0;
    const char *at = p->text + o->at;
    if (o->kind == OPERAND_STRING) { /* each quote within has lost its backslash */
        char quote = *at++;
        for (size_t i = 0; i < offset; i++)
            at += *at == '\\' && at[1] == quote ? 2 : 1;
    } else {
        at += offset;
    }
    p->bad = at;
    return rc;
}

/* The right-hand side of left OP. */
static int parse_right(struct parser *p, struct expr_node *n)
{
    char what[32];
    snprintf(what, sizeof what, "a value after %s", expr_lex_op(n->op));
    bool regex = n->op == EXPR_MATCH || n->op == EXPR_NO_MATCH;
    int rc = parse_operand(p, regex, what, &n->right);
    if (rc < 0)
        return rc;
    if (p->tok.kind == TOKEN_OP) {
        p->bad = p->tok.text;
        return error_set(p->err, ERR_INVALID, "a comparison cannot be compared: join two of them with \"and\"");
    }
    if (regex && n->right.kind == OPERAND_AGE) {
        p->bad = p->text + n->right.at;
        return error_set(p->err, ERR_INVALID, "%s needs a regular expression", expr_lex_op(n->op));
    }
    if (regex) {
        n->kind = EXPR_REGEX;
        return compile_regex(p, n);
    }
    struct expr_token word = {.kind = TOKEN_WORD, .text = n->right.text, .len = n->right.len};
    if (n->right.kind != OPERAND_WORD || !expr_lex_is(&word, "unknown"))
        return 0;
    if (n->op != EXPR_EQ && n->op != EXPR_NE) {
        p->bad = p->text + n->at;
        return error_set(p->err, ERR_INVALID, "unknown goes with = and != only");
    }
    n->right.kind = OPERAND_UNKNOWN;
    n->kind = EXPR_UNKNOWN;
    return 0;
}

/* "not in" is two tokens of which the first could begin something else. */
static bool at_not_in(const struct parser *p)
{
    struct expr_token next;
    return expr_lex_is(&p->tok, "not") && expr_lex_next(p->tok.text + p->tok.len, &next, NULL) == 0 &&
           expr_lex_is(&next, "in");
}

/* A word by itself. */
static int make_word(struct parser *p, struct expr_node *n)
{
    size_t offset;
    if (n->left.kind == OPERAND_AGE)
        return expected(p, "a comparison behind age()");
    n->kind = EXPR_WORD;
    int rc = expr_regex_new(n->left.text, n->left.len, true, &n->regex, &offset, p->err);
    if (rc < 0)
        p->bad = p->text + n->left.at;
    return rc;
}

/* operand, operand OP operand, operand [not] in (list) */
static int parse_comparison(struct parser *p, struct expr_node *n, bool *negated)
{
    int rc = parse_operand(p, false, "a column, a word or \"(\"", &n->left);
    if (rc < 0)
        return rc;
    n->at = here(p);
    if (p->tok.kind == TOKEN_OP) {
        n->op = p->tok.op;
        rc = advance(p);
        return rc < 0 ? rc : parse_right(p, n);
    }
    *negated = at_not_in(p);
    if (*negated) {
        rc = advance(p);
        if (rc < 0)
            return rc;
    }
    if (!expr_lex_is(&p->tok, "in"))
        return make_word(p, n);
    n->kind = EXPR_IN;
    rc = advance(p);
    return rc < 0 ? rc : parse_list(p, n);
}

static struct expr_node *negate(struct expr_node *kid)
{
    struct expr_node *n = node_new(EXPR_NOT, kid->at);
    vec_push(&n->kids, kid);
    return n;
}

/* Both sides under one node; chains of the same operator stay flat, so that nothing recurses over
 * them. */
static struct expr_node *join(enum expr_kind kind, struct expr_node *left, struct expr_node *right)
{
    struct expr_node *n = left;
    if (left->kind != kind) {
        n = node_new(kind, left->at);
        vec_push(&n->kids, left);
    }
    vec_push(&n->kids, right);
    return n;
}

static enum strength joint(const struct parser *p)
{
    return expr_lex_is(&p->tok, "or") ? STRENGTH_OR : expr_lex_is(&p->tok, "and") ? STRENGTH_AND : 0;
}

/* Everything whose operators bind at least as strongly as `least`. */
static int parse(struct parser *p, enum strength least, struct expr_node **ret)
{
    struct expr_node *n = NULL;
    int rc;
    if (++p->depth > LIMITS_EXPR_DEPTH) {
        p->bad = p->tok.text;
        return error_set(p->err, ERR_LIMIT, "nested more than %d deep", LIMITS_EXPR_DEPTH);
    }
    if (expr_lex_is(&p->tok, "not")) {
        rc = advance(p);
        if (rc == 0)
            rc = parse(p, STRENGTH_NOT, &n);
        if (rc == 0)
            n = negate(n);
    } else if (p->tok.kind == TOKEN_OPEN) {
        rc = advance(p);
        if (rc == 0)
            rc = parse(p, STRENGTH_OR, &n);
        if (rc == 0)
            rc = p->tok.kind == TOKEN_CLOSE ? advance(p) : expected(p, "\"and\", \"or\" or \")\"");
    } else {
        bool negated = false;
        n = node_new(EXPR_COMPARE, here(p));
        rc = parse_comparison(p, n, &negated);
        if (rc == 0 && negated)
            n = negate(n);
    }
    while (rc == 0 && joint(p) >= least && joint(p) != 0) {
        enum strength strength = joint(p);
        struct expr_node *right = NULL;
        rc = advance(p);
        if (rc == 0)
            rc = parse(p, strength + 1, &right);
        if (rc == 0)
            n = join(strength == STRENGTH_OR ? EXPR_OR : EXPR_AND, n, right);
    }
    p->depth--;
    if (rc < 0)
        node_free(n);
    else
        *ret = n;
    return rc;
}

static int parse_all(struct parser *p, struct expr_node **ret)
{
    struct expr_node *n = NULL;
    int rc = expr_lex_next(p->text, &p->tok, p->err);
    if (rc < 0) {
        p->bad = p->tok.text;
        return rc;
    }
    if (p->tok.kind == TOKEN_END) {
        *ret = NULL;
        return 0;
    }
    rc = parse(p, STRENGTH_OR, &n);
    if (rc < 0)
        return rc;
    if (p->tok.kind != TOKEN_END) {
        node_free(n);
        return expected(p, "\"and\", \"or\" or the end");
    }
    *ret = n;
    return 0;
}

int expr_parse(const char *text, struct expr **ret, size_t *at, struct error *err)
{
    struct parser p = {.text = text, .err = err, .bad = text};
    struct expr_node *root = NULL;
    int rc;
    if (strnlen(text, LIMITS_EXPR_BYTES + 1) > LIMITS_EXPR_BYTES) {
        p.bad = text + LIMITS_EXPR_BYTES;
        rc = error_set(err, ERR_LIMIT, "an expression has at most %d bytes", LIMITS_EXPR_BYTES);
    } else {
        rc = parse_all(&p, &root);
    }
    if (rc < 0) {
        if (at)
            *at = (size_t)(p.bad - text);
        return rc;
    }
    struct expr *e = mem_new(struct expr);
    e->text = mem_strdup(text);
    e->root = root;
    *ret = e;
    return 0;
}

void expr_free(struct expr *e)
{
    if (!e)
        return;
    node_free(e->root);
    vec_done(&e->text_columns);
    free(e->text);
    free(e);
}

const char *expr_text(const struct expr *e)
{
    return e->text;
}

void expr_explain(struct str *out, const char *text, size_t at, const struct error *err)
{
    size_t len = strlen(text);
    struct str before = {0};
    text_safe(&before, text, at < len ? at : len);
    str_add(out, err->text);
    str_add(out, "\n  ");
    text_safe(out, text, len);
    str_add(out, "\n  ");
    str_repeat(out, ' ', text_width(str_text(&before), before.len));
    str_add(out, "^\n");
    str_done(&before);
}
