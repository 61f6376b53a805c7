"""Prometheus servers that are asked: from the command line and the file, read again, what fails, what they remember."""

import contextlib
import http.server
import json
import signal
import threading
import urllib.parse

from world import cli, expect, wait_for


def vector(*items):
    return {"resultType": "vector", "result": [{"metric": m, "value": [1000, v]} for m, v in items]}


ALERT = {"labels": {"alertname": "Slow", "severity": "critical"}, "annotations": {"summary": "it is slow"}, "state": "firing",
         "activeAt": "2026-11-20T10:00:00Z", "value": "1e+00"}


class Server(http.server.ThreadingHTTPServer):
    """Answers as Prometheus does; what a test puts into answers by path, or by the query, stands for it."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = []
        self.place = f"127.0.0.1:{self.server_address[1]}"
        self.answers = {"/api/v1/alerts": {"alerts": [ALERT]}, "/api/v1/rules": {"groups": []},
                        "/api/v1/targets": {"activeTargets": [], "droppedTargets": []},
                        "up": vector(({"__name__": "up", "job": "a"}, "1"), ({"__name__": "up", "job": "b"}, "0"))}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, query):
        url = urllib.parse.urlsplit(self.path)
        form = dict(urllib.parse.parse_qsl(query or url.query))
        server, path = self.server, url.path.removeprefix("/prefix")
        server.requests.append((path, form, dict(self.headers)))
        status, kind = 200, "application/json"
        if path == "/api/v1/query_range":
            end = float(form["end"])
            data = {"resultType": "matrix", "result": [{"metric": {"__name__": "up", "job": j}, "values": [
                [end - 60 * i, str(i)] for i in range(30, 0, -1)]} for j in "ab"]}
        else:
            data = server.answers.get(form.get("query", path), 404)
        if isinstance(data, int):
            status, kind, body = data, "text/html", "<html>no</html>"
        elif isinstance(data, tuple):
            status, body = data[0], json.dumps({"status": "error", "errorType": "execution", "error": data[1]})
        else:
            body = json.dumps({"status": "success", "data": data})
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def do_GET(self):
        self.answer("")

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def log_message(self, *args):
        pass


def tables(got):
    return {name: table["rows"] for name, table in json.loads(got[1])["tables"].items()}


@cli
def a_server_needs_no_file(w):
    with contextlib.closing(Server()) as s:
        got = w.run("--prometheus", s.place, "snapshot", "prom_alerts", "sources", "--format", "json")
        expect(got, 0)
        seen = tables(got)
        (alert,) = seen["prom_alerts"]
        assert (alert["server"], alert["alert"], alert["state"], alert["summary"]) == (s.place, "Slow", "firing", "it is slow"), alert
        assert seen["sources"][0]["source"] == f"promapi:{s.place}", seen["sources"]
        # a firing alert is that server's word, not a finding of icetop's
        expect(w.run("--prometheus", f"http://{s.place}/", "check"), 0, f"OK promapi:{s.place}")
        s.answers["/api/v1/rules"] = 404
        got = w.run("--prometheus", s.place, "snapshot", "sources", "--format", "json")
        expect(got, 0)
        assert tables(got)["sources"][0]["note"] == "the server has no rules", got
        expect(w.run("--prometheus", f"{s.place}/elsewhere", "check"), 3, "no HTTP API of Prometheus is there")
    expect(w.run("--prometheus", s.place, "check"), 3, "Failed to connect")


@cli
def queries_of_the_file_are_asked(w):
    with contextlib.closing(Server()) as s:
        conf = w.home / "icetop.yaml"
        conf.write_text(f"""prometheus_servers:
  main:
    url: http://{s.place}/prefix
    tenant: team
    bearer: {{env: TOKEN}}
    targets: false
    queries:
      - {{name: all, promql: up, unit: count}}
      - {{name: broken, promql: nonsense}}
