/* Items whose cells are their rows': what they tell, and when they part from them. */
#include "tests/unit/unit.h"

#include "base/limits.h"
#include "kafka/item.h"
#include "kafka/tables.h"

enum { COLUMNS = GROUP_PARTITIONS_COMMITTED_AT + 1 };

struct fixture {
    struct store *store;
    struct table *table;
    struct kafka_items pool;
    struct kafka_item item;
    struct kafka_gone gone;
    struct value key[4];
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->store = store_new(&clock_system);
    if (store_add(f->store, &kafka_table_group_partitions, NULL, &f->table, NULL))
        return 1;
    static const char *const key[] = {"east", "ships", "parcels"}; /* so ids of names are not those of texts */
    for (size_t i = 0; i < 3; i++)
        f->key[i] = value_text(name_intern(store_names(f->store), key[i], strlen(key[i])));
    f->key[3] = value_int(7);
    kafka_item_init(&f->item, &kafka_table_group_partitions, &f->pool);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    kafka_item_done(&f->item, &f->gone);
    kafka_items_done(&f->pool);
    vec_done(&f->gone.rows);
    for (size_t i = 0; i < 3; i++)
        name_unref(f->key[i].s);
    table_drop_owner(f->table, 1);
    store_free(f->store);
    free(f);
    return 0;
}

/* As the loop writes it; returns how many cells were new. */
static size_t write(struct fixture *f)
{
    size_t n = 0;
    kafka_items_give_back(&f->pool);
    if (!f->item.row)
        f->item.row = table_upsert(f->table, f->key, 1);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (!kafka_item_changed(&f->item, i))
            continue;
        struct kafka_cell c = kafka_item_get(&f->item, i);
        n++;
        if (table_column(f->table, i)->type != COLUMN_TEXT || !c.quality) {
            table_set(f->table, f->item.row, i, (struct value){.i = c.i, .quality = c.quality});
            continue;
        }
        struct name *name = name_intern(store_names(f->store), c.t->s, strlen(c.t->s));
        table_set(f->table, f->item.row, i, (struct value){.s = name, .quality = c.quality});
        kafka_texts_name(c.t, name->id);
        name_unref(name);
    }
    kafka_item_written(&f->item, f->table);
    store_commit(f->store);
    return n;
}

static void assert_cells(const struct fixture *f, int64_t lag, enum quality q, const char *note, const char *host)
{
    assert_int_equal(kafka_item_get(&f->item, GROUP_PARTITIONS_LAG).i, lag);
    assert_int_equal(kafka_item_quality(&f->item, GROUP_PARTITIONS_LAG), q);
    assert_true(kafka_item_get(&f->item, GROUP_PARTITIONS_RATE_IN).d == 0.25);
    assert_string_equal(kafka_item_get(&f->item, GROUP_PARTITIONS_NOTE).t->s, note);
    assert_string_equal(kafka_item_get(&f->item, GROUP_PARTITIONS_HOST).t->s, host);
    assert_int_equal(kafka_item_quality(&f->item, GROUP_PARTITIONS_MEMBER), QUALITY_UNKNOWN);
}

static void fill(struct fixture *f)
{
    kafka_item_int(&f->item, GROUP_PARTITIONS_LAG, 12, QUALITY_EXACT);
    kafka_item_real(&f->item, GROUP_PARTITIONS_RATE_IN, 0.25, QUALITY_EST);
    kafka_item_text(&f->item, GROUP_PARTITIONS_NOTE, "no leader", QUALITY_EXACT);
    kafka_item_text(&f->item, GROUP_PARTITIONS_HOST, "/10.0.0.1", QUALITY_EXACT);
}

static void what_is_written_is_kept_once(void **state)
{
    struct fixture *f = *state;
    fill(f);
    assert_cells(f, 12, QUALITY_EXACT, "no leader", "/10.0.0.1");
    assert_int_equal(write(f), 4);
    assert_true(f->item.kind->lent);
    assert_cells(f, 12, QUALITY_EXACT, "no leader", "/10.0.0.1");
    assert_false(kafka_item_dirty(&f->item));
    fill(f); /* the same again */
    assert_true(f->item.kind->lent);
    assert_int_equal(write(f), 0);

    kafka_item_int(&f->item, GROUP_PARTITIONS_LAG, 1300, QUALITY_EXACT);
    assert_false(f->item.kind->lent);
    assert_true(kafka_item_dirty(&f->item));
    assert_cells(f, 1300, QUALITY_EXACT, "no leader", "/10.0.0.1");
    assert_int_equal(row_get(f->item.row, GROUP_PARTITIONS_LAG).i, 12); /* until it is written */
    assert_int_equal(write(f), 1);
    assert_true(f->item.kind->lent);
    assert_int_equal(row_get(f->item.row, GROUP_PARTITIONS_LAG).i, 1300);
    assert_string_equal(row_text(f->item.row, "topic"), "parcels");
}

