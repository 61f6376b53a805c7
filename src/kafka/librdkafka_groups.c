/* Groups, their members and their committed offsets, over librdkafka.
 *
 * The legacy listing describes all groups of a broker with two requests and does not touch the code
 * that finds coordinators; the newer describe request deadlocks the library on some brokers, and is
 * not used. */
#include "base/mem.h"
#include "kafka/assignment.h"
#include "kafka/librdkafka.h"

#include <stdlib.h>
#include <string.h>

enum {
    POLL_SLICE_MS = 100, /* how soon a stop is noticed */
    LIST_PERCENT = 50,   /* of the time left may go into listing groups */
    RETRIES = 3,         /* for a coordinator that is loading, or a connection that broke */
    MIN_RETRY_LEFT_MS = 500,
    NEWER_MS = 500, /* for the newer listing, beside a few times what the older one took */
    NEWER_TIMES = 5,
    FIRST_WINDOW = 8,     /* requests at once before anything was answered: slow brokers are not flooded */
    WINDOW_GROWTH = 2,    /* for each answer */
    REQUESTS_A_GROUP = 2, /* who coordinates it, and what it has committed */
};

/* ---- groups ---- */

/* The texts that were copied last: of most groups they are the same as of the one before. */
struct texts {
    char *client, *host, *state, *protocol_type, *protocol, *coordinator;
};

static char *copy_text(struct kafka_arena *arena, char **last, const char *text)
{
    if (!*last || !text || strcmp(*last, text) != 0)
        *last = kafka_arena_text(arena, text);
    return *last;
}

static void copy_member(struct kafka_arena *arena, struct texts *last, const struct rd_kafka_group_member_info *from,
                        bool readable, struct kafka_member *to)
{
    *to = (struct kafka_member){.id = kafka_arena_text(arena, from->member_id),
                                .client = copy_text(arena, &last->client, from->client_id),
                                .host = copy_text(arena, &last->host, from->client_host)};
    if (!readable || from->member_assignment_size < 0)
        return;
    to->known = kafka_assignment_parse(from->member_assignment, (size_t)from->member_assignment_size, arena,
                                       &to->assigned, &to->nassigned) == 0;
}

static void copy_group(struct kafka_arena *arena, struct texts *last, const struct rd_kafka_group_info *from,
                       struct kafka_group *to)
{
    *to = (struct kafka_group){.name = kafka_arena_text(arena, from->group), .coordinator = -1};
    to->coordinator = from->broker.id;
    if (from->broker.host) {
        char *host = mem_printf("%s:%d", from->broker.host, from->broker.port);
        to->coordinator_host = copy_text(arena, &last->coordinator, host);
        free(host);
    }
    if (from->err) {
        to->fault = kafka_librdkafka_fault(from->err);
        to->fault_text = rd_kafka_err2str(from->err);
        return;
    }
    to->described = true;
    to->state = copy_text(arena, &last->state, from->state ? from->state : "");
    to->protocol_type = copy_text(arena, &last->protocol_type, from->protocol_type ? from->protocol_type : "");
    to->protocol = copy_text(arena, &last->protocol, from->protocol ? from->protocol : "");
    bool readable = strcmp(to->protocol_type, "consumer") == 0 && strcmp(to->state, "Stable") == 0;
    to->nmembers = from->member_cnt > 0 ? (size_t)from->member_cnt : 0;
    to->members = kafka_arena_alloc(arena, to->nmembers, sizeof *to->members);
    for (size_t i = 0; i < to->nmembers; i++)
        copy_member(arena, last, &from->members[i], readable, &to->members[i]);
}

static int to_group_name(const void *name, const void *group)
{
    return strcmp(name, ((const struct kafka_group *)group)->name);
}

static int by_group_name(const void *a, const void *b)
{
    return strcmp(((const struct kafka_group *)a)->name, ((const struct kafka_group *)b)->name);
}

