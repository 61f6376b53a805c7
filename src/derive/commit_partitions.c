/* Who answered in a commit cycle, and who did not: the rows of `commit_partitions`. */
#include "derive/commit_partitions.h"

#include "connect/tables.h"
#include "derive/commit_cells.h"

#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

struct picture {
    const struct derive_commit_rows *w;
    struct derive_commit *commit;
    const struct connect_cycle *cycle;
    VEC(uint64_t) rows; /* of its partitions, as they are to be */
    struct derive_commit_missing *missing;
    bool running;
};

static struct row *partition_row(struct picture *p, const char *topic, size_t len, int32_t partition)
{
    struct names *names = store_names(p->w->store);
    struct name *id = name_intern(names, p->cycle->commit_id, strlen(p->cycle->commit_id));
    struct name *name = name_intern(names, topic, len);
    const struct value key[] = {derive_commit_cells_name(p->w->cluster, QUALITY_EXACT),
                                derive_commit_cells_name(id, QUALITY_EXACT),
                                derive_commit_cells_name(name, QUALITY_EXACT), value_int(partition)};
    struct row *r = table_upsert(p->w->partitions, key, p->w->owner);
    name_unref(id);
    name_unref(name);
    if (r) {
        vec_push(&p->rows, row_id(r));
        derive_commit_cells_text(p->w->partitions, r, COMMIT_PARTITIONS_CONNECTOR, p->cycle->connector);
        derive_commit_cells_number(p->w->partitions, r, COMMIT_PARTITIONS_STARTED, p->cycle->started_ms, QUALITY_EXACT);
    }
    return r;
}

static void set_task(struct picture *p, struct row *r, int64_t task, enum quality q)
{
    struct value worker = derive_commit_cells_worker(p->w, p->commit->sink, task);
    if (worker.quality == QUALITY_EXACT)
        worker.quality = q;
    derive_commit_cells_settled(p->w->partitions, r, COMMIT_PARTITIONS_TASK,
                                task < 0 ? value_unknown() : (struct value){.i = task, .quality = q},
                                p->commit->settled);
    derive_commit_cells_settled(p->w->partitions, r, COMMIT_PARTITIONS_WORKER, worker, p->commit->settled);
}

/* Who answered: by its record key, else who has the partition now. */
static void set_sender(struct picture *p, struct row *r, const struct connect_answer *a)
{
    const struct derive_sink *sink = p->commit->sink;
    int64_t task = sink ? derive_sinks_sender(sink, a->sender) : -1;
    bool sure = task >= 0 && p->cycle->started_ms >= p->w->born_ms;
    if (task < 0 && sink) {
        const struct derive_partition *now = derive_sinks_assigned(sink, a->topic->raw, a->partition);
        task = now ? now->task : -1;
    }
    set_task(p, r, task, sure ? QUALITY_EXACT : QUALITY_EST);
}

static void write_answer(struct picture *p, const struct connect_answer *a)
{
    struct table *t = p->w->partitions;
    struct row *r = partition_row(p, a->topic->raw, a->topic->len, a->partition);
    if (!r)
        return;
    table_set_text(t, r, COMMIT_PARTITIONS_STATE, a->late ? "late" : "answered");
    set_sender(p, r, a);
    derive_commit_cells_number(t, r, COMMIT_PARTITIONS_ANSWERED, a->time_ms, QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMIT_PARTITIONS_ANSWERED_AFTER_MS,
                               connect_cycles_between(p->cycle->started_ms, a->time_ms), QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMIT_PARTITIONS_OFFSET, a->offset, QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMIT_PARTITIONS_TIMESTAMP, a->timestamp_ms, QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMIT_PARTITIONS_ROWS, a->rows, QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMIT_PARTITIONS_FILES, a->files, QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMIT_PARTITIONS_BYTES, a->bytes, QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMIT_PARTITIONS_ANSWERS, a->answers, QUALITY_EXACT);
    derive_commit_cells_text(t, r, COMMIT_PARTITIONS_SENDER, a->sender);
    derive_commit_cells_number(t, r, COMMIT_PARTITIONS_CONTROL_OFFSET, a->control_offset, QUALITY_EXACT);
    if (a->late)
        vec_push(&p->missing->list, (struct derive_partition){.topic = a->topic, .partition = a->partition});
}

