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


@contextlib.contextmanager
def port_of_nobody():
    """A port that is taken, so that nobody else gets it, and at which nobody listens."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        yield s.getsockname()[1]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Prometheus:
    """Debian's Prometheus in a directory of its own, for as long as the context lasts."""

    def __init__(self, scrapes, rules=(), interval="1s", port=None, options=()):
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


# Fails whatever there is to ask: two series on the right, and no label to tell them by.
NEVER = 'vector(1) + on() (vector(1) or label_replace(vector(2), "a", "b", "", ""))'
RULES = [{"name": "basics", "rules": [
    {"record": "job:up:sum", "expr": "sum by (job) (up)", "labels": {"kind": "recorded"}},
    {"alert": "Down", "expr": 'up{page="/gone"} == 0', "labels": {"severity": "critical"},
     "annotations": {"summary": 'it is "down"', "description": "page {{ $labels.page }} has {{ $value }}", "runbook": "none"}},
    {"alert": "Hot", "expr": "temp_now > 30", "labels": {"severity": "warning"}, "annotations": {"summary": "{{ $value }} degrees\nof é"}},
    {"alert": "Waiting", "expr": "up == 1", "for": "1h30m", "labels": {"severity": "info"}},
    {"alert": "Quiet", "expr": "up == 7", "for": "5m"}]},
    {"name": "broken", "interval": "1s", "rules": [
        {"record": "twice", "expr": NEVER},
        {"alert": "NeverTold", "expr": NEVER}]}]


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
            {"targets": [e.place], "labels": {"__metrics_path__": p, "page": p}} for p in bodies]}], RULES) as server:
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


# Bodies with something bad in them: of the text format the server refuses the whole, icetop leaves out so many lines of it and
# keeps the rest; OpenMetrics both refuse as a whole. Some that the format allows the server refuses all the same: LENIENT.
BAD_PLAIN = {
    "words": ("good 1\nno line\n", 1), "value": ("good 1\na x1\n", 1), "open": ('good 1\na{b="c" 1\n', 1),
    "quote": ('good 1\na{b="c} 1\n', 1), "name": ("good 1\n0a 1\n", 1), "label": ('good 1\na{0b="c"} 1\n', 1),
    "underscore": ("good 1\na 1_000\n", 1), "hex": ("good 1\na 0x10\n", 1), "time": ("good 1\na 1 2.5\n", 1),
    "third": ("good 1\na 1 2 3\n", 1), "no value": ("good 1\na\n", 1), "two": ("good 1\na b c\nd e f\n", 2),
    "unquoted": ("good 1\na{b=c} 1\n", 1), "no utf-8": (b'good 1\na{b="\xff"} 1\n', 1), "type": ("# TYPE good thing\ngood 1\n", 1),
}
GOOD_PLAIN = {
    "empty lines": ("\n\ngood  1  \n\n \t\n", 1), "tabs": ("good\t1\n", 1), "comment": ("#\n# x\n#x\n# HELP\ngood 1\n", 1),
    "comma": ('good{a="b",} 1\n', 1), "no end": ("good 1", 1), "escape": ('good{a="\\t"} 1\n', 1), "nothing": ("", 0),
    "numbers": ("a 1e5\nb -.5\nc nan\nd inf\ne +Inf\nf 00012\n", 6), "braces": ("good{} 1\n", 1),
}
LENIENT = {"blanks before": ("  good  1\n", 1), "time before 1970": ("good 1 -5\n", 1)}
BAD_OPEN = {
    "no end": "good 1\n", "more": "good 1\n# EOF\nmore 1\n", "comment": "# x\ngood 1\n# EOF\n", "empty line": "good 1\n\n# EOF\n",
    "value": "good x1\n# EOF\n", "words": "no line at all\n# EOF\n", "blanks": "good  1\n# EOF\n", "quote": 'a{b="c} 1\n# EOF\n',
    "type": "# TYPE good thing\ngood 1\n# EOF\n", "tab": "good\t1\n# EOF\n", "name": "0a 1\n# EOF\n",
}
GOOD_OPEN = {"one": ("good 1\n# EOF\n", 1), "end": ("good 1\n# EOF", 1), "nothing": ("# EOF\n", 0), "time": ("good 1 1700000000.5\n# EOF\n", 1),
             "comma": ('good{a="b",c="d"} 1\n# EOF\n', 1)}


