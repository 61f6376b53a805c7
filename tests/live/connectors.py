"""Live tests: connectors and tasks as a real Connect cluster of two workers tells of them over REST."""

import json
import subprocess

from connect import Connect
from kafka import free_port, wait_for
from suite import check, lasts, live, rows_by

SECRET = "planted-secret-42"


class Collector:
    """A collector of its own, whose tables are asked for as often as one likes."""

    def __init__(self, icetop, connect):
        self.icetop, self.socket = icetop, connect.dir / f"collector-{free_port()}"
        words = ["collect", "--connect", ",".join(connect.urls), "--delay", "1", "--no-history", "--socket", self.socket]
        self.process = subprocess.Popen([str(w) for w in [icetop, *words]], stdout=subprocess.DEVNULL)

    def tables(self, *names):
        """None while there is no collector yet."""
        done = subprocess.run([str(self.icetop), f"--attach={self.socket}", "snapshot", *names, "--format", "json"],
                              capture_output=True, text=True, check=False, timeout=60)
        if done.returncode not in (0, 3):
            return None
        return {name: table["rows"] for name, table in json.loads(done.stdout)["tables"].items()}

    def wait(self, what, condition, *names, deadline=90):
        found = None

        def look():
            nonlocal found
            found = self.tables(*names)
            return found is not None and condition(found)
        try:
            wait_for(what, look, deadline)
        except AssertionError as late:
            raise AssertionError(f"{late}; last: {json.dumps(found)[-3000:]}") from None
        return found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)


def truth(c, connector):
    """(task, state, worker) of each task, as Connect itself says."""
    status = c.ask(f"/connectors/{connector}/status")
    return sorted((t["id"], t["state"], t["worker_id"]) for t in status["tasks"])


def ours(tables, connector):
    return sorted((r["task"], r["state"], r["worker"]) for r in tables["tasks"] if r["connector"] == connector)


@live
@lasts(60)
def connectors_and_tasks_over_rest(icetop):
    with Connect("1.11.0", workers=2) as c:
        c.kafka.topic("orders", 2)
        feeder = c.feed("orders", 0)
        c.connector("orders-sink", ["orders"], ["db.orders"], more={
            "iceberg.catalog.password": SECRET, "iceberg.catalog.header.X-Mine": SECRET})
        with Collector(icetop, c) as mine:
            tables = mine.wait("both tasks", lambda t: ours(t, "orders-sink") == truth(c, "orders-sink"), "connectors", "tasks")
            row = rows_by(tables["connectors"], "connector")["orders-sink"]
            for column, value in {"state": "RUNNING", "type": "sink", "iceberg": True, "version": "1.11.0", "tasks_running": 2,
                                  "group_id": "connect-orders-sink", "control_topic": "control-iceberg", "tables": "db.orders",
                                  "commit_interval_ms": 4000, "commit_timeout_ms": 3000}.items():
                check(column, row[column], value)
            mine.wait("the topic that it has read", lambda t: t["connectors"][0]["topics"] == "orders", "connectors")

            gone = c.worker_of("orders-sink", 0)
            gone.kill()
            tables = mine.wait("the worker's task is told of", lambda t: any(
                r["error"] == f"worker {gone.id} does not answer" for r in t["tasks"]), "tasks", "sources")
            source = rows_by(tables["sources"], "source")["connect:default"]
            assert source["state"] in ("ok", "partial"), source  # partial while Connect rebalances
            assert f"down: {gone.url}" in source["note"], source
            other = next(w for w in c.workers if w is not gone)
            mine.wait("all is at the other worker", lambda t: {w for _, _, w in ours(t, "orders-sink")} == {other.id}, "tasks")
            gone.start()
            wait_for("it is back", gone.answers, 120)
            tables = mine.wait("its events", lambda t: any(
                r["text"] == f"worker is back: {gone.url}" for r in t["events"]), "events")
            texts = [r["text"] for r in tables["events"]]
            assert any(t.startswith(f"worker is down: {gone.url}") for t in texts), texts
            assert any(f"moved from {gone.id} to {other.id}" in t for t in texts), texts

            feeder.end()
            subprocess.run(["kcat", "-b", c.bootstrap, "-P", "-t", "orders", "-p", "0"], input="{no json\n", text=True,
                           check=True, timeout=60)
            # A task that fails leaves its partition to the other one, which fails on the same record.
            tables = mine.wait("both tasks failed", lambda t: t["connectors"][0]["tasks_failed"] == 2 and
                               [r["state"] for r in t["tasks"]] == ["FAILED"] * 2 and all(r["error"] for r in t["tasks"]),
                               "connectors", "tasks", "events", "sources")
            failed = next(r for r in tables["tasks"] if r["state"] == "FAILED")
            trace = next(t["trace"] for t in c.ask("/connectors/orders-sink/status")["tasks"] if t["id"] == failed["task"])
            cause = trace.rsplit("Caused by: ", 1)[1].splitlines()[0]
            check("the last cause", failed["error"], cause[:500])
            row = tables["connectors"][0]
            check("of the connector", (row["state"], row["error"]), ("RUNNING", cause[:500]))
            assert any(r["severity"] == "error" and r["subject"] == f"task orders-sink-{failed['task']}" and
                       r["text"].startswith("FAILED, was RUNNING: ") for r in tables["events"]), tables["events"]
            assert SECRET not in json.dumps(tables), tables
            assert row["config"].endswith("; 2 more"), row["config"]
