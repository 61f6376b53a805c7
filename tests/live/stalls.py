"""Live tests: the real Iceberg sink while something is wrong with it, and what icetop finds: an idle partition, a catalog that is
locked, a worker that dies."""

import contextlib
import sqlite3
import time

from commits import cycles, fed, outcomes, settled, the_same_from_each, told as said, with_connect, with_logs
from connect import Connect, Sql
from console import Console
from kafka import wait_for
from sink_rows import announced_equal, cycles_equal, table_equals
from suite import check, lasts, live, rows_by, soak
from told import Told, value

# What a stall of some cycles may be called while it lasts.
PASSING = ("IT-C01", "IT-C02", "IT-C05", "IT-C20", "IT-C21", "IT-C22")


def waiting(told, partition, task, worker):
    """Waits until a cycle that begins from now on waits for one of two partitions, and names it, its task and its worker;
    returns its id."""
    now = time.time() * 1000

    def look(tables):
        for commit in tables["commits"]:
            missing = [r for r in tables["commit_partitions"] if r["commit_id"] == commit["commit_id"] and
                       f"{r['topic']}-{r['partition']}" == partition]
            if value(commit["started"]) > now and commit["outcome"] == "running" and value(commit["answered"]) == "1 of 2" and [
                    (r["state"], value(r["task"]), value(r["worker"])) for r in missing] == [
                        ("waiting", task, worker.id)] and commit["missing"] == partition:
                return commit["commit_id"]
        return None
    return told.wait(f"a cycle that waits for {partition}, of task {task} on {worker.id}", look, 120)


def on_screen(icetop, c):
    """The stalled cycle as the console has it."""
    with Console(icetop, "-b", c.bootstrap, *with_connect(c), width=160, height=48) as console:
        console.wait("orders-sink")
        console.keys("5")
        console.wait("CONNECTORS 1")
        console.keys("Enter")
        console.wait("the stalled cycle", lambda screen: "answered 1 of 2, missing orders-1," in screen and
                     f"waiting on {c.workers[0].id}" in screen)


def an_idle_partition(icetop, sink, cured):
    """An idle task looks for a START_COMMIT only when the time to flush offsets has come, which is past the timeout."""
    with Connect(sink, settings={"offset.flush.interval.ms": 12000}) as c, contextlib.ExitStack() as stack:
        feeders = fed(c, interval=8000, timeout=4000)
        wait_for("records of both partitions", lambda: feeders[1].sent >= 20)
        idle = feeders[1].end()
        task = c.assignment("orders-sink")["orders", 1]
        told = stack.enter_context(Told(
            icetop, c, name=f"idle-{sink}", about="A partition is idle, its task looks for a START_COMMIT every 12 s: cycles end "
            "at the timeout without it; then one task has all partitions."))
        told.mark("idle", partition="orders-1", task=task)
        cycle = waiting(told, "orders-1", task, c.worker_of("orders-sink", task))

        def past(tables):
            partition = next(r for r in tables["commit_partitions"] if r["commit_id"] == cycle and r["partition"] == 1)
            commit = rows_by(tables["commits"], "commit_id")[cycle]
            return partition["state"] == "late" and commit["outcome"] == "partial" and (commit, partition)
        commit, partition = told.wait("its answer comes late", past, 90)
        check("received and missing", (value(commit["answered"]), commit["missing"]), ("1 of 2", "orders-1"))
        check("its answer is later than the timeout", value(partition["answered_after_ms"]) > 4000, True)
        check("who answers late", "orders-1" in commit["late"], True)
        check("who answered late", (value(partition["task"]), value(partition["worker"])), (task, c.workers[0].id))
        if cured:
            on_screen(icetop, c)
        wait_for("cycles without its answer", lambda: sum(
            outcome == "partial" and (k.received, k.expected) == (1, 2) for k, outcome in cycles(c)) >= 3, 150)
        row = told.finding("IT-C04", deadline=120)
        check("it names the task", f"orders-sink-{task}" in row["subject"] + row["text"], True)
        check("whom it is about", (row["connector"], row["task"], row["worker"]), ("orders-sink", task, c.workers[0].id))
        check("what proves it", [r for r in told.tables()["finding_evidence"] if r["id"] == "IT-C04"] != [], True)
        told.silent(but=("IT-C04", "IT-C25", *PASSING))
        told.mark("found")
        if cured:
            c.connector("orders-sink", ["orders"], ["db.orders"], tasks=1, interval=8000, timeout=4000)
            told.mark("one task")
            told.clear(*(id_ for id_ in ("IT-C04", *PASSING) if id_ != "IT-C22"), deadline=150)  # orders-1 stays idle
        sent = idle + feeders[0].end()
        c.wait_rows("db.orders", sent)
        told.wait_lag("all is queryable", lambda: 0)
        told.mark("quiet", sent=sent, rows=sent)
        truth = cycles(c)
        tables = said(icetop, c, *with_connect(c), *with_logs(c))
        cycles_equal("all", tables["commits"], truth, "both")
        check("partial cycles that name nobody", [r for r in tables["commits"] if r["answered"] == "1 of 2" and
                                                  not r["missing"]], [])
        the_same_from_each(icetop, c)