@cli
def prometheus_refuses_what_icetop_tells_of(w):
    bodies = {}
    for kind, of in ((PLAIN, BAD_PLAIN), (PLAIN, GOOD_PLAIN), (PLAIN, LENIENT), (OPEN, BAD_OPEN), (OPEN, GOOD_OPEN)):
        for name, body in of.items():
            path = f"/{len(bodies)}"
            bodies[path] = (body[0] if isinstance(body, tuple) else body, kind)
            bodies[path] += (name, of, body)
    served = {path: b[:2] for path, b in bodies.items()}
    with frozen(served) as e, Prometheus([job("m", e.place, *bodies)], interval="2s") as server:
        conf = w.home / "icetop.yaml"
        urls = [f"http://{e.place}{p}" for p in bodies]
        conf.write_text(json.dumps({"prometheus": {"m": {"urls": urls}}}), encoding="utf-8")
        got = w.run("--config", str(conf), "snapshot", "targets", "metrics", "--format", "json")
        assert got[0] in (1, 3), got
        seen = {r["instance"]: r for r in tables(got)["targets"]}
        found = wait_for("all are scraped", lambda: server.has_scraped(len(bodies)))
    wrong = []
    for path, (_, _, name, of, body) in bodies.items():
        target, up = seen[e.place + path], found[f"http://{e.place}{path}"]["health"] == "up"
        ours = (target["state"], target.get("bad_lines"), target.get("samples"))
        if of is BAD_PLAIN:
            ok = not up and ours[:2] == ("up", body[1])
        elif of is BAD_OPEN:
            ok = not up and ours[0] == "down"
        else:
            ok = up == (of is not LENIENT) and ours == ("up", 0, body[1])
        if not ok:
            wrong.append((name, body, "up" if up else "down", ours, target.get("error")))
    assert not wrong, "\n".join(map(str, wrong))


def promised(rows, key, *columns):
    return {tuple(r[k] for k in key): tuple(r.get(c) for c in columns) for r in rows}


def alerts_of(server):
    out = {}
    for a in server.ask("alerts")["alerts"]:
        labels, notes = dict(a["labels"]), a["annotations"]
        name = labels.pop("alertname")
        out[name, written(labels)] = (a["state"], labels.get("severity"), float(a["value"]), notes.get("summary"),
                                      notes.get("description"))
    return out


def rules_of(server):
    out = {}
    for group in server.ask("rules")["groups"]:
        for i, r in enumerate(group["rules"]):
            states = [a["state"] for a in r["alerts"]] if r["type"] == "alerting" else None
            out[group["file"], group["name"], i + 1] = (
                r["name"], r["type"], r.get("state"), r["health"], r.get("lastError"), states and states.count("pending") or
                (0 if states is not None else None), states and states.count("firing") or (0 if states is not None else None),
                r.get("duration"), group["interval"], written(r.get("labels", {})) or None, r["query"])
    return out


def targets_of(server):
    out = {}
    for t in server.targets().values():
        labels = dict(t["labels"])
        out[t["scrapePool"], t["scrapeUrl"]] = (labels.pop("job"), labels.pop("instance"), t["health"], t["lastError"] or None,
                                                written(labels) or None)
    return out


