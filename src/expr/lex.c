/* Characters to tokens. */
#include "base/text.h"
#include "expr/expr_internal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char blanks[] = " \t\r\n";
static const char word_ends[] = " \t\r\n()=,!<>~\"'";

/* Longer ones first. */
static const struct {
    const char *text;
    enum expr_op op;
} operators[] = {
    {"==", EXPR_EQ}, {"!=", EXPR_NE}, {"<=", EXPR_LE}, {">=", EXPR_GE},   {"!~", EXPR_NO_MATCH},
    {"=", EXPR_EQ},  {"<", EXPR_LT},  {">", EXPR_GT},  {"~", EXPR_MATCH},
};

const char *expr_lex_op(enum expr_op op)
{
    static const char *const names[] = {
        [EXPR_EQ] = "=", [EXPR_NE] = "!=", [EXPR_LT] = "<",    [EXPR_LE] = "<=",
        [EXPR_GT] = ">", [EXPR_GE] = ">=", [EXPR_MATCH] = "~", [EXPR_NO_MATCH] = "!~",
    };
    return names[op];
}

static int lex_string(struct expr_token *tok, struct error *err)
{
    const char *p = tok->text + 1;
    for (; *p && *p != *tok->text; p++)
        if (*p == '\\' && p[1])
            p++;
    if (!*p)
        return error_set(err, ERR_INVALID, "the string that begins here has no end");
    tok->kind = TOKEN_STRING;
    tok->len = (size_t)(p - tok->text) + 1;
    return 0;
}

static int lex_operator(struct expr_token *tok, struct error *err)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t n = strlen(operators[i].text);
        if (strncmp(tok->text, operators[i].text, n) != 0)
            continue;
        tok->kind = TOKEN_OP;
        tok->op = operators[i].op;
        tok->len = n;
        return 0;
    }
    return error_set(err, ERR_INVALID, "\"!\" is no operator: write \"not\", != or !~");
}

int expr_lex_next(const char *p, struct expr_token *tok, struct error *err)
{
    p += strspn(p, blanks);
    *tok = (struct expr_token){.kind = TOKEN_END, .text = p, .len = 1};
    switch (*p) {
    case '\0':
        tok->len = 0;
        return 0;
    case '(':
        tok->kind = TOKEN_OPEN;
        return 0;
    case ')':
        tok->kind = TOKEN_CLOSE;
        return 0;
    case ',':
        tok->kind = TOKEN_COMMA;
        return 0;
    case '"':
    case '\'':
        return lex_string(tok, err);
    case '=':
    case '!':
    case '<':
    case '>':
    case '~':
        return lex_operator(tok, err);
    default:
        tok->kind = TOKEN_WORD;
        tok->len = strcspn(p, word_ends);
        return 0;
    }
}

bool expr_lex_is(const struct expr_token *tok, const char *keyword)
{
    return tok->kind == TOKEN_WORD && tok->len == strlen(keyword) && strncasecmp(tok->text, keyword, tok->len) == 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One escape of a string that is no regular expression; p is at the backslash. Returns its length,
 * 0 if it is none. */
static size_t unescape(const char *p, struct str *out)
{
    static const char from[] = "\\\"'ntr", to[] = "\\\"'\n\t\r";
    const char *known = p[1] ? strchr(from, p[1]) : NULL;
    if (known) {
        str_char(out, to[known - from]);
        return 2;
    }
    if (p[1] != 'x' || hex_digit(p[2]) < 0 || hex_digit(p[3]) < 0)
        return 0;
    str_char(out, (char)(hex_digit(p[2]) * 16 + hex_digit(p[3])));
    return 4;
}

int expr_lex_unquote(const struct expr_token *tok, bool regex, struct str *out, const char **bad, struct error *err)
{
    char quote = *tok->text;
    const char *end = tok->text + tok->len - 1;
    for (const char *p = tok->text + 1; p < end;) {
        if (*p != '\\') {
            str_char(out, *p++);
        } else if (regex) {
            if (p[1] != quote)
                str_char(out, '\\');
            str_char(out, p[1]);
            p += 2;
        } else {
            size_t n = unescape(p, out);
            if (!n) {
                *bad = p;
                return error_set(err, ERR_INVALID, "no such escape: there are \\\" \\' \\\\ \\n \\t \\r \\xHH");
            }
            p += n;
        }
    }
    return 0;
}

const char *expr_lex_quote(char *buf, size_t size, const char *text, size_t len)
{
    enum { COLUMNS = 40 };
    struct str safe = {0};
    text_safe(&safe, text, len);
    size_t n = text_fit(str_text(&safe), safe.len, COLUMNS, NULL);
    snprintf(buf, size, "\"%.*s%s\"", (int)n, str_text(&safe), n < safe.len ? "..." : "");
    str_done(&safe);
    return buf;
}
