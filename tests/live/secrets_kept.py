"""Live test that what is secret reaches no output: streams, logs, snapshots, history, the configuration, cores."""

import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import threading

from console import Console
from kafka import wait_for
from network import Socks, TokenEndpoint
from reach import CLIENT, CLIENT_SECRET, KEY_PASSWORD, NAME, PROXY, SCRAM, SCRAM_PASSWORD, Internal, fill, oauth, set_secrets
from suite import check, live


class Collector:
    """A collector without a console, all of whose stream is kept."""

    def __init__(self, icetop, log, *args):
        ours, theirs = socket.socketpair()
        self.socket, self.heard, self.tables, self.asked = ours, bytearray(), set(), set()
        self.process = subprocess.Popen([str(icetop), "collect", "--stdio-fd", str(theirs.fileno()), "--log", str(log),
                                         "--log-level", "debug"], pass_fds=[theirs.fileno()], cwd=log.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        theirs.close()
        self.send(t="configure", argv=["icetop", *map(str, args)])
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def send(self, **message):
        self.socket.sendall(json.dumps(message).encode() + b"\n")

    def read(self):
        while data := self.socket.recv(65536):
            self.heard += data
            for table in set(re.findall(rb'"t":"table","table":"(\w+)"', bytes(self.heard))) - self.asked:
                self.asked.add(table)
                self.send(t="subscribe", id=len(self.asked), table=table.decode())

    def close(self):
        self.socket.close()
        self.process.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.close()


def clean(what, data, secrets):
    data = data if isinstance(data, bytes) else data.encode()
    for secret in secrets:
        assert secret.encode() not in data, f"{what} has {secret!r}"


def cluster_options(k, strict, endpoint):
    """Clusters with every kind of secret, that work and that do not."""
    login = {"socks5": strict.address, "socks5_user": PROXY[0], "socks5_password": {"env": "PROXY_PASSWORD"}}
    way = {"address_map": {NAME: "127.0.0.1"}}
    tls = {"ssl.ca.location": str(k.tls / "ca.pem")}
    mutual = {"security.protocol": "SSL", "ssl.certificate.location": str(k.tls / "client.pem"),
              "ssl.key.location": str(k.tls / "client.key"), "ssl.key.password": {"env": "KEY_PASSWORD"}}
    wrong = {"env": "WRONG"}
    clusters = {
        "scram": ("SCRAM", SCRAM, login),
        "scram-wrong": ("SCRAM", {**SCRAM, "sasl.password": wrong}, login),
        "proxy-wrong": ("SCRAM", SCRAM, {**login, "socks5_password": wrong}),
        "oauth": ("OAUTH", oauth(endpoint), way),
        "oauth-wrong": ("OAUTH", oauth(endpoint, **{"sasl.oauthbearer.client.secret": wrong}), way),
        "mutual": ("MUTUAL", mutual, way),
        "mutual-wrong": ("MUTUAL", {**mutual, "ssl.key.password": wrong}, way),
    }
    return {name: {"bootstrap": k.address(listener), "interval": "500ms", "properties": {**tls, **properties}, **options}
            for name, (listener, properties, options) in clusters.items()}


@live
def secrets_reach_no_output(icetop):
    set_secrets()
    os.environ.pop("ICETOP_CORE", None)
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    with Internal() as k, Socks({NAME: "127.0.0.1"}, PROXY) as strict, TokenEndpoint(CLIENT, CLIENT_SECRET, "service") as endpoint:
        fill(k, "readers")
        config, log, history = k.dir / "icetop.yaml", k.dir / "icetop.log", k.dir / "history.db"
        config.write_text(json.dumps({"clusters": cluster_options(k, strict, endpoint), "history": {"sample": "1s"}}))
        loud = ["--config", config, "--log", log, "--log-level", "debug"]

        def secrets():
            return [SCRAM_PASSWORD, KEY_PASSWORD, CLIENT_SECRET, PROXY[1], os.environ["WRONG"], *endpoint.tokens]

        with Collector(icetop, log, *loud, "--history", history) as c:
            wait_for("three clusters that work", lambda: c.heard.count(b'"readers"') >= 3, 90)
            wait_for("the failures' words", lambda: all(w in c.heard for w in (
                b"refuses the user or its password", b"invalid_client", b"ssl.key.location", b"uthentication failed")), 90)
            wait_for("history", lambda: sum(p.stat().st_size for p in k.dir.glob("history.db*")) > 20000, 60)
            limits = pathlib.Path(f"/proc/{c.process.pid}/limits").read_text()
            check("the limit of cores", re.search(r"Max core file size +(\d+) +(\d+)", limits).groups(), ("0", "0"))
            c.process.send_signal(signal.SIGABRT)
            check("how it ended", c.process.wait(30), -signal.SIGABRT)
            check("cores", [str(p) for p in k.dir.glob("*core*")], [])
            clean("the stream", bytes(c.heard), secrets())
            clean("what the collector printed", c.process.stdout.read(), secrets())
        assert endpoint.tokens and len(c.heard) > 10000
        for file in [log, *k.dir.glob("history.db*")]:
            clean(file.name, file.read_bytes(), secrets())
        assert log.stat().st_size > 1000
        tables = [t.decode() for t in c.asked]
        for arguments in (["config"], ["check", "--deadline", "8"], *(["snapshot", *tables, "--format", f, "--deadline", "8"]
                                                                       for f in ("json", "csv", "openmetrics"))):
            done = subprocess.run([str(icetop), *map(str, loud), "--no-history", *arguments], capture_output=True, check=False,
                                  timeout=90)
            assert len(done.stdout) > 300, (arguments, done)
            clean(" ".join(arguments[:3]), done.stdout + done.stderr, secrets())
        clean("the log", log.read_bytes(), secrets())
        with Console(icetop, *loud, width=200, height=50) as screen:
            screen.wait("readers")
            for key in "0123456789?":
                screen.keys(key)
                screen.wait("something", lambda s: s.strip())
                clean(f"the screen after {key}", screen.screen(), secrets())
        clean("the log", log.read_bytes(), secrets())
