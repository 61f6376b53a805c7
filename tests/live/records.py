"""Live tests of looking at records: what kcat reads is what icetop shows, and where there is none it is said why."""

import base64
import contextlib
import datetime
import json
import pathlib
import subprocess

from console import Console
from kafka import Kafka, wait_for
from offsets import Transactions, isolated
from suite import check, live

VALUES = [
    b'{"order": 9182004, "amount": 1249.50}', b"7", "Größe 漢字 🙂".encode(), b"\x00\x00\x00\x01\x2c\x06abc\xff",
    b"\x1b[31mred\x07", b"x" * 40000, b'["\\u001b[2J"]',
]


def kcat(k, topic, offset, count):
    """(offset, time, key, value in hex, headers) of each record."""
    out = subprocess.run(["kcat", "-b", k.bootstrap, "-C", "-e", "-q", "-t", topic, "-p", "0", "-o", str(offset), "-c",
                          str(count), "-f", "%o %T %k %S %h\n"], capture_output=True, text=True, check=True).stdout
    return [line.split(" ") for line in out.splitlines()]


def record(icetop, k, topic, *args, status=0):
    where = args if "--config" in args else ("-b", k.bootstrap, *args)
    done = subprocess.run([icetop, "record", topic, "0", *map(str, where)], capture_output=True, text=True, check=False)
    check(f"status of record {topic} {args}: {done.stderr}", done.returncode, status)
    return done.stdout, done.stderr


def rows_of(icetop, k, topic, *args, status=0):
    out = record(icetop, k, topic, "--format", "json", *args, status=status)[0]
    return [json.loads(line) for line in out.splitlines()]


