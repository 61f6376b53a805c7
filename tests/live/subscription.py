"""Live tests of committed offsets by subscription: how soon they show, what else comes so, and what is said without it."""

import json
import socket
import subprocess
import threading
import time

from console import Watch
from kafka import Kafka, wait_for
from offsets import Transactions
from security import guarded
from suite import Haste, check, live, quiet, rows_by


class Stream:
    """A collector and what it sends, as its reader hears it: rows of one table by key, and when each change came."""

    def __init__(self, icetop, *args, tables=("group_partitions", "clusters")):
        ours, theirs = socket.socketpair()
        self.process = subprocess.Popen([str(icetop), "collect", f"--stdio-fd={theirs.fileno()}"],
                                        pass_fds=[theirs.fileno()])
        theirs.close()
        self.socket, self.columns, self.rows, self.changes, self.arrivals = ours, {}, {}, [], []
        self.write(t="configure", argv=["icetop", *map(str, args), *(() if "--history" in args else ("--no-history",)), "collect"])
        for i, table in enumerate(tables):
            self.write(t="subscribe", id=i, table=table)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def write(self, **message):
        self.socket.sendall((json.dumps(message) + "\n").encode())

    def read(self):
        for line in self.socket.makefile("r"):
            self.hear(time.time(), json.loads(line))

    def hear(self, now, m):
        if m["t"] == "table":
            self.columns[m["table"]] = [c["name"] for g in m["groups"] for c in g["columns"]]
        if m["t"] != "rows":
            return
        rows, names = self.rows.setdefault(m["table"], {}), self.columns[m["table"]]
        for gone in m.get("gone", ()):
            rows.pop(gone, None)
        for id_, _, *cells in m.get("new", ()):
            rows[id_] = {names[c]: v for c, v in zip(m["columns"], cells)}
            self.arrivals.append((now, m["table"], rows[id_]))
        for id_, *pairs in m.get("set", ()):
            changed = {names[c]: v for c, v in zip(pairs[::2], pairs[1::2])}
            rows[id_].update(changed)
            self.changes.append((now, m["table"], rows[id_], changed))

    def wait(self, what, condition):
        def look():
            try:
                return condition({t: list(rows.values()) for t, rows in list(self.rows.items())})
            except (KeyError, IndexError, RuntimeError):
                return None
        return wait_for(what, look)

    def refresh_until(self, what, condition):
        def look(tables):
            self.write(t="refresh")
            return condition(tables)
        return self.wait(what, look)

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.process.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def subscribed(tables):
    return tables["clusters"][0]["offsets"] == "subscribed"


@live
@quiet
def a_commit_shows_at_once(icetop):
    with Kafka() as k:
        k.topic("orders", 1)
        k.produce("orders", 10)
        k.java_consumer("readers", "orders", auto_commit_interval_ms=200)
        with Stream(icetop, "-b", k.bootstrap, "-d", "3600") as s:
            s.refresh_until("the subscription", subscribed)
            s.refresh_until("the group", lambda t: any(r["committed"] == 10 for r in t["group_partitions"]))
            taken, haste = [], Haste(300)

            def enough():
                k.produce("orders", 1)
                taken[:] = [now * 1000 - changed["committed_at"] for now, table, _, changed in list(s.changes)
                            if table == "group_partitions" and changed.get("committed_at")]
                return len(taken) >= 20
            wait_for("20 commits", enough)
            haste.check([ms / 1000 for ms in taken])
            row = s.wait("all consumed", lambda t: next((r for r in t["group_partitions"] if r["lag"] == 0
                                                         and r["committed"] == r["end"]), None))
            check("its group", row["group"], "readers")


