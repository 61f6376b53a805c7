"""Live tests of brokers that can only be reached by a proxy or by other addresses, and of the logins that need them."""

import json
import os
import subprocess

from console import Watch, snapshot
from kafka import Kafka
from network import Socks, TokenEndpoint
from security import openssl
from suite import check, live, rows_by

NAME = "broker-1.internal"  # what the broker calls itself; no resolver knows it
SCRAM_PASSWORD, KEY_PASSWORD = "planted-scram-11", "planted-key-22"
CLIENT, CLIENT_SECRET, PROXY = "icetop-client", "planted-client-33", ("bastion", "planted-proxy-44")


class Internal(Kafka):
    """Listeners with TLS that advertise NAME: SCRAM, OAUTH, and MUTUAL, which wants a client's certificate."""

    def __init__(self):
        scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        oauth = ("org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required "
                 'unsecuredLoginStringClaim_sub="broker";')
        super().__init__(listeners={"SCRAM": "SASL_SSL", "OAUTH": "SASL_SSL", "MUTUAL": "SSL"}, extra={
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS;User:admin;User:CN=client;User:service",
            "listener.name.scram.sasl.enabled.mechanisms": "SCRAM-SHA-256,SCRAM-SHA-512",
            "listener.name.scram.scram-sha-256.sasl.jaas.config": scram,
            "listener.name.scram.scram-sha-512.sasl.jaas.config": scram,
            "listener.name.oauth.sasl.enabled.mechanisms": "OAUTHBEARER",
            "listener.name.oauth.oauthbearer.sasl.jaas.config": oauth,
            "listener.name.mutual.ssl.client.auth": "required",
            "ssl.keystore.type": "PEM",
            "ssl.truststore.type": "PEM",
        })
        try:
            for user, mechanism in (("admin", "SCRAM-SHA-512"), ("reader", "SCRAM-SHA-256"), ("reader", "SCRAM-SHA-512")):
                self.java("kafka.admin.ConfigCommand", "--bootstrap-server", self.bootstrap, "--alter", "--entity-type", "users",
                          "--entity-name", user, "--add-config", f"{mechanism}=[password={SCRAM_PASSWORD}]")
        except BaseException:
            self.close()
            raise

    def configure(self, node, protocols, extra):
        tls = self.tls = self.dir / "tls"
        tls.mkdir()
        openssl(tls, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca",
                "-days", "2")
        (tls / "names").write_text(f"subjectAltName=DNS:{NAME}\n")
        for who, key in (("broker", ["-nodes"]), ("client", ["-passout", f"pass:{KEY_PASSWORD}"])):
            openssl(tls, "req", "-newkey", "rsa:2048", *key, "-keyout", f"{who}.key", "-out", f"{who}.csr", "-subj", f"/CN={who}")
            openssl(tls, "x509", "-req", "-in", f"{who}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
                    f"{who}.pem", "-days", "2", "-extfile", "names")
        (tls / "store.pem").write_text((tls / "broker.key").read_text() + (tls / "broker.pem").read_text())
        advertised = ",".join(f"{name}://{'127.0.0.1' if name == 'PLAINTEXT' else NAME}:{node.ports[name]}"
                              for name in protocols)
        super().configure(node, protocols, {**extra, "advertised.listeners": advertised,
                                            "ssl.keystore.location": tls / "store.pem", "ssl.truststore.location": tls / "ca.pem"})

    def port(self, listener):
        return self.nodes[0].ports[listener]

    def address(self, listener):
        return f"{NAME}:{self.port(listener)}"

    def acl(self, *what):
        self.java("kafka.admin.AclCommand", "--bootstrap-server", self.bootstrap, "--add", "--allow-principal", "User:reader",
                  "--operation", "Describe", *what)

    def config(self, listener, properties, **options):
        """A configuration file with one cluster; secrets stand in the environment."""
        path = self.dir / f"icetop-{listener}.yaml"
        path.write_text(json.dumps({"clusters": {"c": {
            "bootstrap": self.address(listener),
            "properties": {"ssl.ca.location": str(self.tls / "ca.pem"), **properties}, **options}}}))
        return path


SCRAM = {"security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "admin",
         "sasl.password": {"env": "SCRAM_PASSWORD"}}


def oauth(endpoint, **more):
    return {"security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER", "sasl.oauthbearer.method": "oidc",
            "sasl.oauthbearer.token.endpoint.url": endpoint.url, "sasl.oauthbearer.client.id": CLIENT,
            "sasl.oauthbearer.client.secret": {"env": "CLIENT_SECRET"}, "sasl.oauthbearer.scope": "kafka read",
            "sasl.oauthbearer.extensions": "pool=one", **more}


def fill(k, *groups):
    k.topic("orders", 1)
    k.produce("orders", 20)
    for group in groups:
        k.set_offsets(group, "orders", ["--to-offset", "5"])