static void texts_change_and_go(void **state)
{
    struct fixture *f = *state;
    fill(f);
    write(f);
    kafka_item_text(&f->item, GROUP_PARTITIONS_NOTE, "messages lost", QUALITY_EXACT);
    assert_cells(f, 12, QUALITY_EXACT, "messages lost", "/10.0.0.1");
    assert_int_equal(write(f), 1);
    assert_string_equal(row_text(f->item.row, "note"), "messages lost");
    assert_cells(f, 12, QUALITY_EXACT, "messages lost", "/10.0.0.1");
    assert_int_equal(f->pool.texts.n, 2);
    kafka_item_unknown(&f->item, GROUP_PARTITIONS_NOTE);
    assert_int_equal(write(f), 1);
    assert_int_equal(f->pool.texts.n, 1);
    assert_int_equal(kafka_item_quality(&f->item, GROUP_PARTITIONS_NOTE), QUALITY_UNKNOWN);
}

static void stale_cells_are_written_and_keys_stay(void **state)
{
    struct fixture *f = *state;
    fill(f);
    kafka_item_int(&f->item, GROUP_PARTITIONS_MOVED, 99, QUALITY_EXACT);
    write(f);
    kafka_item_stale(&f->item);
    assert_cells(f, 12, QUALITY_STALE, "no leader", "/10.0.0.1");
    assert_int_equal(write(f), 3); /* neither the estimate nor the time */
    assert_int_equal(row_get(f->item.row, GROUP_PARTITIONS_HOST).quality, QUALITY_STALE);
    assert_int_equal(row_get(f->item.row, GROUP_PARTITIONS_MOVED).quality, QUALITY_EXACT);
    assert_int_equal(row_get(f->item.row, GROUP_PARTITIONS_PARTITION).i, 7);
    assert_int_equal(row_get(f->item.row, GROUP_PARTITIONS_GROUP).quality, QUALITY_EXACT);
}

/* Somebody else's columns of the row are written meanwhile. */
static void others_write_the_row(void **state)
{
    struct fixture *f = *state;
    static const struct column more[] = {{.name = "more", .type = COLUMN_TEXT}};
    const struct column_group group = {.name = "theirs", .columns = more, .ncolumns = 1};
    fill(f);
    assert_int_equal(table_add_group(f->table, &group, "other", NULL), 0);
    write(f);
    assert_true(f->item.kind->lent);
    table_set_text(f->table, f->item.row, COLUMNS, "a text that is longer than what was there before");
    store_commit(f->store);
    assert_cells(f, 12, QUALITY_EXACT, "no leader", "/10.0.0.1");
    kafka_item_int(&f->item, GROUP_PARTITIONS_LAG, 13, QUALITY_EXACT);
    assert_int_equal(write(f), 1);
    assert_cells(f, 13, QUALITY_EXACT, "no leader", "/10.0.0.1");
    assert_string_equal(row_text(f->item.row, "more"), "a text that is longer than what was there before");
    assert_string_equal(row_text(f->item.row, "note"), "no leader");
}

/* Columns that come later: items go by cells of their own from then on. */
static void columns_come_while_cells_are_lent(void **state)
{
    struct fixture *f = *state;
    static const struct column more[] = {{.name = "more", .type = COLUMN_INT}};
    const struct column_group group = {.name = "theirs", .columns = more, .ncolumns = 1};
    fill(f);
    write(f);
    assert_int_equal(table_add_group(f->table, &group, "other", NULL), 0);
    assert_cells(f, 12, QUALITY_EXACT, "no leader", "/10.0.0.1");
    kafka_item_int(&f->item, GROUP_PARTITIONS_LAG, 13, QUALITY_EXACT);
    assert_int_equal(write(f), 1);
    assert_false(f->item.kind->lent);
    assert_cells(f, 13, QUALITY_EXACT, "no leader", "/10.0.0.1");
    kafka_item_int(&f->item, GROUP_PARTITIONS_LAG, 14, QUALITY_EXACT);
    assert_int_equal(write(f), 1);
    assert_int_equal(row_get(f->item.row, GROUP_PARTITIONS_LAG).i, 14);
}

/* Two texts that are one name: the row does not tell which. */
static void texts_that_are_cut_stay(void **state)
{
    struct fixture *f = *state;
    char *text = malloc(LIMITS_NAME_BYTES + 3);
    memset(text, 'x', LIMITS_NAME_BYTES + 2);
    text[LIMITS_NAME_BYTES + 2] = '\0';
    fill(f);
    kafka_item_text(&f->item, GROUP_PARTITIONS_METADATA, text, QUALITY_EXACT);
    write(f);
    assert_false(f->item.kind->lent);
    assert_string_equal(kafka_item_get(&f->item, GROUP_PARTITIONS_METADATA).t->s, text);
    assert_false(kafka_item_dirty(&f->item));
    free(text);
    kafka_item_unknown(&f->item, GROUP_PARTITIONS_METADATA);
    assert_int_equal(write(f), 1);
    assert_true(f->item.kind->lent);
    assert_cells(f, 12, QUALITY_EXACT, "no leader", "/10.0.0.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_kept_once, setup, teardown),
        cmocka_unit_test_setup_teardown(texts_change_and_go, setup, teardown),
        cmocka_unit_test_setup_teardown(stale_cells_are_written_and_keys_stay, setup, teardown),
        cmocka_unit_test_setup_teardown(others_write_the_row, setup, teardown),
        cmocka_unit_test_setup_teardown(columns_come_while_cells_are_lent, setup, teardown),
        cmocka_unit_test_setup_teardown(texts_that_are_cut_stay, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
