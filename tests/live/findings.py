"""Live tests: what icetop finds of the real Iceberg sink, and its queryable lag beside the truth."""

import bisect
import json
import subprocess
import time

from commits import cycles, fed, outcomes, settled
from connect import Connect
from kafka import HERE, wait_for
from suite import check, lasts, live, rows_by, soak
from told import Told, value

SLACK = 5  # seconds that icetop's picture may be old on a machine that has much else to do
BURST = 40


class Truth:
    """What one unrouted table's queryable lag was at any time: records in the topic less rows in the table."""

    def __init__(self, c, table):
        self.c, self.table = c, table
        self.sent = sorted(at for feeder in c.feeders for at in feeder.times)
        found = json.loads(c.catalog.metadata(table).read_text())
        self.snapshots = sorted((s["timestamp-ms"] / 1000, int(s["summary"]["total-records"])) for s in found["snapshots"])

    def records(self, at):
        return bisect.bisect_right(self.sent, at)

    def rows(self, at):
        return max((rows for made, rows in self.snapshots if made <= at), default=0)

    def check(self, lags):
        """Each that was told lies within what was true not long before; and each snapshot was seen before the next."""
        for at, lag in lags:
            least, most = self.records(at - SLACK) - self.rows(at), self.records(at) - self.rows(at - SLACK)
            assert least <= lag <= most, f"queryable lag {lag} at {at:.3f}: the truth is between {least} and {most}"
        unseen = []
        for (made, rows), (after, _) in zip(self.snapshots, self.snapshots[1:]):
            told = [lag for at, lag in lags if made <= at < after]
            if told and min(told) > self.records(after) - rows:
                unseen.append((made, rows, told))
        assert len(unseen) <= len(self.snapshots) / 10, f"snapshots that did not show before the next: {unseen}"


class Pyiceberg:
    """Says how many rows a table has, again and again."""

    def __init__(self, c, table):
        self.process = subprocess.Popen([str(w) for w in [c.python, HERE / "pyiceberg_says.py", "--rows", *c.catalog.words(), table]],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        c.kafka.children.append(self.process)

    def rows(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


def quiet_moments(c, told, theirs, times):
    """A few records, then nothing for a while: queryable lag is LEO less the rows that pyiceberg sees, before and after the
    commit that takes them."""
    for i in range(times):
        bursts = [c.feed("orders", p, rate=200) for p in range(2)]
        wait_for("a burst", lambda b=bursts: min(f.sent for f in b) >= BURST * (i % 3 + 1))
        for feeder in bursts:
            feeder.end()
        end = sum(f.sent for f in c.feeders)
        told.wait_lag("the records", lambda: end - c.rows("db.orders"), deadline=30)
        check("rows by pyiceberg are those by its metadata", theirs.rows() <= end, True)
        c.wait_rows("db.orders", end)
        told.wait_lag("LEO less rows", lambda: end - theirs.rows(), deadline=30)
        told.mark("quiet", sent=end, rows=end)


def a_partition_is_added(c, told):
    """Its records count from the beginning. The coordinator may go on to expect as many answers as before, and call cycles
    complete without all: icetop says so where it happened, and only there."""
    told.silent()
    c.kafka.add_partitions("orders", 3)
    told.mark("partition added")
    begun, seen = time.time(), len(outcomes(c))
    feeders = [c.feed("orders", p) for p in range(3)]
    wait_for("somebody reads it", lambda: ("orders", 2) in c.assignment("orders-sink"))
    assigned = len(outcomes(c))
    told.wait("it counts", lambda t: value(rows_by(t["group_partitions"], "group", "topic", "partition")[
        "connect-orders-sink", "orders", 2]["queryable_lag"]) is not None)
    wait_for("further cycles", lambda: len(outcomes(c)) >= seen + 6, 90)
    for feeder in feeders:
        feeder.end()
    end = sum(f.sent for f in c.feeders)
    told.wait_lag("the records", lambda: end - c.rows("db.orders"))
    c.wait_rows("db.orders", end)
    told.wait_lag("all is queryable", lambda: 0)
    told.mark("end", sent=end, rows=end)
    short = [k for k, outcome in cycles(c)[assigned:] if outcome == "full" and k.received < 3]
    told.silent(but=("IT-C05", *(["IT-C08"] if short else [])), since=begun)


def healthy(icetop, seconds, rounds, name):
    with Connect("1.11.0") as c:
        feeders = fed(c, interval=6000, timeout=5000)
        settled(c)
        with Told(icetop, c, name=name, about="Two partitions fed evenly, then in bursts; nothing is wrong. Then the topic gets "
                  "a third partition.") as told:
            told.wait("its queryable lag", lambda t: value(t["connectors"][0]["queryable_lag"]) is not None)
            begun = time.time()
            wait_for("minutes", lambda: time.time() > begun + seconds, seconds + 60)
            for feeder in feeders:
                feeder.end()
            told.mark("feeders ended", sent=sum(f.sent for f in c.feeders))
            quiet_moments(c, told, Pyiceberg(c, "db.orders"), rounds)
            wait_for("a cycle without rows", lambda: outcomes(c)[-1] == "empty", 60)
            told.silent()
            full = outcomes(c).count("full")
            lags = [(at, value(lags.get("orders-sink"))) for at, lags in list(told.lags) if at >= begun]
            check("unknown ones", [x for x in lags if x[1] is None], [])
            Truth(c, "db.orders").check(lags)
            teeth = sum(1 for (_, a), (_, b) in zip(lags, lags[1:]) if b < a)
            assert teeth >= full - 4, f"{teeth} falls of queryable lag in {full} full cycles"
            a_partition_is_added(c, told)


@live
@lasts(260)
def three_healthy_minutes(icetop):
    healthy(icetop, 100, 8, "healthy-1.11.0")


@soak
@lasts(760)
def ten_healthy_minutes(icetop):
    healthy(icetop, 540, 12, None)