@cli
def prometheus_tells_its_alerts_rules_and_targets(w):
    conf = w.home / "icetop.yaml"
    with frozen({"/hot": ("temp_now 40\nother{a=\"b\"} NaN\n", PLAIN)}) as e, port_of_nobody() as nobody:
        scrapes = [{"job_name": "rooms", "static_configs": [
            {"targets": [e.place], "labels": {"__metrics_path__": "/hot", "page": "/hot", "team": 'ml, "core"'}},
            {"targets": [f"127.0.0.1:{nobody}"], "labels": {"page": "/gone"}}]}]
        with Prometheus(scrapes, RULES) as server:
            wait_for("the rules have been evaluated", lambda: {r[3] for r in rules_of(server).values()} == {"ok", "err"}
                     and {a[0] for a in alerts_of(server).values()} == {"firing", "pending"} and len(alerts_of(server)) == 3)
            conf.write_text(json.dumps({"prometheus_servers": {"main": {
                "url": server.place, "interval": "500ms", "targets": True, "queries": [
                    {"name": "all", "promql": '{job="rooms"}'}, {"name": "temp", "promql": "max_over_time(temp_now[5m])"},
                    {"name": "odd", "promql": "vector(0) / 0"}, {"name": "broken", "promql": NEVER}]}},
                "prometheus": {"beside": {"urls": [f"{e.place}/hot"], "interval": "500ms"}},  # which goes on when the server does not
                "history": {"enabled": False}}), encoding="utf-8")
            with collector(w, "--config", str(conf)):
                same_as_the_server(w, server)
                wait_for("the answers of queries", lambda: len(attached(w, "prom_queries")["prom_queries"]) > 10)
                queries = [r for r in attached(w, "prom_queries")["prom_queries"]]
                steady = {(r["metric"], r["labels"]): number(r["value"]) for r in queries
                          if r["query"] == "all" and r["metric"] in ("up", "temp_now", "other", "scrape_samples_scraped")}
                theirs = {(one["metric"].pop("__name__"), written(one["metric"])): float(one["value"][1]) for one in
                          server.ask("query", query='{job="rooms",__name__=~"up|temp_now|other|scrape_samples_scraped"}')["result"]}
                equal("of a query", steady, theirs)
                assert [math.isnan(number(r["value"])) for r in queries if r["query"] == "odd"] == [True], queries
                assert "many-to-many" in [r["error"] for r in queries if r["query"] == "broken"][0], queries
                e.bodies["/hot"] = ("temp_now 20\n", PLAIN)
                wait_for("it is not hot any more", lambda: "Hot" not in {a for a, _ in alerts_of(server)})
                same_as_the_server(w, server)
                wait_for("the series that is gone", lambda: "other" not in {
                    r["metric"] for r in attached(w, "prom_queries")["prom_queries"]})
                server.end()
                wait_for("it has failed", lambda: [s["state"] for s in attached(w, "sources")["sources"]
                                                   if s["source"] == "promapi:main"] == ["failed"])
                left = attached(w, "prom_alerts", "prom_targets")  # they are what the failed source said last
                assert {r["alert"] for r in left["prom_alerts"]} == {"Down", "Waiting"}, left
                assert {r["health"] for r in left["prom_targets"]} == {"up", "down"}, left
                wait_for("who lives on", lambda: [r["value"] for r in attached(w, "metrics")["metrics"]] == [20])
                server.begin()
                wait_for("it is back", lambda: [s["state"] for s in attached(w, "sources")["sources"]
                                                if s["source"] == "promapi:main"] != ["failed"])
                same_as_the_server(w, server)


def same_as_the_server(w, server):
    """What both say may move while they are asked: until it is the same."""
    last = []

    def is_same():
        seen = attached(w, "prom_alerts", "prom_rules", "prom_targets")
        pairs = [(promised(seen["prom_alerts"], ("alert", "labels"), "state", "severity", "value", "summary", "description"),
                  alerts_of(server)),
                 (promised(seen["prom_rules"], ("file", "group", "position"), "rule", "type", "state", "health", "error", "pending",
                           "firing", "for_s", "interval_s", "labels", "query"), rules_of(server)),
                 (promised(seen["prom_targets"], ("pool", "url"), "job", "instance", "health", "error", "labels"), targets_of(server))]
        last[:] = [(a, b) for a, b in pairs if a != b]
        return not last

    try:
        wait_for("the same rows", is_same)
    except AssertionError as e:
        raise AssertionError("\n\n".join(f"ours   {a}\ntheirs {b}" for a, b in last)) from e


@cli
def a_federating_prometheus_is_scraped(w):
    with frozen({"/shaped": (SHAPED, PLAIN)}) as e, Prometheus([job("fed", e.place, "/shaped")]) as server:
        wait_for("it has them", lambda: server.vector('last{job="fed"}'))
        url = f"http://{server.place}/federate?" + urllib.parse.urlencode({"match[]": '{job="fed"}'})
        got = w.run("--scrape", url, "snapshot", "metrics", "histograms", "targets", "--format", "json")
        expect(got, 0)
        seen = tables(got)
        assert (seen["targets"][0]["state"], seen["targets"][0]["bad_lines"]) == ("up", 0), seen["targets"]
        ours = {(r["metric"], re.sub(r'(^|,)(instance|job)="[^"]*"', "", r["labels"]).lstrip(",")): number(r["value"])
                for r in seen["metrics"] if r["metric"] not in ADDED}
        theirs = {k: v for k, v in server.vector('{job="fed"}').items() if k[0] not in ADDED}
        equal("federated", ours, theirs)