/* Sorts, and drops all but one of a group that two coordinators list while it moves. */
static void order_groups(struct kafka_groups *g)
{
    if (g->ngroups == 0)
        return;
    qsort(g->groups, g->ngroups, sizeof *g->groups, by_group_name);
    size_t kept = 0;
    for (size_t i = 1; i < g->ngroups; i++) {
        struct kafka_group *last = &g->groups[kept];
        if (strcmp(last->name, g->groups[i].name) != 0)
            g->groups[++kept] = g->groups[i];
        else if (last->fault || (last->state && strcmp(last->state, "Dead") == 0))
            *last = g->groups[i];
    }
    g->ngroups = kept + 1;
}

/* Waits for one answer of the queue; NULL when the time is over. */
static rd_kafka_event_t *next_event(struct kafka_librdkafka *c, const struct kafka_budget *budget)
{
    for (int left; (left = kafka_budget_left(budget)) > 0;) {
        rd_kafka_event_t *e = rd_kafka_queue_poll(c->queue, left < POLL_SLICE_MS ? left : POLL_SLICE_MS);
        if (e)
            return e;
    }
    return NULL;
}

/* Asks with the newer listing. The event holds the result; NULL if there is none. While a broker is away, the library's
 * main thread looks for it without a pause, until the client is closed: so little time is given. */
static rd_kafka_event_t *list_newer(struct kafka_librdkafka *c, const struct kafka_budget *budget)
{
    struct kafka_budget part = *budget;
    if (!kafka_pace_wait(c->pace, budget, c->brokers))
        return NULL;
    int64_t enough_us = clock_mono_us(c->clock) + NEWER_MS * INT64_C(1000) + NEWER_TIMES * c->listing_us;
    part.until_us = part.until_us < enough_us ? part.until_us : enough_us;
    rd_kafka_AdminOptions_t *o = kafka_librdkafka_options(c, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, NULL);
    rd_kafka_ListConsumerGroups(c->rk, o, c->queue);
    rd_kafka_AdminOptions_destroy(o);
    rd_kafka_event_t *e = next_event(c, &part);
    if (!e) {
        c->spent = true; /* some broker does not answer */
        return NULL;
    }
    if (rd_kafka_event_type(e) != RD_KAFKA_EVENT_LISTCONSUMERGROUPS_RESULT || rd_kafka_event_error(e)) {
        rd_kafka_event_destroy(e);
        return NULL;
    }
    return e;
}

/* The broker's own word would be better, but the library gives no more: states that came with the
 * newer protocol are unknown to it. */
static char *listed_state(struct kafka_arena *arena, const rd_kafka_ConsumerGroupListing_t *g)
{
    rd_kafka_consumer_group_state_t state = rd_kafka_ConsumerGroupListing_state(g);
    if (state == RD_KAFKA_CONSUMER_GROUP_STATE_UNKNOWN)
        return NULL;
    return kafka_arena_text(arena, rd_kafka_consumer_group_state_name(state));
}

/* Fills in what the newer listing says of groups that the older describe request calls dead. */
static void resolve_dead(struct kafka_librdkafka *c, const struct kafka_budget *budget, struct kafka_arena *arena,
                         struct kafka_groups *groups)
{
    bool any = false;
    for (size_t i = 0; i < groups->ngroups && !any; i++)
        any = groups->groups[i].state && strcmp(groups->groups[i].state, "Dead") == 0;
    rd_kafka_event_t *e = any ? list_newer(c, budget) : NULL;
    if (!e)
        return;
    size_t n;
    const rd_kafka_ConsumerGroupListing_t **list =
        rd_kafka_ListConsumerGroups_result_valid(rd_kafka_event_ListConsumerGroups_result(e), &n);
    for (size_t i = 0; i < n; i++) {
        struct kafka_group *g = bsearch(rd_kafka_ConsumerGroupListing_group_id(list[i]), groups->groups,
                                        groups->ngroups, sizeof *g, to_group_name);
        if (!g)
            continue;
        g->listed = true;
        g->listed_state = listed_state(arena, list[i]);
    }
    rd_kafka_event_destroy(e);
}

