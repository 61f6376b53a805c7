"""Live tests of permissions, passwords and certificates."""

import contextlib
import pathlib
import re
import subprocess

from console import Console, Watch, snapshot
from kafka import Kafka, wait_for
from suite import check, live, rows_by

PASSWORDS = {"admin": "admin-secret-11", "reader": "reader-secret-22", "narrow": "narrow-secret-33"}
WRONG = "wrong-secret-44"


def openssl(where, *args):
    subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=where)


def make_certificates(where):
    """Two authorities, and a broker's key and certificate of the first."""
    where.mkdir()
    for ca in ("ca", "stranger"):
        openssl(where, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{ca}.key", "-out", f"{ca}.pem",
                "-subj", f"/CN={ca}", "-days", "2")
    openssl(where, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "broker.key", "-out", "broker.csr", "-subj", "/CN=broker")
    (where / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl(where, "x509", "-req", "-in", "broker.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
            "broker.pem", "-days", "2", "-extfile", "names")
    (where / "store.pem").write_text((where / "broker.key").read_text() + (where / "broker.pem").read_text())


class Guarded(Kafka):
    """A broker that asks who you are on two further listeners, SASL and TLS; PLAINTEXT is the operator's own."""

    def __init__(self, extra=()):
        users = " ".join(f'user_{name}="{password}"' for name, password in PASSWORDS.items())
        jaas = f"org.apache.kafka.common.security.plain.PlainLoginModule required {users};"
        super().__init__(listeners={"SASL": "SASL_PLAINTEXT", "TLS": "SASL_SSL"}, extra={
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS;User:admin",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl.plain.sasl.jaas.config": jaas,
            "listener.name.tls.plain.sasl.jaas.config": jaas,
            "ssl.keystore.type": "PEM",
            **dict(extra),
        })

    def configure(self, node, protocols, extra):
        make_certificates(self.dir / "tls")
        super().configure(node, protocols, {**extra, "ssl.keystore.location": self.dir / "tls" / "store.pem"})

    def address(self, listener):
        return f"127.0.0.1:{self.nodes[0].ports[listener]}"

    def allow(self, user, *what):
        self.java("kafka.admin.AclCommand", "--bootstrap-server", self.bootstrap, "--add", "--allow-principal",
                  f"User:{user}", "--operation", "Describe", *what)

    def deny(self, user, *what):
        self.java("kafka.admin.AclCommand", "--bootstrap-server", self.bootstrap, "--add", "--deny-principal",
                  f"User:{user}", "--operation", "Describe", *what)

    def client(self, user, password=None, authority=None):
        """A Java client's properties file; with the name of an authority it asks for TLS."""
        lines = [
            f"security.protocol={'SASL_SSL' if authority else 'SASL_PLAINTEXT'}",
            "sasl.mechanism=PLAIN",
            "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required "
            f'username="{user}" password="{password or PASSWORDS[user]}";',
        ]
        if authority:
            lines += ["ssl.truststore.type=PEM", f"ssl.truststore.location={self.dir}/tls/{authority}.pem"]
        path = self.dir / f"client-{user}-{authority}.properties"
        path.write_text("\n".join(lines) + "\n")
        path.chmod(0o600)
        return path


@contextlib.contextmanager
def guarded():
    with Guarded() as k:
        for topic in ("orders", "hidden"):
            k.topic(topic, 1)
            k.produce(topic, 20)
        for group in ("public", "secret"):
            for topic in ("orders", "hidden"):
                k.set_offsets(group, topic, ["--to-offset", "5"])
        yield k


@live
def missing_permissions_leave_a_partial_picture(icetop):
    with guarded() as k:
        k.allow("reader", "--topic", "*", "--group", "*")
        k.allow("reader", "--cluster")
        k.deny("reader", "--topic", "hidden")
        k.deny("reader", "--group", "secret")
        k.allow("narrow", "--topic", "orders", "--group", "public")
        whole = snapshot(icetop, k.address("SASL"), "groups", "--command-config", k.client("admin"))
        check("what a super user sees", {g["group"]: g["lag"] for g in whole["groups"]}, {"public": 30, "secret": 30})
        part = snapshot(icetop, k.address("SASL"), "groups", "group_partitions", "topics", "clusters", "--command-config",
                        k.client("reader"), status=3)
        groups = rows_by(part["groups"], "group")
        check("the group that may be seen", groups["public"]["lag"], 15)
        check("the one that may not", (groups["secret"]["lag"], groups["secret"]["state"]), (None, None))
        assert "no permission" in groups["secret"]["note"], groups
        check("the cluster's lag", (part["clusters"][0]["lag"], part["clusters"][0].get("lag_q")), (15, "ge"))
        assert "secret" in part["clusters"][0]["note"], part["clusters"]
        assert not any(t["topic"] == "hidden" for t in part["topics"]), part["topics"]
        # Without DESCRIBE on the cluster a broker leaves out what may not be seen, and does not say so: icetop does.
        narrow = snapshot(icetop, k.address("SASL"), "groups", "topics", "--command-config", k.client("narrow"), status=3)
        check("what a narrow user sees", [g["group"] for g in narrow["groups"]], ["public"])
        # A right that is lost meanwhile is no deleted group.
        with Watch(icetop, k.address("SASL"), "--command-config", k.client("narrow")) as w:
            w.wait("its group", lambda t: t["groups"][0]["lag"] == 15)
            k.deny("narrow", "--topic", "orders")
            t = w.wait("the topic cannot be seen", lambda t: not t["topics"])
            assert all(p["lag"] is None for p in t["group_partitions"]), t["group_partitions"]


@live
def a_wrong_password_is_told_once_and_nowhere_shown(icetop):
    with guarded() as k:
        log = k.dir / "icetop.log"
        wrong = k.client("reader", WRONG)
        done = subprocess.run([str(icetop), "-b", k.address("SASL"), "--command-config", str(wrong), "check"],
                              capture_output=True, text=True, check=False, timeout=60)
        check("exit", done.returncode, 3)
        assert "Invalid username or password" in done.stdout, done.stdout
        with Console(icetop, "-b", k.address("SASL"), "--command-config", wrong, "-d", "1", "--log", log) as c:
            c.wait("Invalid username or password")
            c.keys("0")
            c.wait("SOURCES")
            c.wait("several rounds", lambda s: re.search(r"kafka:default +failed .* [2-9]\s*$", s, re.M))
            assert WRONG not in c.screen()
            c.keys("q")
            wait_for("the end", c.dead)
            for path in pathlib.Path(c.dir.name).glob("history.db*"):
                assert WRONG.encode() not in path.read_bytes(), path
        lines = log.read_text() if log.exists() else ""
        assert lines.count("\n") < 10, lines
        for level in ("warn", "debug"):
            done = subprocess.run(
                [str(icetop), "-b", k.address("SASL"), "--command-config", str(wrong), "--log", str(log), "--log-level", level,
                 "snapshot", "sources", "events", "--format", "json", "--deadline", "5"],
                capture_output=True, text=True, check=False, timeout=60)
            check("exit", done.returncode, 1)
            assert WRONG not in done.stdout + done.stderr + log.read_text()
        config = subprocess.run([str(icetop), "-b", k.address("SASL"), "--command-config", str(wrong), "config"],
                                capture_output=True, text=True, check=True)
        assert WRONG not in config.stdout and "•••" in config.stdout, config.stdout


@live
def certificates_are_verified(icetop):
    with guarded() as k:
        t = snapshot(icetop, k.address("TLS"), "groups", "--command-config", k.client("admin", authority="ca"))
        check("over TLS", {g["group"]: g["lag"] for g in t["groups"]}, {"public": 30, "secret": 30})
        for name, listener, client, words in (
                ("a stranger's certificate", "TLS", k.client("admin", authority="stranger"), "verif"),
                ("TLS, where there is none", "SASL", k.client("admin", authority="ca"), "SSL handshake failed"),
                ("no TLS, where it is wanted", "TLS", k.client("admin"), "Disconnected")):
            done = subprocess.run([str(icetop), "-b", k.address(listener), "--command-config", str(client), "snapshot",
                                   "--deadline", "8"], capture_output=True, text=True, check=False, timeout=60)
            check(f"{name}: exit", done.returncode, 1)
            assert words in done.stderr, f"{name}: {done.stderr}"
