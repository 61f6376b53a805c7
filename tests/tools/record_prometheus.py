"""Records answers of a real Prometheus to its HTTP API, for tests/data/prom/api: record_prometheus.py DIRECTORY.

Asks for `prometheus` in the path (Debian's package). An exporter of its own gives it native histograms, NaN and infinities, a dead
target, rules that fire, wait and fail. Ports and the directory it ran in are removed from what is written."""

import contextlib
import http.server
import json
import math
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

# ---- the exporter: metrics in Prometheus' protobuf format, the only one that carries native histograms ----


def varint(n):
    n &= (1 << 64) - 1
    out = b""
    while n >= 0x80:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def zigzag(n):
    return varint((n << 1) ^ (n >> 63))


def number(field, encoded):
    return varint(field << 3) + encoded


def double(field, value):
    return varint(field << 3 | 1) + struct.pack("<d", value)


def piece(field, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(field << 3 | 2) + varint(len(data)) + data


def spans(field, buckets):
    """Spans of {index: count}, one for each bucket, and the counts as differences."""
    out, deltas, after, before = b"", b"", 0, 0
    for i, (index, count) in enumerate(sorted(buckets.items())):
        out += piece(field, number(1, zigzag(index - after)) + number(2, varint(1)))
        deltas += number(field + 1, zigzag(count - before))
        after, before = index + 1, count
    return out + deltas


def native(schema, positive, negative=(), zero=0, total=0.0):
    negative = dict(negative)
    count = sum(positive.values()) + sum(negative.values()) + zero
    return (number(1, varint(count)) + double(2, total) + number(5, zigzag(schema)) + double(6, 0.001)
            + number(7, varint(zero)) + spans(9, negative) + spans(12, positive))


def family(name, kind, metrics):
    body = piece(1, name) + piece(2, "Of the recording.") + number(3, varint(kind))
    for labels, what in metrics:
        body += piece(4, b"".join(piece(1, piece(1, k) + piece(2, v)) for k, v in labels.items()) + what)
    return varint(len(body)) + body


def gauge(value):
    return piece(2, double(1, value))


def exposition(turn):
    plain = native(3, {-20: 2, -19: 5, -10: 31 + turn, 0: 12, 5: 1}, total=37.25 + turn)
    both = native(0, {-2: 3, 1: 4, 4: 1}, negative={0: 2, 3: 5}, zero=6, total=-11.5)
    return (family("odd_numbers", 1, [
        ({"which": "nan"}, gauge(math.nan)), ({"which": "plus"}, gauge(math.inf)), ({"which": "minus"}, gauge(-math.inf)),
        ({"which": "tiny"}, gauge(5e-324)), ({"which": "quoted \"a\\b\"\nc é"}, gauge(-0.1))])
        + family("wait_seconds", 4, [({"path": "/a"}, piece(7, plain)), ({"path": "/b"}, piece(7, both))]))


class Exporter(http.server.BaseHTTPRequestHandler):
    turn = 0

    def do_GET(self):
        Exporter.turn += 1
        body = exposition(Exporter.turn)
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily;"
                         " encoding=delimited")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


# ---- the server ----

CONFIGURATION = """
global: {{scrape_interval: 1s, scrape_timeout: 500ms, evaluation_interval: 1s}}
rule_files: [rules.yml]
remote_read: [{{url: "http://127.0.0.1:{nobody}/read", required_matchers: {{remote: "yes"}}}}]
scrape_configs:
- job_name: prometheus
  static_configs: [{{targets: ["127.0.0.1:{server}"]}}]
- job_name: natives
  static_configs: [{{targets: ["127.0.0.1:{exporter}"], labels: {{team: "ml, \\"core\\""}}}}]
- job_name: dead
  scrape_interval: 90s
  scrape_timeout: 2s
  static_configs: [{{targets: ["127.0.0.1:{nobody}"]}}]
- job_name: nothing
  static_configs: [{{targets: ["127.0.0.1:1"]}}]
  relabel_configs: [{{action: drop, regex: ".*", source_labels: [job]}}]
"""

RULES = r"""
groups:
- name: basics
  rules:
  - record: job:up:sum
    expr: sum by (job) (up)
    labels: {kind: recorded}
  - alert: AlwaysFiring
    expr: up{job="natives"} == 1
    labels: {severity: critical}
    annotations: {summary: "it is \"up\"", description: "instance {{ $labels.team }} has {{ $value }}", runbook: none}
  - alert: Waiting
    expr: up{job="natives"} == 1
    for: 1h30m
    labels: {severity: warning}
  - alert: Quiet
    expr: up{job="natives"} == 7
    for: 5m
- name: broken
  interval: 2s
  rules:
  - record: twice
    expr: label_replace(odd_numbers, "which", "same", "which", ".*")
  - alert: NeverTold
    expr: up * on() odd_numbers
"""

