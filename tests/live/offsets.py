"""Live tests of what offsets mean: transactions, logs that are cut, topics that change, names, storms, speeds."""

import subprocess
import threading
import time

from console import Console, Watch, snapshot
from kafka import Kafka, wait_for
from suite import check, live, rows_by


class Transactions:
    """A transactional producer, steered word by word."""

    def __init__(self, k, tools, topic, partition=0):
        self.process = subprocess.Popen([tools / "transactions", k.bootstrap, topic, str(partition), "live-test"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        k.children.append(self.process)

    def say(self, *words):
        for word in words:
            self.process.stdin.write(f"{word}\n")
            self.process.stdin.flush()
            check(word, self.process.stdout.readline().strip(), "ok")

    def close(self):
        self.process.stdin.close()
        check("transactions ended", self.process.wait(30), 0)


def isolated(k, isolation):
    path = k.dir / f"{isolation}.yaml"
    path.write_text(f'clusters:\n  c: {{bootstrap: "{k.bootstrap}", isolation: {isolation}}}\n')
    return path


def partition_of(icetop, k, group, topic, *args):
    """Partition 0 of a topic and group; args may name the cluster instead of the address."""
    rows = snapshot(icetop, None if args else k.bootstrap, "group_partitions", *args)["group_partitions"]
    return rows_by(rows, "group", "topic", "partition")[group, topic, 0]


@live
def an_open_transaction_counts_by_isolation(icetop):
    with Kafka() as k:
        k.topic("paid", 1)
        t = Transactions(k, icetop.parent / "tests", "paid")
        t.say("begin", "send 10", "commit")  # 10 messages and a marker
        k.set_offsets("readers", "paid", ["--to-latest"])
        t.say("begin", "send 7")
        for isolation, end in (("read_uncommitted", 18), ("read_committed", 11)):
            r = partition_of(icetop, k, "readers", "paid", "--config", isolated(k, isolation))
            check(isolation, (r["committed"], r["end"], r["lag"]), (11, end, end - 11))
        t.say("abort")
        for isolation, lag in (("read_uncommitted", 8), ("read_committed", 0)):  # nobody is given what was aborted
            r = partition_of(icetop, k, "readers", "paid", "--config", isolated(k, isolation))
            check(f"{isolation}, aborted", (r["end"], r["lag"]), (19, lag))
        t.close()


@live
def deleted_records_are_lost_and_told(icetop):
    with Kafka() as k:
        k.topic("orders", 1)
        k.produce("orders", 100)
        k.set_offsets("readers", "orders", ["--to-offset", "10"])
        k.delete_records("orders", {0: 40})
        r = partition_of(icetop, k, "readers", "orders")
        check("cut", (r["start"], r["lag"], r["lost"], r["note"]), (40, 60, 30, "messages lost"))
        k.delete_records("orders", {0: -1})  # all of them
        r = partition_of(icetop, k, "readers", "orders")
        check("emptied", (r["start"], r["end"], r["lag"], r["lost"]), (100, 100, 0, 90))


@live
def a_recreated_topic_is_behind_its_commits(icetop):
    with Kafka() as k:
        k.topic("orders", 1)
        k.produce("orders", 100)
        k.set_offsets("readers", "orders", ["--to-latest"])
        with Watch(icetop, k.bootstrap) as w:
            w.wait("the group", lambda t: t["group_partitions"][0]["lag"] == 0)
            k.delete_topic("orders")
            # Apache Kafka forgets the commits of a topic that is deleted, so the next ones are an outsider's.
            w.wait("nothing is left", lambda t: not t["topics"] or all(r["topic"] != "orders" for r in t["topics"]))
            k.topic("orders", 2)
            k.produce("orders", 10, 0)
            k.set_offsets("readers", "orders", ["--to-latest"])
            w.wait("the new topic", lambda t: {(r["partition"], r["committed"], r["lag"]) for r in t["group_partitions"]}
                   == {(0, 10, 0), (1, 0, 0)})
            k.add_partitions("orders", 5)
            k.produce("orders", 3, 4)
            t = w.wait("more partitions", lambda t: rows_by(t["topics"], "topic")["orders"]["partitions"] == 5
                       and rows_by(t["partitions"], "topic", "partition")["orders", 4]["end"] == 3)
            check("the group knows two", t["groups"][0]["partitions"], 2)
            for r in t["group_partitions"]:
                assert r["lag"] >= 0, r


@live
def names_of_every_kind(icetop):
    names = ["two words", 'quotes "and" \'more\'', "Größe 漢字 🙂", "tab\tand\x1b[31mred", "g" * 240, "-dash", "percent%s%n"]
    long_topic = "t" * 249
    with Kafka() as k:
        k.topic(long_topic, 1)
        k.produce(long_topic, 5)
        for name in names:
            k.set_offsets(name, long_topic, ["--to-earliest"])
        t = snapshot(icetop, k.bootstrap, "groups", "group_partitions")
        check("lags", {g["group"]: g["lag"] for g in t["groups"]}, {name: 5 for name in names})
        check("topics", {r["topic"] for r in t["group_partitions"]}, {long_topic})
        for style in ("text", "csv", "tsv", "markdown", "openmetrics"):
            done = subprocess.run([str(icetop), "-b", k.bootstrap, "snapshot", "groups", "--format", style],
                                  capture_output=True, check=True, timeout=60)
            assert b"\x1b" not in done.stdout, style
        with Console(icetop, "-b", k.bootstrap, "-d", "1") as c:
            c.keys("2")
            screen = c.wait("two words")
            assert "\x1b" not in screen and "漢字" in c.wait("Größe"), screen
            assert not c.dead()


@live
def thousands_of_partitions_in_one_group(icetop):
    with Kafka(extra={"offsets.topic.num.partitions": 1, "log.index.size.max.bytes": 4096}) as k:
        k.topic("wide", 2000)
        k.make_groups(icetop.parent / "tests", 3, "wide", 2000, 0)
        t = snapshot(icetop, k.bootstrap, "groups", "group_partitions", "sources", "--limit", "10000")
        check("groups", {(g["group"], g["partitions"], g["lag"]) for g in t["groups"]},
              {(f"bench-000{i}", 2000, 0) for i in range(3)})
        check("partitions", len(t["group_partitions"]), 6000)
        took = next(s for s in t["sources"] if s["kind"] == "kafka")["round_ms"]
        assert took < 5000, f"a round of 2,000 partitions took {took} ms"


@live
def a_rebalance_storm_shows_no_wrong_numbers(icetop):
    """Members come and go all the time; every lag that is shown is one that can be."""
    with Kafka() as k:
        k.topic("orders", 4)
        for partition in range(4):
            k.produce("orders", 25, partition)
        k.consume("workers", "orders")
        with Watch(icetop, k.bootstrap, delay="0.3") as w:
            w.wait("all is consumed", lambda t: t["groups"][0]["lag"] == 0 and t["groups"][0]["members"] == 1)
            seen, first = [], w.count
            for i in range(6):
                child = k.consume("workers", "orders")
                wait_for("another look", lambda n=w.count: w.count >= n + 3)
                k.stop(child) if i % 2 else child.kill()
                seen.append(w.last)
                wait_for("another look", lambda n=w.count: w.count >= n + 2)
                seen.append(w.last)
            for t in seen:
                g = t["groups"][0]
                check("the lag", (g["lag"], g["partitions"]), (0, 4))
                assert g["state"] in ("Stable", "PreparingRebalance", "CompletingRebalance"), g
                for r in t["group_partitions"]:
                    check("a partition", (r["committed"], r["end"], r["lag"]), (25, 25, 0))
            assert w.count > first + 20
            w.wait("calm", lambda t: t["groups"][0]["state"] == "Stable" and t["groups"][0]["members"] == 1, 30)


class Steady:
    """A producer of so many messages a second."""

    def __init__(self, k, topic, rate):
        self.process = subprocess.Popen(["kcat", "-b", k.bootstrap, "-P", "-t", topic, "-p", "0", "-X", "linger.ms=5"],
                                        stdin=subprocess.PIPE, text=True)
        self.rate, self.sent, self.stopping = rate, 0, threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        begun = time.monotonic()
        while not self.stopping.wait(0.02):  # the pace is what is tested
            due = int((time.monotonic() - begun) * self.rate)
            self.process.stdin.write("message\n" * (due - self.sent))
            self.process.stdin.flush()
            self.sent = due

    def close(self):
        self.stopping.set()
        self.thread.join()
        self.process.stdin.close()
        self.process.wait(30)


@live
def rates_and_times_are_near_the_truth(icetop):
    """500 messages a second come in, nobody consumes but up to an offset that was committed 10 seconds ago."""
    with Kafka() as k:
        k.topic("orders", 1)
        steady = Steady(k, "orders", 500)
        try:
            with Watch(icetop, k.bootstrap, delay="1") as w:
                w.wait("it runs", lambda t: rows_by(t["partitions"], "topic", "partition")["orders", 0]["end"] > 2500)
                k.set_offsets("readers", "orders", ["--to-latest"])
                committed_at = time.time()
                committed = w.wait("the commit", lambda t: t["group_partitions"][0]["committed"])[
                    "group_partitions"][0]["committed"]
                t = w.wait("a lag of 15 s", lambda t: t["group_partitions"][0]["lag"] > 500 * 15)
                r = t["group_partitions"][0]
                truth = time.time() - committed_at
                check("committed", r["committed"], committed)
                assert 450 < r["rate_in"] < 550, r
                check("out", r["rate_out"], 0)
                real = r["lag"] / 500  # what the pace makes of it
                assert abs(r["lag_s"] - real) < max(1.0, real / 10), (r, real, truth)
                assert r["lag_rate"] is None or 450 < r["lag_rate"] < 550, r
                check("trend", r["trend"], "rising")
        finally:
            steady.close()
