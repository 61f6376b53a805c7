/* The envelope of the answers of the Prometheus HTTP API. */
#include "prom/api_internal.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 400 }; /* bytes of a failure's words */

/* Whole numbers of any size are numbers like others; a NUL may be within a label's value. */
static const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL;

/* ---- failures ---- */

static void add_words(struct str *out, const json_t *text)
{
    size_t room = out->len < WORDS ? WORDS - out->len : 0, len = json_string_length(text);
    if (!len)
        return;
    if (out->len)
        str_add(out, ": ");
    text_safe_line(out, json_string_value(text), len < room ? len : room);
}

/* True where the server tells of a failure: "bad_data: parse error: ...". */
static bool is_failure(const json_t *root, struct error *err)
{
    const char *status = json_string_value(json_object_get(root, "status"));
    const json_t *words = json_object_get(root, "error");
    struct str text = {0};
    if (status ? strcmp(status, "error") != 0 : !json_string_length(words))
        return false;
    add_words(&text, json_object_get(root, "errorType"));
    add_words(&text, words);
    error_set(err, ERR_REMOTE, "%s", text.len ? str_text(&text) : "the server tells of an error, and not of which");
    str_done(&text);
    return true;
}

bool prom_api_failure_of(const char *body, size_t len, struct error *err)
{
    json_t *root = json_loadb(body, len, flags, NULL);
    bool failure = is_failure(root, err);
    json_decref(root);
    return failure;
}

/* ---- what stands beside the data ---- */

static int read_notes(const struct prom_api_node *root, const char *key, const char *also, char **ret,
                      struct error *err)
{
    struct prom_api_node list = prom_api_node_member(root, key);
    struct str text = {0};
    size_t n = 0;
    int rc = prom_api_node_array(&list, &n, err);
    for (size_t i = 0; !rc && i < n && text.len <= PROM_API_TEXT; i++) {
        struct prom_api_node item = prom_api_node_item(&list, i);
        if (!json_is_string(item.json))
            rc = prom_api_node_refuse(&item, "a text", err);
        else
            str_printf(&text, "%s%s", text.len ? "; " : "", json_string_value(item.json));
    }
    if (also)
        str_printf(&text, "%s%s", text.len ? "; " : "", also);
    if (!rc && text.len)
        *ret = prom_api_node_copy(str_text(&text), text.len);
    str_done(&text);
    return rc;
}

void prom_api_notes_bad(struct prom_api_notes *n, const struct error *why)
{
    if (n->bad++)
        return;
    n->bad_code = why->code;
    n->first_bad = mem_strdup(why->text);
}

int prom_api_notes_check(const struct prom_api_notes *n, size_t good, struct error *err)
{
    if (good || !n->bad)
        return 0;
    return n->bad == 1 ? error_set(err, n->bad_code, "%s", n->first_bad)
                       : error_set(err, n->bad_code, "%s; and %zu more", n->first_bad, n->bad - 1);
}

void prom_api_notes_done(struct prom_api_notes *n)
{
    free(n->warnings);
    free(n->infos);
    free(n->first_bad);
}

/* ---- the envelope ---- */

static int parse(const char *body, size_t len, json_t **ret, struct error *err)
{
    json_error_t e;
    json_t *json = json_loadb(body, len, flags, &e);
    if (!json) {
        struct str words = {0};
        text_safe(&words, e.text, strlen(e.text));
        error_set(err, ERR_INVALID, "the answer is no JSON: %s (line %d, column %d)", str_text(&words), e.line,
                  e.column);
        str_done(&words);
        return ERR_INVALID;
    }
    *ret = json;
    return 0;
}

int prom_api_open(const char *body, size_t len, struct prom_api_open *o, struct prom_api_notes *notes,
                  struct error *err)
{
    *o = (struct prom_api_open){0};
    int rc = parse(body, len, &o->json, err);
    if (rc)
        return rc;
    o->root.json = o->json;
    if ((rc = prom_api_node_object(&o->root, err)))
        return rc;
    if (is_failure(o->json, err))
        return ERR_REMOTE;
    struct prom_api_node status = prom_api_node_member(&o->root, "status");
    const char *word = json_string_value(status.json);
    if (!word || strcmp(word, "success") != 0)
        return prom_api_node_refuse(&status, "\"success\" or \"error\"", err);
    /* VictoriaMetrics' way of saying that not all of its nodes were there */
    bool partial = json_is_true(json_object_get(o->json, "isPartial"));
    o->data = prom_api_node_member(&o->root, "data");
    rc = read_notes(&o->root, "warnings", partial ? "the answer is partial" : NULL, &notes->warnings, err);
    if (!rc)
        rc = read_notes(&o->root, "infos", NULL, &notes->infos, err);
    return rc ? rc : prom_api_node_object(&o->data, err);
}

void prom_api_close(struct prom_api_open *o)
{
    json_decref(o->json);
}