QUERIES = {
    "vector": "count by (job) (up) or job:up:sum",
    "vector_odd": "odd_numbers",
    "vector_empty": "absent_at_all",
    "scalar": "scalar(vector(0.25)) * 3",
    "scalar_nan": "0 / 0",
    "string": "\"a \\\"word\\\"\\nand é\"",
    "matrix": "odd_numbers{which=~\"nan|plus|tiny\"}[3s]",
    "histogram": "wait_seconds",
    "histogram_matrix": "wait_seconds{path=\"/b\"}[3s]",
    "warnings": "up{remote=\"yes\"} or vector(1)",
    "error_parse": "up{",
    "error_execution": "up * on() odd_numbers",
}
RANGES = {
    "range": "sum by (job) (up)",
    "range_histogram": "wait_seconds{path=\"/a\"}",
}
QUANTILES = (-1, 0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1, 2)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read()
    except urllib.error.HTTPError as e:
        return e.read()


def until(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, ValueError, KeyError):
            if condition():
                return
        time.sleep(0.2)
    raise SystemExit(f"not in time: {what}")


@contextlib.contextmanager
def prometheus(directory, ports):
    (directory / "prometheus.yml").write_text(CONFIGURATION.format(**ports))
    (directory / "rules.yml").write_text(RULES)
    with (directory / "log").open("wb") as log:
        server = subprocess.Popen(["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                                   f"--web.listen-address=127.0.0.1:{ports['server']}",
                                   f"--web.external-url=http://127.0.0.1:{ports['server']}/",
                                   "--enable-feature=native-histograms"], cwd=directory, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{ports['server']}/api/v1/"
    finally:
        server.terminate()
        server.wait()


def ask(base, path, **parameters):
    return get(base + path + "?" + urllib.parse.urlencode(parameters))


def healths(base):
    groups = json.loads(get(base + "rules"))["data"]["groups"]
    return {r["name"]: (r["health"], r.get("state")) for g in groups for r in g["rules"]}


def record(base):
    until("rules evaluated", lambda: {h[0] for h in healths(base).values()} == {"ok", "err"}
          and healths(base)["AlwaysFiring"][1] == "firing" and healths(base)["Waiting"][1] == "pending"
          and [healths(base)[r][0] for r in ("twice", "NeverTold")] == ["err", "err"])
    until("the dead target", lambda: b"connection refused" in get(base + "targets"), 120)
    now = time.time()
    answers = {name: ask(base, "query", query=query, time=now) for name, query in QUERIES.items()}
    for name, query in RANGES.items():
        answers[name] = ask(base, "query_range", query=query, start=now - 4, end=now, step="1s")
    for name in ("alerts", "rules", "targets"):
        answers[name] = get(base + name)
    quantiles = {}
    for q in QUANTILES:
        for one in json.loads(ask(base, "query", query=f"histogram_quantile({q}, wait_seconds)", time=now))["data"]["result"]:
            quantiles.setdefault(one["metric"]["path"], []).append((q, one["value"][1]))
    lines = [f"{path} {q} {value}" for path, of in sorted(quantiles.items()) for q, value in of]
    answers["quantiles"] = "\n".join(lines).encode()
    return answers


def main(out):
    out = pathlib.Path(out)
    exporter = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exporter)
    threading.Thread(target=exporter.serve_forever, daemon=True).start()
    ports = {"server": free_port(), "exporter": exporter.server_address[1], "nobody": free_port()}
    with tempfile.TemporaryDirectory() as directory:
        with prometheus(pathlib.Path(directory), ports) as base:
            answers = record(base)
    hidden = {directory: "/etc/prometheus", **{f":{port}": f":{9090 + i}" for i, port in enumerate(ports.values())},
              socket.gethostname(): "host"}
    for name, body in answers.items():
        text = body.decode()
        for real, shown in hidden.items():
            text = text.replace(real, shown)
        (out / (name + (".txt" if name == "quantiles" else ".json"))).write_text(text.rstrip("\n") + "\n")
    exporter.shutdown()


if __name__ == "__main__":
    main(sys.argv[1])
