"""Exporters that are slow, endless, broken, huge, gone or changed: each is told as such, and hurts nobody but itself."""

import contextlib
import gzip
import http.server
import json
import math
import os
import re
import socket
import threading
import time
import zlib

from world import DEADLINE, cli, expect, wait_for

MANY = 100000
DEADLINE_MS = 2000


def bomb():
    """A hundred megabytes in a hundred kilobytes."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(squeeze.compress(b"# " + bytes(65534)) for _ in range(1600)) + squeeze.flush()


BOMB = bomb()


class Evil(http.server.ThreadingHTTPServer):
    """Each path misbehaves in a way of its own; n counts its scrapes from 1."""

    daemon_threads = True
    request_queue_size = 100

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.counts, self.lock, self.over = {}, threading.Lock(), threading.Event()
        self.place = f"127.0.0.1:{self.server_address[1]}"
        self.well = threading.Event()  # those that were well first are ill from here on
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.over.set()
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server, way = self.server, self.path[1:]
        with server.lock:
            n = server.counts[way] = server.counts.get(way, 0) + 1
        with contextlib.suppress(OSError):
            getattr(self, way)(n)

    def head(self, *headers, status="200 OK", kind="text/plain; version=0.0.4"):
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", "Connection: close", *headers, "", ""]
        self.close_connection = True
        self.wfile.write("\r\n".join(lines).encode())

    def whole(self, text, **how):
        data = text.encode()
        self.head(f"Content-Length: {len(data)}", **how)
        self.wfile.write(data)

    def on_and_on(self, data, pause=0.0):
        while not self.server.over.wait(pause):
            self.wfile.write(data)

    def good(self, n):
        self.whole(f"# TYPE hits counter\nhits {n * 10}\n")

    def slow(self, n):
        self.head()
        self.wfile.write(b"a 1\n")
        self.on_and_on(b"#", 0.1)

    def silent(self, n):
        self.server.over.wait()

    def endless(self, n):
        self.head()
        self.on_and_on(b"# and on and on\n" * 4096)

    def huge(self, n):
        self.head("Content-Length: 300000000")
        self.on_and_on(b"b 1\n" * 4096)

    def bomb(self, n):
        self.head("Content-Encoding: gzip", f"Content-Length: {len(BOMB)}")
        self.wfile.write(BOMB)

    def cut(self, n):
        if not self.server.well.is_set():
            self.whole("kept 5\n")
            return
        self.head("Content-Length: 1000")
        self.wfile.write(b"kept 6\n")

    def chunks(self, n):
        self.head("Transfer-Encoding: chunked")
        self.wfile.write(b"4\r\na 1\n\r\nzz\r\n")

    def squeezed(self, n):
        data = gzip.compress(b"a 1\n" * 1000)
        self.head("Content-Encoding: gzip", f"Content-Length: {len(data)}")
        self.wfile.write(data[: len(data) // 2])

    def clipped(self, n):
        self.short(gzip.compress(b"a 1\n" * 1000)[:-12])

    def trailerless(self, n):
        self.short(gzip.compress(b"a 1\n" * 1000)[:-8])

    def short(self, data):
        """Of gzip that is not whole, a length that is right."""
        self.head("Content-Encoding: gzip", f"Content-Length: {len(data)}")
        self.wfile.write(data)

    def junk(self, n):
        self.whole("this is none\nnor is this\n")

    def wordy(self, n):
        self.whole("a 1\nb{" + ",".join(f'l{i}="{i}"' for i in range(300)) + "} 1\n")

    def html(self, n):
        self.whole("<html>no</html>", status="500 Internal Server Error", kind="text/html")

    def wrong(self, n):
        self.whole("<html>", kind="text/html; charset=utf-8")

    def numbers(self, n):
        self.whole("n NaN\np +Inf\nm -Inf\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} NaN\nh_sum NaN\nh_count NaN\n")

    def renamed(self, n):
        name = "new" if self.server.well.is_set() else "old"
        self.whole("".join(f'{name}{{i="{i}"}} {n}\n' for i in range(50)))

    def restarted(self, n):
        self.whole(f"# TYPE begun_total counter\nbegun_total {n % 5 * 100}\n")

    def many(self, n):
        self.whole("# TYPE one counter\n" + "".join(f'one{{series="{i}",pod="checkout-{i % 977}"}} {i + n}\n' for i in range(MANY)))

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def full():
    """Where a connection is neither taken nor refused: nobody accepts, and the queue has no room."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(server.getsockname())
        yield "127.0.0.1:%d" % server.getsockname()[1]


ILL = {
    "slow": ["bytes and no end of them within", str(DEADLINE_MS)],
    "silent": ["no answer within", str(DEADLINE_MS)],
    "endless": ["larger than 8000000 bytes, the limit: 8", "and no end of them"],
    "huge": ["larger than 8000000 bytes, the limit: it has 300000000"],
    "bomb": ["larger than 8000000 bytes, the limit: it has", "of gzip"],
    "chunks": ["/chunks: "],
    "squeezed": ["/squeezed: "],
    "clipped": ["/clipped: the body is cut off: its gzip has no end within"],
    "trailerless": ["/trailerless: the body is cut off: its gzip has no end within"],
    "junk": ["/junk: no line of it is a sample, and 2 are bad, the first: line 1"],
    "wordy": ["/wordy: line 2: more labels than 256"],
    "html": ["500 Internal Server Error"],
    "wrong": ["text/html; charset=utf-8 is no format of metrics"],
}
WELL = ["good", "cut", "numbers", "renamed", "restarted", "many"]