def past_of(w, table, key, column):
    """The points of a cell that are stored."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(DEADLINE)
        s.connect(str(w.tmp / "s"))
        f = s.makefile("rw", encoding="utf-8")
        for message in ({"t": "hello", "protocol": 1, "icetop": "0.1.0"},
                        {"t": "history", "id": 1, "table": table, "key": key, "column": column, "from": 0,
                         "to": int(time.time() * 1000) + 1000, "step": 0}):
            f.write(json.dumps(message) + "\n")
        f.flush()
        points = []
        for line in f:
            got = json.loads(line)
            if got["t"] == "history":
                assert "points" in got, got
                points += got["points"]
                if not got.get("more"):
                    return points
        raise AssertionError("the stream has ended")


@cli
def prometheus_fills_the_past_of_a_query(w):
    conf = w.home / "icetop.yaml"
    with frozen({"/m": ("moves 1\n", PLAIN)}) as e, Prometheus([job("m", e.place, "/m")]) as server:
        begin = int(time.time())
        for n in (2, 3, 5):
            last = wait_for("a point", lambda: e.times("/m", "Prometheus"))
            e.bodies["/m"] = (f"moves {n}\n", PLAIN)
            wait_for("the next", lambda: server.vector("moves").get(("moves", "")) == n and e.times("/m", "Prometheus") > last + 5)
        conf.write_text(json.dumps({"prometheus_servers": {"main": {"url": server.place, "interval": "1s", "queries": [
            {"name": "q", "promql": "sum(moves)", "range": "1m", "step": "1s"}]}}, "history": {"path": f"{w.tmp}/history.db"}}),
            encoding="utf-8")
        with collector(w, "--config", str(conf)):
            filled = wait_for("the past", lambda: [r["filled"] for r in attached(w, "prom_queries")["prom_queries"] if r.get("filled")])
            ours = past_of(w, "prom_queries", ["main", "q", "", ""], "value")
            (theirs,) = server.ask("query_range", query="sum(moves)", start=begin - 2, end=int(time.time()), step=1)["result"]
            past = [p for p in ours if p[0] % 1000 == ours[0][0] % 1000]  # of the range; what was asked since has other times
            (theirs,) = server.ask("query_range", query="sum(moves)", start=f"{past[0][0] / 1000:.3f}",
                                   end=f"{past[-1][0] / 1000:.3f}", step=1)["result"]
        assert filled and len({v for _, v in past}) >= 3, (filled, ours)
        points = {round(at * 1000): float(v) for at, v in theirs["values"]}
        assert set(dict(past)) <= set(points), (past, points)
        value = None
        for at, v in sorted(points.items()):  # a value goes on until the next point
            value = dict(past).get(at, value)
            assert value == v, (at, past, points)


@cli
def prometheus_has_the_same_quantiles_of_native_histograms(w):
    """An exporter gives them in the only format that carries them, of protocol buffers; icetop reads them by the server's API."""
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
    from record_prometheus import exposition  # pylint: disable=import-outside-toplevel

    kind = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
    conf = w.home / "icetop.yaml"
    with frozen({"/n": (exposition(1), kind)}) as e, Prometheus([job("n", e.place, "/n")],
                                                               options=["--enable-feature=native-histograms"]) as server:
        wait_for("they are there", lambda: server.ask("query", query="wait_seconds")["result"])
        conf.write_text(json.dumps({"prometheus_servers": {"main": {"url": server.place, "queries": [
            {"name": "n", "promql": "wait_seconds"}, {"name": "odd", "promql": "odd_numbers"}]}}}), encoding="utf-8")
        got = w.run("--config", str(conf), "snapshot", "prom_queries", "--format", "json")
        expect(got, 0)
        rows = tables(got)["prom_queries"]

        def without_job(labels):
            return re.sub(r'(^|,)(instance|job)="[^"]*"', "", labels).lstrip(",")

        for column in ("p50", "p95", "p99"):
            ours = {without_job(r["labels"]): number(r[column]) for r in rows if r["query"] == "n"}
            theirs = server.vector(f"histogram_quantile({QUANTILES[column]}, wait_seconds)")
            # within a bucket servers before 3.0 go by its width, those since then and icetop by its logarithm
            for path, width in (("/a", 1 / 8), ("/b", 1)):
                a, b = ours[f'path="{path}"'], theirs["", f'path="{path}"']
                assert a == b or abs(math.log2(a / b)) < width, (column, path, a, b)
        equal("count", {without_job(r["labels"]): number(r["count"]) for r in rows if r["query"] == "n"},
              {labels: v for (_, labels), v in server.vector("histogram_count(wait_seconds)").items()})
        equal("odd", {("odd_numbers", without_job(r["labels"])): number(r["value"]) for r in rows if r["query"] == "odd"},
              server.vector("odd_numbers"))
