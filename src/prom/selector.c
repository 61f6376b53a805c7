/* Vector selectors: read from left to right into a list of matchers. */
#include "prom/selector.h"

#include "base/mem.h"
#include "base/regex.h"
#include "base/str.h"
#include "base/vec.h"
#include "prom/labels.h"
#include "prom/selector_string.h"

#include <stdlib.h>
#include <string.h>

enum operation { EQUAL, DIFFERENT, MATCHES, MATCHES_NOT };

struct matcher {
    char *label, *value;
    size_t label_len, value_len;
    enum operation op;
    struct regex *regex;
};

struct prom_selector {
    char *text;
    VEC(struct matcher) names, labels; /* those of __name__, and the others */
};

/* ---- matching ---- */

static bool holds(const struct matcher *m, const char *value, size_t len)
{
    bool same;
    if (m->regex)
        same = regex_find(m->regex, value, len) == REGEX_YES;
    else
        same = len == m->value_len && memcmp(value, m->value, len) == 0;
    return same == (m->op == EQUAL || m->op == MATCHES);
}

bool prom_selector_name(const struct prom_selector *s, const char *name)
{
    bool ok = true;
    for (size_t i = 0; ok && i < s->names.n; i++)
        ok = holds(&s->names.items[i], name, strlen(name));
    return ok;
}

/* What stands in a span, as one to compare with: without its escapes, for which room is used. */
static struct prom_text_span plain(struct prom_text_span span, struct str *room)
{
    if (!memchr(span.s, '\\', span.len))
        return span;
    str_clear(room);
    prom_text_unescape(span, room);
    return (struct prom_text_span){str_text(room), room->len};
}

static bool is_called(struct prom_text_span name, const struct matcher *m, struct str *room)
{
    name = plain(name, room);
    return name.len == m->label_len && memcmp(name.s, m->label, name.len) == 0;
}

static bool all_hold(const struct prom_selector *s, const struct prom_text_label *labels, size_t n)
{
    struct str room = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < s->labels.n; i++) {
        const struct matcher *m = &s->labels.items[i];
        struct prom_text_span value = {"", 0};
        for (size_t j = 0; j < n; j++)
            if (is_called(labels[j].name, m, &room)) {
                value = plain(labels[j].value, &room);
                break;
            }
        ok = holds(m, value.s, value.len);
    }
    str_done(&room);
    return ok;
}

bool prom_selector_series(const struct prom_selector *s, struct prom_text_span series)
{
    struct prom_text_label labels[PROM_TEXT_LABELS];
    struct prom_text_span name;
    if (!s->labels.n)
        return true;
    return all_hold(s, labels, prom_text_labels(series, &name, labels, PROM_TEXT_LABELS));
}

bool prom_selector_labels(const struct prom_selector *s, const char *labels)
{
    struct prom_text_label list[PROM_TEXT_LABELS];
    return !s->labels.n || all_hold(s, list, prom_labels_read(labels, list));
}

bool prom_selector_is_name(const struct prom_selector *s)
{
    return !s->labels.n && s->names.n == 1 && s->names.items[0].op == EQUAL;
}

const char *prom_selector_text(const struct prom_selector *s)
{
    return s->text;
}

/* ---- reading ---- */

static void free_matcher(struct matcher *m)
{
    free(m->label);
    free(m->value);
    regex_free(m->regex);
}

void prom_selector_free(struct prom_selector *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->names.n; i++)
        free_matcher(&s->names.items[i]);
    for (size_t i = 0; i < s->labels.n; i++)
        free_matcher(&s->labels.items[i]);
    vec_done(&s->names);
    vec_done(&s->labels);
    free(s->text);
    free(s);
}

