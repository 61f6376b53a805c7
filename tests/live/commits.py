"""Live tests: commit cycles of the real Iceberg sink, of two versions, beside their worker's log and what pyiceberg says."""

import shutil

import worker_log
from connect import CONTROL, Connect
from console import snapshot
from kafka import wait_for
from rest_catalog import Rest, own_network
from sink_rows import COMMIT_TABLES, LOG_TABLES, announced_equal, cycles_equal, lines_equal, table_equals
from suite import check, lasts, live, rows_by
from told import Told, quality, value

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


def cycles(c):
    """(cycle, outcome) of each that the workers' logs tell of."""
    return worker_log.outcomes(c.logs())


def outcomes(c):
    return [outcome for _, outcome in cycles(c)]


def fed(c, table="db.orders", topic="orders", connector="orders-sink", **settings):
    """A connector of a topic with two partitions; the table is there before the second is fed, or tasks race to make it."""
    c.kafka.topic(topic, 2)
    feeders = [c.feed(topic, 0)]
    c.connector(connector, [topic], [table], **settings)
    wait_for(f"rows in {table}", lambda: c.rows(table), 120)
    return [*feeders, c.feed(topic, 1)]


def settled(c, connectors=("orders-sink",)):
    """Past the first cycles, in which tasks may not answer yet."""
    def full():
        return all([o for k, o in cycles(c) if k.connector == name and o != "running"][-2:] == ["full"] * 2 for name in connectors)
    wait_for("full cycles", full, 120)


def told(icetop, c, *args, tables=COMMIT_TABLES, bootstrap=True):
    """What a snapshot tells of a stack: with its broker unless not, and whatever else args name."""
    return snapshot(icetop, c.bootstrap if bootstrap else None, *tables, *args)


def with_connect(c):
    return ["--connect", ",".join(c.urls)]


def with_logs(c):
    return [word for log in c.logs() for word in ("--connect-log", log)]


def the_same_from_each(icetop, c):
    """From the control topic alone, from the logs alone, and offline from the files: the same cycles, each with its outcome."""
    truth = cycles(c)
    cycles_equal("topic", told(icetop, c, "--control-topic", CONTROL, tables=["commits"])["commits"], truth, "topic")
    truth = cycles(c)
    tables = told(icetop, c, *with_logs(c), tables=LOG_TABLES, bootstrap=False)
    cycles_equal("logs", tables["commits"], truth, "log")
    lines_equal(tables["log_events"], truth)
    copies = [log.with_name("copy.log") for log in c.logs()]
    for log, copy in zip(c.logs(), copies):
        shutil.copy(log, copy)
    truth = worker_log.outcomes(copies)
    words = [word for copy in copies for word in ("--from-log", copy)]
    tables = told(icetop, c, *words, tables=LOG_TABLES, bootstrap=False)
    cycles_equal("files", tables["commits"], truth, "log")
    lines_equal(tables["log_events"], truth)


@each_sink(70)
def healthy_cycles_of_the_sink(icetop, sink):
    with Connect(sink) as c:
        feeders = fed(c)
        wait_for("full cycles", lambda: outcomes(c).count("full") >= 4, 120)
        sent = sum(f.end() for f in feeders)
        c.wait_rows("db.orders", sent)
        wait_for("a cycle without rows", lambda: "empty" in outcomes(c), 120)
        theirs = c.table("db.orders")
        check("pyiceberg's rows", theirs["rows"], sent)
        truth = cycles(c)
        tables = told(icetop, c, *with_connect(c), *with_logs(c))
        cycles_equal("all", tables["commits"], truth, "both")
        table_equals(tables, "db.orders", theirs)
        announced_equal(tables, "db.orders", theirs)
        connector = rows_by(tables["connectors"], "connector")["orders-sink"]
        for column, value in {
                "state": "RUNNING", "tasks": 2, "tasks_running": 2, "tasks_failed": 0, "version": sink, "iceberg": True,
                "group_id": "connect-orders-sink", "control_topic": CONTROL, "commit_interval_ms": 4000,
                "commit_timeout_ms": 3000, "worker": c.workers[0].id}.items():
            check(f"the connector's {column}", connector[column], value)
        check("tasks", [(r["task"], r["state"], r["worker"]) for r in tables["tasks"]],
              [(task, "RUNNING", c.workers[0].id) for task in (0, 1)])
        owners = c.assignment("orders-sink")
        for r in tables["commit_partitions"]:
            check("who answered", (r["task"], r["worker"]), (owners[r["topic"], r["partition"]], c.workers[0].id))
        alone = told(icetop, c, "--catalog", c.catalog.spec, tables=["iceberg_tables", "snapshots"], bootstrap=False)
        table_equals(alone, "db.orders", theirs)
        the_same_from_each(icetop, c)