@live
@lasts(130)
def an_idle_partition_stalls_cycles_until_one_task_has_all_1_11_0(icetop):
    an_idle_partition(icetop, "1.11.0", True)


@live
@lasts(90)
def an_idle_partition_stalls_cycles_1_9_2(icetop):
    an_idle_partition(icetop, "1.9.2", False)


def locked_for_writing(c, told, feeders):
    """Until two more cycles have failed than icetop needs to say so."""
    lock = sqlite3.connect(c.catalog.file, isolation_level=None, timeout=30)
    lock.execute("BEGIN IMMEDIATE")
    told.mark("locked", rows=c.rows("db.orders"))
    wait_for("a cycle fails", lambda: "failed" in outcomes(c), 60)
    before = told.lag()
    wait_for("failed cycles", lambda: outcomes(c).count("failed") >= 2, 120)
    told.finding("IT-C13", subject="connector orders-sink", deadline=15)
    row = told.finding("IT-C01", subject="connector orders-sink", deadline=15)
    check("it is bad", row["severity"], "critical")
    for word in ("rows not queryable for", "commits failed: ", "SQLITE_BUSY", "lag is ", "tasks RUNNING"):
        assert word in row["text"], row
    wait_for("another one", lambda: outcomes(c).count("failed") >= 4, 120)
    assert told.lag() > before, f"queryable lag {told.lag()} after {before}"
    for feeder in feeders:
        feeder.end()
    return lock