/* When the older listing fails because one broker does, the newer one still names the groups of all
 * others. */
static bool list_names(struct kafka_librdkafka *c, const struct kafka_budget *budget, struct kafka_arena *arena,
                       struct kafka_groups *ret)
{
    rd_kafka_event_t *e = list_newer(c, budget);
    if (!e)
        return false;
    size_t n;
    const rd_kafka_ConsumerGroupListing_t **list =
        rd_kafka_ListConsumerGroups_result_valid(rd_kafka_event_ListConsumerGroups_result(e), &n);
    ret->groups = kafka_arena_alloc(arena, n, sizeof *ret->groups);
    ret->ngroups = n;
    for (size_t i = 0; i < n; i++) {
        char *state = listed_state(arena, list[i]);
        ret->groups[i] = (struct kafka_group){
            .name = kafka_arena_text(arena, rd_kafka_ConsumerGroupListing_group_id(list[i])),
            .state = state,
            .listed = true,
            .listed_state = state,
            .coordinator = -1,
        };
    }
    rd_kafka_event_destroy(e);
    return n > 0;
}

/* The legacy listing, which forgets everything for one broker that cannot be reached, if that is found out last. So on
 * an error it is asked again with less time: before the error is there, the others' answers are. */
static rd_kafka_resp_err_t list_groups(struct kafka_librdkafka *c, const struct kafka_budget *budget,
                                       const struct rd_kafka_group_list **list)
{
    static const int shorter_ms[] = {300, 150, 60};
    rd_kafka_resp_err_t code = rd_kafka_list_groups(c->rk, NULL, list, kafka_budget_left(budget));
    for (size_t i = 0; i < sizeof shorter_ms / sizeof *shorter_ms; i++) {
        int left = kafka_budget_left(budget);
        if (kafka_librdkafka_fault(code) != KAFKA_FAULT_NETWORK || left == 0)
            break;
        code = rd_kafka_list_groups(c->rk, NULL, list, left < shorter_ms[i] ? left : shorter_ms[i]);
    }
    return code;
}

bool kafka_librdkafka_all_list(struct kafka_admin *a, const struct kafka_budget *budget)
{
    rd_kafka_event_t *e = list_newer((struct kafka_librdkafka *)a, budget);
    if (!e)
        return false;
    size_t n;
    rd_kafka_ListConsumerGroups_result_errors(rd_kafka_event_ListConsumerGroups_result(e), &n);
    rd_kafka_event_destroy(e);
    return n == 0;
}

int kafka_librdkafka_groups(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                            struct kafka_groups *ret, struct error *err)
{
    struct kafka_librdkafka *c = (struct kafka_librdkafka *)a;
    struct kafka_budget part = kafka_budget_part(budget, LIST_PERCENT);
    const struct rd_kafka_group_list *list = NULL;
    if (!kafka_pace_wait(c->pace, &part, 2 * c->brokers))
        return kafka_librdkafka_error(c, err, "cannot list the groups", RD_KAFKA_RESP_ERR__TIMED_OUT);
    int64_t start_us = clock_mono_us(c->clock);
    rd_kafka_resp_err_t code = list_groups(c, &part, &list);
    c->listing_us = clock_mono_us(c->clock) - start_us;
    struct kafka_groups groups = {0};
    if (code)
        c->spent = true; /* it may wait for a broker that has left the cluster: a new client knows
                            better */
    if (!code || code == RD_KAFKA_RESP_ERR__PARTIAL) {
        groups.ngroups = (size_t)list->group_cnt;
        groups.groups = kafka_arena_alloc(arena, groups.ngroups, sizeof *groups.groups);
        struct texts last = {NULL};
        for (size_t i = 0; i < groups.ngroups; i++)
            copy_group(arena, &last, &list->groups[i], &groups.groups[i]);
        rd_kafka_group_list_destroy(list);
    } else {
        part = kafka_budget_part(budget, LIST_PERCENT);
        if (!list_names(c, &part, arena, &groups))
            return kafka_librdkafka_error(c, err, "cannot list the groups", code);
    }
    groups.time = kafka_librdkafka_now(c);
    order_groups(&groups);
    part = kafka_budget_part(budget, LIST_PERCENT);
    resolve_dead(c, &part, arena, &groups);
    *ret = groups;
    if (!code)
        return 0;
    kafka_librdkafka_error(c, err, "a coordinator did not list its groups", code);
    return err->code = ERR_PARTIAL;
}

