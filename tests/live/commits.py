"""Live tests: commit cycles of the real Iceberg sink, of two versions, beside their worker's log and what pyiceberg says."""

import contextlib
import shutil
import sqlite3
from datetime import datetime, timezone

import worker_log
from connect import CONTROL, Connect
from console import Console, Watch, snapshot
from kafka import wait_for
from rest_catalog import Rest, own_network
from sink_rows import COMMIT_TABLES, LOG_TABLES, announced_equal, cycles_equal, lines_equal, table_equals, when
from suite import check, lasts, live, rows_by, soak

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


def waiting(watch, partition, task, worker):
    """Waits until a cycle that begins from now on waits for one of two partitions, and names it, its task and its worker;
    returns its id."""
    found, now = [], datetime.now(timezone.utc)

    def look(tables):
        for commit in tables["commits"]:
            missing = [r for r in tables["commit_partitions"] if r["commit_id"] == commit["commit_id"] and
                       f"{r['topic']}-{r['partition']}" == partition]
            if when(commit["started"]) > now and commit["outcome"] == "running" and commit["answered"] == "1 of 2" and commit["missing"] == partition and [
                    (r["state"], r["task"], r["worker"]) for r in missing] == [("waiting", task, worker.id)]:
                found.append(commit["commit_id"])
        return found
    watch.wait(f"a cycle that waits for {partition}, of task {task} on {worker.id}", look, 120)
    return found[0]


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


@each_sink(100)
def an_idle_partition_stalls_cycles(icetop, sink):
    """An idle task looks for a START_COMMIT only when the time to flush offsets has come, which is past the timeout."""
    with Connect(sink, settings={"offset.flush.interval.ms": 12000}) as c, contextlib.ExitStack() as stack:
        feeders = fed(c, interval=8000, timeout=4000)
        wait_for("records of both partitions", lambda: feeders[1].sent >= 20)
        idle = feeders[1].end()
        task = c.assignment("orders-sink")["orders", 1]
        watch = stack.enter_context(Watch(icetop, c.bootstrap, *with_connect(c), tables=COMMIT_TABLES))
        cycle = waiting(watch, "orders-1", task, c.worker_of("orders-sink", task))

        def past(tables):
            partition = next(r for r in tables["commit_partitions"] if r["commit_id"] == cycle and r["partition"] == 1)
            commit = rows_by(tables["commits"], "commit_id")[cycle]
            return partition["state"] == "late" and commit["outcome"] == "partial" and (commit, partition)
        commit, partition = past(watch.wait("its answer comes late", past, 90))
        check("received and missing", (commit["answered"], commit["missing"]), ("1 of 2", "orders-1"))
        check("its answer is later than the timeout", partition["answered_after_ms"] > 4000, True)
        check("who answers late", "orders-1" in commit["late"], True)
        check("who answered late", (partition["task"], partition["worker"]), (task, c.workers[0].id))
        with Console(icetop, "-b", c.bootstrap, *with_connect(c), width=160, height=48) as console:
            console.wait("orders-sink")
            console.keys("5")
            console.wait("db.orders")
            console.keys("Enter")
            console.wait("the stalled cycle", lambda screen: "answered 1 of 2, missing orders-1," in screen and
                         f"waiting on {c.workers[0].id}" in screen)
        wait_for("cycles without its answer", lambda: sum(
            outcome == "partial" and (k.received, k.expected) == (1, 2) for k, outcome in cycles(c)) >= 3, 150)
        c.wait_rows("db.orders", idle + feeders[0].end())
        truth = cycles(c)
        tables = told(icetop, c, *with_connect(c), *with_logs(c))
        cycles_equal("all", tables["commits"], truth, "both")
        check("partial cycles that name nobody", [r for r in tables["commits"] if r["answered"] == "1 of 2" and
                                                  not r["missing"]], [])
        the_same_from_each(icetop, c)


@each_sink(70)
def two_connectors_and_three_tables_share_a_control_topic(icetop, sink):
    with Connect(sink) as c:
        orders = fed(c)
        c.kafka.topic("clicks", 1)
        clicks = [c.feed("clicks", 0, more={"region": "eu"}), c.feed("clicks", 0, rate=10, more={"region": "us"})]
        c.connector("clicks-sink", ["clicks"], ["db.eu", "db.us"], tasks=1, interval=5000, more={
            "iceberg.tables.route-field": "region", "iceberg.table.db.eu.route-regex": "eu",
            "iceberg.table.db.us.route-regex": "us"})
        wait_for("cycles of both", lambda: all(
            sum(k.connector == name and outcome == "full" for k, outcome in cycles(c)) >= 3
            for name in ("orders-sink", "clicks-sink")), 120)
        sent = {"db.orders": sum(f.end() for f in orders), "db.eu": clicks[0].end(), "db.us": clicks[1].end()}
        for table, rows in sent.items():
            c.wait_rows(table, rows)
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


