"""Endpoints that are scraped: from the command line and the file, read again, and a real node exporter."""

import contextlib
import gzip
import http.server
import json
import re
import signal
import socket
import subprocess
import threading
import urllib.request

from world import DEADLINE, cli, expect, wait_for

BODY = """# TYPE hits counter
# HELP hits Requests.
hits{{code="200"}} {n}0
temp NaN
# TYPE seconds histogram
seconds_bucket{{le="0.1"}} {n}
seconds_bucket{{le="1"}} {n}
seconds_bucket{{le="+Inf"}} {n}
seconds_sum {n}
seconds_count {n}
"""


class Exporter(http.server.ThreadingHTTPServer):
    """Counts on with each scrape."""

    daemon_threads = True

    def __init__(self, body=BODY, kind="text/plain; version=0.0.4"):
        super().__init__(("127.0.0.1", 0), Handler)
        self.text, self.kind, self.scrapes, self.requests = body, kind, 0, []
        self.place = f"127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        server.scrapes += 1
        server.requests.append((self.path, dict(self.headers)))
        data = gzip.compress(server.text.format(n=server.scrapes).encode())
        self.send_response(200)
        self.send_header("Content-Type", server.kind)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


def exporter(*args):
    return contextlib.closing(Exporter(*args))


def tables(got):
    return {name: table["rows"] for name, table in json.loads(got[1])["tables"].items()}


@cli
def an_endpoint_needs_no_file(w):
    with exporter() as e:
        got = w.run("--scrape", f"http://{e.place}/metrics", "snapshot", "targets", "metrics", "histograms", "--format", "json")
        expect(got, 0)
        seen = tables(got)
        (target,) = seen["targets"]
        assert (target["job"], target["instance"], target["state"], target["samples"]) == ("default", e.place, "up", 7), target
        values = {r["metric"]: r["value"] for r in seen["metrics"]}
        assert values["hits"] == 10 and set(values) == {"hits", "temp"}, values
        assert [r["metric"] for r in seen["histograms"]] == ["seconds"], seen["histograms"]
        path, headers = e.requests[0]
        assert path == "/metrics" and headers["Accept"].startswith("text/plain"), e.requests
        expect(w.run("--scrape", e.place, "check"), 0, f"OK prom:default/{e.place}")
        got = w.run("--scrape", e.place, "snapshot", "metric_families", "metric_labels", "--format", "json")
        expect(got, 0)
        seen = tables(got)
        families = {r["metric"]: (r["type"], r["series"], r["targets"], r["worst_label"]) for r in seen["metric_families"]}
        assert families == {"hits": ("counter", 1, 1, "code"), "temp": ("unknown", 1, 1, None), "seconds": ("histogram", 5, 1, "le")}, families
        labels = {(r["metric"], r["label"]): (r["values"], r["series"]) for r in seen["metric_labels"]}
        assert labels == {("hits", "code"): (1, 1), ("seconds", "le"): (3, 3)}, labels


@cli
def what_is_wrong_with_an_endpoint_is_told(w):
    with exporter("a 1\nno line\n") as e:
        expect(w.run("--scrape", e.place, "check"), 1, "1 bad line, the first: line 2: ")
    with exporter("a 1\nno line\n# EOF\n", "application/openmetrics-text; version=1.0.0") as e:
        expect(w.run("--scrape", e.place, "check"), 3, "line 2: ")
    with exporter("<html>", "text/html") as e:
        expect(w.run("--scrape", e.place, "check"), 3, "text/html is no format")
    with exporter("# " + "x" * 1000000 + "\na 1\n") as e:
        conf = w.home / "icetop.yaml"
        conf.write_text(f"prometheus: {{j: {{urls: '{e.place}', max_body: 100kB}}}}\n", encoding="utf-8")
        expect(w.run("--config", str(conf), "check"), 3, "100000")  # though a kilobyte came
        conf.write_text("prometheus: {j: {urls: 'http://a/b#c'}}\n", encoding="utf-8")
        expect(w.run("--config", str(conf), "check"), 3, "icetop.yaml:1:24: prometheus.j.urls: ")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        place = "127.0.0.1:%d" % nobody.getsockname()[1]
        expect(w.run("--scrape", place, "check"), 3, f"prom:default/{place}", "Failed to connect")


