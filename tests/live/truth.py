"""Live tests of lags that are not what they seem: compacted topics, markers, transactions that hang."""

import subprocess

from console import Watch, snapshot
from kafka import Kafka
from offsets import Transactions, partition_of
from suite import check, live, rows_by


def configured(k, name, **options):
    path = k.dir / f"{name}.yaml"
    lines = "".join(f"    {option}: {value}\n" for option, value in options.items())
    path.write_text(f'clusters:\n  c:\n    bootstrap: "{k.bootstrap}"\n{lines}')
    return path


@live
def a_compacted_topic_has_lags_up_to(icetop):
    with Kafka() as k:
        k.topic("state", 1, cleanup_policy="compact,delete", retention_ms=3600000, retention_bytes=1000000)
        k.topic("plain", 1)
        for topic in ("state", "plain"):  # a compacted topic takes no message without a key
            subprocess.run(["kcat", "-b", k.bootstrap, "-P", "-t", topic, "-K:"], text=True, check=True,
                           input="".join(f"{i}:message\n" for i in range(50)))
            k.set_offsets("readers", topic, ["--to-offset", "20"])
        t = snapshot(icetop, k.bootstrap, "topics", "groups", "group_partitions")
        topics = rows_by(t["topics"], "topic")
        state, plain = topics["state"], topics["plain"]
        check("policy", (state["cleanup_policy"], plain["cleanup_policy"]), ("compact,delete", "delete"))
        check("kept", (state["retention_ms"], state["retention_bytes"]), (3600000, 1000000))
        check("by default", (plain["retention_ms"], plain["retention_bytes"]), (604800000, "Infinity"))
        parts = rows_by(t["group_partitions"], "topic")
        check("compacted", (parts["state"]["lag"], parts["state"].get("lag_q")), (30, "le"))
        check("plain", (parts["plain"]["lag"], parts["plain"].get("lag_q")), (30, None))
        check("the sum", (t["groups"][0]["lag"], t["groups"][0].get("lag_q")), (60, "le"))
        check("margin", (parts["plain"]["margin"], t["groups"][0]["margin"]), (20, 20))
        assert 590000 < parts["plain"]["loss_s"] <= 604800, parts["plain"]
        assert 0 < parts["state"]["loss_s"] <= 3600 and parts["state"]["loss_s_q"] == "le", parts["state"]


@live
def markers_are_no_lag(icetop):
    with Kafka() as k:
        k.topic("paid", 1)
        t = Transactions(k, icetop.parent / "tests", "paid")
        t.say("begin", "send 10", "commit")  # 0 to 9, and a marker at 10
        k.set_offsets("readers", "paid", ["--to-offset", "10"])
        r = partition_of(icetop, k, "readers", "paid")
        check("one marker", (r["committed"], r["end"], r["lag"], r["note"]),
              (10, 11, 0, "caught up: only transaction markers are left"))
        check("in seconds", r["lag_s"], 0)
        t.say("begin", "send 5", "abort")  # 11 to 15 are aborted, and a marker at 16
        r = partition_of(icetop, k, "readers", "paid")
        check("aborted messages are messages", (r["end"], r["lag"]), (17, 7))
        one = configured(k, "one", read_committed_groups='["read*"]')
        r = partition_of(icetop, k, "readers", "paid", "--config", one)
        check("but not for who reads committed", (r["end"], r["lag"], r["note"]),
              (17, 0, "caught up: only markers and aborted messages are left"))
        denied = configured(k, "denied", records="deny")
        check("unread", partition_of(icetop, k, "readers", "paid", "--config", denied)["lag"], 7)
        with Watch(icetop, None, "--config", one) as w:
            w.wait("caught up", lambda t: t["group_partitions"][0]["lag"] == 0)
            t.say("begin", "send 1", "commit")
            w.wait("a message", lambda t: t["group_partitions"][0]["lag"] == 9 and t["groups"][0]["lag"] == 9)
            k.set_offsets("readers", "paid", ["--to-offset", "18"])
            w.wait("its marker", lambda t: t["group_partitions"][0]["lag"] == 0
                   and t["group_partitions"][0]["committed"] == 18)
        t.close()


@live
def an_open_transaction_is_seen_between_two_ends(icetop):
    with Kafka() as k:
        k.topic("paid", 1)
        t = Transactions(k, icetop.parent / "tests", "paid")
        t.say("begin", "send 10", "commit")
        k.set_offsets("readers", "paid", ["--to-latest"])
        k.set_offsets("careful", "paid", ["--to-latest"])
        config = configured(k, "careful", read_committed_groups='["careful"]')

        def paid(tables):
            return rows_by(tables["partitions"], "topic", "partition")["paid", 0]

        def lags(tables):
            return {g["group"]: g["lag"] for g in tables["groups"]}
        with Watch(icetop, None, "--config", config) as w:
            w.wait("all is stable", lambda t: (paid(t)["stable_end"], paid(t)["open_messages"]) == (11, 0))
            t.say("begin", "send 7")
            seen = w.wait("the open one", lambda t: paid(t)["open_messages"] == 7)
            check("ends", (paid(seen)["end"], paid(seen)["stable_end"]), (18, 11))
            since = paid(seen)["open_since"]
            assert since, paid(seen)
            w.wait("by isolation", lambda t: lags(t) == {"readers": 7, "careful": 0})
            k.produce("paid", 3)  # not of a transaction, but behind one
            seen = w.wait("what is behind it", lambda t: paid(t)["open_messages"] == 10)
            check("since", paid(seen)["open_since"], since)
            w.wait("by isolation again", lambda t: lags(t) == {"readers": 10, "careful": 0})
            t.say("commit")
            seen = w.wait("it is over", lambda t: (paid(t)["stable_end"], paid(t)["open_messages"]) == (22, 0))
            check("no more", paid(seen)["open_since"], None)
            w.wait("all may be read", lambda t: lags(t) == {"readers": 11, "careful": 11})
        t.close()
