/* Schemas: how names resolve, what is kept, what is refused and where it says that it is. */
#include "tests/unit/unit.h"

#include "avro/cache.h"
#include "avro/mutf8.h"

#include "base/mem.h"
#include "base/str.h"

static struct error err;

static struct avro_schema *parsed(const char *json)
{
    struct avro_schema *s = NULL;
    int rc = avro_schema_parse(json, strlen(json), &s, &err);
    if (rc)
        fail_msg("%s", err.text);
    return s;
}

static void refused(const char *json, int code, const char *text)
{
    struct avro_schema *s = NULL;
    err.text[0] = '\0';
    assert_int_equal(avro_schema_parse(json, strlen(json), &s, &err), code);
    assert_null(s);
    if (!strstr(err.text, text))
        fail_msg("\"%s\" does not say \"%s\"", err.text, text);
}

static const struct avro_schema_node *below(const struct avro_schema *s, const struct avro_schema_node *n, uint32_t i)
{
    assert_true(i < n->nbelow);
    return &s->nodes[s->below[n->first + i].node];
}

static void names_without_namespace_are_seen_inside_of_one(void **state)
{
    (void)state;
    struct avro_schema *s =
        parsed("{\"type\":\"record\",\"name\":\"Event\",\"namespace\":\"a.b\",\"fields\":["
               "{\"name\":\"id\",\"type\":{\"type\":\"fixed\",\"name\":\"uuid\",\"namespace\":\"\",\"size\":16,"
               "\"logicalType\":\"uuid\"},\"field-id\":10500},"
               "{\"name\":\"again\",\"type\":\"uuid\"},"
               "{\"name\":\"inner\",\"type\":{\"type\":\"record\",\"name\":\"c.Inner\",\"fields\":["
               "{\"name\":\"mark\",\"type\":{\"type\":\"fixed\",\"name\":\"mark\",\"size\":3}},"
               "{\"name\":\"mark2\",\"type\":\"mark\"},{\"name\":\"u\",\"type\":\"uuid\"}]}},"
               "{\"name\":\"mark3\",\"type\":\"c.mark\"}]}");
    const struct avro_schema_node *root = &s->nodes[s->root];
    assert_string_equal(root->name, "a.b.Event");
    assert_int_equal(root->nbelow, 4);
    assert_ptr_equal(below(s, root, 0), below(s, root, 1));
    assert_string_equal(below(s, root, 0)->name, "uuid");
    assert_int_equal(below(s, root, 0)->logical, AVRO_SCHEMA_UUID);
    const struct avro_schema_node *inner = below(s, root, 2);
    assert_string_equal(inner->name, "c.Inner");
    assert_string_equal(below(s, inner, 0)->name, "c.mark");
    assert_ptr_equal(below(s, inner, 0), below(s, root, 3));
    assert_ptr_equal(below(s, inner, 2), below(s, root, 0));
    assert_true(root->constant);
    assert_int_equal(root->least, 16 + 16 + 3 + 3 + 16 + 3);
    avro_schema_free(s);
}

static void the_enclosing_namespace_comes_first(void **state)
{
    (void)state;
    struct avro_schema *s =
        parsed("[{\"type\":\"fixed\",\"name\":\"f\",\"size\":1},"
               "{\"type\":\"record\",\"name\":\"n.R\",\"fields\":["
               "{\"name\":\"a\",\"type\":{\"type\":\"fixed\",\"name\":\"f\",\"size\":2}},"
               "{\"name\":\"b\",\"type\":\"f\"}]},"
               "{\"type\":\"record\",\"name\":\"S\",\"fields\":[{\"name\":\"b\",\"type\":\"f\"}]}]");
    const struct avro_schema_node *root = &s->nodes[s->root];
    assert_int_equal(below(s, below(s, root, 1), 1)->size, 2);
    assert_int_equal(below(s, below(s, root, 2), 0)->size, 1);
    avro_schema_free(s);
}