def queryable_of_both(c, told_, sent):
    """Each connector's is LEO less the rows of its tables, before the last commits and after; a table to which records are
    routed does not tell its own for certain."""
    def less(*tables):
        return lambda: sum(sent[t] - c.rows(t) for t in tables)
    told_.wait_lag("of orders", less("db.orders"), "orders-sink")
    told_.wait_lag("of clicks", less("db.eu", "db.us"), "clicks-sink")
    routed = {r["table"]: quality(r["queryable_lag"]) for r in told_.tables()["iceberg_tables"] if value(r["queryable_lag"])}
    assert {routed.get(t, "le") for t in ("db.eu", "db.us")} == {"le"} and routed.get("db.orders", "exact") == "exact", routed
    for table, rows in sent.items():
        c.wait_rows(table, rows)
    for connector in ("orders-sink", "clicks-sink"):
        told_.wait_lag(f"all of {connector} is queryable", lambda: 0, connector)
    told_.mark("end", sent=sent, rows=sent)
    told_.silent()


@each_sink(70)
def two_connectors_and_three_tables_share_a_control_topic(icetop, sink):
    with Connect(sink) as c:
        orders = fed(c)
        c.kafka.topic("clicks", 1)
        clicks = [c.feed("clicks", 0, more={"region": "eu"}), c.feed("clicks", 0, rate=10, more={"region": "us"})]
        c.connector("clicks-sink", ["clicks"], ["db.eu", "db.us"], tasks=1, interval=5000, more={
            "iceberg.tables.route-field": "region", "iceberg.table.db.eu.route-regex": "eu",
            "iceberg.table.db.us.route-regex": "us"})
        settled(c, ("orders-sink", "clicks-sink"))
        with Told(icetop, c, name=f"shared-{sink}", about="Two connectors on one control topic, one of which routes its records to "
                  "two tables; nothing is wrong.") as told_:
            wait_for("cycles of both", lambda: all(
                sum(k.connector == name and outcome == "full" for k, outcome in cycles(c)) >= 3
                for name in ("orders-sink", "clicks-sink")), 120)
            sent = {"db.orders": sum(f.end() for f in orders), "db.eu": clicks[0].end(), "db.us": clicks[1].end()}
            told_.mark("feeders ended", sent=sent)
            queryable_of_both(c, told_, sent)
        theirs = {table: c.table(table) for table in sent}
        truth = cycles(c)
        tables = told(icetop, c, *with_connect(c))
        check("connectors", sorted(r["connector"] for r in tables["connectors"]), ["clicks-sink", "orders-sink"])
        cycles_equal("all", tables["commits"], truth, "topic")
        for table, said in theirs.items():
            check(f"pyiceberg's rows of {table}", said["rows"], sent[table])
            table_equals(tables, table, said)
            announced_equal(tables, table, said)
        the_same_from_each(icetop, c)


@live
@lasts(45)
def tables_in_a_rest_catalog(icetop):
    own_network()
    with Connect("1.11.0", catalog=Rest) as c:
        feeders = fed(c)
        wait_for("full cycles", lambda: outcomes(c).count("full") >= 2, 120)
        c.wait_rows("db.orders", sum(f.end() for f in feeders))
        theirs = c.table("db.orders")
        truth = cycles(c)
        tables = told(icetop, c, *with_connect(c))
        cycles_equal("all", tables["commits"], truth, "topic")
        table_equals(tables, "db.orders", theirs)
        alone = told(icetop, c, "--catalog", c.catalog.spec, tables=["iceberg_tables", "snapshots"], bootstrap=False)
        table_equals(alone, "db.orders", theirs)