/* ---- committed offsets ---- */

static void copy_commits(struct kafka_arena *arena, const rd_kafka_topic_partition_list_t *from,
                         struct kafka_committed *to)
{
    to->ncommits = (size_t)from->cnt;
    to->commits = kafka_arena_alloc(arena, to->ncommits, sizeof *to->commits);
    const char *last = NULL; /* one copy of a name for the partitions that follow each other */
    char *copy = NULL;
    for (size_t i = 0; i < to->ncommits; i++) {
        const rd_kafka_topic_partition_t *p = &from->elems[i];
        if (!last || strcmp(last, p->topic) != 0)
            copy = kafka_arena_text(arena, p->topic);
        last = p->topic;
        struct kafka_commit *commit = &to->commits[i];
        *commit = (struct kafka_commit){
            .topic = copy,
            .partition = p->partition,
            .offset = p->offset >= 0 ? p->offset : -1,
            .leader_epoch = -1,
            .fault = kafka_librdkafka_fault(p->err),
        };
#if RD_KAFKA_VERSION >= 0x020100ff
        commit->leader_epoch = rd_kafka_topic_partition_get_leader_epoch(p);
#endif
        if (p->metadata && p->metadata_size)
            commit->metadata = kafka_arena_copy(arena, p->metadata, p->metadata_size);
    }
}

static void set_fault(struct kafka_committed *item, rd_kafka_resp_err_t err)
{
    item->fault = kafka_librdkafka_fault(err);
    item->fault_text = rd_kafka_err2str(err);
}

/* Takes an answer into its item; returns the error to decide on a retry. */
static rd_kafka_resp_err_t take_answer(struct kafka_librdkafka *c, struct kafka_arena *arena, rd_kafka_event_t *e,
                                       struct kafka_committed *item)
{
    item->time = kafka_librdkafka_now(c);
    rd_kafka_resp_err_t err = rd_kafka_event_error(e);
    size_t n = 0;
    const rd_kafka_group_result_t **groups = NULL;
    if (!err)
        groups = rd_kafka_ListConsumerGroupOffsets_result_groups(rd_kafka_event_ListConsumerGroupOffsets_result(e), &n);
    const rd_kafka_error_t *error = n ? rd_kafka_group_result_error(groups[0]) : NULL;
    if (error)
        err = rd_kafka_error_code(error);
    else if (!err && n == 0)
        err = RD_KAFKA_RESP_ERR__BAD_MSG;
    set_fault(item, err);
    if (err)
        return err;
    const rd_kafka_topic_partition_list_t *parts = rd_kafka_group_result_partitions(groups[0]);
    if (parts)
        copy_commits(arena, parts, item);
    return 0;
}

static void ask(struct kafka_librdkafka *c, struct kafka_committed *item, size_t index)
{
    rd_kafka_AdminOptions_t *o =
        kafka_librdkafka_options(c, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, (void *)(uintptr_t)(index + 1));
    rd_kafka_ListConsumerGroupOffsets_t *request = rd_kafka_ListConsumerGroupOffsets_new(item->group, NULL);
    rd_kafka_ListConsumerGroupOffsets(c->rk, &request, 1, o, c->queue);
    rd_kafka_ListConsumerGroupOffsets_destroy(request);
    rd_kafka_AdminOptions_destroy(o);
}