@cli
def endpoints_are_read_again(w):
    conf = w.home / "icetop.yaml"
    with exporter() as one, exporter() as two:
        conf.write_text(f"prometheus: {{a: {{urls: '{one.place}', interval: 300ms}}}}\nhistory: {{enabled: false}}\n", encoding="utf-8")
        p = w.start("--config", str(conf), "--socket", str(w.tmp / "s"), "collect")
        try:
            assert "listening" in p.stdout.readline()

            def read(table):
                got = w.run(f"--attach={w.tmp}/s", "snapshot", table, "--format", "json")
                return tables(got)[table] if got[0] in (0, 3) else []

            def rates():
                return [r["rate"] for r in read("metrics") if r["metric"] == "hits" and r["rate"]]

            wait_for("a rate", rates)
            wait_for("quantiles of what is new", lambda: any(r.get("p50") and not r.get("p50_q") for r in read("histograms")))
            conf.write_text(f"prometheus: {{a: {{urls: '{one.place}', interval: 300ms}}, "
                            f"b: {{urls: '{two.place}', keep: [temp], interval: 300ms}}}}\nhistory: {{enabled: false}}\n", encoding="utf-8")
            p.send_signal(signal.SIGHUP)
            wait_for("the second", lambda: {r["job"] for r in read("targets") if r["state"] == "up"} == {"a", "b"})
            assert rates(), "the first was begun anew"
            assert {r["metric"] for r in read("metrics") if r["job"] == "b"} == {"temp"}, read("metrics")
            conf.write_text(f"prometheus: {{b: {{urls: '{two.place}', interval: 300ms}}}}\nhistory: {{enabled: false}}\n", encoding="utf-8")
            p.send_signal(signal.SIGHUP)
            wait_for("only the second, all of it", lambda: {(r["job"], r["metric"]) for r in read("metrics")} == {("b", "hits"), ("b", "temp")})
        finally:
            p.terminate()
            p.communicate()