@live
@lasts(75)
def commits_fail_while_the_catalog_is_locked(icetop):
    """Tasks go on and write files; their commits fail, until one takes what all of them have written."""
    with Connect("1.11.0") as c, contextlib.ExitStack() as stack:
        feeders = fed(c, more={"iceberg.catalog.uri": f"jdbc:sqlite:{c.catalog.file}?busy_timeout=1000"})
        settled(c)
        told = stack.enter_context(Told(
            icetop, c, name="locked-1.11.0", about="The catalog cannot be written to for a while: commits fail, tasks run, files "
            "pile up; then one snapshot takes them all."))
        told.wait_lag("records that the sink has not seen", lambda: told.lag())
        told.silent()
        lock = locked_for_writing(c, told, feeders)
        sent = sum(f.sent for f in feeders)
        told.wait_lag("LEO less rows", lambda: sent - c.rows("db.orders"))
        told.wait("consumer lag is none", lambda t: rows_by(t["groups"], "group")["connect-orders-sink"]["lag"] == 0)
        told.mark("quiet", sent=sent, rows=c.rows("db.orders"))
        truth = cycles(c)
        tables = said(icetop, c, *with_connect(c), *with_logs(c))
        mine = told.tables()
        lock.execute("ROLLBACK")
        lock.close()
        told.mark("released")
        cycles_equal("locked", tables["commits"], truth, "both")
        for commit in tables["commits"]:
            if commit["outcome"] == "failed":
                assert "SQLITE_BUSY" in commit["error"], commit
        failed = {cycle.id for cycle, outcome in truth if outcome == "failed"}
        check("its files wait", {r["state"] for r in tables["commit_tables"] if r["commit_id"] in failed}, {"waiting"})
        check("its tasks", {r["state"] for r in tables["tasks"]}, {"RUNNING"})
        check("what waits", sum(r["rows"] for r in mine["pending_files"] if r["state"] == "pending"), value(
            mine["connectors"][0]["queryable_lag"]))
        check("lost", [r for r in mine["pending_files"] if r["state"] != "pending"], [])
        c.wait_rows("db.orders", sent)
        told.wait_lag("all is queryable", lambda: 0)
        told.clear()
        told.mark("end", sent=sent, rows=sent)
        check("files that wait", told.tables()["pending_files"], [])
        told.silent(but=("IT-C01", "IT-C13", "IT-C14"))
        theirs = c.table("db.orders")
        truth = cycles(c)
        tables = said(icetop, c, *with_connect(c), *with_logs(c))
        cycles_equal("free again", tables["commits"], truth, "both")
        table_equals(tables, "db.orders", theirs)
        announced_equal(tables, "db.orders", theirs)
        took = [s for s in theirs["snapshots"] if int(s["added-data-files"]) > 4]
        check("snapshots that took the files of several cycles", len(took), 1)
        check("files that still wait", [r for r in tables["commit_tables"] if r["state"] == "waiting"], [])
        the_same_from_each(icetop, c)


class Rollback(Sql):
    """Without a write-ahead log: who locks it for himself locks readers out, too."""

    def __init__(self, connect):
        super().__init__(connect)
        with contextlib.closing(sqlite3.connect(self.file)) as db:
            db.execute("PRAGMA journal_mode=DELETE")


@live
@lasts(60)
def tasks_fail_while_the_catalog_cannot_be_read(icetop):
    with Connect("1.11.0", catalog=Rollback) as c, contextlib.ExitStack() as stack:
        feeders = fed(c, more={"iceberg.catalog.uri": f"jdbc:sqlite:{c.catalog.file}?busy_timeout=1000"})
        settled(c)
        told = stack.enter_context(Told(
            icetop, c, name="unreadable-1.11.0", about="The catalog can neither be written to nor read for a while: both tasks "
            "fail; then they are started again."))
        told.wait_lag("records that the sink has not seen", lambda: told.lag())
        told.silent()
        lock = sqlite3.connect(c.catalog.file, isolation_level=None, timeout=30)
        lock.execute("BEGIN EXCLUSIVE")
        told.mark("locked")
        for task in (0, 1):
            row = told.finding("IT-C02", subject=f"task orders-sink-{task}", deadline=90)
            check("the cause in a line", "SQLITE_BUSY" in row["text"] and "\n" not in row["text"], True)
            check("whom it is about", (row["connector"], row["task"]), ("orders-sink", task))
        told.wait("it is critical", lambda t: any(r["severity"] == "critical" for r in t["findings"]), 15)
        check("states", {r["state"] for r in told.tables()["tasks"]}, {"FAILED"})
        told.wait("who cannot read the catalog", lambda t: any(
            r["kind"] == "iceberg" and r["state"] in ("failed", "partial") for r in t["sources"]), 30)
        sent = sum(f.end() for f in feeders)
        told.mark("quiet", sent=sent)
        lock.execute("ROLLBACK")
        lock.close()
        told.mark("released")
        c.ask("/connectors/orders-sink/restart?includeTasks=true&onlyFailed=true", "POST")
        c.wait_rows("db.orders", sent)
        told.wait_lag("all is queryable", lambda: 0)
        told.clear(deadline=120)
        told.mark("end", sent=sent, rows=sent)
        told.silent(but=("IT-C02", *PASSING))