static void ids_and_logical_types_are_kept(void **state)
{
    (void)state;
    struct avro_schema *s = parsed(
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":["
        "{\"name\":\"at\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-micros\","
        "\"adjust-to-utc\":true}],\"default\":null,\"field-id\":7,\"aliases\":[\"when\",\"ts\"]},"
        "{\"name\":\"list\",\"type\":{\"type\":\"array\",\"items\":\"int\",\"element-id\":9},\"field-id\":\"-1\"},"
        "{\"name\":\"map\",\"type\":{\"type\":\"map\",\"values\":\"long\",\"key-id\":3,\"value-id\":4}},"
        "{\"name\":\"text\",\"type\":\"int\",\"field-id\":\"12\"},{\"name\":\"price\",\"type\":{\"type\":\"bytes\","
        "\"logicalType\":\"decimal\",\"precision\":9,\"scale\":2}}]}");
    const struct avro_schema_node *root = &s->nodes[s->root];
    const struct avro_schema_field *at = &s->below[root->first];
    assert_string_equal(at->name, "at");
    assert_int_equal(at->id, 7);
    assert_string_equal(at->aliases, "when|ts");
    const struct avro_schema_node *time = avro_schema_not_null(s, &s->nodes[at->node]);
    assert_int_equal(time->logical, AVRO_SCHEMA_TIMESTAMP_MICROS);
    assert_true(time->utc);
    assert_int_equal(s->below[root->first + 1].id, AVRO_SCHEMA_NO_ID);
    assert_int_equal(s->below[below(s, root, 1)->first].id, 9);
    assert_int_equal(below(s, root, 2)->key_id, 3);
    assert_int_equal(s->below[below(s, root, 2)->first].id, 4);
    assert_int_equal(below(s, root, 4)->scale, 2);
    assert_int_equal(s->below[root->first + 3].id, 12);
    avro_schema_free(s);
}

static void recursion_is_no_trouble(void **state)
{
    (void)state;
    struct avro_schema *s =
        parsed("{\"type\":\"record\",\"name\":\"Node\",\"fields\":[{\"name\":\"v\",\"type\":\"long\"},"
               "{\"name\":\"next\",\"type\":[\"null\",\"Node\"]}]}");
    const struct avro_schema_node *root = &s->nodes[s->root];
    assert_ptr_equal(below(s, below(s, root, 1), 1), root);
    assert_false(root->constant);
    assert_int_equal(root->least, 2);
    avro_schema_free(s);
}

static void what_is_no_schema_says_where(void **state)
{
    (void)state;
    refused("", ERR_INVALID, "byte");
    refused("{\"type\":\"record\"", ERR_INVALID, "byte");
    refused("7", ERR_INVALID, "neither");
    refused("\"uuid\"", ERR_INVALID, "no type is named uuid");
    refused("{\"name\":\"x\"}", ERR_INVALID, "without type");
    refused("[]", ERR_INVALID, "union of nothing");
    refused("[\"int\",[\"null\",\"int\"]]", ERR_INVALID, "union in a union");
    refused("{\"type\":\"array\"}", ERR_INVALID, "without items");
    refused("{\"type\":\"fixed\",\"name\":\"f\",\"size\":-1}", ERR_INVALID, "without size");
    refused("{\"type\":\"fixed\",\"name\":\"f\",\"size\":9223372036854775807}", ERR_LIMIT, "bytes");
    refused("{\"type\":\"fixed\",\"size\":1}", ERR_INVALID, "name");
    refused("{\"type\":\"fixed\",\"name\":\"long\",\"size\":1}", ERR_INVALID, "named long");
    refused("{\"type\":\"enum\",\"name\":\"e\"}", ERR_INVALID, "symbols");
    refused("[{\"type\":\"fixed\",\"name\":\"f\",\"size\":1},{\"type\":\"fixed\",\"name\":\"f\",\"size\":1}]",
            ERR_INVALID, "two types");
    refused("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"array\",\"items\":"
            "{\"type\":\"record\",\"name\":\"S\",\"fields\":[{\"name\":\"b\",\"type\":\"no\"}]}}}]}",
            ERR_INVALID, "a[items].b: no type is named no");
    refused("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\\u0000b\",\"type\":\"int\"}]}", ERR_INVALID,
            "NUL");
}

static void what_is_too_large_is_refused(void **state)
{
    (void)state;
    struct str s = {0};
    for (int i = 0; i < AVRO_SCHEMA_DEPTH + 2; i++)
        str_add(&s, "{\"type\":\"array\",\"items\":");
    str_add(&s, "\"int\"");
    str_repeat(&s, '}', AVRO_SCHEMA_DEPTH + 2);
    refused(str_text(&s), ERR_LIMIT, "deeper than 64");
    str_clear(&s);
    str_add(&s, "{\"type\":\"record\",\"name\":\"R\",\"fields\":[");
    for (int i = 0; i < AVRO_SCHEMA_NODES + 1; i++)
        str_printf(&s, "%s{\"name\":\"f%d\",\"type\":\"int\"}", i ? "," : "", i);
    str_add(&s, "]}");
    refused(str_text(&s), ERR_LIMIT, "more than 50000 types");
    str_clear(&s);
    str_add(&s, "{\"type\":\"fixed\",\"size\":1,\"name\":\"");
    str_repeat(&s, 'n', AVRO_SCHEMA_NAME_BYTES + 1);
    str_add(&s, "\"}");
    refused(str_text(&s), ERR_LIMIT, "1025 bytes");
    str_clear(&s);
    str_repeat(&s, ' ', AVRO_SCHEMA_TEXT_BYTES + 1);
    refused(str_text(&s), ERR_LIMIT, "bytes");
    str_done(&s);
}

