/* A parser of JAAS login entries as they stand in sasl.jaas.config. */
#include "conf/jaas.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_OPTIONS = 100 };

static const char *const flags[] = {"required", "requisite", "sufficient", "optional"};

struct reader {
    const char *text, *p;
    struct error *err;
};

static int fail(const struct reader *r, const char *what)
{
    return error_set(r->err, ERR_INVALID, "at character %zu: %s", (size_t)(r->p - r->text) + 1, what);
}

/* Blanks and comments, those of C and those to the end of the line. */
static void skip_blanks(struct reader *r)
{
    for (;;) {
        while (isspace((unsigned char)*r->p))
            r->p++;
        if (r->p[0] == '/' && r->p[1] == '/') {
            r->p += strcspn(r->p, "\n");
        } else if (r->p[0] == '/' && r->p[1] == '*') {
            const char *end = strstr(r->p + 2, "*/");
            r->p = end ? end + 2 : r->p + strlen(r->p);
        } else {
            return;
        }
    }
}

/* After a backslash inside quotes: one of C's escapes, up to three octal digits, or itself. */
static void read_escape(struct reader *r, struct str *out)
{
    static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
    const char *at = strchr(from, *r->p);
    if (at) {
        str_char(out, to[at - from]);
        r->p++;
        return;
    }
    if (*r->p < '0' || *r->p > '7') {
        str_char(out, *r->p++);
        return;
    }
    unsigned v = 0;
    size_t most = *r->p <= '3' ? 3 : 2; /* one byte at most */
    for (size_t i = 0; i < most && *r->p >= '0' && *r->p <= '7'; i++)
        v = v * 8 + (unsigned)(*r->p++ - '0');
    str_char(out, (char)v);
}

static int read_quoted(struct reader *r, struct str *out)
{
    char quote = *r->p++;
    while (*r->p != quote) {
        if (*r->p == '\0' || *r->p == '\n')
            return fail(r, "the quote is not closed");
        if (*r->p == '\\' && r->p[1]) {
            r->p++;
            read_escape(r, out);
        } else {
            str_char(out, *r->p++);
        }
    }
    r->p++;
    return 0;
}

/* A run of characters up to a blank, ';', '=' or a quote; what it would be is said in the error. */
static int read_word(struct reader *r, const char *what, struct str *out)
{
    skip_blanks(r);
    size_t n = strcspn(r->p, " \t\r\n\f\v;=\"'");
    if (n == 0)
        return fail(r, what);
    str_bytes(out, r->p, n);
    r->p += n;
    return 0;
}

static int read_value(struct reader *r, struct str *out)
{
    skip_blanks(r);
    if (*r->p != '=')
        return fail(r, "an option is written key=\"value\"");
    r->p++;
    skip_blanks(r);
    if (*r->p == '"' || *r->p == '\'')
        return read_quoted(r, out);
    return read_word(r, "an option has no value", out);
}

static int read_flag(struct reader *r)
{
    static const char wanted[] = "after the login module comes required, requisite, sufficient or optional";
    struct str flag = {0};
    const char *begin = r->p;
    int rc = read_word(r, wanted, &flag);
    bool known = false;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        known = known || strcasecmp(str_text(&flag), flags[i]) == 0;
    str_done(&flag);
    if (rc != 0 || known)
        return rc;
    r->p = begin;
    skip_blanks(r);
    return fail(r, wanted);
}

static int read_option(struct reader *r, struct conf_jaas *j)
{
    struct str key = {0}, value = {0};
    int rc = read_word(r, "the entry does not end with a semicolon", &key);
    if (rc == 0)
        rc = read_value(r, &value);
    if (rc == 0 && value.len != strlen(str_text(&value)))
        rc = fail(r, "a NUL is not allowed in a value");
    if (rc == 0 && j->n >= MAX_OPTIONS)
        rc = fail(r, "more than 100 options, the limit");
    if (rc == 0)
        vec_push(j,
                 ((struct conf_jaas_option){.key = mem_strdup(str_text(&key)), .value = mem_strdup(str_text(&value))}));
    str_done(&key);
    if (value.s)
        explicit_bzero(value.s, value.len);
    str_done(&value);
    return rc;
}

static int read_entry(struct reader *r, struct conf_jaas *j)
{
    struct str module = {0};
    int rc = read_word(r, "a login module was expected", &module);
    j->module = str_take(&module);
    if (rc == 0)
        rc = read_flag(r);
    while (rc == 0) {
        skip_blanks(r);
        if (*r->p == ';')
            break;
        rc = read_option(r, j);
    }
    if (rc != 0)
        return rc;
    r->p++;
    skip_blanks(r);
    return *r->p ? fail(r, "one login module is allowed") : 0;
}

int conf_jaas_parse(const char *text, struct conf_jaas *ret, struct error *err)
{
    struct reader r = {.text = text, .p = text, .err = err};
    struct conf_jaas j = {0};
    int rc = read_entry(&r, &j);
    if (rc == 0)
        *ret = j;
    else
        conf_jaas_done(&j);
    return rc;
}

const char *conf_jaas_get(const struct conf_jaas *j, const char *key)
{
    for (size_t i = j->n; i > 0; i--)
        if (strcmp(j->items[i - 1].key, key) == 0)
            return j->items[i - 1].value;
    return NULL;
}

const char *conf_jaas_module_name(const struct conf_jaas *j)
{
    const char *dot = strrchr(j->module, '.');
    return dot ? dot + 1 : j->module;
}

void conf_jaas_done(struct conf_jaas *j)
{
    for (size_t i = 0; i < j->n; i++) {
        free(j->items[i].key);
        mem_free_secret(j->items[i].value);
    }
    vec_done(j);
    free(j->module);
    j->module = NULL;
}
