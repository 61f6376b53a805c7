"""Targets that are found out: files and URLs that name them, what is shown to whom, and what is kept of them."""

import base64
import contextlib
import http.server
import json
import os
import signal
import ssl
import subprocess
import threading

from metrics import Exporter, tables
from world import cli, expect, wait_for

METRICS = "text/plain; version=0.0.4"


class Pages(http.server.ThreadingHTTPServer):
    """What each path answers: (status, headers, body), or a function of the request that gives it."""

    daemon_threads = True

    def __init__(self, pages, tls=None):
        super().__init__(("127.0.0.1", 0), PageHandler)
        self.pages, self.requests = pages, []
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.place = f"127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        pass  # a client that breaks off is what some tests want


class PageHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append((self.path, dict(self.headers)))
        page = self.server.pages.get(self.path, (404, {}, ""))
        status, headers, body = page(self) if callable(page) else page
        data = body.encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


def serving(pages, tls=None):
    return contextlib.closing(Pages(pages, tls))


def exporter():
    return contextlib.closing(Exporter())


def replace(path, text):
    """As those who write such files do it: at once."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


@contextlib.contextmanager
def collector(w, conf):
    p = w.start("--config", str(conf), "--socket", str(w.tmp / "s"), "collect")
    try:
        assert "listening" in p.stdout.readline()
        yield p
    finally:
        p.terminate()
        p.communicate()


def read(w, table):
    got = w.run(f"--attach={w.tmp}/s", "snapshot", table, "--format", "json")
    return tables(got)[table] if got[0] in (0, 3) else []


def up(w):
    return {(r["job"], r["instance"], r.get("labels") or "") for r in read(w, "targets") if r["state"] == "up"}


def source(w, name):
    return next((r for r in read(w, "sources") if r["source"] == name), {})


def complaint(w):
    return source(w, "promsd:j").get("error") or ""


@cli
def files_that_name_targets_change_under_a_collector(w):
    conf, targets = w.home / "icetop.yaml", w.home / "targets"
    targets.mkdir()
    conf.write_text("prometheus: {j: {files: ['targets/*.json', targets/b.yml], labels: {dc: north}, refresh: 1s, interval: 300ms}}\n"
                    "history: {enabled: false}\n", encoding="utf-8")
    with exporter() as one, exporter() as two:
        replace(targets / "a.json", json.dumps([{"targets": [one.place], "labels": {"env": "prod"}}]))
        replace(targets / "b.yml", f"- targets: ['{two.place}']\n  labels: {{instance: second, job: other}}\n")
        first, second = ("j", one.place, 'dc="north",env="prod"'), ("other", "second", 'dc="north"')
        with collector(w, conf) as p:
            wait_for("both", lambda: up(w) == {first, second})
            born = one.scrapes
            replace(targets / "b.yml", "- targets: []\n  label: {}\n")
            wait_for("what is wrong", lambda: "b.yml:2:3: [0].label: unknown key" in complaint(w))
            assert source(w, "promsd:j")["state"] == "partial", source(w, "promsd:j")
            assert up(w) == {first, second}, up(w)
            replace(targets / "b.yml", "[]\n")
            wait_for("it has gone", lambda: up(w) == {first} and not any(r["job"] == "other" for r in read(w, "metrics")))
            assert source(w, "promsd:j")["state"] == "ok", source(w, "promsd:j")
            replace(targets / "c.json", json.dumps([{"targets": [two.place]}]))
            wait_for("a new file", lambda: up(w) == {first, ("j", two.place, 'dc="north"')})
            # read again with another file named, what stays is not begun anew: a rate needs two scrapes
            conf.write_text("prometheus: {j: {files: ['targets/a.json'], labels: {dc: north}, refresh: 1s, interval: 300ms}}\n"
                            "history: {enabled: false}\n", encoding="utf-8")
            p.send_signal(signal.SIGHUP)
            wait_for("one is left", lambda: up(w) == {first})
            rounds = source(w, f"prom:j/{one.place}")["rounds"]
            assert one.scrapes > born and rounds >= one.scrapes - 1, (rounds, one.scrapes)


@cli
def urls_that_name_targets(w):
    conf = w.home / "icetop.yaml"
    with exporter() as one, exporter() as two:
        listed = {"targets": [one.place]}
        sd = {"/sd": lambda h: (200, {"Content-Type": "application/json"}, json.dumps([listed]))}
        with serving(sd) as s:
            conf.write_text(f"prometheus: {{j: {{http_sd: 'http://{s.place}/sd', refresh: 1s, interval: 300ms, bearer: planted}}}}\n"
                            "history: {enabled: false}\n", encoding="utf-8")
            conf.chmod(0o600)
            with collector(w, conf):
                wait_for("what it names", lambda: up(w) == {("j", one.place, "")})
                assert one.requests[0][1]["Authorization"] == "Bearer planted", one.requests[0]
                assert not any("Authorization" in headers for _, headers in s.requests), s.requests
                listed["targets"] = [two.place]
                wait_for("what it names now", lambda: up(w) == {("j", two.place, "")})
                s.pages["/sd"] = (200, {"Content-Type": "application/json"}, '[{"targets": 1}]')
                wait_for("what is wrong", lambda: "/sd: [0].targets: a number" in complaint(w))
                assert up(w) == {("j", two.place, "")}, up(w)
        expect(w.run("--config", str(conf), "check"), 3, "promsd:j", "Failed to connect")


@cli
def a_login_does_not_follow_a_redirect(w):
    conf = w.home / "icetop.yaml"
    with exporter() as other:
        pages = {"/metrics": (302, {"Location": f"http://{other.place}/metrics"}, "")}
        with serving(pages) as e:
            expect(w.run("--scrape", e.place, "check"), 0, f"OK prom:default/{e.place}")
            assert other.scrapes, "a redirect is followed where nobody logs in"
            before = other.scrapes
            for login in ("user: u, password: planted", "bearer: planted"):
                conf.write_text(f"prometheus: {{j: {{urls: '{e.place}', {login}}}}}\n", encoding="utf-8")
                conf.chmod(0o600)
                got = w.run("--config", str(conf), "check")
                expect(got, 3, "redirected to", "credentials do not follow")
                assert "planted" not in got[1] + got[2], got
            assert other.scrapes == before, "it came with what was not its own"


@cli
def a_query_is_asked_and_its_secrets_are_not_shown(w):
    body = (200, {"Content-Type": METRICS}, "a 1\n")
    with serving({"/federate?match%5B%5D=%7Bjob=%22x%22%7D": body, "/probe?target=a&token=planted": body}) as e:
        got = w.run("--scrape", f'http://{e.place}/federate?match[]={{job="x"}}', "--scrape", f"http://{e.place}/probe?target=a&token=planted",
                    "snapshot", "targets", "sources", "--format", "json")
        expect(got, 0)
        instances = {r["instance"] for r in tables(got)["targets"]}
        assert instances == {f'{e.place}/federate?match[]={{job="x"}}', f"{e.place}/probe?target=a&token=•••"}, instances
        assert "planted" not in got[1] + got[2], got
        got = w.run("--scrape", f"http://{e.place}/probe?target=a&token=planted", "config")
        expect(got, 0, "token=•••")
        assert "planted" not in got[1] + got[2], got


@cli
def who_is_let_in(w):
    """Basic, bearer and a certificate, as a server asks for them."""
    conf, where = w.home / "icetop.yaml", w.tmp / "tls"
    where.mkdir()

    def openssl(*args):
        subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=where)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "2")
    (where / "names").write_text("subjectAltName=IP:127.0.0.1\n", encoding="utf-8")
    for name in ("server", "client"):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", f"{name}.pem",
                "-days", "2", "-extfile", "names")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(where / "server.pem", where / "server.key")
    tls.load_verify_locations(where / "ca.pem")
    tls.verify_mode = ssl.CERT_REQUIRED

    def guarded(wanted):
        def page(h):
            ok = h.headers.get("Authorization") == wanted
            return (200, {"Content-Type": METRICS}, "a 1\n") if ok else (401, {"WWW-Authenticate": "Basic"}, "")
        return page

    def check(status, options, *words):
        conf.write_text(f"prometheus: {{j: {{{options}}}}}\n", encoding="utf-8")
        conf.chmod(0o600)
        expect(w.run("--config", str(conf), "check"), status, *words)

    basic = "Basic " + base64.b64encode(b"u:planted").decode()
    with serving({"/basic": guarded(basic), "/bearer": guarded("Bearer planted")}) as s:
        check(0, f"urls: 'http://{s.place}/basic', user: u, password: planted", "OK prom:j/")
        check(3, f"urls: 'http://{s.place}/basic', user: u, password: other", "401 Unauthorized")
        check(0, f"urls: 'http://{s.place}/bearer', bearer: planted", "OK prom:j/")
        check(3, f"urls: 'http://{s.place}/bearer'", "401 Unauthorized")
    with serving({"/metrics": (200, {"Content-Type": METRICS}, "a 1\n")}, tls) as s:
        ours = f"certificate: {where}/client.pem, key: {where}/client.key"
        replace(w.home / "t.json", json.dumps([{"targets": [s.place], "labels": {"__scheme__": "https"}}]))
        check(0, f"files: t.json, ca: {where}/ca.pem, {ours}", f"OK prom:j/{s.place}")
        check(2, f"files: t.json, ca: {where}/ca.pem", f"CRITICAL prom:j/{s.place}")
        check(2, f"files: t.json, {ours}", "certificate")


@cli
def keep_chooses_by_labels(w):
    body = ('a{x="1",y="b"} 1\na{x="2"} 2\nb{x="1"} 3\nb 4\nc{x="1"} 5\n# TYPE h histogram\nh_bucket{x="1",le="+Inf"} 1\nh_count{x="1"} 1\n'
            'h_sum{x="1"} 1\nh_bucket{x="2",le="+Inf"} 1\nh_count{x="2"} 1\nh_sum{x="2"} 1\n')
    conf = w.home / "icetop.yaml"
    with serving({"/metrics": (200, {"Content-Type": METRICS}, body)}) as s:
        def kept(keep):
            conf.write_text(f"prometheus: {{j: {{urls: '{s.place}', keep: {json.dumps(keep)}}}}}\n", encoding="utf-8")
            got = w.run("--config", str(conf), "snapshot", "metrics", "histograms", "--format", "json")
            expect(got, 0)
            seen = tables(got)
            return {(r["metric"], r["labels"]) for r in seen["metrics"] + seen["histograms"]}

        assert kept(['a{x="1"}', "b"]) == {("a", 'x="1",y="b"'), ("b", 'x="1"'), ("b", "")}, kept(['a{x="1"}', "b"])
        assert kept(['!{x=~"1.*"}']) == {("a", 'x="2"'), ("b", ""), ("h", 'x="2"')}, kept(['!{x=~"1.*"}'])
        assert kept(['h{x="1"}', "c", "!c{}"]) == {("h", 'x="1"')}, kept(['h{x="1"}', "c", "!c{}"])
        conf.write_text(f"prometheus:\n  j:\n    urls: '{s.place}'\n    keep: ['up', 'a{{x=1}}']\n", encoding="utf-8")
        expect(w.run("--config", str(conf), "check"), 3, "icetop.yaml:4:23: prometheus.j.keep: ")
