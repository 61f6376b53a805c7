"""A real Iceberg REST catalog (that of Iceberg's own tests) for the stack of connect.py; it listens on every interface,
so whoever uses it does so in a network of its own."""

import ctypes
import fcntl
import json
import os
import pathlib
import socket
import struct
import subprocess
import urllib.request

from kafka import JVM, fetch, free_port, wait_for

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def own_network():
    """This process and its children have no network any more but a loopback interface of their own."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWNET | CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "no network namespace is to be had")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


class Rest:
    """The catalog; its tables are files in a warehouse beside it."""

    def __init__(self, connect):
        self.dir = connect.dir / "rest"
        self.dir.mkdir()
        self.port = free_port()
        self.spec = self.uri = f"http://127.0.0.1:{self.port}"
        environment = {
            "CATALOG_WAREHOUSE": f"file://{self.dir}/warehouse", "CATALOG_URI": f"jdbc:sqlite:file:{self.dir}/rest.db",
            "CATALOG_JDBC_SCHEMA__VERSION": "V1", "CATALOG_REST_PORT": str(self.port)}
        self.process = subprocess.Popen(
            [*JVM, "-Xmx256m", "-cp", f"{fetch('rest-catalog')}/*", "org.apache.iceberg.rest.RESTCatalogServer"],
            env={**os.environ, **environment}, stdout=open(self.dir / "stdout", "wb"), stderr=subprocess.STDOUT)
        connect.kafka.children.append(self.process)
        wait_for("the REST catalog", self.answers, 90)
        self.ask("/v1/namespaces", {"namespace": ["db"]})

    def answers(self):
        assert self.process.poll() is None, (self.dir / "stdout").read_text()[-2000:]
        try:
            return self.ask("/v1/config")
        except OSError:
            return None

    def ask(self, path, body=None):
        request = urllib.request.Request(self.uri + path, data=json.dumps(body).encode() if body else None,
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def settings(self):
        return {"iceberg.catalog.type": "rest", "iceberg.catalog.uri": self.uri,
                "iceberg.catalog.io-impl": "org.apache.iceberg.hadoop.HadoopFileIO"}

    def words(self):
        return ["rest", self.uri]

    def metadata(self, table):
        namespace, name = table.split(".")
        try:
            location = self.ask(f"/v1/namespaces/{namespace}/tables/{name}")["metadata-location"]
        except urllib.error.HTTPError as refused:
            if refused.code == 404:
                return None
            raise
        return pathlib.Path("/" + location.removeprefix("file:").lstrip("/"))