@live
def what_comes_by_subscription(icetop):
    """Classic and newer groups, transactional commits, deletions; rounds are far apart, so none of it was polled."""
    with Kafka() as k:
        k.topic("orders", 2)
        for p in range(2):
            k.produce("orders", 50, p)
        k.consume("classic", "orders")
        k.java_consumer("modern", "orders", group_protocol="consumer", auto_commit_interval_ms=300)
        for group in ("simple", "doomed"):
            k.set_offsets(group, "orders", ["--to-offset", "5"])
        t = Transactions(k, icetop.parent / "tests", "orders")
        t.say("begin", "offsets paid 20", "commit")
        with Stream(icetop, "-b", k.bootstrap, "-d", "3600") as s:
            s.refresh_until("the subscription", subscribed)

            def offsets(t):
                return {(r["group"], r["partition"]): r["committed"] for r in t["group_partitions"]}
            everything = {(g, p): 50 for g in ("classic", "modern") for p in range(2)}
            everything |= {(g, p): 5 for g in ("simple", "doomed") for p in range(2)} | {("paid", 0): 20}
            s.refresh_until("all groups", lambda t: everything.items() <= offsets(t).items())
            # Nothing asks for a round from here on.
            for p in range(2):
                k.produce("orders", 5, p)
            s.wait("their commits", lambda t: all(offsets(t)[g, p] >= 55 for g in ("classic", "modern") for p in range(2)))
            k.set_offsets("simple", "orders", ["--to-offset", "7"])
            s.wait("an operator's", lambda t: offsets(t)["simple", 1] == 7)
            t.say("begin", "offsets paid 30", "commit")
            s.wait("a transaction's", lambda t: offsets(t)["paid", 0] == 30)
            t.say("begin", "offsets paid 40", "abort", "begin", "offsets paid 31", "commit")
            s.wait("not the aborted one's", lambda t: offsets(t)["paid", 0] == 31)
            assert not any(c.get("committed") == 40 for _, _, _, c in s.changes)
            k.groups_tool("--delete-offsets", "--group", "simple", "--topic", "orders")
            s.wait("deleted offsets", lambda t: ("simple", 0) not in offsets(t))
            k.groups_tool("--delete", "--group", "doomed")
            s.wait("a deleted group", lambda t: ("doomed", 0) not in offsets(t))
            check("defects", s.wait("the cluster", lambda t: t["clusters"])[0]["defects"], 0)
        t.close()


@live
def an_open_transaction_of_offsets_is_said(icetop):
    with Kafka(extra=[("offsets.topic.num.partitions", 1)]) as k:
        k.topic("orders", 1)
        k.produce("orders", 50)
        k.set_offsets("readers", "orders", ["--to-offset", "5"])
        t = Transactions(k, icetop.parent / "tests", "orders")
        with Watch(icetop, k.bootstrap, delay="1") as w:
            w.wait("the subscription", lambda t: subscribed(t))
            t.say("begin", "offsets paid 20")
            k.set_offsets("readers", "orders", ["--to-offset", "9"])
            w.wait("it is polled", lambda t: rows_by(t["group_partitions"], "group")["readers"]["committed"] == 9)
            w.wait("it is said", lambda t: "open transaction" in t["clusters"][0]["offsets"])
            t.say("commit")
            w.wait("it is over", lambda t: subscribed(t)
                   and rows_by(t["group_partitions"], "group")["paid"]["committed"] == 20)
        t.close()


@live
def without_read_it_polls(icetop):
    with guarded() as k:
        k.allow("reader", "--topic", "*", "--group", "*")
        k.allow("reader", "--cluster")
        with Watch(icetop, k.address("SASL"), "--command-config", k.client("reader"), delay="1") as w:
            w.wait("it is said", lambda t: t["clusters"][0]["offsets"] == "polled: no READ on __consumer_offsets"
                   and t["sources"][0]["note"] == "committed offsets polled: no READ on __consumer_offsets")
            k.set_offsets("public", "orders", ["--to-offset", "11"])
            w.wait("and polled", lambda t: rows_by(t["group_partitions"], "group", "topic")["public", "orders"]["committed"]
                   == 11)
