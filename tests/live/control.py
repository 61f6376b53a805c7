"""Live tests of control topics on a real broker: events made here, in the transactions that the sink uses."""

import json
import pathlib
import struct
import time
import uuid

from console import Console
from kafka import Kafka
from offsets import Transactions
from subscription import Stream
from suite import Haste, check, live, quiet

RUN = pathlib.Path(__file__).resolve().parent.parent / "data" / "avro" / "failing-1.11.0.events"
TYPES = ("StartCommit", "DataWritten", "DataComplete", "CommitToTable", "CommitComplete")
TOPIC, GROUP = "control-iceberg", "connect-made"
TABLES = ("commits", "commit_partitions", "sources", "events")


def schemas():
    with RUN.open(encoding="ascii") as f:
        texts = [f.readline().strip() for _ in range(int(f.readline()))]
    return {json.loads(s)["fields"][4]["type"]["name"]: s.encode() for s in texts}


def number(n):
    bits, out = (n << 1) ^ (n >> 63), b""
    while bits > 127:
        out, bits = out + bytes([bits & 127 | 128]), bits >> 7
    return out + bytes([bits])


def text(s):
    return number(len(s)) + s.encode()


class Sink:
    """A coordinator and its workers, as far as the control topic shows them."""

    def __init__(self, k, tools):
        self.schemas = schemas()
        self.t = Transactions(k, tools, TOPIC)

    def event(self, kind, commit, payload=b""):
        schema = self.schemas[kind]
        head = uuid.uuid4().bytes + number(TYPES.index(kind)) + number(time.time_ns() // 1000) + text(GROUP)
        return b"\xc2\x01" + struct.pack(">H", len(schema)) + schema + head + commit.bytes + payload

    def send(self, key, value, end="commit"):
        """Returns when the transaction's end had been written."""
        self.t.say("begin", f"record {key.encode().hex()} {value.hex()}", end)
        return time.time()

    def start(self, commit):
        return self.send("coordinator", self.event("StartCommit", commit))

    def answer(self, commit, partition, offset, end="commit"):
        through = number(1) + number(time.time_ns() // 1000)
        return self.send(f"worker-{partition}", self.event(
            "DataComplete", commit, number(1) + number(1) + text("orders") + number(partition) + number(1)
            + number(offset) + through + number(0)), end)

    def complete(self, commit):
        return self.send("coordinator", self.event("CommitComplete", commit, number(0)))


def row_of(tables, table, **key):
    return next((r for r in tables[table] if all(r[k] == v for k, v in key.items())), None)


def source_of(tables):
    return next(r for r in tables["sources"] if r["kind"] == "control")


def whole_cycle(sink, s, partitions=2):
    """A cycle in which all answer; returns its row."""
    commit = uuid.uuid4()
    sink.start(commit)
    for p in range(partitions):
        sink.answer(commit, p, 100)
    sink.complete(commit)
    return s.wait("the cycle's end", lambda t: next((r for r in t["commits"] if r["commit_id"] == str(commit)
                                                     and r["ended"] is not None), None))


@live
@quiet
def control_events_show_at_once(icetop):
    """Of a topic that nobody named: it is found by what it holds."""
    with Kafka() as k:
        k.topic(TOPIC, 1)
        sink = Sink(k, icetop.parent / "tests")
        first = uuid.uuid4()
        sink.start(first)
        with Stream(icetop, "-b", k.bootstrap, tables=TABLES) as s:
            s.wait("the topic's first cycle", lambda t: row_of(t, "commits", commit_id=str(first)))
            took, haste = [], Haste(200)
            for _ in range(40):
                commit = str(uuid.uuid4())
                said = sink.start(uuid.UUID(commit))
                s.wait("its row", lambda t, c=commit: row_of(t, "commits", commit_id=c))
                took.append(next(at for at, table, row in list(s.arrivals) if table == "commits"
                                 and row["commit_id"] == commit) - said)
            haste.check(took)
            row = whole_cycle(sink, s)
            check("answered", row["answered"], "2 of 2")
            check("its group", row["group_id"], GROUP)


@live
@quiet
def control_events_are_on_screen_at_once(icetop):
    with Kafka() as k:
        k.topic(TOPIC, 1)
        sink = Sink(k, icetop.parent / "tests")
        sink.start(uuid.uuid4())
        with Console(icetop, "-b", k.bootstrap, width=160) as c:
            c.keys(":commits", "Enter")
            c.wait("COMMIT CYCLES 1")
            took, haste = [], Haste(200)
            for _ in range(6):
                time.sleep(4)  # events come to a program that has gone quiet
                commit = uuid.uuid4()
                said, text = sink.start(commit), str(commit)[:8]
                while text not in c.screen():
                    assert time.time() < said + 30, c.screen()
                took.append(time.time() - said)
            haste.check(took)


@live
def what_befalls_a_control_topic(icetop):
    """Answers that are aborted, records of others, a broker that dies, a topic that is made again."""
    with Kafka() as k:
        k.topic(TOPIC, 1)
        sink = Sink(k, icetop.parent / "tests")
        with Stream(icetop, "-b", k.bootstrap, "-d", "5", tables=TABLES) as s:
            commit = uuid.uuid4()
            sink.start(commit)
            sink.answer(commit, 0, 10)
            sink.answer(commit, 1, 10, "abort")
            sink.complete(commit)
            row = s.wait("the end", lambda t: next((r for r in t["commits"] if r["commit_id"] == str(commit)
                                                    and r["ended"] is not None), None))
            check("what was aborted does not count", row["answered"].split()[0], "1")
            s.wait("all is well", lambda t: source_of(t)["state"] == "ok")
            k.produce(TOPIC, 3)
            s.wait("records of others", lambda t: source_of(t)["state"] == "partial" and
                   f"{TOPIC}: 3 records are no events" in source_of(t)["error"])
            check("told once", len([r for r in s.rows["events"].values() if r["subject"] == f"topic {TOPIC}"]), 1)
            sink.t.close()
            k.kill()
            s.wait("no broker", lambda t: source_of(t)["state"] == "failed")
            k.start()
            s.wait("it is back", lambda t: source_of(t)["state"] == "partial")
            sink = Sink(k, icetop.parent / "tests")
            check("answered", whole_cycle(sink, s)["answered"].split()[0], "2")
            sink.t.close()
            k.delete_topic(TOPIC)
            k.topic(TOPIC, 1)
            sink = Sink(k, icetop.parent / "tests")
            check("answered", whole_cycle(sink, s)["answered"].split()[0], "2")
