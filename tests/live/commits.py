"""Live tests: commit cycles of the real Iceberg sink, of two versions, beside their worker's log and what pyiceberg says."""

import worker_log
from connect import CONTROL, Connect
from console import snapshot
from kafka import wait_for
from suite import check, lasts, live, rows_by

SINKS = {"1_9_2": "1.9.2", "1_11_0": "1.11.0"}


def each_sink(seconds):
    """A test of its own for each version of the sink, named after it."""
    def mark(test):
        for suffix, sink in SINKS.items():
            def one(icetop, sink=sink):
                test(icetop, sink)
            one.__name__ = f"{test.__name__}_{suffix}"
            live(lasts(seconds)(one))
        return test
    return mark


def outcomes(c):
    return [outcome for _, outcome in worker_log.outcomes(c.logs())]


def fed(c, table="db.orders", topic="orders", connector="orders-sink", **settings):
    """A connector of a topic with two partitions; the table is there before the second is fed, or tasks race to make it."""
    c.kafka.topic(topic, 2)
    feeders = [c.feed(topic, 0)]
    c.connector(connector, [topic], [table], **settings)
    wait_for(f"rows in {table}", lambda: c.catalog.rows(table), 120)
    return [*feeders, c.feed(topic, 1)]


@each_sink(60)
def healthy_cycles_of_the_sink(icetop, sink):
    with Connect(sink) as c:
        feeders = fed(c)
        wait_for("full cycles", lambda: outcomes(c).count("full") >= 4, 120)
        sent = sum(f.end() for f in feeders)
        c.wait_rows("db.orders", sent)
        wait_for("a cycle without rows", lambda: "empty" in outcomes(c), 120)
        cycles = worker_log.outcomes(c.logs())
        theirs = c.table("db.orders")
        check("pyiceberg's rows", theirs["rows"], sent)
        by_commit = {s["kafka.connect.commit-id"]: s["id"] for s in theirs["snapshots"]}
        check("snapshots of the log's cycles", {k.id: k.tables["db.orders"] for k, _ in cycles if k.tables}, by_commit)
        tables = snapshot(icetop, c.bootstrap, "groups", "group_partitions")
        groups = rows_by(tables["groups"], "group")
        check("the group's lag", groups["connect-orders-sink"]["lag"], 0)
        check("what its tasks committed", sum(r["committed"] for r in tables["group_partitions"]
                                              if r["group"] == "connect-orders-sink"), sent)
        check("who commits the control topic", [r["topic"] for r in tables["group_partitions"]
                                                if r["group"] == "connect-orders-sink-coord"], [CONTROL])
