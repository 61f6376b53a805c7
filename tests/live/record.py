"""Recordings of live runs: the rows of icetop's sources as they change, the control topic's records as they come, and marks of
what was done; tests/data/runs/README.md has the format. `run.py --record DIRECTORY NAME` makes those of a test."""

import base64
import gzip
import json
import os
import pathlib
import subprocess
import threading
import time

LARGEST = 150_000  # bytes, compressed
OWNER = ""  # in place of a column's name

ALL = None  # all columns of the owner of the rows
# What is recorded: tables that sources write, and of the busy ones the columns that others build on.
TABLES = {
    "sources": ("source", "kind", "cluster", "state", "error", "last_ok", "last_round", "round_ms", "failures", "note"),
    "clusters": ("cluster", "id", "offsets"),
    "topics": ("cluster", "topic", "partitions", "replication", "internal", "cleanup_policy", "retention_ms", "retention_bytes"),
    "partitions": ("cluster", "topic", "partition", "leader", "start", "end", "note"),
    "groups": ("cluster", "group", "state", "lag", "members", "partitions", "no_commit", "lost", "topics", "note", "type",
               "coordinator", "coordinator_host", "state_since", "as_of"),
    "group_members": ("cluster", "group", "member_id", "client_id", "host", "partitions", "assignment", "topics"),
    "group_partitions": ("cluster", "group", "topic", "partition", "lag", "committed", "end", "start", "lost", "note",
                         "member_id", "client_id", "host", "as_of", "committed_at"),
    "connectors": ALL, "tasks": ALL, "iceberg_tables": ALL, "snapshots": ALL, "log_events": ALL,
}
OTHERS = ("__", "connect-config", "connect-offsets", "connect-status")  # topics that have no part in it


def of_others(row):
    return str(row.get("topic", "")).startswith(OTHERS)


class Rows:
    """The rows that a collector's stream tells of; each change set becomes lines of what is different now."""

    def __init__(self):
        self.columns, self.wanted, self.keys, self.rows, self.said, self.dirty = {}, {}, {}, {}, {}, {}
        self.owners = {}

    def hear(self, m):
        """The lines that a message completes, without their time."""
        if m["t"] == "owner":
            self.owners[m["owner"]] = m["name"]
        elif m["t"] == "table" and m["table"] in TABLES:
            self.describe(m)
        elif m["t"] == "rows" and m["table"] in TABLES:
            self.change(m)
        elif m["t"] == "end" and not m.get("torn"):
            return self.differences()
        return []

    def describe(self, m):
        own = [c["name"] for c in m["groups"][0]["columns"]]
        self.columns[m["table"]] = [c["name"] for g in m["groups"] for c in g["columns"]]
        self.keys[m["table"]] = [c["name"] for c in m["groups"][0]["columns"] if "key" in c.get("flags", ())]
        self.wanted[m["table"]] = set(TABLES[m["table"]] or own)
        missing = self.wanted[m["table"]] - set(own)
        assert not missing, f"{m['table']} has no {missing}"

    def change(self, m):
        name = m["table"]
        rows, names, dirty = self.rows.setdefault(name, {}), self.columns[name], self.dirty.setdefault(name, {})
        for id_ in m.get("gone", ()):
            row = rows.pop(id_, None)
            if row:
                dirty[self.key(name, row)] = None
        for id_, owner, *cells in m.get("new", ()):
            rows[id_] = {OWNER: self.owners.get(owner), **{names[c]: v for c, v in zip(m["columns"], cells)}}
            dirty[self.key(name, rows[id_])] = rows[id_]
        for id_, *pairs in m.get("set", ()):
            rows[id_].update((names[c], v) for c, v in zip(pairs[::2], pairs[1::2]))
            dirty[self.key(name, rows[id_])] = rows[id_]

    def key(self, name, row):
        return tuple(row[k] for k in self.keys[name])

    def differences(self):
        lines = []
        for name, dirty in self.dirty.items():
            said, keys = self.said.setdefault(name, {}), self.keys[name]
            for key, row in dirty.items():
                before = said.get(key)
                if row is None:
                    if said.pop(key, None) is not None:
                        lines.append({"table": name, "gone": dict(zip(keys, key))})
                    continue
                now = {c: v for c, v in row.items() if c in self.wanted[name] or c == OWNER}
                changed = {c: v for c, v in now.items() if c not in keys and v != (before or {}).get(c)}
                if of_others(now) or (before is not None and not changed):
                    continue
                said[key] = now
                owner = changed.pop(OWNER, None)
                lines.append({"table": name, **({"owner": owner} if owner else {}),
                              "row": {**dict(zip(keys, key)), **changed}})
        self.dirty = {}
        return lines


class Records:
    """A control topic's records as they come, transactions that are committed alone."""

    def __init__(self, bootstrap, topic, told):
        self.command = ["kcat", "-b", bootstrap, "-C", "-u", "-q", "-t", topic, "-o", "beginning", "-X",
                        "isolation.level=read_committed", "-X", "fetch.wait.max.ms=20", "-f", "%p %o %T %K %S\n%k%s"]
        self.topic, self.told, self.over = topic, told, False
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while head := self.process.stdout.readline():
            partition, offset, timestamp, key, value = map(int, head.split())
            key_bytes = self.process.stdout.read(key) if key >= 0 else None
            value_bytes = self.process.stdout.read(value) if value >= 0 else None
            self.told({"topic": self.topic, "partition": partition, "offset": offset, "timestamp": timestamp}, key_bytes,
                      value_bytes)

    def end(self):
        self.process.terminate()
        self.process.wait(30)
        self.thread.join(30)


class Recorder:
    """Writes DIRECTORY/NAME.ndjson.gz; about: what the run is, in a sentence. hide: a directory's path, which is written as
    another of the same length."""

    def __init__(self, directory, name, about, bootstrap, topic, hide):
        self.path = pathlib.Path(directory, f"{name}.ndjson.gz")
        self.rows, self.lock, self.lines = Rows(), threading.Lock(), []
        self.hide, self.shown = str(hide), ("/lake-" + "of-a-recorded-run-" * 9)[:len(str(hide))]
        self.line({"run": name, "about": about, "control_topic": topic})
        self.records = Records(bootstrap, topic, self.record)

    def line(self, what, at=None):
        with self.lock:
            text = json.dumps({"t": int((at or time.time()) * 1000), **what}, ensure_ascii=False, separators=(",", ":"))
            self.lines.append(text.replace(self.hide, self.shown))

    def hear(self, now, m):
        for line in self.rows.hear(m):
            self.line(line, now)

    def record(self, where, key, value):
        def text(b):
            return None if b is None else base64.b64encode(b.replace(self.hide.encode(), self.shown.encode())).decode()
        self.line({"record": {**where, "key": None if key is None else key.decode(), "value": text(value)}})

    def mark(self, what, **facts):
        self.line({"mark": what, **facts})

    def end(self):
        """Only a run that ended well is kept."""
        self.records.end()
        with open(self.path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
            out.write("".join(f"{line}\n" for line in self.lines).encode())
        size = self.path.stat().st_size
        assert size <= LARGEST, f"{self.path} has {size} bytes"
        print(f"recorded {self.path}: {len(self.lines)} lines, {size} bytes")

    def abandon(self):
        self.records.end()


def directory():
    """Where recordings go; None: nothing is recorded."""
    return os.environ.get("ICETOP_RECORD")
