"""The plugins in Python that come with icetop: against recorded answers, over HTTP, and what they say of what is wrong."""

import base64
import contextlib
import http.server
import json
import pathlib
import re
import subprocess
import threading

from world import cli, expect, wait_for

PLUGINS = pathlib.Path(__file__).resolve().parent.parent.parent / "plugins"


class Service(http.server.ThreadingHTTPServer):
    """Answers as recorded.json of a plugin has them, to those who have the right login."""

    daemon_threads = True

    def __init__(self, name, authorization=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.directory, self.authorization = PLUGINS / name, authorization
        recorded = json.loads((self.directory / "recorded.json").read_text(encoding="utf-8"))
        self.answers, self.options, self.asked = recorded["answers"], recorded["options"], []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def body(self, path):
        """Status, body; or what else the answer holds."""
        a = self.answers.get(path)
        if a is None:
            return 404, b'{"message": "not recorded"}'
        if "json" in a:
            return a.get("status", 200), json.dumps(a["json"]).encode()
        return a.get("status", 200), (self.directory / a["file"]).read_bytes() if "file" in a else a.get("body", "").encode()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        s = self.server
        s.asked.append(self.path)
        status, body = s.body(self.path)
        if s.authorization and self.headers.get("Authorization") != s.authorization:
            status, body = 401, b'{"message": "who are you?"}'
        self.send_response(status)
        if status == 302:
            self.send_header("Location", body.decode())
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def service(name, **how):
    s = Service(name, **how)
    try:
        yield s
    finally:
        s.shutdown()
        s.server_close()


def configured(w, text):
    (w.home / "icetop.yaml").write_text("plugins:\n" + text, encoding="utf-8")
    w.env["ICETOP_PLUGIN_TRUST"] = str(PLUGINS)
    w.env["ICETOP_PLUGIN_PATH"] = str(PLUGINS)
    return "--config", str(w.home / "icetop.yaml")


def entry(s, stays=True, **options):
    """A plugin's part of the configuration; JSON is YAML."""
    name = s.directory.name
    options = {**s.options, "url": s.url, **options}
    return f"  {name}: {json.dumps({'plugin': name, 'stays': stays, 'options': options})}\n"


def snapshot(w, conf, *tables, status=0):
    got = w.run(*conf, "snapshot", *tables, "--format", "json")
    expect(got, status)
    return {name: table["rows"] for name, table in json.loads(got[1])["tables"].items()}


def fails(w, conf, name):
    """How its round went, and why; where it is all that there is, a snapshot says it in place of its rows."""
    got = w.run(*conf, "snapshot", "sources", "--format", "json")
    assert got[0] in (1, 3), got
    state, error = re.search(rf"plugin:{name}: (failed|partial): (.*)", got[2]).groups()
    return state, error


@cli
def each_python_plugin_holds_to_the_contract(w):
    names = sorted(p.parent.name for p in PLUGINS.glob("*/recorded.json") if (p.parent / p.parent.name).exists())
    assert "alertmanager" in names, names
    for name in names:
        expect(w.run("plugins", "test", str(PLUGINS / name / name)), 0, "well")
        assert (PLUGINS / name / "README.md").read_text(encoding="utf-8").startswith(f"# {name}\n"), name


@cli
def alertmanager_shows_alerts_and_silences(w):
    with service("alertmanager", authorization="Bearer hush") as s:
        text = entry(s, token={"env": "TOKEN"})
        conf = configured(w, text)
        w.env["TOKEN"] = "hush"
        try:
            seen = snapshot(w, conf, "alertmanager_alerts", "alertmanager_silences", "alertmanager_servers", "findings")
            once = snapshot(w, configured(w, entry(s, stays=False, token={"env": "TOKEN"})), "alertmanager_alerts")
            check = w.run(*conf, "check")
        finally:
            del w.env["TOKEN"]
    alerts = {r["alert"]: r for r in seen["alertmanager_alerts"]}
    assert {n: r["state"] for n, r in alerts.items()} == {
        "DiskFull": "suppressed", "LagGrows": "active", "LagHigh": "suppressed", "Watchdog": "active"}, alerts
    lag = alerts["LagGrows"]
    assert (lag["severity"], lag["summary"], lag["labels"], lag["receivers"], lag["instance"]) == (
        "critical", "Lag of group pay grows", "cluster=east team=pay", "pay", "alertmanager"), lag
    assert lag["since"] in (1795334875000, "2026-11-22T08:07:55Z", "2026-11-22T08:07:55.000Z"), lag
    assert alerts["LagHigh"]["inhibited_by"] == lag["fingerprint"] and alerts["Watchdog"]["summary"] is None, alerts
    silences = {r["by"]: r for r in seen["alertmanager_silences"]}
    assert alerts["DiskFull"]["silenced_by"] == silences["ada"]["id"], alerts
    assert [silences[n][c] for n in ("ada", "bob") for c in ("state", "alerts", "matchers", "comment")] == [
        "active", 1, 'alertname=~"Disk.*" env!="prod"', "disks are being exchanged", "pending", 0, 'team="pay"', "release"], silences
    (server,) = seen["alertmanager_servers"]
    assert (server["version"], server["cluster"], server["active"], server["suppressed"], server["silences"]) == ("0.25.0", "disabled", 2, 2, 1), server
    (found,) = seen["findings"]
    assert (found["id"], found["severity"], found["text"]) == (
        "AM-01", "critical", "LagGrows (critical) is firing: Lag of group pay grows"), found
    assert once["alertmanager_alerts"] == seen["alertmanager_alerts"], once
    expect(check, 2, "AM-01", "LagGrows")


@cli
def alerts_that_resolve_go_and_a_missing_watchdog_is_a_finding(w):
    with service("alertmanager") as s:
        conf = configured(w, entry(s).replace('"stays": true', '"stays": true, "interval": "200ms"'))
        p = w.start(*conf, "collect", "--socket", str(w.tmp / "s"))

        def state(table):
            got = w.run(f"--attach={w.tmp}/s", "snapshot", table, "--format", "json")
            return json.loads(got[1])["tables"][table]["rows"] if got[0] in (0, 3) and got[1] else []
        try:
            wait_for("the alerts are there", lambda: len(state("alertmanager_alerts")) == 4, 60)
            s.answers = {**s.answers, "/api/v2/alerts": {"json": []}, "/api/v2/alerts?filter=alertname%3D%22Watchdog%22": {"json": []}}
            wait_for("they have gone", lambda: not state("alertmanager_alerts"), 60)
            wait_for("and one finding is left", lambda: [f["id"] for f in state("findings")] == ["AM-03"], 60)
        finally:
            p.terminate()
            p.communicate(timeout=60)


@cli
def python_plugins_say_what_is_wrong(w):
    alerts = "/api/v2/alerts"
    with service("alertmanager") as s:
        def said(answer=None, **options):
            s.answers = {**s.answers, alerts: answer} if answer else s.answers
            return fails(w, configured(w, entry(s, **options)), "alertmanager")
        for answer, words in [
            ({"status": 503, "body": "<html>no</html>"}, f"{s.url}{alerts}: HTTP 503 Service Unavailable"),
            ({"status": 500, "body": '{"message": "it broke"}'}, "HTTP 500 Internal Server Error: it broke"),
            ({"status": 302, "body": "http://elsewhere/"}, "a redirection to http://elsewhere/, which is not followed"),
            ({"body": "<html>"}, "not JSON"),
            ({"body": "[" * 100000}, "not JSON"),
        ]:
            state, error = said(answer)
            assert state == "failed" and words in error, (words, state, error)
        for options, words in [
            ({"nonsense": "x"}, "no option nonsense; there are ca, certificate"),
            ({"url": "ftp://x"}, "not http://HOST:PORT"),
            ({"url": "http://a:b@x"}, "user and password have options of their own"),
            ({"url": "http://127.0.0.1:1"}, "Connection refused"),
            ({"url": "https://x", "ca": "/nowhere.pem"}, "option ca: /nowhere.pem"),
        ]:
            state, error = said(None, **options)
            assert state == "failed" and words in error, (words, state, error)
        odd = [None, 7, {}, {"labels": 3, "status": [], "receivers": [4], "fingerprint": "f"}, {"fingerprint": "\ud800\0", "labels": {"alertname": ["x"]}}]
        state, error = said({"body": json.dumps(odd)})
        assert (state, "table alertmanager_alerts: 1 without what they are known by" in error) == ("partial", True), (state, error)
    with service("alertmanager", authorization="Basic " + base64.b64encode(b"ada:x").decode()) as s:
        state, error = fails(w, configured(w, entry(s)), "alertmanager")
        assert state == "failed" and "HTTP 401 Unauthorized: who are you?" in error, (state, error)
        assert len(snapshot(w, configured(w, entry(s, user="ada", password={"file": str(secret(w))})), "alertmanager_alerts")["alertmanager_alerts"]) == 4


def secret(w):
    path = w.home / "secret"
    path.write_text("x", encoding="utf-8")
    path.chmod(0o600)
    return path


@cli
def a_service_that_is_slow_costs_a_python_plugin_its_round_and_not_its_life(w):
    """Run by hand, so that it is the program's own sense of time."""
    with service("alertmanager") as s:
        slow, gate = s.body, threading.Event()
        s.body = lambda path: (gate.wait(60), slow(path))[1]
        p = subprocess.Popen([PLUGINS / "alertmanager/alertmanager"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=w.env, text=True)

        def round_of(options):
            """The last word of a round."""
            p.stdin.write(options + '{"t":"refresh"}\n')
            p.stdin.flush()
            return next(m for m in map(json.loads, p.stdout) if m["t"] == "done")
        try:
            options = [{"name": "url", "value": s.url}]
            done = round_of(json.dumps({"t": "configure", "instance": "x", "deadline_ms": 1000, "options": options}) + "\n")
            assert done["outcome"] == "failed" and re.search("no answer in time|time was over", done["text"]), done
            gate.set()
            wait_for("it goes on", lambda: round_of("")["outcome"] == "ok", 60)
        finally:
            gate.set()
            p.stdin.close()
            p.wait(60)
            p.stdout.close()
    assert p.returncode == 0, p.returncode