static bool worth_another(rd_kafka_resp_err_t err)
{
    return err == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS || err == RD_KAFKA_RESP_ERR__TRANSPORT ||
           err == RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT;
}

/* The indices of items that are asked for at once. */
struct asking {
    struct kafka_committed *items;
    const size_t *indices;
    size_t n, asked, answered;
    bool closed; /* no more are asked: the time for that is over */
};

/* Asks as many as the window, the cap and the time allow; milliseconds until there may be more to do. */
static int ask_some(struct kafka_librdkafka *c, const struct kafka_budget *budget, struct asking *a)
{
    size_t most = (size_t)c->max_in_flight, window = c->window + FIRST_WINDOW < most ? c->window + FIRST_WINDOW : most;
    while (a->asked < a->n && a->asked - a->answered < window) {
        if (budget->ask_until_us && clock_mono_us(c->clock) >= budget->ask_until_us) {
            a->closed = true;
            break;
        }
        int wait_ms = kafka_pace_take(c->pace, REQUESTS_A_GROUP);
        if (wait_ms)
            return wait_ms < POLL_SLICE_MS ? wait_ms : POLL_SLICE_MS;
        size_t index = a->indices[a->asked++];
        a->items[index].asked = true;
        ask(c, &a->items[index], index);
    }
    return POLL_SLICE_MS;
}

/* Asks for the items at the given indices, as many at once as the window allows; compacts the array
 * to those worth another attempt and returns their number. */
static size_t ask_all(struct kafka_librdkafka *c, const struct kafka_budget *budget, struct kafka_arena *arena,
                      struct kafka_committed *items, size_t *indices, size_t n)
{
    struct asking a = {.items = items, .indices = indices, .n = n};
    size_t again = 0;
    while (a.answered < n) {
        int wait_ms = ask_some(c, budget, &a), left = kafka_budget_left(budget);
        if (a.asked == a.answered && (a.closed || left == 0))
            break; /* nothing is under way: what was not asked can wait */
        if (left == 0) {
            c->unanswered = c->spent = true;
            return 0;
        }
        rd_kafka_event_t *e = rd_kafka_queue_poll(c->queue, left < wait_ms ? left : wait_ms);
        if (!e)
            continue;
        size_t index = (size_t)(uintptr_t)rd_kafka_event_opaque(e);
        if (rd_kafka_event_type(e) == RD_KAFKA_EVENT_LISTCONSUMERGROUPOFFSETS_RESULT && index) {
            rd_kafka_resp_err_t err = take_answer(c, arena, e, &items[index - 1]);
            a.answered++;
            c->window += WINDOW_GROWTH;
            if (worth_another(err)) /* again < answered <= asked: no index not yet asked is lost */
                indices[again++] = index - 1;
            /* The library keeps the wrong coordinator as long as somebody asks it. */
            if (err == RD_KAFKA_RESP_ERR_NOT_COORDINATOR)
                c->spent = true;
        }
        rd_kafka_event_destroy(e);
    }
    return again;
}

void kafka_librdkafka_committed(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                                struct kafka_committed *items, size_t n)
{
    struct kafka_librdkafka *c = (struct kafka_librdkafka *)a;
    size_t *indices = kafka_arena_alloc(arena, n, sizeof *indices);
    for (size_t i = 0; i < n; i++) {
        set_fault(&items[i], RD_KAFKA_RESP_ERR__TIMED_OUT);
        items[i].asked = false;
        indices[i] = i;
    }
    size_t left = n;
    for (int attempt = 0; left && attempt <= RETRIES && !c->unanswered; attempt++) {
        if (attempt) {
            if (kafka_budget_left(budget) < MIN_RETRY_LEFT_MS)
                break;
            /* Nothing is under way: this only waits. */
            rd_kafka_event_t *e = rd_kafka_queue_poll(c->queue, POLL_SLICE_MS);
            if (e)
                rd_kafka_event_destroy(e);
        }
        left = ask_all(c, budget, arena, items, indices, left);
    }
}
