/* What the files of this room share; nobody else includes it. */
#ifndef EXPR_EXPR_INTERNAL_H
#define EXPR_EXPR_INTERNAL_H

#include "base/vec.h"
#include "expr/expr.h"

/* ---- lex.c ---- */

enum expr_op { EXPR_EQ, EXPR_NE, EXPR_LT, EXPR_LE, EXPR_GT, EXPR_GE, EXPR_MATCH, EXPR_NO_MATCH };

enum expr_token_kind { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_COMMA, TOKEN_OP };

struct expr_token {
    enum expr_token_kind kind;
    enum expr_op op;  /* of TOKEN_OP */
    const char *text; /* its first byte, of a string the quote */
    size_t len;       /* of a string with both quotes */
};

/* The token at p, blanks skipped. ERR_INVALID: tok->text is the character that is wrong. */
int expr_lex_next(const char *p, struct expr_token *tok, struct error *err);
/* Is it this keyword? */
bool expr_lex_is(const struct expr_token *tok, const char *keyword);
const char *expr_lex_op(enum expr_op op);
/* Takes a string's quotes and escapes off. regex: only the quote's own. ERR_INVALID: *bad is the
 * character. */
int expr_lex_unquote(const struct expr_token *tok, bool regex, struct str *out, const char **bad, struct error *err);
/* Text for an error message: safe, in double quotes, cut when long. */
const char *expr_lex_quote(char *buf, size_t size, const char *text, size_t len);

/* ---- number.c ---- */

struct expr_number {
    bool real;
    union {
        int64_t i;
        double d;
    };
};

/* What a number's suffix says; bits, for sets of what a column takes. */
enum expr_measure {
    MEASURE_PLAIN = 1 << 0,
    MEASURE_MULTIPLE = 1 << 1, /* k M G T */
    MEASURE_SIZE = 1 << 2,     /* in bytes */
    MEASURE_DURATION = 1 << 3, /* in milliseconds */
    MEASURE_PERCENT = 1 << 4,  /* as ratio */
};

/* A number as written: exactly, where it is an int64. */
struct expr_scalar {
    enum expr_measure measure;
    bool whole;
    int64_t i;     /* if whole */
    long double v; /* always */
};

/* ERR_INVALID if text is no number. */
int expr_number_parse(const char *text, struct expr_scalar *ret);
/* Divided by, as whole number where it is one. */
struct expr_number expr_number_of(const struct expr_scalar *s, int divisor);
/* n times factor, without overflow. */
struct expr_number expr_number_times(struct expr_number n, int64_t factor);

/* How two things compare: one bit, or several where it is not known. */
enum expr_relation { RELATION_LT = 1, RELATION_EQ = 2, RELATION_GT = 4, RELATION_UNORDERED = 8 };
enum expr_relation expr_number_compare(struct expr_number a, struct expr_number b);

/* ---- regex.c ---- */

struct expr_regex;
/* Compiles a regular expression, or (word) text that is to be found as it is in either case. On
 * ERR_INVALID *offset is the byte in pattern. */
int expr_regex_new(const char *pattern, size_t len, bool word, struct expr_regex **ret, size_t *offset,
                   struct error *err);
void expr_regex_free(struct expr_regex *r);

/* What an expression is of a row. */
enum expr_truth { TRUTH_FALSE, TRUTH_UNKNOWN, TRUTH_TRUE };
enum expr_truth expr_regex_find(struct expr_regex *r, const struct name *n);
/* The same in the raw and in the safe form. */
enum expr_truth expr_regex_find_word(struct expr_regex *r, const struct name *n);

/* ---- the tree ---- */

enum expr_operand_kind { OPERAND_WORD, OPERAND_STRING, OPERAND_AGE, OPERAND_UNKNOWN };

/* Types of operands, once bound. */
enum expr_type { TYPE_TEXT, TYPE_BOOL, TYPE_TIME, TYPE_NUMBER };

struct expr_operand {
    enum expr_operand_kind kind;
    size_t at;  /* its place in the expression */
    char *text; /* owned; the word, the unquoted string, the column of age() */
    size_t len;

    /* what expr_bind found */
    bool is_column;
    enum expr_type type;
    enum column_type column_type;
    size_t column;
    bool age;                  /* a time column that counts by its age, in ms */
    int64_t scale;             /* what its number is multiplied with, 1 or 1000 */
    struct expr_number number; /* of a literal that is no text */
};

enum expr_kind {
    EXPR_AND,     /* kids */
    EXPR_OR,      /* kids */
    EXPR_NOT,     /* the one kid */
    EXPR_COMPARE, /* left op right */
    EXPR_IN,      /* left in list */
    EXPR_REGEX,   /* left ~ regex, or !~ by op */
    EXPR_UNKNOWN, /* left = unknown, or != by op */
    EXPR_WORD,    /* left is the word; regex finds it */
};

struct expr_node {
    enum expr_kind kind;
    enum expr_op op;
    size_t at; /* of the operator */
    struct expr_operand left, right;
    VEC(struct expr_operand) list;
    VEC(struct expr_node *) kids;
    struct expr_regex *regex;
};

struct expr {
    char *text;
    struct expr_node *root; /* NULL: always true */
    bool bound;
    VEC(size_t) text_columns; /* of the table it is bound to */
};

#endif