def wall_ms(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def value_of(row):
    value = row["value"]
    return base64.b64decode(value["b"]) if isinstance(value, dict) else value.encode()


@live
def records_equal_kcat(icetop):
    with Kafka() as k:
        k.topic("orders", 1)
        for i, value in enumerate(VALUES):
            codec = ("none", "gzip", "lz4", "zstd", "snappy")[i % 5]
            path = k.dir / f"value-{i}"
            path.write_bytes(value)
            subprocess.run(["kcat", "-b", k.bootstrap, "-P", "-t", "orders", "-p", "0", "-k", f"key-{i}", "-z", codec, "-H",
                            f"trace={i}", "-H", "type=test", path], check=True)
        theirs = kcat(k, "orders", 0, 100)
        ours = rows_of(icetop, k, "orders", "--offset", 0, "--count", 100)
        check("how many", len(ours), len(VALUES))
        for i, (o, t) in enumerate(zip(ours, theirs)):
            check("offset", o["offset"], int(t[0]))
            check("time", wall_ms(o["time"]), int(t[1]))
            check("clock", o["clock"], "create")
            check("key", o["key"], t[2])
            check("size", o.get("value_size", len(value_of(o))), int(t[3]))
            check("headers", ",".join(f"{h['name']}={h['value']}" for h in o["headers"]), t[4])
            check("value", value_of(o), VALUES[i][:32768])
        for form in ("text", "hex"):
            text = record(icetop, k, "orders", "--offset", 0, "--count", 100, "--format", form)[0]
            assert not any(c < " " and c != "\n" or c == "\x7f" for c in text), "a control character got through"
            assert "  1 byte\n" in text and "  40000 bytes, the first 32768\n" in text, text[:2000]
        check("the newest", [r["offset"] for r in rows_of(icetop, k, "orders", "--count", 3)], [4, 5, 6])
        out = record(icetop, k, "orders", "--offset", len(VALUES), status=1)
        assert "nothing at offset 7 yet" in out[1], out
        k.delete_records("orders", {0: 4})
        check("the first there is", [r["offset"] for r in rows_of(icetop, k, "orders", "--offset", 1, status=3)], [4])
        assert "icetop" not in k.groups_tool("--list").split(), "a group was made"


@live
def offsets_without_a_record(icetop):
    with Kafka({"log.cleaner.backoff.ms": 300}) as k:
        k.topic("paid", 1)
        t = Transactions(k, icetop.parent / "tests", "paid")
        t.say("begin", "send 3", "commit")  # 0 to 2, marker 3
        t.say("begin", "send 2", "abort")  # 4 and 5, marker 6
        committed, all_of_them = isolated(k, "read_committed"), isolated(k, "read_uncommitted")
        out = record(icetop, k, "paid", "--config", committed, "--offset", 3, status=1)
        assert "no record from offset 3 to the end at 7" in out[1], out
        rows = rows_of(icetop, k, "paid", "--config", all_of_them, "--offset", 3, status=3)
        check("aborted ones are there", [r["offset"] for r in rows], [4])
        t.say("begin", "send 1", "commit")  # 7, marker 8
        rows = rows_of(icetop, k, "paid", "--config", committed, "--offset", 3, status=3)
        check("the next that is committed", [r["offset"] for r in rows], [7])
        t.close()

        k.topic("latest", 1, cleanup_policy="compact", segment_ms=500, min_cleanable_dirty_ratio=0.01,
                max_compaction_lag_ms=1000)

        def first():
            subprocess.run(["kcat", "-b", k.bootstrap, "-P", "-t", "latest", "-p", "0", "-K", ":"], input="k:v\n", text=True,
                           check=True)
            return int(kcat(k, "latest", 0, 1)[0][0])
        wait_for("the log is compacted", first, 90)
        before = first()
        out = record(icetop, k, "latest", "--offset", 0, status=3)
        after = int(kcat(k, "latest", 0, 1)[0][0])  # the cleaner goes on meanwhile
        shown = int(out[0].split("offset ")[1].split()[0])
        assert "no record has offset 0 (compacted away" in out[1] and before <= shown <= after, (out, before, after)


def kept(k, console):
    """Every file that the console and its collector wrote, with what is in it."""
    files = {}
    for f in [k.dir / "icetop.log", *pathlib.Path(console.dir.name).rglob("*")]:
        with contextlib.suppress(FileNotFoundError):  # a temporary one, gone meanwhile
            if f.is_file():
                files[f.name] = f.read_bytes()
    return files


def is_kept_nowhere(k, console):
    files = kept(k, console)
    assert b" debug kafka " in files["icetop.log"] and "history.db" in files, (files.keys(), files["icetop.log"])
    for name, data in files.items():
        assert b"message 1" not in data, f"{name} has what was in a record"


@live
def a_record_makes_lag_in_seconds_exact(icetop):
    with Kafka() as k:
        k.topic("orders", 1)
        k.produce("orders", 20)
        k.set_offsets("readers", "orders", ["--to-offset", "10"])
        config = k.dir / "icetop.yaml"
        config.write_text(json.dumps({"clusters": {"east": {"bootstrap": k.bootstrap}}, "history": {"sample": "1s"}}))
        with Console(icetop, "--config", config, "-d", "1", "--log", k.dir / "icetop.log", "--log-level", "debug",
                     height=70) as c:
            c.keys("2")
            c.wait("readers")
            c.keys("Enter")
            c.wait("orders")
            c.keys("o")
            screen = c.wait("readers stands here")
            assert "offset 10," in screen and "message 10" in screen and "CreateTime" in screen, screen
            c.keys("n")
            c.wait("message 11")
            c.keys("Escape")
            c.wait("the list again", lambda s: "message 11" not in s and "open" in s)
            c.keys("i")
            c.wait("the method", lambda s: any(line.split()[:2] == ["lag_s_method", "record"] for line in s.splitlines()))

            def written():  # names are in there as they are, so a value would be seen
                return sum(len(d) for name, d in kept(k, c).items() if name.startswith("history.db") and b"readers" in d)
            before = wait_for("the history knows the group", written)
            wait_for("and goes on", lambda: written() > before)
            is_kept_nowhere(k, c)
            c.keys("C-c")
            wait_for("the end", c.dead)
            is_kept_nowhere(k, c)
