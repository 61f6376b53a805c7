"""A real Prometheus beside icetop, over the same frozen bodies and of its own: what both say is the same."""

import contextlib
import http.server
import json
import math
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from world import DEADLINE, cli, expect, wait_for

PLAIN = "text/plain; version=0.0.4; charset=utf-8"
OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8"
QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
ADDED = {"up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added"}


class Frozen(http.server.ThreadingHTTPServer):
    """Serves bodies: {path: (text, content type)}; who asked for which is kept."""

    daemon_threads = True

    def __init__(self, bodies):
        super().__init__(("127.0.0.1", 0), FrozenHandler)
        self.bodies, self.asked = bodies, []
        self.place = f"127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()

    def times(self, path, agent):
        return sum(p == path and a.startswith(agent) for p, a in self.asked)


class FrozenHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text, kind = self.server.bodies[self.path]
        data = text.encode() if isinstance(text, str) else text
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.server.asked.append((self.path, self.headers["User-Agent"]))

    def log_message(self, *args):
        pass


def frozen(bodies):
    return contextlib.closing(Frozen(bodies))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Prometheus:
    """Debian's Prometheus in a directory of its own, for as long as the context lasts."""

    def __init__(self, scrapes, rules=(), interval="300ms", port=None, options=()):
        self.where = tempfile.TemporaryDirectory(prefix="icetop-prometheus-")
        self.dir = pathlib.Path(self.where.name)
        self.options, self.p = options, None
        self.port = port or free_port()
        self.place = f"127.0.0.1:{self.port}"
        (self.dir / "rules.yml").write_text(json.dumps({"groups": list(rules)}), encoding="utf-8")
        self.configure(scrapes, interval)

    def configure(self, scrapes, interval):
        (self.dir / "prometheus.yml").write_text(json.dumps({
            "global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
            "rule_files": ["rules.yml"], "scrape_configs": scrapes}), encoding="utf-8")

    def begin(self):
        with (self.dir / "log").open("ab") as log:
            self.p = subprocess.Popen(["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                                       f"--web.listen-address={self.place}", *self.options], cwd=self.dir,
                                      stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for("Prometheus is ready", self.is_ready)

    def is_ready(self):
        assert self.p.poll() is None, (self.dir / "log").read_text()[-3000:]
        try:
            with urllib.request.urlopen(f"http://{self.place}/-/ready", timeout=DEADLINE) as r:
                return r.status == 200
        except OSError:
            return False

    def end(self):
        self.p.kill()
        self.p.wait(DEADLINE)

    def __enter__(self):
        self.begin()
        return self

    def __exit__(self, *args):
        self.end()
        self.where.cleanup()

    def ask(self, path, **form):
        url = f"http://{self.place}/api/v1/{path}" + ("?" + urllib.parse.urlencode(form) if form else "")
        with urllib.request.urlopen(url, timeout=DEADLINE) as r:
            return json.loads(r.read())["data"]

    def vector(self, query, **form):
        """{(name, other labels as icetop writes them): value}"""
        out = {}
        for one in self.ask("query", query=query, **form)["result"]:
            labels = {k: v for k, v in one["metric"].items() if k not in ("job", "instance", "__name__")}
            out[one["metric"].get("__name__", ""), written(labels)] = float(one["value"][1])
        return out

    def targets(self):
        return {t["scrapeUrl"]: t for t in self.ask("targets", state="active")["activeTargets"]}

    def has_scraped(self, n=1):
        """Has each target been scraped since, and how did it go: {url: target} or nothing."""
        found = self.targets()
        return found if len(found) >= n and all(t["health"] != "unknown" for t in found.values()) else None


def written(labels):
    def safe(v):
        return v.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

    return ",".join(f'{k}="{safe(v)}"' for k, v in sorted(labels.items()) if v)


def job(name, place, *paths, **more):
    """A scrape configuration: each path of the place is a target of its own, by its label path."""
    return {"job_name": name, "static_configs": [{"targets": [place], "labels": {"__metrics_path__": p, "instance": p}} for p in paths],
            **more}


def number(v):
    return float(v) if isinstance(v, (int, str)) else v


def same(a, b, near=0.0):
    if a is None or b is None:
        return a is b
    return a == b or (math.isnan(a) and math.isnan(b)) or (near and math.isclose(a, b, rel_tol=near))


def equal(what, ours, theirs, near=0.0):
    assert set(ours) == set(theirs), (what, "only ours", sorted(set(ours) - set(theirs))[:10], "only theirs",
                                      sorted(set(theirs) - set(ours))[:10])
    wrong = {k: (ours[k], theirs[k]) for k in ours if not same(ours[k], theirs[k], near)}
    assert not wrong, (what, len(wrong), list(wrong.items())[:10])


def tables(got):
    return {name: table["rows"] for name, table in json.loads(got[1])["tables"].items()}


def attached(w, *names):
    got = w.run(f"--attach={w.tmp}/s", "snapshot", *names, "--format", "json")
    assert got[0] in (0, 3), got
    return tables(got)


@contextlib.contextmanager
def collector(w, *args):
    p = w.start(*args, "--socket", str(w.tmp / "s"), "collect")
    try:
        assert "listening" in p.stdout.readline(), p.stderr.read()
        yield p
    finally:
        p.terminate()
        p.communicate(timeout=DEADLINE)


@contextlib.contextmanager
def node_exporter():
    port = free_port()
    p = subprocess.Popen(["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}"], stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def body():
        assert p.poll() is None, "it has ended"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=DEADLINE) as r:
                return r.read()
        except OSError:
            return None

    try:
        wait_for("the node exporter", body)
        yield body
    finally:
        p.terminate()
        p.wait(DEADLINE)


SHAPED = r"""# HELP hits Requests, \\ and a new\nline.
# TYPE hits counter
hits{code="200",path="/a\\b\"c\nd"} 1027 
hits{code="500",path="é – 漢字 🧊",} 3
hits{ code = "201" , path = "" }	7
# TYPE temp gauge
temp NaN
temp{at="plus"} +Inf
temp{at="minus"} -Inf
temp{at="small"} 5e-324
temp{at="large"} 1.7976931348623157e308
temp{at="signed"} -0
temp{at="odd"} 0.1
temp{at="exact"} 9007199254740993
temp{at="unknown escape \x"} 1
# TYPE sum_up summary
sum_up{quantile="0.5"} 0.25
sum_up{quantile="0.99"} NaN
sum_up_sum 12.5
sum_up_count 40
# TYPE seconds histogram
seconds_bucket{way="in",le="0.005"} 12
seconds_bucket{way="in",le="0.1"} 117
seconds_bucket{way="in",le="1"} 513
seconds_bucket{way="in",le="1e1"} 600
seconds_bucket{way="in",le="+Inf"} 612
seconds_sum{way="in"} 913.75
seconds_count{way="in"} 612
seconds_bucket{way="down",le="0.1"} 9
seconds_bucket{way="down",le="1"} 7
seconds_bucket{way="down",le="2"} 11
seconds_bucket{way="down",le="+Inf"} 13
seconds_sum{way="down"} 20
seconds_count{way="down"} 13
seconds_bucket{way="none",le="0.1"} 0
seconds_bucket{way="none",le="+Inf"} 0
seconds_sum{way="none"} 0
seconds_count{way="none"} 0
# TYPE below histogram
below_bucket{le="-5"} 4
below_bucket{le="0"} 9
below_bucket{le="5"} 9
below_bucket{le="+Inf"} 10
below_sum -12
below_count 10
no_type 12
no:type:colons{a="b",c="d"} 1e-3
# a comment

# TYPE last gauge
last 1
"""

SHAPED_OPEN = r"""# TYPE hits counter
# HELP hits Requests \"quoted\".
hits_total{code="200"} 1027.0 # {trace_id="abc"} 1.0
hits_created{code="200"} 1520430000.123
# TYPE what info
what_info{version="1.2\n3"} 1
# TYPE mode stateset
mode{mode="a"} 1
mode{mode="b"} 0
# TYPE took_seconds histogram
# UNIT took_seconds seconds
took_seconds_bucket{le="0.1"} 17 # {trace_id="x"} 0.05
took_seconds_bucket{le="1.0"} 40
took_seconds_bucket{le="+Inf"} 43
took_seconds_count 43
took_seconds_sum 30.5
# TYPE some unknown
some NaN
some{a="+"} +Inf
# TYPE sum_up summary
sum_up{quantile="0.5"} 0.25
sum_up_sum 12.5
sum_up_count 40
# EOF
"""


def compare_values(seen, server, job_name):
    """Every number of one scrape; what belongs to a histogram by what the server computes from its buckets."""
    theirs = {k: v for k, v in server.vector(f'{{job="{job_name}"}}').items() if k[0] not in ADDED}
    histograms = {(r["metric"], r["labels"]): r for r in seen["histograms"]}
    families = {name for name, _ in histograms}
    of_histograms = {f + s for f in families for s in ("_bucket", "_sum", "_count")}
    equal("values", {(r["metric"], r["labels"]): number(r["value"]) for r in seen["metrics"]},
          {k: v for k, v in theirs.items() if k[0] not in of_histograms})
    assert of_histograms <= {name for name, _ in theirs}, of_histograms
    for f in sorted(families):
        rows = {key: r for key, r in histograms.items() if key[0] == f}
        of = {labels: theirs[f + "_count", labels] for name, labels in theirs if name == f + "_count"}
        equal(f + "_count", {labels: number(r["count"]) for (_, labels), r in rows.items()}, of)
        equal(f + " mean", {labels: number(r.get("mean")) for (_, labels), r in rows.items()},
              {labels: theirs[f + "_sum", labels] / n if n else None for labels, n in of.items()})
        compare_quantiles(rows, server, f'{f}_bucket{{job="{job_name}"}}')
    return theirs


def compare_quantiles(rows, server, buckets, near=0.0, **form):
    """What the server has as NaN icetop does not know."""
    for column, q in QUANTILES.items():
        theirs = server.vector(f"histogram_quantile({q}, {buckets})", **form)
        equal(f"{column} of {buckets}", {labels: number(r.get(column)) for (_, labels), r in rows.items()},
              {labels: None if math.isnan(v) else v for (_, labels), v in theirs.items()}, near)


def promtool_accepts(text):
    """check metrics also has an opinion on names, which it tells with status 3; what it cannot read is 1."""
    p = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    return p.returncode in (0, 3), p.stderr.decode()


@cli
def prometheus_has_the_same_values(w):
    with node_exporter() as body:
        bodies = {"/node": (body(), PLAIN), "/shaped": (SHAPED, PLAIN), "/shaped_open": (SHAPED_OPEN, OPEN)}
    with frozen(bodies) as e, Prometheus([job(p[1:], e.place, p) for p in bodies]) as server:
        found = wait_for("all are scraped", lambda: server.has_scraped(len(bodies)))
        assert {t["health"] for t in found.values()} == {"up"}, found
        for path, (text, kind) in bodies.items():
            got = w.run("--scrape", f"http://{e.place}{path}", "snapshot", "targets", "metrics", "histograms", "--format", "json")
            expect(got, 0)
            seen = tables(got)
            (target,) = seen["targets"]
            assert (target["state"], target["bad_lines"]) == ("up", 0), target
            theirs = compare_values(seen, server, path[1:])
            lines = text if isinstance(text, bytes) else text.encode()
            samples = sum(bool(line) and line[:1] != b"#" for line in lines.splitlines())
            assert target["samples"] == samples == len(theirs), (target, samples, len(theirs))
            assert server.vector(f'scrape_samples_scraped{{job="{path[1:]}"}}') == {("scrape_samples_scraped", ""): samples}
        ok, why = promtool_accepts(bodies["/node"][0])
        assert ok, why
        p = subprocess.run(["promtool", "query", "instant", f"http://{server.place}", 'hits{job="shaped",code="500"}'],
                           capture_output=True, text=True, check=True, timeout=DEADLINE)
        assert "=> 3 @" in p.stdout, p.stdout


def stamped(text, ms):
    return "".join(line + (f" {ms}\n" if line and line[0] != "#" else "\n") for line in text.splitlines())


FIRST = """# TYPE hits counter
hits{code="200"} 1000
hits{code="500"} 17
hits{code="reset"} 900
hits{code="still"} 5
hits{code="part"} 0.1
# TYPE temp gauge
temp 4
# TYPE seconds histogram
seconds_bucket{way="in",le="0.1"} 100
seconds_bucket{way="in",le="1"} 300
seconds_bucket{way="in",le="10"} 333
seconds_bucket{way="in",le="+Inf"} 340
seconds_sum{way="in"} 200
seconds_count{way="in"} 340
seconds_bucket{way="reset",le="0.1"} 100
seconds_bucket{way="reset",le="1"} 300
seconds_bucket{way="reset",le="+Inf"} 340
seconds_sum{way="reset"} 200
seconds_count{way="reset"} 340
"""
SECOND = """# TYPE hits counter
hits{code="200"} 1337
hits{code="500"} 18
hits{code="reset"} 30
hits{code="still"} 5
hits{code="part"} 0.7
# TYPE temp gauge
temp 5
# TYPE seconds histogram
seconds_bucket{way="in",le="0.1"} 107
seconds_bucket{way="in",le="1"} 351
seconds_bucket{way="in",le="10"} 397
seconds_bucket{way="in",le="+Inf"} 405
seconds_sum{way="in"} 250
seconds_count{way="in"} 405
seconds_bucket{way="reset",le="0.1"} 3
seconds_bucket{way="reset",le="1"} 11
seconds_bucket{way="reset",le="+Inf"} 14
seconds_sum{way="reset"} 9
seconds_count{way="reset"} 14
"""


@cli
def prometheus_has_the_same_rates_and_quantiles(w):
    now = int(time.time() * 1000)
    first, second = now - 20123, now - 10000  # both take the times of the bodies, and so the very same
    at = {"time": (now - 9000) / 1000}
    conf = w.home / "icetop.yaml"
    with frozen({"/m": (stamped(FIRST, first), PLAIN)}) as e, Prometheus([job("m", e.place, "/m")]) as server:
        conf.write_text(f"prometheus: {{m: {{urls: 'http://{e.place}/m', interval: 300ms}}}}\nhistory: {{enabled: false}}\n", encoding="utf-8")
        with collector(w, "--config", str(conf)):
            wait_for("both have the first", lambda: e.times("/m", "icetop") and len(server.vector('hits{job="m"}')) == 5
                     and len(attached(w, "metrics")["metrics"]) == 6)
            e.bodies["/m"] = (stamped(SECOND, second), PLAIN)
            wait_for("the server has the second", lambda: server.vector("temp").get(("temp", "")) == 5)

            def second_is_there():
                seen = attached(w, "metrics", "histograms")
                return seen if {r["value"] for r in seen["metrics"] if r["metric"] == "temp"} == {5} else None

            seen = wait_for("icetop has the second", second_is_there)
            before = e.times("/m", "icetop")
            wait_for("it is scraped again, and nothing moves", lambda: e.times("/m", "icetop") >= before + 2)
            assert attached(w, "metrics", "histograms") == seen
        theirs = server.vector('irate(hits{job="m"}[1m])', **at)
        equal("rates", {r["labels"]: number(r["rate"]) for r in seen["metrics"] if r["metric"] == "hits"},
              {labels: v for (_, labels), v in theirs.items()})
        assert [r.get("rate") for r in seen["metrics"] if r["metric"] == "temp"] == [None], "a gauge has a rate"
        theirs = server.vector('irate(seconds_count{job="m"}[1m])', **at)
        equal("rates of histograms", {r["labels"]: number(r["rate"]) for r in seen["histograms"]},
              {labels: v for (_, labels), v in theirs.items()})
        rows = {("seconds", r["labels"]): r for r in seen["histograms"]}
        compare_quantiles(rows, server, 'irate(seconds_bucket{job="m"}[1m])', near=1e-12, **at)
        growth = f'(seconds_bucket{{way="in"}} @ {second / 1000:.3f} - seconds_bucket{{way="in"}} @ {first / 1000:.3f})'
        compare_quantiles({k: r for k, r in rows.items() if k[1] == 'way="in"'}, server, growth, **at)
        compare_quantiles({k: r for k, r in rows.items() if k[1] == 'way="reset"'}, server, 'seconds_bucket{way="reset"}', **at)


RULES = [{"name": "basics", "rules": [
    {"record": "job:up:sum", "expr": "sum by (job) (up)", "labels": {"kind": "recorded"}},
    {"alert": "Down", "expr": 'up{page="/gone"} == 0', "labels": {"severity": "critical"},
     "annotations": {"summary": 'it is "down"', "description": "page {{ $labels.page }} has {{ $value }}", "runbook": "none"}},
    {"alert": "Hot", "expr": "temp_now > 30", "labels": {"severity": "warning"}, "annotations": {"summary": "{{ $value }} degrees\nof é"}},
    {"alert": "Waiting", "expr": "up == 1", "for": "1h30m", "labels": {"severity": "info"}},
    {"alert": "Quiet", "expr": "up == 7", "for": "5m"}]},
    {"name": "broken", "interval": "1s", "rules": [
        {"record": "twice", "expr": 'label_replace(up, "page", "same", "page", ".*")'},
        {"alert": "NeverTold", "expr": "up * on() scrape_samples_scraped"}]}]


def documents(w, *args):
    """What icetop writes with --format openmetrics, the last time of several."""
    got = w.run(*args, "--format", "openmetrics")
    assert got[0] in (0, 1, 3) and got[1].endswith("# EOF\n"), got
    return got[1].split("# EOF\n")[-2] + "# EOF\n"


def demo_pages(w):
    """All tables of the demo, and what check writes."""
    names = re.search("there are (.*)", w.run("--demo", "snapshot", "nonsense")[2]).group(1).split(", ")
    pages = {"demo": documents(w, "--demo", "snapshot", *names, "-n", "5", "-d", "1"), "check": documents(w, "--demo", "check")}
    families = re.findall("^# TYPE icetop_(\\S+)", pages["demo"], re.M)
    seen = {max((n for n in names if f == n or f.startswith(n + "_")), key=len) for f in families}
    assert {"groups", "partitions", "tasks", "commits", "commit_tables", "queryable_partitions"} <= seen, seen
    return pages


@cli
def prometheus_scrapes_what_icetop_writes(w):
    """Tables as OpenMetrics: read whole, each sample once, with its value."""
    bodies = {"/shaped": (SHAPED, PLAIN), **{f"/{page}": ("# EOF\n", OPEN) for page in ("demo", "check", "scraped", "server")}}
    paths = [p for p in bodies if p != "/shaped"]
    with frozen(bodies) as e, Prometheus([{"job_name": "j", "honor_labels": True, "static_configs": [
            {"targets": [e.place], "labels": {"__metrics_path__": p, "page": p}} for p in bodies]}], RULES, interval="1s") as server:
        wait_for("all are scraped", lambda: server.has_scraped(len(bodies)))
        wait_for("an alert", lambda: server.ask("alerts")["alerts"])
        pages = {**demo_pages(w),
                 "scraped": documents(w, "--scrape", f"http://{e.place}/shaped", "snapshot", "targets", "metrics", "histograms",
                                      "metric_families", "metric_labels"),
                 "server": documents(w, "--prometheus", server.place, "snapshot", "prom_alerts", "prom_rules", "prom_targets")}
        e.bodies.update({f"/{name}": (text, OPEN) for name, text in pages.items()})
        before = {p: e.times(p, "Prometheus") for p in paths}
        wait_for("all are scraped again", lambda: all(e.times(p, "Prometheus") > before[p] + 1 for p in paths))
        assert {(t["health"], t["lastError"]) for t in server.targets().values()} == {("up", "")}, server.targets()
        for name, text in pages.items():
            compare_page(w, e, server, f"/{name}", text)
    read = {name: promtool_accepts(text.encode()) for name, text in pages.items()}
    for name, (ok, why) in read.items():  # it reads the older format, which has no info and no quotes in help
        assert ok or 'unknown metric type "info"' in why or "invalid escape sequence" in why, (name, why)
    assert read["check"][0], read


def compare_page(w, e, server, path, text):
    samples = [line for line in text.splitlines() if line[:1] != "#"]
    own = {"page": path, "job": "j", "instance": e.place}  # which the server adds where they are not there
    theirs = {}
    for one in server.ask("query", query=f'{{page="{path}",__name__!~"ALERTS.*"}}')["result"]:
        labels = {k: v for k, v in one["metric"].items() if own.get(k) != v}
        theirs[labels.pop("__name__"), written(labels)] = float(one["value"][1])
    added = {name for name, _ in theirs if name in ADDED}
    assert added == ADDED and theirs["scrape_samples_scraped", ""] == len(samples) == len(theirs) - len(added), (
        path, len(samples), len(theirs))
    got = w.run("--scrape", f"http://{e.place}{path}", "snapshot", "metrics", "--format", "json")
    expect(got, 0)
    is_own = re.compile(f',job="j"|,instance="{re.escape(e.place)}"')
    equal(path, {(r["metric"], is_own.sub("", r["labels"])): number(r["value"]) for r in tables(got)["metrics"]},
          {k: v for k, v in theirs.items() if k[0] not in ADDED})