def configure(w, evil, hanging):
    jobs = [f"  {way}: {{urls: 'http://{evil.place}/{way}', interval: 200ms, deadline: {DEADLINE_MS}ms, max_body: 8MB}}\n"
            for way in (*ILL, *WELL) if way != "many"]
    jobs.append(f"  many: {{urls: 'http://{evil.place}/many', interval: 1h, deadline: 2m}}\n")
    jobs.append(f"  hanging: {{urls: '{hanging}', interval: 200ms, deadline: {DEADLINE_MS}ms}}\n")
    conf = w.home / "icetop.yaml"
    conf.write_text("prometheus:\n" + "".join(jobs) + "history: {enabled: false}\n", encoding="utf-8")
    return conf


class Reader:
    def __init__(self, w):
        self.w = w

    def rows(self, table, where):
        got = self.w.run(f"--attach={self.w.tmp}/s", "snapshot", table, "--where", where, "--format", "json")
        return json.loads(got[1])["tables"][table]["rows"] if got[0] in (0, 3) else []

    def target(self, job):
        rows = self.rows("targets", f'job = "{job}"')
        return rows[0] if rows else {}

    def metrics(self, job):
        return self.rows("metrics", f'job = "{job}"')


def no_harm_is_done(r, p):
    """Those that are well go on, and nothing of what came was kept."""
    before = r.target("good")["last_scrape"]
    wait_for("the good one is scraped again", lambda: r.target("good")["last_scrape"] > before)
    assert r.target("good")["state"] == "up"
    with open(f"/proc/{p.pid}/status", encoding="ascii") as f:
        most = int(re.search(r"VmHWM:\s+(\d+)", f.read())[1]) // 1024
    if "ASAN_OPTIONS" not in os.environ:  # which has memory of its own
        assert most < 200, f"{most} MB"


@cli
def evil_exporters_hurt_only_themselves(w):
    r = Reader(w)
    with contextlib.closing(Evil()) as evil, full() as hanging:
        conf = configure(w, evil, hanging)
        p = w.start("--config", str(conf), "--socket", str(w.tmp / "s"), "collect")
        try:
            assert "listening" in p.stdout.readline()
            for job, words in {**ILL, "hanging": ["no answer within"]}.items():
                wait_for(f"{job} is down, and {words}", lambda: (t := r.target(job)).get("state") == "down" and
                         all(word in t["error"] for word in words))
                assert r.metrics(job) == [], job
            wait_for("100,000 series", lambda: r.target("many").get("state") == "up", 5 * DEADLINE)
            assert r.target("many")["kept"] == MANY
            got = r.rows("metrics", f'job = "many" and value = {MANY}')  # the first scrape's: n is 1
            assert [row["labels"] for row in got] == [f'pod="checkout-{(MANY - 1) % 977}",series="{MANY - 1}"'], got
            what_numbers_say(r)
            what_changes(r, evil)
            no_harm_is_done(r, p)
        finally:
            p.terminate()
            _, said = p.communicate()
        assert p.returncode == 0, said


def what_numbers_say(r):
    values = {row["metric"]: row["value"] for row in wait_for("odd numbers", lambda: r.metrics("numbers"))}
    assert {k: str(v).lower().strip("+") for k, v in values.items()} in (
        {"n": "nan", "p": "inf", "m": "-inf"}, {"n": "nan", "p": "infinity", "m": "-infinity"}), values
    (row,) = r.rows("histograms", 'job = "numbers"')
    assert row.get("p99") is None and row.get("rate") in (None, "NaN") or math.isnan(float(row["rate"])), row


def what_changes(r, evil):
    """A counter that begins anew, a redeploy with other names, an endpoint that breaks off: its last rows stay."""
    seen, until = [], time.monotonic() + 20
    while time.monotonic() < until and len({row["value"] for row in seen}) < 4:
        seen += r.metrics("restarted")
    rates = [row["rate"] for row in seen if row["rate"] is not None]
    assert rates and min(rates) >= 0, seen
    wait_for("what it was called", lambda: {row["metric"] for row in r.metrics("renamed")} == {"old"})
    wait_for("a value", lambda: [row["value"] for row in r.metrics("cut")] == [5])
    evil.well.set()
    wait_for("its new names", lambda: {row["metric"] for row in r.metrics("renamed")} == {"new"})
    assert len(r.metrics("renamed")) == 50
    target = wait_for("it is cut off", lambda: (t := r.target("cut")).get("state") == "down" and t)
    assert "/cut: " in target["error"] and "1000" not in target.get("instance", ""), target
    assert [row["value"] for row in r.metrics("cut")] == [5]
    (source,) = r.rows("sources", f'source = "prom:cut/{evil.place}/cut"')
    assert source["state"] == "failed", source


@cli
def an_endpoint_that_breaks_off_fails_the_check(w):
    with contextlib.closing(Evil()) as evil:
        evil.well.set()
        expect(w.run("--scrape", f"http://{evil.place}/cut", "check"), 3, "/cut: ")
        expect(w.run("--scrape", f"http://{evil.place}/html", "check"), 3, "500 Internal Server Error")
