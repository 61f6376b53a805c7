/* Labels as one text. */
#include "prom/labels.h"

#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    const struct prom_labels_pair *x = a, *y = b;
    size_t len = x->name_len < y->name_len ? x->name_len : y->name_len;
    int c = memcmp(x->name, y->name, len);
    return c ? c : (x->name_len > y->name_len) - (x->name_len < y->name_len);
}

static bool is_plain(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = name[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (!i || c < '0' || c > '9'))
            return false;
    }
    return len;
}

static void write_quoted(struct str *out, const char *s, size_t len)
{
    str_char(out, '"');
    for (size_t i = 0; i < len; i++)
        if (s[i] == '\n')
            str_add(out, "\\n");
        else if (s[i] == '"' || s[i] == '\\')
            str_printf(out, "\\%c", s[i]);
        else
            str_char(out, s[i]);
    str_char(out, '"');
}

static double number_of(const char *s, size_t len)
{
    char buf[64], *end;
    if (!len || len >= sizeof buf || strchr(" \t\n", *s))
        return NAN;
    memcpy(buf, s, len);
    buf[len] = '\0';
    double d = strtod(buf, &end);
    return *end ? NAN : d;
}

void prom_labels_join(struct prom_labels_pair *pairs, size_t n, struct str *out)
{
    str_clear(out);
    if (n)
        qsort(pairs, n, sizeof *pairs, compare);
    for (size_t i = 0; i < n; i++) {
        const struct prom_labels_pair *p = &pairs[i];
        if (!p->value_len)
            continue;
        if (out->len)
            str_char(out, ',');
        if (is_plain(p->name, p->name_len))
            str_bytes(out, p->name, p->name_len);
        else
            write_quoted(out, p->name, p->name_len);
        str_char(out, '=');
        write_quoted(out, p->value, p->value_len);
    }
}

void prom_labels_write(struct prom_text_span series, double *le, struct str *out)
{
    struct prom_text_label labels[PROM_TEXT_LABELS];
    struct prom_labels_pair pairs[PROM_TEXT_LABELS];
    struct prom_text_span name;
    struct str text = {0};
    size_t n = prom_text_labels(series, &name, labels, PROM_TEXT_LABELS), kept = 0, at = 0;
    for (size_t i = 0; i < n; i++) {
        struct prom_labels_pair *p = &pairs[i];
        p->name_len = text.len;
        prom_text_unescape(labels[i].name, &text);
        p->name_len = text.len - p->name_len;
        p->value_len = text.len;
        prom_text_unescape(labels[i].value, &text);
        p->value_len = text.len - p->value_len;
    }
    for (size_t i = 0; i < n; i++) {
        struct prom_labels_pair p = pairs[i];
        p.name = str_text(&text) + at;
        p.value = p.name + p.name_len;
        at += p.name_len + p.value_len;
        if (le && p.name_len == 2 && memcmp(p.name, "le", 2) == 0)
            *le = number_of(p.value, p.value_len);
        else
            pairs[kept++] = p;
    }
    prom_labels_join(pairs, kept, out);
    str_done(&text);
}

/* From the quote on, what stands within; *at is moved behind it. */
static struct prom_text_span quoted(const char **at)
{
    const char *const from = *at + 1, *p = from;
    while (*p && *p != '"')
        p += *p == '\\' && p[1] ? 2 : 1;
    *at = *p ? p + 1 : p;
    return (struct prom_text_span){from, (size_t)(p - from)};
}

size_t prom_labels_read(const char *labels, struct prom_text_label *ret)
{
    size_t n = 0;
    for (const char *p = labels; *p && n < PROM_TEXT_LABELS; p += *p == ',') {
        struct prom_text_label *l = &ret[n++];
        if (*p == '"') {
            l->name = quoted(&p);
        } else {
            l->name = (struct prom_text_span){p, strcspn(p, "=")};
            p += l->name.len;
        }
        if (p[0] != '=' || p[1] != '"')
            return 0;
        p++;
        l->value = quoted(&p);
    }
    return n;
}

bool prom_labels_get(const char *labels, const char *name, struct str *out)
{
    struct prom_text_label list[PROM_TEXT_LABELS];
    size_t n = prom_labels_read(labels, list), len = strlen(name), i = 0;
    while (i < n && (list[i].name.len != len || memcmp(list[i].name.s, name, len) != 0))
        i++;
    if (i == n)
        return false;
    prom_text_unescape(list[i].value, out);
    return true;
}