static void skip_blanks(const char **p)
{
    *p += strspn(*p, " \t\r\n");
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

/* A name from *p on, with colons or without; "" where there is none. */
static char *read_word(const char **p, bool colons)
{
    static const char all[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789:";
    const char *from = *p;
    size_t len = strspn(from, all);
    const char *colon = memchr(from, ':', len);
    if (!colons && colon)
        len = (size_t)(colon - from);
    if (*from >= '0' && *from <= '9')
        len = 0;
    *p += len;
    return mem_memdup(from, len);
}

/* Adds a matcher, which takes label and value; where: the value's place in the text. */
static int add(struct prom_selector *s, struct matcher m, const char *where, const char **at, struct error *err)
{
    bool name = strcmp(m.label, "__name__") == 0;
    size_t offset = 0;
    int rc = 0;
    m.label_len = strlen(m.label);
    if (s->names.n + s->labels.n >= PROM_SELECTOR_MATCHERS)
        rc = error_set(err, ERR_LIMIT, "more than %d conditions, the limit", PROM_SELECTOR_MATCHERS);
    else if (m.op == MATCHES || m.op == MATCHES_NOT)
        rc = regex_new(m.value, m.value_len, REGEX_WHOLE, &m.regex, &offset, err);
    if (rc) {
        bool plainly = !memchr(where, '\\', m.value_len); /* else the pattern's bytes are not the text's */
        *at = rc == ERR_INVALID && plainly ? where + 1 + offset : where;
        free_matcher(&m);
        return rc;
    }
    if (name)
        vec_push(&s->names, m);
    else
        vec_push(&s->labels, m);
    return 0;
}

static int read_operation(const char **p, enum operation *ret, struct error *err)
{
    static const struct {
        const char *text;
        enum operation op;
    } operations[] = {{"=~", MATCHES}, {"!~", MATCHES_NOT}, {"!=", DIFFERENT}, {"=", EQUAL}};
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strncmp(*p, operations[i].text, strlen(operations[i].text)) == 0) {
            *ret = operations[i].op;
            *p += strlen(operations[i].text);
            return 0;
        }
    return error_set(err, ERR_INVALID, "expected = != =~ or !~ after a label's name");
}

/* Behind a label's name: an operator and a value. Takes the label. */
static int read_condition(struct prom_selector *s, char *label, const char **p, struct error *err)
{
    struct matcher m = {.label = label};
    struct str value = {0};
    int rc = read_operation(p, &m.op, err);
    if (!rc)
        skip_blanks(p);
    if (!rc && !is_quote(**p))
        rc = error_set(err, ERR_INVALID, "expected a value in quotes: \"\", '' or ``");
    const char *where = *p;
    if (!rc)
        rc = prom_selector_string_read(p, &value, err);
    if (rc) {
        str_done(&value);
        free(label);
        return rc;
    }
    m.value_len = value.len;
    m.value = str_take(&value);
    return add(s, m, where, p, err);
}

/* A condition, or the metric's name in quotes. */
static int read_item(struct prom_selector *s, bool *named, const char **p, struct error *err)
{
    const char *from = *p;
    struct str name = {0};
    if (!is_quote(*from)) {
        char *word = read_word(p, false);
        if (*word) {
            str_add(&name, word);
        } else {
            free(word);
            return error_set(err, ERR_INVALID, "expected the name of a label, or }");
        }
        free(word);
    } else {
        int rc = prom_selector_string_read(p, &name, err);
        if (!rc && (!name.len || memchr(name.s, '\0', name.len))) {
            *p = from;
            rc = error_set(err, ERR_INVALID, name.len ? "a name holds a NUL" : "an empty name");
        }
        if (rc) {
            str_done(&name);
            return rc;
        }
    }
    skip_blanks(p);
    if (!is_quote(*from) || !(**p == ',' || **p == '}'))
        return read_condition(s, str_take(&name), p, err);
    if (*named) {
        *p = from;
        str_done(&name);
        return error_set(err, ERR_INVALID, "the metric has a name already");
    }
    *named = true;
    size_t len = name.len;
    return add(s, (struct matcher){.label = mem_strdup("__name__"), .value = str_take(&name), .value_len = len}, from,
               p, err);
}

/* From the opening brace on. */
static int read_braces(struct prom_selector *s, bool *named, const char **p, struct error *err)
{
    ++*p;
    skip_blanks(p);
    while (**p != '}') {
        int rc = read_item(s, named, p, err);
        if (rc)
            return rc;
        skip_blanks(p);
        if (**p == ',')
            ++*p;
        else if (**p != '}')
            return error_set(err, ERR_INVALID, "expected , or }");
        skip_blanks(p);
    }
    ++*p;
    return 0;
}

/* Does a condition keep out what is not there? */
static bool is_demanding(const struct matcher *m)
{
    return !holds(m, "", 0);
}

static int read_all(struct prom_selector *s, const char **p, struct error *err)
{
    const char *const from = *p;
    bool named, demanding = false;
    skip_blanks(p);
    char *word = read_word(p, true);
    named = *word;
    if (named)
        vec_push(&s->names, (struct matcher){.label = mem_strdup("__name__"),
                                             .label_len = strlen("__name__"),
                                             .value = mem_strdup(word),
                                             .value_len = strlen(word)});
    free(word);
    skip_blanks(p);
    if (**p != '{' && !named)
        return error_set(err, ERR_INVALID, "expected the name of a metric, or {");
    const bool bare = named;
    if (**p == '{') {
        int rc = read_braces(s, &named, p, err);
        if (rc)
            return rc;
    }
    skip_blanks(p);
    if (**p)
        return error_set(err, ERR_INVALID, "a selector ends here: there are no ranges, offsets and operators");
    *p = from;
    if ((bare || named) && s->names.n > 1)
        return error_set(err, ERR_INVALID, "the metric's name is set twice");
    for (size_t i = 0; i < s->names.n; i++)
        demanding |= is_demanding(&s->names.items[i]);
    for (size_t i = 0; i < s->labels.n; i++)
        demanding |= is_demanding(&s->labels.items[i]);
    if (!demanding)
        return error_set(err, ERR_INVALID, "at least one condition has to be one that the empty text does not fulfil");
    return 0;
}

int prom_selector_parse(const char *text, struct prom_selector **ret, size_t *at, struct error *err)
{
    const char *p = text;
    size_t len = strlen(text);
    if (at)
        *at = 0;
    if (len > PROM_SELECTOR_BYTES)
        return error_set(err, ERR_LIMIT, "a selector of %zu bytes, the limit is %d", len, PROM_SELECTOR_BYTES);
    struct prom_selector *s = mem_new(struct prom_selector);
    s->text = mem_strdup(text);
    int rc = read_all(s, &p, err);
    if (rc) {
        if (at)
            *at = (size_t)(p - text);
        prom_selector_free(s);
        return rc;
    }
    *ret = s;
    return 0;
}

int prom_selector_check(const char *text, size_t *at, struct error *err)
{
    struct prom_selector *s = NULL;
    int rc = prom_selector_parse(text, &s, at, err);
    prom_selector_free(s);
    return rc;
}
