"""What is watched beside Kafka's groups: a Connect cluster, logs and catalogs, alone and together."""

import contextlib
import gzip
import http.server
import json
import pathlib
import shutil
import signal
import threading

from world import cli, expect, wait_for

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"


class Connect(http.server.ThreadingHTTPServer):
    """A Connect worker of which only the answers are there: those that a real one gave, with another catalog."""

    daemon_threads = True

    def __init__(self, name, **settings):
        super().__init__(("127.0.0.1", 0), Handler)
        self.rest = DATA / "connect/rest" / name
        self.connectors = json.loads((self.rest / "connectors.json").read_text(encoding="utf-8"))
        (self.connector,) = self.connectors
        self.config = self.connectors[self.connector]["info"]["config"]
        self.config.update({k.replace("_", "."): v for k, v in settings.items()})
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def body(self, path):
        path = path.partition("?")[0]
        files = {"/": "root", "/connector-plugins": "plugins", f"/connectors/{self.connector}/tasks": "tasks", f"/connectors/{self.connector}/topics": "topics"}
        if path == "/connectors":
            return json.dumps(self.connectors)
        return (self.rest / f"{files[path]}.json").read_text(encoding="utf-8") if path in files else None

    def close(self):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.server.body(self.path)
        data = (body or '{"error_code":404,"message":"HTTP 404 Not Found"}').encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


def connect(*args, **settings):
    return contextlib.closing(Connect(*args, **settings))


def rows(got, table, status=0):
    expect(got, status)
    return json.loads(got[1])["tables"][table]["rows"]


def warehouse(w, name="healthy-1.9.2", to="wh"):
    """A copy of a recorded warehouse."""
    path = w.tmp / to
    shutil.copytree(DATA / "iceberg" / name / "wh", path)
    return path


@cli
def a_connect_cluster_alone_is_enough(w):
    with connect("healthy-1.9.2") as c:
        got = rows(w.run("--connect", c.url, "snapshot", "connectors", "--format", "json"), "connectors")
        assert [(r["connect"], r["connector"], r["state"], r["tasks_running"], r["version"]) for r in got] == [("default", "orders-sink", "RUNNING", 2, "1.9.2")], got
        assert "hadoop" in got[0]["catalog"] and "not read from here" in got[0]["catalog"], got
        got = rows(w.run("--connect", c.url, "snapshot", "tasks", "--format", "json"), "tasks")
        assert [r["task"] for r in got] == [0, 1], got
        expect(w.run("--connect", c.url, "check"), 0, "OK connect:default: ok", "1 connector, 2 tasks")
        c.connectors[c.connector]["status"]["tasks"][1]["state"] = "FAILED"
        expect(w.run("--connect", c.url, "check"), 1, "WARNING 1 warning: task orders-sink-1 is FAILED", "\nWARNING IT-C02 task orders-sink-1: ",
               "2 tasks (1 FAILED)")
    expect(w.run("--connect", c.url, "check", "--deadline", "5"), 3, "CRITICAL connect:default", "UNKNOWN nothing could be reached")


@cli
def a_catalog_alone_is_enough(w):
    for spec, name in [(warehouse(w), "wh"), (DATA / "iceberg/failing-1.11.0/cat.db", "cat"), (w.tmp / "wh/db/orders", "orders")]:
        got = w.run("--catalog", str(spec), "snapshot", "iceberg_tables", "--format", "json")
        read = rows(got, "iceberg_tables", 3 if name == "cat" else 0)  # whose files are elsewhere than it says
        assert [r["catalog"] for r in read] == [name], read
    found = rows(w.run("--catalog", str(w.tmp / "wh"), "snapshot", "snapshots", "--format", "json"), "snapshots")
    truth = json.loads((DATA / "iceberg/healthy-1.9.2/pyiceberg.json").read_text(encoding="utf-8"))
    assert len(found) == len(truth["db.orders"]["snapshots"]), (len(found), len(truth["db.orders"]["snapshots"]))
    expect(w.run("--catalog", str(w.tmp / "wh"), "check"), 0, "OK iceberg:wh: ok", ", 1 table")
    expect(w.run("--catalog", "/nonexistent", "check"), 3, "/nonexistent", "No such file")


