"""Live tests of a login with Kerberos: a key distribution centre of the tests' own, and a broker that trusts it."""

import os
import pathlib
import subprocess
import tempfile

from console import snapshot
from kafka import Kafka, free_port, wait_for
from suite import check, live

REALM = "ICETOP.TEST"
PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"


class Realm:
    """A realm with its database in a directory of its own; every process that is started later finds it by the environment."""

    def __init__(self):
        self.held = tempfile.TemporaryDirectory(prefix="icetop-realm-")
        self.dir = d = pathlib.Path(self.held.name)
        port = free_port()
        (d / "krb5.conf").write_text(
            f"[libdefaults]\ndefault_realm = {REALM}\ndns_lookup_kdc = false\ndns_lookup_realm = false\nrdns = false\n"
            f"dns_canonicalize_hostname = false\nudp_preference_limit = 1\n[realms]\n{REALM} = {{\nkdc = 127.0.0.1:{port}\n}}\n")
        (d / "kdc.conf").write_text(
            f"[kdcdefaults]\nkdc_listen = 127.0.0.1:{port}\nkdc_tcp_listen = 127.0.0.1:{port}\n[realms]\n{REALM} = {{\n"
            f"database_name = {d}/principals\nkey_stash_file = {d}/stash\nacl_file = {d}/acl\n}}\n"
            f"[logging]\nkdc = FILE:{d}/kdc.log\n")
        os.environ.update(KRB5_CONFIG=str(d / "krb5.conf"), KRB5_KDC_PROFILE=str(d / "kdc.conf"), KRB5CCNAME=f"FILE:{d}/tickets",
                          JAVA_TOOL_OPTIONS=f"-Djava.security.krb5.conf={d}/krb5.conf")
        self.tool("kdb5_util", "-r", REALM, "create", "-s", "-P", "of the tests")
        self.kdc = subprocess.Popen(["krb5kdc", "-n", "-r", REALM], env=self.environment(), stdout=subprocess.DEVNULL,
                                    stderr=subprocess.STDOUT)
        wait_for("the key distribution centre", lambda: "commencing operation" in self.log(), 30)

    def environment(self):
        return {**os.environ, "PATH": PATH}

    def log(self):
        log = self.dir / "kdc.log"
        return log.read_text() if log.exists() else ""

    def tool(self, *words):
        subprocess.run(words, env=self.environment(), check=True, capture_output=True, text=True, timeout=60)

    def keytab(self, principal):
        """A new principal's keys, as a file."""
        path = self.dir / (principal.replace("/", "-") + ".keytab")
        self.tool("kadmin.local", "-r", REALM, "addprinc", "-randkey", principal)
        self.tool("kadmin.local", "-r", REALM, "ktadd", "-k", str(path), principal)
        return path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kdc.terminate()
        self.kdc.wait(30)
        self.held.cleanup()


@live
def kerberos_with_a_keytab(icetop):
    """GSSAPI: a ticket is got by the keytab, the broker takes it; one of a principal that is not there is refused in words."""
    with Realm() as realm:
        service, client = realm.keytab("kafka/127.0.0.1"), realm.keytab("icetop")
        login = ("com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true "
                 f'keyTab="{service}" principal="kafka/127.0.0.1@{REALM}";')
        with Kafka(listeners={"KERBEROS": "SASL_PLAINTEXT"}, extra={
                "sasl.kerberos.service.name": "kafka",
                "listener.name.kerberos.sasl.enabled.mechanisms": "GSSAPI",
                "listener.name.kerberos.gssapi.sasl.jaas.config": login}) as k:
            k.topic("orders", 1)
            k.produce("orders", 25)
            k.set_offsets("readers", "orders", ["--to-offset", "10"])

            def words(principal, keytab):
                return ["-b", f"127.0.0.1:{k.nodes[0].ports['KERBEROS']}", *(
                    w for name, value in {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "GSSAPI",
                                          "sasl.kerberos.keytab": keytab, "sasl.kerberos.principal": principal}.items()
                    for w in ("-X", f"{name}={value}"))]

            t = snapshot(icetop, None, *words("icetop", client), "groups")
            check("lag", [(g["group"], g["lag"]) for g in t["groups"]], [("readers", 15)])
            assert f"icetop@{REALM} for kafka/127.0.0.1@{REALM}" in realm.log(), realm.log()[-2000:]
            (realm.dir / "tickets").unlink()
            done = subprocess.run([str(icetop), *words("nobody", client), "--no-history", "snapshot", "sources", "--format", "json",
                                   "--deadline", "15"], capture_output=True, text=True, check=False, timeout=60)
            check("exit", done.returncode, 1)
            assert "erberos" in done.stderr + done.stdout or "kinit" in done.stderr + done.stdout, done.stderr + done.stdout