static bool has_answered(const struct connect_cycle *cycle, const char *topic, int32_t partition)
{
    size_t low = 0, high = cycle->answers.n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        const struct connect_answer *a = &cycle->answers.items[mid];
        int order = strcmp(a->topic->raw, topic);
        order = order ? order : (a->partition > partition) - (a->partition < partition);
        if (order == 0)
            return true;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

static void write_missing(struct picture *p, struct name *topic, int32_t partition, int64_t task)
{
    struct row *r = partition_row(p, topic->raw, topic->len, partition);
    if (!r)
        return;
    table_set_text(p->w->partitions, r, COMMIT_PARTITIONS_STATE, p->running ? "waiting" : "missing");
    set_task(p, r, task, p->running ? QUALITY_EXACT : QUALITY_EST);
    vec_push(&p->missing->list, (struct derive_partition){.topic = topic, .partition = partition});
}

/* Those that were found missing at its end and have not answered since. */
static void keep_missing(struct picture *p)
{
    for (size_t i = 0; i < p->commit->partitions.n; i++) {
        struct row *r = table_by_id(p->w->partitions, p->commit->partitions.items[i]);
        struct name *topic = r ? row_get(r, COMMIT_PARTITIONS_TOPIC).s : NULL;
        int32_t partition = r ? (int32_t)row_get(r, COMMIT_PARTITIONS_PARTITION).i : -1;
        struct value task = r ? row_get(r, COMMIT_PARTITIONS_TASK) : value_unknown();
        if (r && !has_answered(p->cycle, topic->raw, partition))
            write_missing(p, topic, partition, task.quality == QUALITY_UNKNOWN ? -1 : task.i);
    }
}

/* All that it waited for had answered. */
static bool complete(enum connect_outcome o)
{
    return o == CONNECT_OUTCOME_FULL || o == CONNECT_OUTCOME_EMPTY || o == CONNECT_OUTCOME_DROPPED;
}

static void find_missing(struct picture *p)
{
    const struct derive_sink *sink = p->commit->sink;
    if (!sink || complete(p->cycle->outcome) || !(p->cycle->seen & CONNECT_SEEN_TOPIC))
        return;
    if (p->commit->settled) {
        keep_missing(p);
        return;
    }
    for (size_t i = 0; i < sink->assigned.n; i++) {
        const struct derive_partition *a = &sink->assigned.items[i];
        if (!has_answered(p->cycle, a->topic->raw, a->partition))
            write_missing(p, a->topic, a->partition, a->task);
    }
}

/* Each sender once. */
static void learn_senders(const struct picture *p)
{
    const struct connect_cycle *c = p->cycle;
    VEC(struct derive_partition) own = {0};
    struct map tried = {0};
    for (size_t i = 0; i < c->answers.n; i++) {
        struct name *sender = c->answers.items[i].sender;
        if (!sender || derive_sinks_sender(p->commit->sink, sender) >= 0 ||
            map_put(&tried, &sender, sizeof sender, sender))
            continue;
        own.n = 0;
        for (size_t k = i; k < c->answers.n; k++)
            if (c->answers.items[k].sender == sender)
                vec_push(&own, (struct derive_partition){.topic = c->answers.items[k].topic,
                                                         .partition = c->answers.items[k].partition});
        derive_sinks_answered(p->commit->sink, sender, own.items, own.n);
    }
    map_done(&tried);
    vec_done(&own);
}

void derive_commit_partitions_write(const struct derive_commit_rows *w, struct derive_commit *commit,
                                    const struct connect_cycle *cycle, struct derive_commit_missing *missing)
{
    struct picture p = {.w = w,
                        .commit = commit,
                        .cycle = cycle,
                        .missing = missing,
                        .running = cycle->outcome == CONNECT_OUTCOME_RUNNING};
    if (commit->sink && commit->sink->members.n)
        learn_senders(&p);
    for (size_t i = 0; i < cycle->answers.n; i++)
        write_answer(&p, &cycle->answers.items[i]);
    find_missing(&p);
    table_sort_ids(p.rows.items, p.rows.n);
    table_remove_others(w->partitions, commit->partitions.items, commit->partitions.n, p.rows.items, p.rows.n);
    vec_done(&commit->partitions);
    commit->partitions.items = p.rows.items;
    commit->partitions.n = p.rows.n;
    commit->partitions.room = p.rows.room;
}