def set_secrets():
    os.environ.update(SCRAM_PASSWORD=SCRAM_PASSWORD, KEY_PASSWORD=KEY_PASSWORD, CLIENT_SECRET=CLIENT_SECRET,
                      PROXY_PASSWORD=PROXY[1], WRONG="planted-wrong-55")


def fails(icetop, config, *words):
    """A snapshot that gets nothing and says why, without any of what was planted."""
    done = subprocess.run([str(icetop), "--config", str(config), "--no-history", "snapshot", "--deadline", "12"],
                          capture_output=True, text=True, check=False, timeout=60)
    check("exit", done.returncode, 1)
    for word in words:
        assert word in done.stderr, f"no {word!r} in {done.stderr!r}"
    assert "planted" not in done.stdout + done.stderr, done.stderr


@live
def through_a_socks_proxy(icetop):
    """Brokers of which only the proxy knows the names, over TLS that is verified against these names."""
    set_secrets()
    with Internal() as k, Socks({NAME: "127.0.0.1"}) as proxy, Socks({NAME: "127.0.0.1"}, PROXY) as strict, \
            Socks({}) as blind:
        fill(k, "readers")
        t = snapshot(icetop, None, "groups", "brokers", "--config", k.config("SCRAM", SCRAM, socks5=proxy.address))
        check("lag", [(g["group"], g["lag"]) for g in t["groups"]], [("readers", 15)])
        check("the broker's own name", [b["host"] for b in t["brokers"]], [NAME])
        assert len(proxy.targets) >= 1 and set(proxy.targets) == {(NAME, k.port("SCRAM"))}, proxy.targets
        t = snapshot(icetop, k.address("MUTUAL"), "groups", "--socks5", proxy.address, "-X", "security.protocol=SSL", "-X",
                     f"ssl.ca.location={k.tls}/ca.pem", "-X", f"ssl.certificate.location={k.tls}/client.pem", "-X",
                     f"ssl.key.location={k.tls}/client.key", "-X", f"ssl.key.password={KEY_PASSWORD}")
        check("lag with -b and --socks5", [g["lag"] for g in t["groups"]], [15])
        login = {"socks5": strict.address, "socks5_user": PROXY[0], "socks5_password": {"env": "PROXY_PASSWORD"}}
        t = snapshot(icetop, None, "groups", "--config", k.config("SCRAM", SCRAM, **login))
        check("lag, logged in to the proxy", [g["lag"] for g in t["groups"]], [15])
        check("denied", strict.denied, 0)
        fails(icetop, k.config("SCRAM", SCRAM, **{**login, "socks5_password": {"env": "WRONG"}}),
              f"SOCKS proxy {strict.address}: the proxy refuses the user or its password")
        fails(icetop, k.config("SCRAM", SCRAM, socks5=strict.address), "the proxy wants a login")
        fails(icetop, k.config("SCRAM", SCRAM, socks5=blind.address), NAME, f"SOCKS proxy {blind.address}: host unreachable")
        gone = Socks({})
        gone.close()
        fails(icetop, k.config("SCRAM", SCRAM, socks5=gone.address), f"SOCKS proxy {gone.address}: Connection refused")
        # TLS that is not for the broker's name is not accepted, proxy or not.
        fails(icetop, k.config("SCRAM", SCRAM, socks5=proxy.address, bootstrap=f"127.0.0.1:{k.port('SCRAM')}",
                               address_map={"127.0.0.1": NAME}), "verif")


@live
def through_an_address_map(icetop):
    set_secrets()
    with Internal() as k, Socks({"gateway": "127.0.0.1"}) as proxy:
        fill(k, "readers")
        here = f"127.0.0.1:{k.port('SCRAM')}"
        t = snapshot(icetop, None, "groups", "brokers", "--config", k.config("SCRAM", SCRAM, address_map={k.address("SCRAM"): here}))
        check("lag", [g["lag"] for g in t["groups"]], [15])
        check("the broker's own name", [b["host"] for b in t["brokers"]], [NAME])
        t = snapshot(icetop, None, "groups", "--config", k.config("SCRAM", SCRAM, address_map={"*.internal": "127.0.0.1"}))
        check("lag by a glob", [g["lag"] for g in t["groups"]], [15])
        t = snapshot(icetop, None, "groups", "--config",
                     k.config("SCRAM", SCRAM, address_map={"*.internal": "gateway"}, socks5=proxy.address))
        check("lag, both", [g["lag"] for g in t["groups"]], [15])
        check("what the proxy was asked for", set(proxy.targets), {("gateway", k.port("SCRAM"))})
        fails(icetop, k.config("SCRAM", SCRAM, address_map={"elsewhere": here}), NAME)