static const struct avro_plan_want number[] = {{AVRO_PLAN_TOP, 1, "n", AVRO_PLAN_LONG, .required = true}};

static void plans_are_compiled_once(void **state)
{
    (void)state;
    struct avro_cache *c =
        avro_cache_new(&(struct avro_cache_options){.wants = number, .nwants = 1, .max_plans = 2, .max_bytes = 1000});
    static const char *const schemas[] = {
        "{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"n\",\"type\":\"int\"}]}",
        "{\"type\":\"record\",\"name\":\"B\",\"fields\":[{\"name\":\"n\",\"type\":\"int\"}]}",
        "{\"type\":\"record\",\"name\":\"C\",\"fields\":[]}",
    };
    struct avro_plan *first, *p;
    uint64_t compiled;
    size_t kept;
    assert_int_equal(avro_cache_get(c, schemas[0], strlen(schemas[0]), &first, &err), 0);
    assert_int_equal(avro_cache_get(c, schemas[1], strlen(schemas[1]), &p, &err), 0);
    assert_ptr_not_equal(p, first);
    assert_int_equal(avro_cache_get(c, schemas[0], strlen(schemas[0]), &p, &err), 0);
    assert_ptr_equal(p, first);
    avro_cache_counts(c, &compiled, &kept);
    assert_int_equal(compiled, 2);
    for (int i = 0; i < 2; i++) {
        err = (struct error){0};
        assert_int_equal(avro_cache_get(c, schemas[2], strlen(schemas[2]), &p, &err), ERR_INVALID);
        assert_string_equal(err.text, "Avro schema: there is no n");
    }
    avro_cache_counts(c, &compiled, &kept);
    assert_int_equal(compiled, 3);
    assert_int_equal(kept, 2);
    assert_int_equal(avro_cache_get(c, schemas[0], strlen(schemas[0]), &p, &err), 0);
    assert_ptr_equal(p, first); /* B went, as it was not asked for longest */
    avro_plan_hold(first);
    assert_int_equal(avro_cache_get(c, schemas[1], strlen(schemas[1]), &p, &err), 0);
    avro_cache_free(c);
    assert_int_equal(first->nwants, 1);
    avro_plan_free(first);
}

static void java_writes_utf8_of_its_own(void **state)
{
    (void)state;
    static const char java[] = "a\xc0\x80"
                               "b\xed\xa0\xbd\xed\xb8\x80\xc3\xa9\xed\xa0\xbdx\xed\xb8\x80\xff\xed";
    static const char utf8[] = "a\0b\xf0\x9f\x98\x80\xc3\xa9\xef\xbf\xbdx\xef\xbf\xbd\xff\xed";
    struct str out = {0};
    assert_true(avro_mutf8_is_utf8("caf\xc3\xa9", 5));
    assert_false(avro_mutf8_is_utf8(java, sizeof java - 1));
    avro_mutf8_decode(&out, java, sizeof java - 1);
    assert_int_equal(out.len, sizeof utf8 - 1);
    assert_memory_equal(out.s, utf8, out.len);
    str_done(&out);
    static const char schema[] = "{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"n\",\"type\":\"int\","
                                 "\"doc\":\"\xed\xa0\xbd\xed\xb8\x80\"}]}";
    struct avro_cache *c = avro_cache_new(&(struct avro_cache_options){.wants = number, .nwants = 1, .mutf8 = true});
    struct avro_cache *plain = avro_cache_new(&(struct avro_cache_options){.wants = number, .nwants = 1});
    struct avro_plan *p;
    assert_int_equal(avro_cache_get(c, schema, sizeof schema - 1, &p, &err), 0);
    assert_int_equal(avro_cache_get(plain, schema, sizeof schema - 1, &p, &err), ERR_INVALID);
    avro_cache_free(c);
    avro_cache_free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_without_namespace_are_seen_inside_of_one),
        cmocka_unit_test(the_enclosing_namespace_comes_first),
        cmocka_unit_test(ids_and_logical_types_are_kept),
        cmocka_unit_test(recursion_is_no_trouble),
        cmocka_unit_test(what_is_no_schema_says_where),
        cmocka_unit_test(what_is_too_large_is_refused),
        cmocka_unit_test(plans_are_compiled_once),
        cmocka_unit_test(java_writes_utf8_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
