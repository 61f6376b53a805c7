/* Offsets of many partitions over librdkafka's one batched request.
 *
 * That call costs the square of its partitions, waits for its slowest broker, and forgets all
 * results for one error. So it gets the partitions of one leader at a time, a few hundred of them,
 * is halved on errors, and runs on a few threads, of which no silent leader can hold more than
 * some. */
#include "base/vec.h"
#include "kafka/librdkafka.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    CHUNK = 500,
    MAX_THREADS = 8,
    PER_LEADER = 2, /* threads that one leader may hold */
};

struct chunk {
    struct kafka_offset **items;
    size_t n, leader; /* index of its leader */
    bool taken;
};

struct sweep {
    struct kafka_librdkafka *client;
    rd_kafka_t *rk; /* that is asked */
    const struct kafka_budget *budget;
    pthread_mutex_t lock; /* for all below */
    VEC(struct chunk) chunks;
    struct {
        size_t busy;
        enum kafka_fault fault; /* a leader that does not answer is not asked again */
    } * leaders;
};

static void set_faults(struct kafka_offset **items, size_t n, enum kafka_fault fault)
{
    for (size_t i = 0; i < n; i++)
        items[i]->fault = fault;
}

static void take_results(const struct sweep *s, const rd_kafka_topic_partition_list_t *list,
                         struct kafka_offset **items)
{
    struct kafka_time now = kafka_librdkafka_now(s->client);
    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *p = &list->elems[i];
        struct kafka_offset *item = items[i];
        item->time = now;
        item->fault = kafka_librdkafka_fault(p->err);
        if (item->fault)
            continue;
        if (p->offset >= 0)
            item->offset = p->offset;
        else if (item->at < 0) /* the question itself: never answered */
            item->fault = KAFKA_FAULT_UNASKED;
    }
}

/* Asks for n partitions of one leader; returns a fault that makes it pointless to ask this leader
 * again. */
static enum kafka_fault ask(const struct sweep *s, struct kafka_offset **items, size_t n)
{
    if (!kafka_pace_wait(s->client->pace, s->budget, 1))
        return KAFKA_FAULT_UNASKED; /* as all items are marked from the start */
    int left = kafka_budget_left(s->budget);
    if (items[0]->within_ms && items[0]->within_ms < left)
        left = items[0]->within_ms;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n);
    for (size_t i = 0; i < n; i++)
        rd_kafka_topic_partition_list_add(list, items[i]->topic, items[i]->partition)->offset = items[i]->at;
    rd_kafka_resp_err_t err = rd_kafka_offsets_for_times(s->rk, list, left);
    enum kafka_fault fault = kafka_librdkafka_fault(err);
    if (!err)
        take_results(s, list, items);
    rd_kafka_topic_partition_list_destroy(list);
    if (!err)
        return KAFKA_FAULT_NONE;
    if (fault == KAFKA_FAULT_NETWORK || fault == KAFKA_FAULT_UNASKED || n == 1) {
        set_faults(items, n, fault);
        return n == 1 && fault != KAFKA_FAULT_NETWORK && fault != KAFKA_FAULT_UNASKED ? KAFKA_FAULT_NONE : fault;
    }
    fault = ask(s, items, n / 2);
    return fault ? fault : ask(s, items + n / 2, n - n / 2);
}

/* The next chunk whose leader is not busy enough; NULL when there is none for this thread. */
static struct chunk *take_chunk(struct sweep *s)
{
    for (size_t i = 0; i < s->chunks.n; i++) {
        struct chunk *c = &s->chunks.items[i];
        if (c->taken || s->leaders[c->leader].busy >= PER_LEADER)
            continue;
        c->taken = true;
        s->leaders[c->leader].busy++;
        return c;
    }
    return NULL;
}

