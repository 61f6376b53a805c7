/* Sort orders. */
#include "expr/expr_internal.h"

#include <stdlib.h>
#include <string.h>

static int no_column(const struct table *t, const char *name, struct error *err)
{
    enum { ROOM = 300 };
    char buf[256];
    struct str list = {0};
    for (size_t i = 0; i < table_ncolumns(t) && list.len < ROOM; i++)
        str_printf(&list, "%s%s", i ? ", " : "", table_column(t, i)->name);
    int rc =
        error_set(err, ERR_INVALID, "sort order: table %s has no column %s; it has: %s%s", table_name(t),
                  expr_lex_quote(buf, sizeof buf, name, strlen(name)), str_text(&list), list.len < ROOM ? "" : ", ...");
    str_done(&list);
    return rc;
}

/* One "column [asc|desc]"; tok is its first token and afterwards the one that follows. */
static int parse_key(struct expr_token *tok, const struct table *t, struct expr_order_key *ret, struct error *err)
{
    char buf[256];
    if (tok->kind != TOKEN_WORD)
        return error_set(err, ERR_INVALID, "sort order: expected a column, not %s",
                         expr_lex_quote(buf, sizeof buf, tok->text, tok->len));
    char *name = mem_memdup(tok->text, tok->len);
    int column = table_column_index(t, name);
    int rc = column < 0 ? no_column(t, name, err) : 0;
    free(name);
    if (rc < 0)
        return rc;
    *ret = (struct expr_order_key){
        .column = (size_t)column,
        .descending = table_column(t, (size_t)column)->flags & COLUMN_WORST_HIGH,
    };
    rc = expr_lex_next(tok->text + tok->len, tok, err);
    if (rc < 0 || tok->kind != TOKEN_WORD)
        return rc;
    if (!expr_lex_is(tok, "asc") && !expr_lex_is(tok, "desc"))
        return error_set(err, ERR_INVALID, "sort order: expected asc, desc or a comma, not %s",
                         expr_lex_quote(buf, sizeof buf, tok->text, tok->len));
    ret->descending = expr_lex_is(tok, "desc");
    return expr_lex_next(tok->text + tok->len, tok, err);
}

int expr_order_parse(const char *text, const struct table *t, struct expr_order *ret, struct error *err)
{
    struct expr_order o = {0};
    struct expr_token tok;
    char buf[256];
    int rc = expr_lex_next(text, &tok, err);
    if (rc < 0)
        return rc;
    while (tok.kind != TOKEN_END || o.nkeys) {
        if (o.nkeys == EXPR_ORDER_KEYS)
            return error_set(err, ERR_LIMIT, "sort order: more than %d columns", EXPR_ORDER_KEYS);
        rc = parse_key(&tok, t, &o.keys[o.nkeys], err);
        if (rc < 0)
            return rc;
        o.nkeys++;
        if (tok.kind == TOKEN_END)
            break;
        if (tok.kind != TOKEN_COMMA)
            return error_set(err, ERR_INVALID, "sort order: expected a comma, not %s",
                             expr_lex_quote(buf, sizeof buf, tok.text, tok.len));
        rc = expr_lex_next(tok.text + tok.len, &tok, err);
        if (rc < 0)
            return rc;
    }
    *ret = o;
    return 0;
}

int expr_order_compare(const struct expr_order *o, const struct table *t, const struct row *a, const struct row *b)
{
    for (size_t i = 0; i < o->nkeys; i++) {
        size_t column = o->keys[i].column;
        struct value va = row_get(a, column), vb = row_get(b, column);
        int c = value_compare(table_column(t, column)->type, va, vb);
        bool unknown = va.quality == QUALITY_UNKNOWN || vb.quality == QUALITY_UNKNOWN;
        if (c)
            return o->keys[i].descending && !unknown ? -c : c;
    }
    for (size_t i = 0; i < table_nkeys(t); i++) {
        int c = value_compare(table_column(t, i)->type, row_get(a, i), row_get(b, i));
        if (c)
            return c;
    }
    return 0;
}