@live
@lasts(60)
def commits_fail_while_the_catalog_is_locked(icetop):
    """Tasks go on and write files; their commits fail, until one takes what all of them have written."""
    with Connect("1.11.0") as c:
        feeders = fed(c, more={"iceberg.catalog.uri": f"jdbc:sqlite:{c.catalog.file}?busy_timeout=1000"})
        wait_for("full cycles", lambda: outcomes(c).count("full") >= 2, 120)
        lock = sqlite3.connect(c.catalog.file, isolation_level=None, timeout=30)
        lock.execute("BEGIN IMMEDIATE")
        wait_for("failed cycles", lambda: outcomes(c).count("failed") >= 2, 120)
        truth = cycles(c)
        tables = told(icetop, c, *with_connect(c), *with_logs(c))
        lock.execute("ROLLBACK")
        lock.close()
        cycles_equal("locked", tables["commits"], truth, "both")
        for commit in tables["commits"]:
            if commit["outcome"] == "failed":
                assert "SQLITE_BUSY" in commit["error"], commit
        failed = {cycle.id for cycle, outcome in truth if outcome == "failed"}
        check("its files wait", {r["state"] for r in tables["commit_tables"] if r["commit_id"] in failed}, {"waiting"})
        check("its tasks", {r["state"] for r in tables["tasks"]}, {"RUNNING"})
        c.wait_rows("db.orders", sum(f.end() for f in feeders))
        theirs = c.table("db.orders")
        truth = cycles(c)
        tables = told(icetop, c, *with_connect(c), *with_logs(c))
        cycles_equal("free again", tables["commits"], truth, "both")
        table_equals(tables, "db.orders", theirs)
        announced_equal(tables, "db.orders", theirs)
        check("files that still wait", [r for r in tables["commit_tables"] if r["state"] == "waiting"], [])
        the_same_from_each(icetop, c)


def a_worker_dies(icetop, sink, which):
    """A cycle waits for a worker that was halted; then that worker is killed, or the one whose task coordinates."""
    # Tasks that join one after the other may both coordinate, with 1.9: here they join at once.
    together = {"group.initial.rebalance.delay.ms": 3000}
    with Connect(sink, workers=2, brokers=together) as c, contextlib.ExitStack() as stack:
        feeders = fed(c)
        wait_for("full cycles", lambda: outcomes(c).count("full") >= 2, 120)
        leader, other = (c.worker_of("orders-sink", task) for task in (0, 1))
        assert leader and other and leader != other
        watch = stack.enter_context(Watch(icetop, c.bootstrap, *with_connect(c), tables=COMMIT_TABLES))
        owners = c.assignment("orders-sink")
        watch.wait("its tasks", lambda tables: {r["task"]: r["worker"] for r in tables["tasks"]} == {0: leader.id, 1: other.id})
        wait_for("the end of a cycle", lambda: outcomes(c)[-1] != "running")
        other.freeze()
        cycle = waiting(watch, next(f"{topic}-{p}" for (topic, p), task in owners.items() if task == 1), 1, other)
        killed, left = (leader, other) if which == "leader" else (other, leader)
        killed.kill()
        other.thaw()
        wait_for("both tasks on one worker", lambda: all(c.worker_of("orders-sink", task) is left for task in (0, 1)), 90)
        watch.wait("its tasks have moved", lambda tables: {r["worker"] for r in tables["tasks"]} == {left.id})
        watch.wait("who does not answer", lambda tables: any(
            r["kind"] == "connect" and killed.id in (r["note"] or "") for r in tables["sources"]))
        seen = outcomes(c).count("full")
        wait_for("full cycles without it", lambda: outcomes(c).count("full") >= seen + 2, 120)
        killed.start()
        wait_for("it is back", killed.answers, 120)
        wait_for("its task is back", lambda: {c.worker_of("orders-sink", task) for task in (0, 1)} == {killed, left}, 90)
        c.wait_rows("db.orders", sum(f.end() for f in feeders))
        outcome = rows_by(watch.last["commits"], "commit_id")[cycle]["outcome"]
        check("what came of the cycle", outcome, "superseded" if which == "leader" else "partial")
        truth = cycles(c)
        tables = told(icetop, c, *with_connect(c), *with_logs(c))
        cycles_equal("all", tables["commits"], truth, "both")
        table_equals(tables, "db.orders", c.table("db.orders"))
        the_same_from_each(icetop, c)


@live
@lasts(90)
def a_worker_is_killed_in_mid_cycle_1_9_2(icetop):
    a_worker_dies(icetop, "1.9.2", "other")


@live
@lasts(90)
def the_coordinators_worker_is_killed_in_mid_cycle_1_11_0(icetop):
    a_worker_dies(icetop, "1.11.0", "leader")


@soak
@lasts(90)
def a_worker_is_killed_in_mid_cycle_1_11_0(icetop):
    a_worker_dies(icetop, "1.11.0", "other")


@soak
@lasts(90)
def the_coordinators_worker_is_killed_in_mid_cycle_1_9_2(icetop):
    a_worker_dies(icetop, "1.9.2", "leader")