""", encoding="utf-8")
        s.answers["nonsense"] = (422, "found duplicate series")
        env = {"TOKEN": "s3cret"}
        got = w.run("--config", str(conf), "snapshot", "prom_queries", "--format", "json", env=env)
        expect(got, 3, "query broken: execution: found duplicate series")
        rows = tables(got)["prom_queries"]
        values = {(r["query"], r["metric"], r["labels"]): (r["value"], r["unit"], r["error"]) for r in rows}
        assert values == {("all", "up", 'job="a"'): (1, "count", None), ("all", "up", 'job="b"'): (0, "count", None),
                          ("broken", "", ""): (None, None, "execution: found duplicate series")}, values
        assert {path for path, _, _ in s.requests} == {"/api/v1/alerts", "/api/v1/rules", "/api/v1/query"}, s.requests
        for _, _, headers in s.requests:
            assert (headers["X-Scope-OrgID"], headers["Authorization"]) == ("team", "Bearer s3cret"), headers
        expect(w.run("--config", str(conf), "check", env=env), 1, "found duplicate series")
        got = w.run("--config", str(conf), "config", env=env)
        expect(got, 0, "queries: [{name: all, promql: up, unit: count}, {name: broken")
        assert "s3cret" not in got[1], got[1]
        conf.write_text("prometheus_servers: {m: {url: a, queries: [{name: a}]}}\n", encoding="utf-8")
        expect(w.run("--config", str(conf), "check"), 3, "icetop.yaml:1:44: prometheus_servers.m.queries[0]: no promql")


@cli
def the_past_of_a_query_comes_at_once(w):
    with contextlib.closing(Server()) as s:
        conf = w.home / "icetop.yaml"
        text = f"""prometheus_servers:
  main: {{url: {s.place}, interval: 500ms, queries: [{{name: all, promql: up, range: 1h, step: 1m}}]}}
history: {{path: {w.tmp}/history.db}}
"""
        conf.write_text(text, encoding="utf-8")
        p = w.start("--config", str(conf), "--socket", str(w.tmp / "s"), "collect")
        try:
            assert "listening" in p.stdout.readline()

            def read(table):
                got = w.run(f"--attach={w.tmp}/s", "snapshot", table, "--format", "json")
                return tables(got)[table] if got[0] in (0, 3) else []

            wait_for("both series", lambda: len([r for r in read("prom_queries") if r["filled"]]) == 2)
            asked = [form for path, form, _ in s.requests if path.endswith("query_range")]
            assert len(asked) == 1 and asked[0]["query"] == "up" and float(asked[0]["step"]) == 60, asked
            assert 3590 < float(asked[0]["end"]) - float(asked[0]["start"]) < 3610, asked
            # read again: what is the same stays, what is new comes
            conf.write_text(text + "log: {level: info}\n", encoding="utf-8")
            p.send_signal(signal.SIGHUP)
            wait_for("the configuration", lambda: any(r["text"] == "read again" for r in read("events")))
            assert len(read("prom_queries")) == 2
            conf.write_text(text.replace("name: all", "name: other"), encoding="utf-8")
            p.send_signal(signal.SIGHUP)
            wait_for("another query", lambda: {r["query"] for r in read("prom_queries")} == {"other"})
            s.answers["up"] = 503
            wait_for("what is old", lambda: all(r.get("value_q") == "stale" and "503" in r["error"] for r in read("prom_queries")))
            assert [r["alert"] for r in read("prom_alerts")] == ["Slow"]
        finally:
            p.terminate()
            p.communicate()


@cli
def the_past_that_is_known_is_not_asked_for_again(w):
    with contextlib.closing(Server()) as s:
        conf = w.home / "icetop.yaml"
        conf.write_text(f"""prometheus_servers:
  main: {{url: {s.place}, interval: 500ms, queries: [{{name: all, promql: up, range: 1h, step: 1m}}]}}
history: {{path: {w.tmp}/history.db}}
""", encoding="utf-8")
        spans = []
        for _ in range(2):
            s.requests.clear()
            p = w.start("--config", str(conf), "--socket", str(w.tmp / "s"), "collect")
            try:
                assert "listening" in p.stdout.readline()

                def filled():
                    got = w.run(f"--attach={w.tmp}/s", "snapshot", "prom_queries", "--format", "json")
                    return got[0] in (0, 3) and len([r for r in tables(got)["prom_queries"] if r["filled"]]) == 2

                wait_for("both series", filled)
            finally:
                p.terminate()
                p.communicate()
            asked = [form for path, form, _ in s.requests if path.endswith("query_range")]
            spans.append([float(form["end"]) - float(form["start"]) for form in asked])
        # what the server told is half an hour; of the half before that it may know something now
        assert len(spans[0]) == 1 and spans[0][0] > 3590, spans
        assert all(0 < span < 2100 for span in spans[1]), spans