@live
def client_credentials(icetop):
    """OAUTHBEARER with an endpoint of the test's own: tokens are asked for, shared, renewed, and missed in words."""
    set_secrets()
    way = {"address_map": {NAME: "127.0.0.1"}}
    with Internal() as k, TokenEndpoint(CLIENT, CLIENT_SECRET, "service") as endpoint:
        fill(k, "readers")
        config = k.config("OAUTH", oauth(endpoint), **way)
        t = snapshot(icetop, None, "groups", "--config", config)
        check("lag", [g["lag"] for g in t["groups"]], [15])
        check("what was asked", endpoint.forms, [{"grant_type": ["client_credentials"], "scope": ["kafka read"]}])
        endpoint.lifetime = 6
        asked = len(endpoint.forms)
        with Watch(icetop, None, "--config", config) as w:
            w.wait("the lag", lambda t: t["groups"][0]["lag"] == 15)
            w.wait("three tokens", lambda t: len(endpoint.forms) >= asked + 3)
            check("the source", w.source()["state"], "ok")
            endpoint.broken = 503
            w.wait("the token has run out", lambda t: len(endpoint.forms) >= asked + 6)
            endpoint.broken = None
            k.produce("orders", 1)
            w.wait("a new round", lambda t: t["groups"][0]["lag"] == 16 and w.source()["state"] == "ok")
        endpoint.broken = 503
        fails(icetop, config, f"OAuth token: {endpoint.url}: 503 Service Unavailable: server_error: out to lunch")
        endpoint.broken = None
        fails(icetop, k.config("OAUTH", oauth(endpoint, **{"sasl.oauthbearer.client.secret": {"env": "WRONG"}}), **way),
              "401 Unauthorized: invalid_client: no such client")
        fails(icetop, k.config("OAUTH", oauth(endpoint, **{"sasl.oauthbearer.token.endpoint.url": "http://127.0.0.1:1/t"}), **way),
              "OAuth token: http://127.0.0.1:1/t: ", "onnect")


@live
def mutual_tls_with_an_encrypted_key(icetop):
    set_secrets()
    tls = {"security.protocol": "SSL"}
    way = {"address_map": {NAME: "127.0.0.1"}}
    with Internal() as k:
        fill(k, "readers")
        tls.update({"ssl.certificate.location": str(k.tls / "client.pem"), "ssl.key.location": str(k.tls / "client.key")})
        secret = k.dir / "secret"
        secret.write_text(KEY_PASSWORD + "\n")
        secret.chmod(0o600)
        for source in ({"env": "KEY_PASSWORD"}, {"file": str(secret)}, {"command": ["cat", str(secret)]}):
            t = snapshot(icetop, None, "groups", "--config", k.config("MUTUAL", {**tls, "ssl.key.password": source}, **way))
            check(f"lag with the key's passphrase from {source}", [g["lag"] for g in t["groups"]], [15])
        fails(icetop, k.config("MUTUAL", {**tls, "ssl.key.password": {"env": "WRONG"}}, **way), "ssl.key.location")
        fails(icetop, k.config("MUTUAL", {"security.protocol": "SSL"}, **way), "ertificate")


@live
def two_groups_of_five(icetop):
    """Who may describe two groups of five sees these two, and is told that there may be others."""
    set_secrets()
    with Internal() as k:
        fill(k, "g1", "g2", "g3", "g4", "g5")
        k.acl("--topic", "orders", "--group", "g2")
        k.acl("--group", "g4")
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
            config = k.config("SCRAM", {**SCRAM, "sasl.mechanism": mechanism, "sasl.username": "reader"},
                              address_map={NAME: "127.0.0.1"})
            t = snapshot(icetop, None, "groups", "clusters", "sources", "--config", config, status=3)
            check("groups", [(g["group"], g["lag"]) for g in t["groups"]], [("g2", 15), ("g4", 15)])
            check("the cluster's lag", (t["clusters"][0]["lag"], t["clusters"][0].get("lag_q")), (30, "ge"))
            source = next(s for s in t["sources"] if s["kind"] == "kafka")
            check("state", source["state"], "partial")
            assert "may describe" in source["error"], source
        k.acl("--cluster")
        t = snapshot(icetop, None, "groups", "sources", "--config", config, status=3)
        groups = rows_by(t["groups"], "group")
        check("all are listed now", sorted(groups), ["g1", "g2", "g3", "g4", "g5"])
        check("lags", [groups[g]["lag"] for g in sorted(groups)], [None, 15, None, 15, None])
        assert all("no permission" in groups[g]["note"] for g in ("g1", "g3", "g5")), groups


@live
def kerberos_without_a_keytab(icetop):
    """What is missing for a login with Kerberos is said in words; it needs no broker to know."""
    for properties, words in (({"sasl.kerberos.keytab": "/no/such.keytab"}, "sasl.kerberos.keytab: /no/such.keytab: No such file"),
                              ({}, "no sasl.kerberos.keytab")):
        words_of = [w for name, value in {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "GSSAPI", **properties}.items()
                    for w in ("-X", f"{name}={value}")]
        done = subprocess.run([str(icetop), "-b", "127.0.0.1:1", *words_of, "--no-history", "snapshot", "sources", "--format", "json",
                               "--deadline", "5"], capture_output=True, text=True, check=False, timeout=30)
        check("exit", done.returncode, 1)
        assert words in done.stderr + done.stdout, done.stderr
