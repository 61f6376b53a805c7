/* Listing an Iceberg REST catalog: its namespaces, those within them, and their tables, page by page. */
#include "iceberg/rest_internal.h"

#include <stdlib.h>
#include <string.h>

/* One page after another of the namespaces below one, or of the tables in it. */
struct task {
    struct iceberg_rest_listing *listing;
    char *path; /* the namespace's levels, encoded, ICEBERG_REST_BETWEEN them; "": the root */
    char *name; /* with dots */
    size_t depth;
    bool tables;
    bool bare; /* asked without pagination, which the server did not like */
    char *token;
};

struct iceberg_rest_listing {
    struct iceberg_rest *r;
    struct iceberg_rest_list list;
    size_t room;
    VEC(struct task *) queue;
    VEC(struct task *) active;
    struct map seen; /* paths of namespaces; the values mean nothing */
    size_t namespaces;
    iceberg_rest_listed *done;
    void *arg;
};

void iceberg_rest_list_done(struct iceberg_rest_list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        free(l->tables[i].name);
        free(l->tables[i].path);
    }
    free(l->tables);
    *l = (struct iceberg_rest_list){0};
}

static void free_task(struct task *t)
{
    free(t->path);
    free(t->name);
    free(t->token);
    free(t);
}

static void free_listing(struct iceberg_rest_listing *l)
{
    for (size_t i = 0; i < l->queue.n; i++)
        free_task(l->queue.items[i]);
    for (size_t i = 0; i < l->active.n; i++)
        free_task(l->active.items[i]);
    vec_done(&l->queue);
    vec_done(&l->active);
    map_done(&l->seen);
    iceberg_rest_list_done(&l->list);
    free(l);
}

void iceberg_rest_list_cancel(struct iceberg_rest *r)
{
    struct iceberg_rest_listing *l = r->listing;
    if (!l)
        return;
    for (size_t i = r->asks.n; i-- > 0;)
        for (size_t k = 0; k < l->active.n; k++)
            if (r->asks.items[i]->arg == l->active.items[k]) {
                iceberg_rest_unask(r->asks.items[i]);
                break;
            }
    r->listing = NULL;
    free_listing(l);
}

static void add_task(struct iceberg_rest_listing *l, const char *path, const char *name, size_t depth, bool tables)
{
    struct task *t = mem_new(struct task);
    *t = (struct task){.listing = l, .path = mem_strdup(path), .name = mem_strdup(name), .depth = depth};
    t->tables = tables;
    vec_push(&l->queue, t);
}

static void end_listing(struct iceberg_rest_listing *l, const struct error *err)
{
    struct iceberg_rest *r = l->r;
    iceberg_rest_listed *done = l->done;
    void *arg = l->arg;
    struct iceberg_rest_list list = l->list;
    l->list = (struct iceberg_rest_list){0};
    iceberg_rest_list_cancel(r);
    if (err) {
        iceberg_rest_list_done(&list);
        iceberg_rest_config_done(&r->config); /* who knows what it is now */
    }
    done(arg, err ? NULL : &list, err);
}

/* The names of one entry: as it is asked for, and as it is shown. */
static void join(const struct iceberg_rest_name *n, struct str *path, struct str *shown)
{
    for (size_t i = 0; i < n->n_levels; i++) {
        if (i) {
            str_char(path, ICEBERG_REST_BETWEEN);
            str_char(shown, '.');
        }
        net_http_encode(path, n->levels[i]);
        str_add(shown, n->levels[i]);
    }
}

static int take_namespace(struct iceberg_rest_listing *l, const struct task *t, const struct iceberg_rest_name *n,
                          struct error *err)
{
    struct str path = {0}, name = {0};
    int rc = 0;
    join(n, &path, &name);
    /* Servers that know nothing of namespaces within others list all of them again. */
    bool known = n->n_levels <= t->depth || map_get(&l->seen, path.s, path.len);
    if (!known && ++l->namespaces > ICEBERG_REST_NAMESPACES) {
        rc = error_set(err, ERR_LIMIT, "%.200s: more than %d namespaces; at most that many are looked at", l->r->uri,
                       ICEBERG_REST_NAMESPACES);
    } else if (!known) {
        map_put(&l->seen, path.s, path.len, l);
        add_task(l, str_text(&path), str_text(&name), n->n_levels, true);
        if (n->n_levels < ICEBERG_REST_PAGE_DEPTH)
            add_task(l, str_text(&path), str_text(&name), n->n_levels, false);
    }
    str_done(&path);
    str_done(&name);
    return rc;
}

static int take_table(struct iceberg_rest_listing *l, const struct iceberg_rest_name *n, struct error *err)
{
    struct str path = {0}, name = {0};
    if (l->list.n == ICEBERG_REST_TABLES)
        return error_set(err, ERR_LIMIT, "%.200s: more than %d tables; at most that many are looked at", l->r->uri,
                         ICEBERG_REST_TABLES);
    if (l->list.n == l->room) {
        l->room = vec_room(l->room, l->list.n + 1);
        l->list.tables = mem_realloc(l->list.tables, l->room, sizeof *l->list.tables);
    }
    str_add(&path, "namespaces/");
    join(n, &path, &name);
    str_add(&path, "/tables/");
    net_http_encode(&path, n->name);
    str_printf(&name, ".%s", n->name);
    l->list.tables[l->list.n++] = (struct iceberg_rest_table){.name = str_take(&name), .path = str_take(&path)};
    return 0;
}

/* What could not be read is counted, and the first reason kept. */
static void count_unread(struct iceberg_rest_listing *l, size_t n, const struct error *why)
{
    if (n && l->list.unread == 0 && why)
        l->list.why = *why;
    l->list.unread += n;
}

