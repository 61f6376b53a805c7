/* The tables of the demo's topics and groups. */
#include "demo/plan.h"
#include "base/str.h"

#define HOURS 3600

const struct demo_plan_topic demo_plan_topics[] = {
    {"payments.transactions", 6, 3, 420, 0.2, 120, 12 * HOURS, .hot = 3},
    {"orders.created", 6, 3, 90, 0.4, 60, 24 * HOURS},
    {"catalog.changes", 12, 3, 160, 0.3, 90, 24 * HOURS},
    {"mail.outbox", 3, 3, 6, 0.5, 45, 48 * HOURS},
    {"clickstream.pageviews", 12, 2, 1800, 0.5, 75, 45, .retention_s = 30},
    {"inventory.changes", 4, 3, 25, 0.3, 60, 24 * HOURS, .leaderless = 3},
    {"features.events", 6, 3, 240, 0.3, 100, 6 * HOURS},
    {"ledger.entries", 3, 3, 12, 0.2, 80, 48 * HOURS, .transactional = true},
    {"promo.events", 3, 2, 15, 0.4, 50, 2 * HOURS, .comes_and_goes = true},
    {"users.profile", 3, 3, 3, 1, 40, 72 * HOURS, .out_of_sync = 2},
    {"shipments.updates", 6, 3, 8, 0.6, 70, 24 * HOURS},
    {DEMO_PLAN_CHURN, 1, 3, 100, 0, 60, 1 * HOURS},
    {"telemetry.metrics", 12, 2, 600, 0.1, 30, 1 * HOURS},
    {"__consumer_offsets", 8, 3, 0, 0, 60, 0, .internal = true, .commits = true},
};
const size_t demo_plan_topic_count = sizeof demo_plan_topics / sizeof demo_plan_topics[0];

const struct demo_plan_group demo_plan_groups[] = {
    {"payments", "payments.transactions", DEMO_PLAN_FALLING, 3, "cooperative-sticky", .backlog_s = 45},
    {"search-indexer", "catalog.changes", DEMO_PLAN_DRAINING, 4, "range", .backlog_s = 1500},
    {"mailer", "mail.outbox", DEMO_PLAN_STALLED, 2, "range", .backlog_s = 600},
    {"billing-export", "orders.created", DEMO_PLAN_EMPTY, 0, "range", .backlog_s = 2 * HOURS},
    {"report-builder", "clickstream.pageviews", DEMO_PLAN_LOSING, 3, "range", .backlog_s = 28},
    {"recommendations", "features.events", DEMO_PLAN_REBALANCING, 3, "cooperative-sticky"},
    {"fraud-features", "features.events", DEMO_PLAN_PARTIAL, 2, "range"},
    {"ad-hoc-export", "orders.created", DEMO_PLAN_SIMPLE, 0, ""},
    {"orders-stream-v2", "orders.created", DEMO_PLAN_KIP848, 0, ""},
    {"promo-engine", "promo.events", DEMO_PLAN_ORPHANED, 1, "range"},
    {"connect-cluster-a", NULL, DEMO_PLAN_WORKERS, 3, "sessioned"},
    {"connect-orders-sink", "orders.created", DEMO_PLAN_CALM, 2, "range", .commit_s = 30},
    {"ledger-auditor", "ledger.entries", DEMO_PLAN_CALM, 1, "range"},
    {"inventory-sync", "inventory.changes", DEMO_PLAN_CALM, 2, "sticky"},
    /* A title that would change a terminal's colour, write backwards and ring, and is no UTF-8. */
    {"\x1b[31mred\x1b]0;owned\x07 \xe2\x80\xaegnp.\xff\xc3(", "shipments.updates", DEMO_PLAN_CALM, 1, "range"},
    {"cart", "users.profile", DEMO_PLAN_CALM, 1, "range"},
    {"checkout", "orders.created", DEMO_PLAN_CALM, 3, "range", .commit_s = 1},
    {"customer-360", "users.profile", DEMO_PLAN_CALM, 2, "roundrobin"},
    {"data-quality", "telemetry.metrics", DEMO_PLAN_CALM, 4, "range", .commit_s = 1},
    {"email-bounces", "users.profile", DEMO_PLAN_CALM, 1, "range"},
    {"fulfilment", "shipments.updates", DEMO_PLAN_CALM, 3, "range", .is_static = true},
    {"geo-enricher", "shipments.updates", DEMO_PLAN_CALM, 2, "sticky"},
    {"loyalty-points", "users.profile", DEMO_PLAN_CALM, 1, "range"},
    {"notification-router", "shipments.updates", DEMO_PLAN_CALM, 2, "range", .commit_s = 1},
    {"price-cache", "catalog.changes", DEMO_PLAN_CALM, 3, "range", .commit_s = 1},
    {"returns", "shipments.updates", DEMO_PLAN_CALM, 1, "range"},
    {"session-tracker", "users.profile", DEMO_PLAN_CALM, 3, "range"},
    {"stock-alerts", "inventory.changes", DEMO_PLAN_CALM, 2, "range", .commit_s = 1},
    {"vat-reporting", "ledger.entries", DEMO_PLAN_CALM, 1, "range"},
    {"web-analytics", "telemetry.metrics", DEMO_PLAN_CALM, 4, "cooperative-sticky", .commit_s = 1, .is_static = true},
};
const size_t demo_plan_group_count = sizeof demo_plan_groups / sizeof demo_plan_groups[0];

uint64_t demo_plan_draw(uint64_t seed, const char *name, int64_t index)
{
    struct str key = {0};
    str_bytes(&key, &seed, sizeof seed);
    str_bytes(&key, &index, sizeof index);
    str_add(&key, name);
    uint64_t h = map_hash(key.s, key.len);
    str_done(&key);
    return h;
}

double demo_plan_chance(uint64_t seed, const char *name, int64_t index)
{
    return (double)(demo_plan_draw(seed, name, index) >> 11) * 0x1p-53;
}

double demo_plan_cycle(int64_t elapsed_ms, int period_s)
{
    return (double)(elapsed_ms % ((int64_t)period_s * 1000)) / 1000;
}