static void *run_sweep(void *arg)
{
    struct sweep *s = arg;
    pthread_mutex_lock(&s->lock);
    for (struct chunk *c; (c = take_chunk(s));) {
        enum kafka_fault fault = s->leaders[c->leader].fault;
        pthread_mutex_unlock(&s->lock);
        if (fault)
            set_faults(c->items, c->n, fault);
        else
            fault = ask(s, c->items, c->n);
        pthread_mutex_lock(&s->lock);
        s->leaders[c->leader].fault = fault;
        s->leaders[c->leader].busy--;
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static int by_leader(const void *a, const void *b)
{
    const struct kafka_offset *x = *(struct kafka_offset *const *)a;
    const struct kafka_offset *y = *(struct kafka_offset *const *)b;
    if (x->leader != y->leader)
        return x->leader < y->leader ? -1 : 1;
    return (x > y) - (x < y);
}

/* Cuts the sorted items into chunks of one leader each; returns the number of leaders. */
static size_t cut_chunks(struct sweep *s, struct kafka_offset **sorted, size_t n)
{
    size_t leaders = 0;
    for (size_t i = 0, end; i < n; i = end) {
        if (i == 0 || sorted[i]->leader != sorted[i - 1]->leader)
            leaders++;
        for (end = i; end < n && end - i < CHUNK && sorted[end]->leader == sorted[i]->leader;)
            end++;
        vec_push(&s->chunks, (struct chunk){.items = sorted + i, .n = end - i, .leader = leaders - 1});
    }
    return leaders;
}

/* Leaves this thread and up to MAX_THREADS - 1 others at work until no chunk is left. */
static void run_threads(struct sweep *s)
{
    pthread_t threads[MAX_THREADS];
    size_t n = 0;
    while (n + 1 < s->chunks.n && n + 1 < MAX_THREADS && pthread_create(&threads[n], NULL, run_sweep, s) == 0)
        n++;
    run_sweep(s);
    for (size_t i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
}

static void sweep(struct kafka_librdkafka *c, rd_kafka_t *rk, const struct kafka_budget *budget,
                  struct kafka_offset *items, size_t n)
{
    struct kafka_offset **sorted = mem_calloc(n ? n : 1, sizeof(struct kafka_offset *));
    size_t asked = 0;
    for (size_t i = 0; i < n; i++) {
        items[i].offset = -1;
        items[i].fault = items[i].leader < 0 ? KAFKA_FAULT_LEADER : KAFKA_FAULT_UNASKED;
        if (items[i].leader >= 0)
            sorted[asked++] = &items[i];
    }
    qsort(sorted, asked, sizeof(struct kafka_offset *), by_leader);
    struct sweep s = {.client = c, .rk = rk, .budget = budget};
    size_t leaders = cut_chunks(&s, sorted, asked);
    s.leaders = mem_calloc(leaders ? leaders : 1, sizeof *s.leaders);
    pthread_mutex_init(&s.lock, NULL);
    if (asked)
        run_threads(&s);
    pthread_mutex_destroy(&s.lock);
    free(s.leaders);
    vec_done(&s.chunks);
    free(sorted);
}

void kafka_librdkafka_offsets(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_offset *items,
                              size_t n)
{
    struct kafka_librdkafka *c = (struct kafka_librdkafka *)a;
    if (!c->connected && n) /* else each item tells why not */
        c->connected = kafka_librdkafka_connect(c->rk, c->pace, budget, items[0].topic);
    sweep(c, c->rk, budget, items, n);
}

void kafka_librdkafka_other_ends(struct kafka_admin *a, const struct kafka_admin_settings *settings,
                                 const struct kafka_budget *budget, struct kafka_offset *items, size_t n)
{
    struct kafka_librdkafka *c = (struct kafka_librdkafka *)a;
    rd_kafka_t *rk = n ? kafka_librdkafka_other(c, settings, budget, items[0].topic) : NULL;
    if (rk) {
        sweep(c, rk, budget, items, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        items[i].offset = -1;
        items[i].fault = KAFKA_FAULT_UNASKED;
    }
}