@cli
def a_node_exporter_is_read_whole(w):
    """Each sample that a plain reading of its text finds is a row with its value."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    p = subprocess.Popen(["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}"], stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/metrics"
    try:
        def body():
            try:
                with urllib.request.urlopen(url, timeout=DEADLINE) as r:
                    return r.read().decode()
            except OSError:
                assert p.poll() is None, "it has ended"
                return None

        text = wait_for("an answer", body)
        got = w.run("--scrape", url, "snapshot", "targets", "metrics", "--format", "json")
        expect(got, 0)
        seen = tables(got)
        rows = {(r["metric"], r["labels"]): r["value"] for r in seen["metrics"]}
        lines = [re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line).groups() for line in text.splitlines() if line and line[0] != "#"]
        missing = {(name, re.sub(r',?\w+=""', "", labels or "").lstrip(",")) for name, labels, _ in lines} - set(rows)
        assert len(lines) > 100 and not missing, missing
        assert seen["targets"][0]["bad_lines"] == 0, seen["targets"]
        for name, labels, value in lines:
            if name in ("node_uname_info", "node_boot_time_seconds", "node_memory_MemTotal_bytes", "node_network_mtu_bytes"):
                assert rows[name, labels or ""] == float(value), (name, labels, value)
        assert ("node_memory_MemTotal_bytes", "") in rows, sorted(rows)[:20]
    finally:
        p.terminate()
        p.wait(DEADLINE)


SERVED = """# TYPE http_requests_total counter
http_requests_total{{code="200"}} {n}5
http_requests_total{{code="500"}} {n}0
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{{le="0.1"}} 0
http_request_duration_seconds_bucket{{le="0.2"}} {n}
http_request_duration_seconds_bucket{{le="+Inf"}} {n}
http_request_duration_seconds_sum {n}
http_request_duration_seconds_count {n}
node_procs_running 3
"""


@cli
def recipes_say_what_they_find(w):
    with exporter(SERVED) as e, exporter("other 1\n") as other:
        got = w.run("check", "--recipes", f"http://{e.place}/metrics", "-d", "0.2")
        expect(got, 0, f"http://{e.place}/metrics: 1 of ", "http: HTTP server", "error_ratio  50.0 %", "p50_ms       150 ms", "in_flight    -")
        assert "node" not in got[1], got[1]  # what would show that it is a machine is not there
        expect(w.run("check", "--recipes", other.place, "-d", "0.2"), 1, ": 0 of ")
        conf = w.home / "icetop.yaml"
        conf.write_text(
            f"prometheus: {{web: {{urls: ['{e.place}', '{other.place}'], keep: [http_requests_total, other]}}}}\n"
            "recipes:\n"
            "  codes: {requests: http_requests_total, service: [code]}\n"
            "  mine: {match: 'up{a=\"b\"}', requests: other}\n",
            encoding="utf-8",
        )
        got = w.run("--config", str(conf), "check", "--recipes", "web", "-d", "0.2", "--format", "json")
        expect(got, 1)
        one, two = json.loads(got[1])["endpoints"]
        assert (one["job"], one["samples"], one["kept"], two["error"]) == ("web", 8, 2, None), (one, two)
        fits = {r["recipe"]: r for r in one["recipes"] if r["fits"]}
        assert set(fits) == {"http", "codes"} and not any(r["fits"] for r in two["recipes"]), fits
        assert [s["service"] for s in fits["codes"]["services"]] == ["200", "500"], fits
        (served,) = fits["http"]["services"]
        parts = {p["value_of"]: p for p in served["parts"]}
        assert abs(parts["error_ratio"]["value"] - 0.5) < 1e-9 and parts["p50_ms"]["value"] is None, parts
        assert parts["p50_ms"]["why"] == "no such series", parts
        got = w.run("--config", str(conf), "check", "--recipes", "web", "-d", "0.2")
        expect(got, 1, "keep leaves out 6 of 8 samples", 'mine does not fit: no series of up{a="b"}')
        expect(w.run("--config", str(conf), "check", "--recipes", "nobody"), 3, '"nobody" is no job under prometheus')
        conf.write_text("recipes: {r: {queue: 'a{b=~\"(\"}'}}\n", encoding="utf-8")
        got = w.run("--config", str(conf), "--scrape", e.place, "check")
        expect(got, 3, "icetop.yaml:1:30: recipes.r.queue: regular expression")
    expect(w.run("check", "--recipes", e.place, "-d", "0.2"), 3, "Failed to connect")
    expect(w.run("check", "--recipes", "nobody"), 3, '"nobody" is no job under prometheus')


@cli
def recipes_are_tried_on_endpoints_that_are_found_out(w):
    conf, files = w.home / "icetop.yaml", w.home / "sd.json"
    with exporter(SERVED) as a, exporter(SERVED + "this is none\n") as b:
        files.write_text(json.dumps([{"targets": [a.place, b.place], "labels": {"job": "found"}}]), encoding="utf-8")
        conf.write_text("prometheus:\n  web: {files: [sd.json], headers: {X-Key: 'planted', X-Env: {env: SOME_KEY}}}\n"
                        "  none: {files: [other.json]}\n", encoding="utf-8")
        env = {"SOME_KEY": "planted2"}
        got = w.run("--config", str(conf), "check", "--recipes", "web", "-d", "0.2", "--format", "json", env=env)
        expect(w.run("--config", str(conf), "config", env=env), 0, "X-Key: •••, X-Env: •••")
        expect(got, 0)
        assert "planted" not in got[1] + got[2], got
        ends = {e["instance"]: e for e in json.loads(got[1])["endpoints"]}
        assert set(ends) == {a.place, b.place} and all(e["job"] == "found" for e in ends.values()), ends
        assert (ends[a.place]["bad_lines"], ends[b.place]["bad_lines"]) == (0, 1), ends
        for _, headers in a.requests:
            assert (headers["X-Key"], headers["X-Env"]) == ("planted", "planted2"), headers
        expect(w.run("--config", str(conf), "check", "--recipes", "web", "-d", "0.2", env=env), 0, "1 bad line, the first: line ")
        expect(w.run("--config", str(conf), "check", "--recipes", "none", "-d", "0.2", env=env), 3, "other.json: no such file")


@cli
def services_are_read_again_with_other_recipes(w):
    conf = w.home / "icetop.yaml"
    with exporter(SERVED) as e:
        text = f"prometheus: {{a: {{urls: '{e.place}', interval: 300ms}}}}\nhistory: {{enabled: false}}\n"
        conf.write_text(text, encoding="utf-8")
        p = w.start("--config", str(conf), "--socket", str(w.tmp / "s"), "collect")
        try:
            assert "listening" in p.stdout.readline()

            def read():
                got = w.run(f"--attach={w.tmp}/s", "snapshot", "services", "--format", "json")
                return {(r["recipe"], r["service"]): r for r in tables(got)["services"]} if got[0] in (0, 3) else {}

            def known():
                rows = read()
                return rows if rows and all(r["error_ratio"] for r in rows.values()) else None

            (row,) = wait_for("a service", known).values()
            assert (row["recipe"], row["service"], row["latency_from"]) == ("http", "a", "histogram"), row
            assert abs(row["error_ratio"] - 0.5) < 1e-9 and abs(row["p50_ms"] - 150) < 1e-6 and row["requests_s"] > 0, row
            assert row["in_flight"] is None and row["note"] is None, row
            conf.write_text(text + "recipes: {http: {enabled: false}, mine: {queue: node_procs_running}}\n", encoding="utf-8")
            p.send_signal(signal.SIGHUP)

            def others():
                rows = read()
                return rows if set(rows) == {("mine", "a")} else None

            (row,) = wait_for("another recipe", others).values()
            assert row["queue"] == 3 and row["requests_s"] is None, row
        finally:
            p.send_signal(signal.SIGTERM)
            p.communicate(timeout=DEADLINE)