/* A page that came; *more: there is another one. */
static int take_page(struct iceberg_rest_listing *l, struct task *t, const struct net_http_answer *a, bool *more,
                     struct error *err)
{
    struct iceberg_rest_page p = {0};
    struct error odd;
    int rc = t->tables ? iceberg_rest_page_tables(a->body, a->len, &p, err)
                       : iceberg_rest_page_namespaces(a->body, a->len, &p, err);
    for (size_t i = 0; i < p.n && !rc; i++)
        rc = t->tables ? take_table(l, &p.names[i], err) : take_namespace(l, t, &p.names[i], err);
    error_set(&odd, ERR_REMOTE, "names that nothing can be asked for by");
    count_unread(l, p.skipped, &odd);
    if (!rc && p.next && t->token && strcmp(p.next, t->token) == 0)
        rc = error_set(err, ERR_REMOTE, "the next page is the same one again");
    if (rc)
        error_prefix(err, "%s %.100s", t->tables ? "tables of" : "namespaces below", *t->name ? t->name : "the root");
    *more = !rc && p.next;
    free(t->token);
    t->token = p.next;
    p.next = NULL;
    iceberg_rest_page_done(&p);
    return rc;
}

/* Is this answer to be expected from a server that has no namespaces within others? */
static bool has_no_children(const struct task *t, const struct net_http_answer *a)
{
    static const int statuses[] = {HTTP_BAD_REQUEST, HTTP_NOT_FOUND, HTTP_NOT_ALLOWED, HTTP_NOT_ACCEPTABLE,
                                   HTTP_NOT_IMPLEMENTED};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (a && a->status == statuses[i])
            return !t->tables && t->depth > 0;
    return false;
}

/* Takes a task from those that are active. */
static void retire(struct iceberg_rest_listing *l, const struct task *t)
{
    for (size_t i = 0; i < l->active.n; i++)
        if (l->active.items[i] == t) {
            l->active.items[i] = l->active.items[--l->active.n];
            return;
        }
}

/* What an answer means for the task: 0, *more where it goes on; an error that ends the listing. */
static int take_answer(struct task *t, const struct net_http_answer *a, const struct error *failure, bool *more,
                       struct error *err)
{
    struct iceberg_rest_listing *l = t->listing;
    bool server = failure && failure->code != ERR_REMOTE && failure->code != ERR_NOT_FOUND;
    *more = false;
    if (failure && a && a->status == HTTP_BAD_REQUEST && !t->bare && !t->token) {
        t->bare = *more = true;
        return 0;
    }
    if (has_no_children(t, a))
        return 0;
    if (failure && (server || (!t->tables && t->depth == 0))) {
        *err = *failure;
        return failure->code;
    }
    if (failure) { /* of one namespace: no right to it, or it has gone since */
        count_unread(l, 1, failure);
        return 0;
    }
    return take_page(l, t, a, more, err);
}

/* The next requests of a listing: at most so many at once. */
static char *task_path(const struct task *t)
{
    struct str path = {0};
    str_add(&path, "namespaces");
    if (t->tables)
        str_printf(&path, "/%s/tables", t->path);
    const char *mark = "?";
    if (!t->tables && *t->path) {
        str_printf(&path, "?parent=%s", t->path);
        mark = "&";
    }
    if (!t->bare) {
        str_printf(&path, "%spageSize=%d&pageToken=", mark, ICEBERG_REST_PAGE_SIZE);
        if (t->token)
            net_http_encode(&path, t->token);
    } else if (t->token) {
        str_printf(&path, "%spageToken=", mark);
        net_http_encode(&path, t->token);
    }
    return str_take(&path);
}

/* One task's page has come. What it leads to is asked for from the turn that it kicks off. */
static void on_page(void *arg, const struct net_http_answer *answer, const struct error *failure)
{
    struct task *t = arg;
    struct iceberg_rest_listing *l = t->listing;
    struct error err = {0};
    bool more = false;
    retire(l, t);
    int rc = take_answer(t, answer, failure, &more, &err);
    if (!rc && l->list.requests >= ICEBERG_REST_REQUESTS)
        rc = error_set(&err, ERR_LIMIT, "%.200s: its tables take more than %d requests; at most that many are made",
                       l->r->uri, ICEBERG_REST_REQUESTS);
    if (more && !rc)
        vec_push(&l->queue, t);
    else
        free_task(t);
    if (rc) {
        end_listing(l, &err);
        return;
    }
    while (l->queue.n && l->active.n < ICEBERG_REST_ACTIVE) {
        struct task *next = l->queue.items[--l->queue.n];
        vec_push(&l->active, next);
        l->list.requests++;
        iceberg_rest_ask(l->r, task_path(next), ICEBERG_REST_PAGE_BYTES, on_page, next);
    }
    iceberg_rest_kick(l->r);
    if (l->active.n == 0)
        end_listing(l, NULL);
}

void iceberg_rest_list(struct iceberg_rest *r, iceberg_rest_listed *done, void *arg)
{
    iceberg_rest_list_cancel(r);
    struct iceberg_rest_listing *l = mem_new(struct iceberg_rest_listing);
    *l = (struct iceberg_rest_listing){.r = r, .done = done, .arg = arg};
    r->listing = l;
    add_task(l, "", "", 0, false);
    struct task *first = l->queue.items[--l->queue.n];
    vec_push(&l->active, first);
    l->list.requests++;
    iceberg_rest_ask(r, task_path(first), ICEBERG_REST_PAGE_BYTES, on_page, first);
    iceberg_rest_kick(r);
}
