/* When topics' configurations are asked for, and what is remembered of the answers. */
#include "kafka/configs.h"
#include "base/mem.h"
#include "kafka/round.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_TOPICS = 500,      /* a round: two requests */
    AGAIN_S = 600,         /* between two questions for one topic */
    PAUSE_S = 60,          /* after no answer came */
    MIN_LEFT_PERCENT = 20, /* of the round's time, else it waits for another round */
    SHARE_PERCENT = 30,    /* of what is left that it may take */
};

/* One topic. */
struct asked {
    int64_t at_us;  /* monotonic time of the answer; 0: none yet */
    uint64_t round; /* of configs: when the topic was last there */
    bool denied;
};

static void forget_gone(struct kafka_configs *c)
{
    size_t at = 0, len;
    const void *key;
    void *value;
    while (map_next(&c->topics, &at, &key, &len, &value))
        if (((const struct asked *)value)->round != c->round) {
            map_del(&c->topics, key, len);
            free(value);
        }
}

static struct asked *find(struct kafka_configs *c, const char *topic)
{
    size_t len = strlen(topic);
    struct asked *a = map_get(&c->topics, topic, len);
    if (a)
        return a;
    a = mem_new(struct asked);
    map_put(&c->topics, topic, len, a);
    return a;
}

/* Chooses those that are due. Of a topic that was deleted and made anew between two rounds the old answer holds until
 * its time is over. */
static void choose(struct kafka_configs *c, struct kafka_round *r, int64_t now_us)
{
    c->round++;
    r->configs = kafka_arena_alloc(&r->arena, MAX_TOPICS, sizeof *r->configs);
    for (size_t i = 0; i < r->metadata.ntopics; i++) {
        const struct kafka_topic *t = &r->metadata.topics[i];
        struct asked *a = find(c, t->name);
        a->round = c->round;
        if (t->fault || t->npartitions == 0 || r->nconfigs == MAX_TOPICS)
            continue;
        if (a->at_us == 0 || now_us - a->at_us >= AGAIN_S * INT64_C(1000000))
            r->configs[r->nconfigs++] = (struct kafka_topic_config){.topic = t->name};
    }
    forget_gone(c);
}

static void take(struct kafka_configs *c, struct kafka_round *r, int64_t now_us)
{
    size_t answered = 0;
    for (size_t i = 0; i < r->nconfigs; i++) {
        const struct kafka_topic_config *x = &r->configs[i];
        struct asked *a = find(c, x->topic);
        if (x->fault == KAFKA_FAULT_UNASKED || x->fault == KAFKA_FAULT_NETWORK)
            continue;
        answered++;
        a->at_us = now_us;
        a->denied = x->fault == KAFKA_FAULT_DENIED;
    }
    if (r->nconfigs && answered == 0)
        c->pause_until_us = now_us + PAUSE_S * INT64_C(1000000);
}

void kafka_configs_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                       const struct kafka_budget *budget, struct kafka_round *round)
{
    struct kafka_configs *c = &memory->configs;
    int64_t now_us = clock_mono_us(budget->clock), left = kafka_budget_left(budget);
    if (!plan->ops->configs || now_us < c->pause_until_us || left * 100 < (int64_t)round->budget_ms * MIN_LEFT_PERCENT)
        return;
    struct kafka_budget part = kafka_budget_part(budget, SHARE_PERCENT);
    choose(c, round, now_us);
    if (round->nconfigs == 0)
        return;
    plan->ops->configs(memory->admin, &part, &round->arena, round->configs, round->nconfigs);
    take(c, round, now_us);
}

void kafka_configs_say(const struct kafka_round_memory *memory, struct kafka_round *round)
{
    struct kafka_missing_tally denied = {0};
    char name[KAFKA_MISSING_NAME];
    for (size_t i = 0; i < round->metadata.ntopics; i++) {
        const char *topic = round->metadata.topics[i].name;
        const struct asked *a = map_get(&memory->configs.topics, topic, strlen(topic));
        if (a && a->denied)
            kafka_missing_count(&denied, KAFKA_FAULT_DENIED, i, topic);
    }
    if (denied.denied)
        kafka_missing_add(&round->note, "missing to know which topics are compacted: DESCRIBE_CONFIGS on topic %s%s",
                          kafka_missing_name(denied.first_denied, name), denied.denied > 1 ? " and others" : "");
}

void kafka_configs_done(struct kafka_configs *c)
{
    size_t at = 0;
    void *value;
    while (map_next(&c->topics, &at, NULL, NULL, &value))
        free(value);
    map_done(&c->topics);
    *c = (struct kafka_configs){.round = 0};
}