@cli
def a_log_alone_is_enough(w):
    """It is followed: what is written later is seen as well."""
    lines = gzip.decompress((DATA / "connect/healthy-1.9.2.log.gz").read_bytes())
    half = lines.index(b"\n", lines.index(b" complete, committed to", len(lines) // 2)) + 1
    log = w.tmp / "connect.log"
    log.write_bytes(lines[:half])
    p = w.start("--connect-log", str(w.tmp / "*.log"), "--socket", str(w.tmp / "s"), "--no-history", "collect")
    try:
        assert "listening" in p.stdout.readline()

        def outcomes():
            got = w.run(f"--attach={w.tmp}/s", "snapshot", "commits", "--format", "json")
            return [r["outcome"] for r in json.loads(got[1])["tables"]["commits"]["rows"]] if got[0] == 0 else []

        before = wait_for("the first half", outcomes)
        with log.open("ab") as f:
            f.write(lines[half:])
        wait_for("all of it", lambda: len(outcomes()) > len(before) and outcomes().count("full") == 7)
    finally:
        p.terminate()
        p.communicate()
    got = rows(w.run("--connect-log", str(log), "snapshot", "commits", "--format", "json"), "commits")
    assert {r["source"] for r in got} == {"log"} and {r["connector"] for r in got} == {"orders-sink"}, got
    expect(w.run("--connect-log", str(log), "check"), 0, "OK log:default")
    expect(w.run("--connect-log", str(w.tmp / "none.log"), "check"), 3, "none.log: No such file")


@cli
def a_connector_leads_to_its_catalog(w):
    path = warehouse(w)
    with connect("healthy-1.9.2", **{"iceberg_catalog_warehouse": f"file://{path}"}) as c:
        args = ["-b", w.b, "--connect", c.url]
        got = w.run(*args, "snapshot", "connectors", "iceberg_tables", "snapshots", "sources", "events", "--format", "json")
        expect(got, 3, "control-iceberg: the topic does not exist")  # what the connector says is not so in this cluster
        tables = {name: table["rows"] for name, table in json.loads(got[1])["tables"].items()}
        assert tables["connectors"][0]["catalog"] == "iceberg", tables["connectors"]
        assert [(r["catalog"], r["table"]) for r in tables["iceberg_tables"]] == [("iceberg", "db.orders")], tables["iceberg_tables"]
        assert tables["snapshots"], "no snapshots"
        states = {r["source"]: r["state"] for r in tables["sources"]}
        assert states["connect:default"] == states["iceberg:iceberg"] == states["kafka:default"] == "ok", states
        assert any("use another Kafka cluster" in r["text"] for r in tables["events"]), tables["events"]


@cli
def a_catalog_that_cannot_be_read_from_here_is_no_failure(w):
    """It was not asked for: the connector's row says why, and secrets of its configuration are nowhere."""
    for settings, why in [
        ({"type": "rest", "uri": "http://127.0.0.1:1", "credential": "me:hidden-1"}, "127.0.0.1 port 1"),
        ({"type": "hive", "uri": "thrift://hive:9083"}, "it is of type hive, which icetop does not read"),
        ({"type": "hadoop", "warehouse": "s3://bucket/wh"}, "no local path"),
        ({"type": "jdbc", "uri": "jdbc:sqlite:/nonexistent/cat.db"}, "/nonexistent/cat.db: No such file"),
        ({"type": "rest", "uri": "http://h", "token": "${vault:hidden-2:x}"}, "its token is a placeholder"),
    ]:
        with connect("healthy-1.9.2", **{f"iceberg_catalog_{k}": v for k, v in settings.items()}) as c:
            got = w.run("--connect", c.url, "snapshot", "connectors", "sources", "events", "--format", "json")
            catalog = rows(got, "connectors")[0]["catalog"]
            assert "not read from here: " in catalog and why in catalog, catalog
            assert [r["source"] for r in rows(got, "sources")] == ["connect:default"], rows(got, "sources")
            assert "hidden" not in got[1] + got[2], got
            expect(w.run("--connect", c.url, "check"), 0, "OK connect:default")


@cli
def what_is_watched_is_read_again(w):
    """On SIGHUP what is the same stays, and what is new is watched."""
    path, conf = warehouse(w), w.home / "icetop.yaml"
    with connect("healthy-1.9.2") as one, connect("failing-1.11.0") as two:
        conf.write_text(f"connect: {{a: {{urls: '{one.url}', interval: 1s}}}}\nhistory: {{enabled: false}}\n", encoding="utf-8")
        p = w.start("--config", str(conf), "--socket", str(w.tmp / "s"), "collect")
        try:
            assert "listening" in p.stdout.readline()

            def read(table):
                got = w.run(f"--attach={w.tmp}/s", "snapshot", table, "--format", "json")
                return json.loads(got[1])["tables"][table]["rows"] if got[0] in (0, 3) else []

            def rounds():
                return max((r["rounds"] for r in read("sources") if r["source"] == "connect:a"), default=0)

            wait_for("the first", lambda: rounds() >= 3)
            conf.write_text(f"connect: {{a: {{urls: '{one.url}', interval: 1s}}, b: {{urls: '{two.url}', interval: 1s}}}}\n"
                            f"catalogs: {{wh: {{warehouse: '{path}', interval: 1s}}}}\nhistory: {{enabled: false}}\n", encoding="utf-8")
            p.send_signal(signal.SIGHUP)
            wait_for("the second", lambda: {r["connect"] for r in read("connectors")} == {"a", "b"})
            wait_for("its tables", lambda: [r["table"] for r in read("iceberg_tables")] == ["db.orders"])
            assert rounds() >= 3, "the first was begun anew"
            conf.write_text(f"connect: {{b: {{urls: '{two.url}', interval: 1s}}}}\nhistory: {{enabled: false}}\n", encoding="utf-8")
            p.send_signal(signal.SIGHUP)
            wait_for("only the second", lambda: {r["connect"] for r in read("connectors")} == {"b"})
            wait_for("no tables", lambda: not read("iceberg_tables"))
        finally:
            p.terminate()
            p.communicate()
