/* What the Iceberg source knows of each table: coming and going, notes, events. */
#include "iceberg/source_internal.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    PAUSE_DOUBLINGS = 5, /* rounds between attempts at what is malformed: at most 32 */
    EVENTS = 20,         /* about single tables in one round */
};

struct iceberg_source_table *iceberg_source_find(const struct iceberg_source *s, const char *name)
{
    return map_get(&s->by_name, name, strlen(name));
}

__attribute__((format(printf, 4, 5))) static void tell(struct iceberg_source *s, const struct iceberg_source_table *t,
                                                       const char *severity, const char *fmt, ...)
{
    struct str text = {0};
    va_list ap;
    if (++s->told > EVENTS) {
        s->untold++;
        return;
    }
    char *subject = mem_printf("table %s", t->name);
    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    source_event(s->store, s->name, severity, subject, "%s", str_text(&text));
    str_done(&text);
    free(subject);
}

/* ---- coming and going ---- */

static struct iceberg_source_table *add_table(struct iceberg_source *s, const char *name)
{
    struct iceberg_source_table *t = mem_new(struct iceberg_source_table);
    t->name = mem_strdup(name);
    t->rows = (struct iceberg_rows){
        .store = s->store, .owner = source_owner(s->src), .catalog = s->settings.name, .table = t->name};
    map_put(&s->by_name, name, strlen(name), t);
    vec_push(&s->tables, t);
    if (s->listed)
        tell(s, t, "info", "appeared in catalog %s", s->settings.name);
    return t;
}

static void free_table(struct iceberg_source_table *t)
{
    free(t->rows.snapshots);
    free(t->name);
    free(t->written);
    free(t->file);
    free(t->uuid);
    free(t->note);
    free(t->etag);
    free(t);
}

/* Takes away those that the look has not seen. */
static void remove_unseen(struct iceberg_source *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->tables.n; i++) {
        struct iceberg_source_table *t = s->tables.items[i];
        if (t->seen) {
            s->tables.items[kept++] = t;
            continue;
        }
        tell(s, t, t->uuid ? "warn" : "info", "is no longer in catalog %s", s->settings.name);
        iceberg_rows_remove(&t->rows);
        s->reading -= t->reading; /* whoever reads it finds nobody to tell */
        map_del(&s->by_name, t->name, strlen(t->name));
        free_table(t);
    }
    s->tables.n = kept;
    s->next = 0;
}

void iceberg_source_forget(struct iceberg_source *s)
{
    for (size_t i = 0; i < s->tables.n; i++)
        free_table(s->tables.items[i]);
    vec_done(&s->tables);
    map_done(&s->by_name);
}

/* ---- what became of one ---- */

static void set_place(struct iceberg_source_table *t)
{
    iceberg_rows_text(&t->rows, ICEBERG_TABLES_METADATA, t->written);
    iceberg_rows_text(&t->rows, ICEBERG_TABLES_HOW, t->how);
}

static void set_state(struct iceberg_source_table *t, const char *state)
{
    iceberg_rows_text(&t->rows, ICEBERG_TABLES_STATE, state);
}

static void set_note(struct iceberg_source_table *t, const char *note)
{
    if (!text_same(t->note, note))
        mem_replace(&t->note, note);
    iceberg_rows_text(&t->rows, ICEBERG_TABLES_NOTE, note);
    set_place(t);
}

void iceberg_source_unread(struct iceberg_source *s, struct iceberg_source_table *t, const struct error *err)
{
    bool lasting = err->code == ERR_INVALID || err->code == ERR_LIMIT;
    unsigned doublings = t->failures < PAUSE_DOUBLINGS ? t->failures : PAUSE_DOUBLINGS;
    t->pause = lasting ? 1U << doublings : 1; /* 1: until the next round */
    t->failures++;
    mem_replace(&t->etag, NULL);
    t->body = 0;
    t->failed = true;
    t->odd = false;
    set_note(t, err->text);
    set_state(t, t->missing ? "missing" : "unread");
    if (t->uuid && !t->told) {
        tell(s, t, "warn", "cannot be read: %s", err->text);
        t->told = true;
    }
}

static void readable(struct iceberg_source *s, struct iceberg_source_table *t)
{
    if (t->told)
        tell(s, t, "info", "can be read again");
    t->told = t->failed = t->due = t->missing = false;
    t->failures = t->pause = 0;
}

void iceberg_source_same(struct iceberg_source *s, struct iceberg_source_table *t)
{
    readable(s, t);
    set_place(t);
    set_state(t, "read");
}

void iceberg_source_late(struct iceberg_source *s)
{
    for (size_t i = 0; i < s->tables.n; i++)
        if (s->tables.items[i]->due || s->tables.items[i]->reading)
            set_state(s->tables.items[i], "late");
}