def judge_coordinators(c, told):
    """The sink up to 1.10 may be left with more than one, by what Kafka's own tool says of their group; then it is told."""
    members = [r for r in c.kafka.describe("--members") if r["GROUP"] == "connect-orders-sink-coord"]
    if len(members) == 1:
        told.clear(deadline=120)
        told.silent(but=PASSING)
    else:  # whose cycles the topic and the logs tell differently: who is deaf is answered all the same
        told.mark("more than one coordinator", members=len(members))
        told.finding("IT-C11", subject="connector orders-sink")
        told.finding("IT-C12", subject="connector orders-sink", deadline=150)  # after two session timeouts of the default
        told.silent(but=("IT-C11", "IT-C12", "IT-C15", *PASSING))
    return len(members) == 1


def a_worker_dies(icetop, sink, which):
    """A cycle waits for a worker that was halted; then that worker is killed, or the one whose task coordinates."""
    # Tasks that join one after the other may both coordinate, with 1.9: here they join at once.
    together = {"group.initial.rebalance.delay.ms": 3000}
    with Connect(sink, workers=2, brokers=together) as c, contextlib.ExitStack() as stack:
        feeders = fed(c)
        settled(c)
        leader, other = (c.worker_of("orders-sink", task) for task in (0, 1))
        assert leader and other and leader != other
        told = stack.enter_context(Told(
            icetop, c, name=f"killed-{which}-{sink}", about="One of two workers is halted in a cycle and killed, or the "
            "coordinator's is; its task moves, then it comes back."))
        owners = c.assignment("orders-sink")
        told.wait("its tasks", lambda tables: {r["task"]: r["worker"] for r in tables["tasks"]} == {0: leader.id, 1: other.id})
        wait_for("the end of a cycle", lambda: outcomes(c)[-1] != "running")
        told.silent()
        other.freeze()
        told.mark("halted")
        cycle = waiting(told, next(f"{topic}-{p}" for (topic, p), task in owners.items() if task == 1), 1, other)
        killed, left = (leader, other) if which == "leader" else (other, leader)
        killed.kill()
        other.thaw()
        told.mark("killed")
        wait_for("both tasks on one worker", lambda: all(c.worker_of("orders-sink", task) is left for task in (0, 1)), 90)
        told.wait("its tasks have moved", lambda tables: {r["worker"] for r in tables["tasks"]} == {left.id})
        told.wait("who does not answer", lambda tables: any(
            r["kind"] == "connect" and killed.id in (r["note"] or "") for r in tables["sources"]))
        seen = outcomes(c).count("full")
        wait_for("full cycles without it", lambda: outcomes(c).count("full") >= seen + 2, 120)
        killed.start()
        wait_for("it is back", killed.answers, 120)
        told.mark("back")
        wait_for("its task is back", lambda: {c.worker_of("orders-sink", task) for task in (0, 1)} == {killed, left}, 90)
        sent = sum(f.end() for f in feeders)
        c.wait_rows("db.orders", sent)
        told.wait_lag("all is queryable", lambda: 0)
        one = judge_coordinators(c, told)
        told.mark("end", sent=sent, rows=sent)
        if not one:
            return
        outcome = rows_by(told.tables()["commits"], "commit_id")[cycle]["outcome"]
        check("what came of the cycle", outcome, "superseded" if which == "leader" else "partial")
        truth = cycles(c)
        tables = said(icetop, c, *with_connect(c), *with_logs(c))
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
@lasts(240)
def the_coordinators_worker_is_killed_in_mid_cycle_1_9_2(icetop):
    a_worker_dies(icetop, "1.9.2", "leader")
