/* Places: taken from a view, written and read as JSON, made into a row again. */
#include "ui/place.h"

#include "base/mem.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

void place_take(struct place *p, const struct view *v)
{
    struct table_view *list = view_filtered(v);
    p->view = mem_strdup(v->def->name);
    view_subject_copy(&v->subject, &p->subject);
    p->filter = mem_strdup(list ? table_view_filter_text(list) : "");
}

void place_done(struct place *p)
{
    free(p->view);
    free(p->filter);
    view_subject_done(&p->subject);
    *p = (struct place){0};
}

void place_copy(const struct place *from, struct place *to)
{
    to->view = mem_strdup(from->view);
    to->filter = mem_strdup(from->filter ? from->filter : "");
    view_subject_copy(&from->subject, &to->subject);
}

void place_name(const struct place *p, struct str *out)
{
    const struct view_subject *s = &p->subject;
    const struct view_subject_key *k = s->nkeys ? &s->keys[s->nkeys - 1] : NULL;
    if (k && k->text)
        text_safe(out, k->bytes, k->len);
    else if (k)
        str_printf(out, "%s %" PRId64, p->view, k->i);
    else
        text_safe(out, p->view, strlen(p->view));
}

/* ---- JSON ---- */

static json_t *key_json(const struct view_subject_key *k)
{
    if (!k->text)
        return json_integer(k->i);
    if (text_is_utf8(k->bytes, k->len) && !memchr(k->bytes, '\0', k->len))
        return json_stringn(k->bytes, k->len);
    struct str hex = {0};
    for (size_t i = 0; i < k->len; i++)
        str_printf(&hex, "%02x", (unsigned char)k->bytes[i]);
    json_t *ret = json_pack("{s:s}", "hex", str_text(&hex));
    str_done(&hex);
    return ret;
}

json_t *place_json(const struct place *p)
{
    json_t *ret = json_pack("{s:s}", "view", p->view);
    if (p->subject.nkeys) {
        json_t *row = json_object();
        for (size_t i = 0; i < p->subject.nkeys; i++)
            json_object_set_new(row, p->subject.keys[i].name, key_json(&p->subject.keys[i]));
        json_object_set_new(ret, "row", row);
    }
    if (p->filter && *p->filter && text_is_utf8(p->filter, strlen(p->filter)))
        json_object_set_new(ret, "filter", json_string(p->filter));
    return ret;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_hex(const json_t *json, struct view_subject_key *k)
{
    const char *hex = json_string_value(json_object_get(json, "hex"));
    size_t len = hex ? strlen(hex) : 1;
    if (len % 2)
        return false;
    char *bytes = mem_alloc(len / 2 + 1);
    for (size_t i = 0; i < len / 2; i++) {
        int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) {
            free(bytes);
            return false;
        }
        bytes[i] = (char)(high * 16 + low);
    }
    bytes[len / 2] = '\0';
    k->text = true;
    k->bytes = bytes;
    k->len = len / 2;
    return true;
}

static bool parse_key(const json_t *json, struct view_subject_key *k)
{
    if (json_is_integer(json)) {
        k->i = json_integer_value(json);
        return true;
    }
    if (!json_is_string(json))
        return json_is_object(json) && parse_hex(json, k);
    k->text = true;
    k->len = json_string_length(json);
    k->bytes = mem_memdup(json_string_value(json), k->len);
    return true;
}

static bool parse_row(json_t *row, struct view_subject *s)
{
    const char *name;
    json_t *value;
    json_object_foreach(row, name, value)
    {
        if (s->nkeys >= VIEW_KEYS || !parse_key(value, &s->keys[s->nkeys]))
            return false;
        s->keys[s->nkeys++].name = mem_strdup(name);
    }
    return s->nkeys > 0;
}

int place_parse(const json_t *json, struct place *p, struct error *err)
{
    const json_t *view = json_object_get(json, "view"), *filter = json_object_get(json, "filter");
    json_t *row = json_object_get(json, "row");
    if (!json_is_string(view) || (filter && !json_is_string(filter)) || (row && !json_is_object(row)))
        return error_set(err, ERR_INVALID, "a place has a view, a row and a filter");
    p->view = mem_strdup(json_string_value(view));
    p->filter = mem_strdup(filter ? json_string_value(filter) : "");
    if (!row || parse_row(row, &p->subject))
        return 0;
    place_done(p);
    return error_set(err, ERR_INVALID, "the row of a place has keys, texts or numbers");
}

/* ---- a row ---- */

static const struct view_subject_key *find_key(const struct view_subject *s, const char *name)
{
    for (size_t i = 0; i < s->nkeys; i++) {
        if (strcmp(s->keys[i].name, name) == 0)
            return &s->keys[i];
    }
    return NULL;
}

static struct row *add_row(const struct place *p, struct store *s, struct table *t)
{
    struct value key[VIEW_KEYS] = {0};
    size_t n = 0;
    struct row *r = NULL;
    for (; n < table_nkeys(t); n++) {
        const struct view_subject_key *k = find_key(&p->subject, table_column(t, n)->name);
        if (!k || k->text != (table_column(t, n)->type == COLUMN_TEXT))
            break;
        key[n] = value_int(k->i);
        if (k->text)
            key[n].s = name_intern(store_names(s), k->bytes, k->len);
    }
    if (n == table_nkeys(t))
        r = table_upsert(t, key, 0);
    while (n-- > 0) {
        if (table_column(t, n)->type == COLUMN_TEXT)
            name_unref(key[n].s);
    }
    return r;
}

struct store *place_row(const struct place *p, const struct table *t, struct table **table, struct row **row)
{
    size_t n = table_nkeys(t);
    struct column columns[VIEW_KEYS];
    if (n == 0 || n > VIEW_KEYS || n != p->subject.nkeys)
        return NULL;
    for (size_t i = 0; i < n; i++)
        columns[i] = *table_column(t, i);
    const struct table_def def = {
        .name = table_name(t),
        .title = table_title(t),
        .help = table_help(t),
        .group = {.name = "keys", .columns = columns, .ncolumns = n},
    };
    struct store *s = store_new(store_clock(table_store(t)));
    *row = NULL;
    if (store_add(s, &def, NULL, table, NULL) == 0)
        *row = add_row(p, s, *table);
    if (*row)
        return s;
    store_free(s);
    return NULL;
}