void iceberg_source_read(struct iceberg_source *s, struct iceberg_source_table *t, const struct iceberg_digest *d)
{
    const char *uuid = d->metadata->table_uuid ? d->metadata->table_uuid : "";
    readable(s, t);
    if (t->uuid && strcmp(t->uuid, uuid) != 0) {
        tell(s, t, "warn", "was replaced by another table of this name: uuid %s, before %s", uuid, t->uuid);
        iceberg_rows_remove(&t->rows);
    }
    mem_replace(&t->uuid, uuid);
    t->odd = d->odd;
    t->left_out = d->left_out;
    iceberg_rows_write(&t->rows, d);
    const struct iceberg_cell *note = &d->table[ICEBERG_TABLES_NOTE];
    set_note(t, note->quality == QUALITY_UNKNOWN ? NULL : note->s);
    set_state(t, "read");
}

static void take_one(struct iceberg_source *s, const struct iceberg_look_table *found)
{
    struct iceberg_source_table *t = iceberg_source_find(s, found->name);
    if (!t)
        t = add_table(s, found->name);
    t->seen = true;
    t->how = found->how;
    if (!text_same(t->written, found->written))
        mem_replace(&t->written, found->written);
    if (!text_same(t->file, found->file)) {
        mem_replace(&t->file, found->file);
        mem_replace(&t->etag, NULL);
        t->pause = 0;
    }
    if (!found->file) {
        struct error err;
        t->due = false;
        t->missing = found->code == ERR_NOT_FOUND;
        iceberg_source_unread(s, t, (error_set(&err, found->code, "%s", found->error), &err));
        return;
    }
    t->due = t->due || found->changed || (t->uuid && t->marked != s->marking);
    if (found->changed && !s->asking)
        t->pause = 0;
    else if (t->pause)
        t->pause--;
}

void iceberg_source_take(struct iceberg_source *s, const struct iceberg_look_result *found)
{
    for (size_t i = 0; i < s->tables.n; i++)
        s->tables.items[i]->seen = !found->complete;
    for (size_t i = 0; i < found->n; i++)
        take_one(s, &found->tables[i]);
    remove_unseen(s);
    s->left_out = found->left_out;
    s->ambiguous = found->ambiguous;
    s->unread = found->unread;
    s->listed = true;
}

/* ---- all of them ---- */

void iceberg_source_settle(struct iceberg_source *s)
{
    for (size_t i = 0; i < s->tables.n && s->silent; i++) {
        struct iceberg_source_table *t = s->tables.items[i];
        if (t->silent && s->heard)
            iceberg_source_unread(s, t, &s->silence);
        t->silent = false;
    }
    s->silent = 0;
}

size_t iceberg_source_rows(const struct iceberg_source *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->tables.n; i++)
        n += s->tables.items[i]->rows.has_row + s->tables.items[i]->rows.n;
    return n;
}

enum source_outcome iceberg_source_judge(const struct iceberg_source *s, struct error *err)
{
    const struct iceberg_source_table *failed = NULL, *odd = NULL;
    size_t n_failed = 0, n_odd = 0;
    struct str text = {0};
    for (size_t i = 0; i < s->tables.n; i++) {
        const struct iceberg_source_table *t = s->tables.items[i];
        n_failed += t->failed;
        n_odd += t->odd;
        failed = failed || !t->failed ? failed : t;
        odd = odd || !t->odd ? odd : t;
    }
    if (failed)
        str_printf(&text, "%zu of %zu tables cannot be read; %s: %.300s", n_failed, s->tables.n, failed->name,
                   failed->note);
    if (odd)
        str_printf(&text, "%s%zu of %zu tables %s odd; %s: %.200s", text.len ? "; " : "", n_odd, s->tables.n,
                   n_odd == 1 ? "is" : "are", odd->name, odd->note ? odd->note : "");
    if (s->left_out)
        str_printf(&text, "%s%zu tables beyond the first %zu are left out", text.len ? "; " : "", s->left_out,
                   s->settings.max_tables);
    if (s->ambiguous)
        str_printf(&text, "%s%zu tables are in several catalogs of the file: name one", text.len ? "; " : "",
                   s->ambiguous);
    if (s->unread)
        str_printf(&text, "%s%zu %s could not be read%s%.200s", text.len ? "; " : "", s->unread,
                   s->rest ? "namespaces" : "directories", s->rest ? ": " : "", s->rest ? s->known_why.text : "");
    bool partial = text.len > 0;
    if (partial)
        error_set(err, ERR_PARTIAL, "%s", str_text(&text));
    str_done(&text);
    return partial ? SOURCE_PARTIAL : SOURCE_OK;
}
