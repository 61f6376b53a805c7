"""Real Kafka Connect workers with the real Iceberg sink on a broker of kafka.py, records for them, and their tables."""

import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

from kafka import HERE, JVM, Kafka, archive_of, fetch, free_port, wait_for

CONTROL = "control-iceberg"
WORKER = {
    "group.id": "workers",
    "config.storage.topic": "connect-config", "config.storage.replication.factor": 1,
    "offset.storage.topic": "connect-offsets", "offset.storage.replication.factor": 1, "offset.storage.partitions": 1,
    "status.storage.topic": "connect-status", "status.storage.replication.factor": 1, "status.storage.partitions": 1,
    "key.converter": "org.apache.kafka.connect.json.JsonConverter", "key.converter.schemas.enable": "false",
    "value.converter": "org.apache.kafka.connect.json.JsonConverter", "value.converter.schemas.enable": "false",
    "plugin.discovery": "service_load",
    "offset.flush.interval.ms": 500,
    # A worker that is gone is missed soon. The sink's own consumers take these settings, too.
    "scheduled.rebalance.max.delay.ms": 5000, "session.timeout.ms": 6000, "heartbeat.interval.ms": 1000,
    "consumer.session.timeout.ms": 6000, "consumer.heartbeat.interval.ms": 1000, "consumer.metadata.max.age.ms": 2000,
}


class Worker:
    """One process of Connect, in distributed mode."""

    def __init__(self, connect, number, settings):
        self.connect, self.dir = connect, connect.dir / f"worker{number}"
        self.dir.mkdir()
        self.log = self.dir / "connect.log"
        self.port = free_port()
        self.id = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.id}"
        self.process = None
        properties = {**WORKER, "bootstrap.servers": connect.kafka.bootstrap, "plugin.path": connect.plugins,
                      "listeners": self.url, **settings}
        (self.dir / "worker.properties").write_text("".join(f"{k}={v}\n" for k, v in properties.items()))
        (self.dir / "log4j.properties").write_text(
            "log4j.rootLogger=INFO, file\n"
            f"log4j.appender.file=org.apache.log4j.FileAppender\nlog4j.appender.file.File={self.log}\n"
            "log4j.appender.file.layout=org.apache.log4j.PatternLayout\n"
            "log4j.appender.file.layout.ConversionPattern=[%d] %p %X{connector.context}%m (%c:%L)%n\n")

    def start(self):
        command = [*self.connect.jvm, "-Xmx512m", f"-Dlog4j.configuration=file:{self.dir}/log4j.properties",
                   "org.apache.kafka.connect.cli.ConnectDistributed", self.dir / "worker.properties"]
        self.process = subprocess.Popen(
            [str(word) for word in command], env={**os.environ, "CLASSPATH": f"{self.connect.libs}/*"},
            stdout=open(self.dir / "stdout", "ab"), stderr=subprocess.STDOUT, start_new_session=True)

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"a worker ended: {(self.dir / 'stdout').read_text()[-1000:]}{self.text()[-2000:]}")
        try:
            return self.get("/")
        except OSError:
            return None

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            return json.load(answer)

    def text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(60)


class Connect:
    """`workers` workers with one version of the sink, on a broker of its own. settings: further ones of the workers; catalog:
    the class of another catalog than the one that suits this version; brokers: settings of the broker."""

    def __init__(self, sink, workers=1, settings=(), catalog=None, brokers=()):
        self.sink = sink
        self.libs, self.plugins, self.python = fetch("connect"), fetch("sink", sink), fetch("pyiceberg")
        archive = archive_of(self.libs)
        self.jvm = [*JVM, *([f"-XX:SharedArchiveFile={archive}"] if archive.exists() else [])]
        self.kafka = Kafka(extra=brokers)
        self.dir = self.kafka.dir / "connect"
        self.dir.mkdir()
        self.bootstrap = self.kafka.bootstrap
        self.feeders = []
        self.workers = [Worker(self, i, dict(settings)) for i in range(workers)]
        try:
            # 1.9.2 leaves read statements open in a SQLite catalog, on which its writers then fail.
            self.catalog = (catalog or (Hadoop if sink.startswith("1.9.") else Sql))(self)
            for worker in self.workers:
                worker.start()
            self.kafka.topic(CONTROL, 1)
            for worker in self.workers:
                wait_for("a worker's REST interface", worker.answers, 120)
        except BaseException:
            self.close()
            raise

    @property
    def urls(self):
        return [worker.url for worker in self.workers]

    def logs(self):
        return [worker.log for worker in self.workers]

    def ask(self, path, method="GET", body=None):
        """What the first worker that answers says; while they rebalance, it is asked again."""
        request = None

        def answer():
            nonlocal request
            for worker in self.workers:
                request = urllib.request.Request(
                    worker.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
                    headers={"Content-Type": "application/json"})
                try:
                    with urllib.request.urlopen(request, timeout=30) as reply:
                        text = reply.read()
                        return [json.loads(text) if text else None]
                except urllib.error.HTTPError as refused:
                    if refused.code not in (404, 409, 500):
                        raise AssertionError(f"{method} {path}: {refused.code} {refused.read()[:500]}") from None
                except OSError:
                    pass  # another one may be there
            return None
        return wait_for(f"{method} {path}", answer, 90)[0]

    def connector(self, name, topics, tables, tasks=2, interval=4000, timeout=3000, more=()):
        """Puts a connector and waits until all its tasks run."""
        config = {
            "connector.class": "org.apache.iceberg.connect.IcebergSinkConnector", "tasks.max": tasks, "topics": ",".join(topics),
            "iceberg.tables": ",".join(tables), "iceberg.tables.auto-create-enabled": "true",
            "iceberg.tables.evolve-schema-enabled": "true", "iceberg.control.topic": CONTROL,
            "iceberg.control.commit.interval-ms": interval, "iceberg.control.commit.timeout-ms": timeout,
            "iceberg.control.commit.threads": 2, **self.catalog.settings(), **dict(more)}
        self.ask(f"/connectors/{name}/config", "PUT", {k: str(v) for k, v in config.items()})
        self.running(name, tasks)

    def running(self, name, tasks):
        def all_run():
            try:
                states = [t["state"] for t in self.ask(f"/connectors/{name}/status")["tasks"]]
            except AssertionError:
                return False
            assert "FAILED" not in states, self.ask(f"/connectors/{name}/status")
            return states == ["RUNNING"] * tasks
        wait_for(f"{name}'s tasks run", all_run, 90)

    def worker_of(self, connector, task):
        """The worker that runs a task, None while it is none of these."""
        found = [t["worker_id"] for t in self.ask(f"/connectors/{connector}/status")["tasks"] if t["id"] == task]
        return next((w for w in self.workers if found == [w.id]), None)

    def assignment(self, connector):
        """(topic, partition) → task of a connector, as Kafka's own tool tells of its group."""
        rows = self.kafka.describe("--offsets")
        prefix = f"connector-consumer-{connector}-"
        return {(r["TOPIC"], int(r["PARTITION"])): int(r["CLIENT-ID"][len(prefix):]) for r in rows
                if r["GROUP"] == f"connect-{connector}" and r["CLIENT-ID"].startswith(prefix)}

    def feed(self, topic, partition, rate=20, more=()):
        feeder = Feeder(self, topic, partition, rate, more)
        self.feeders.append(feeder)
        return feeder

    def table(self, name):
        """What pyiceberg says of a table: rows, files, bytes and snapshots."""
        done = subprocess.run([self.python, HERE / "pyiceberg_says.py", *self.catalog.words(), name], capture_output=True,
                              text=True, check=False, timeout=120)
        if done.returncode:
            raise AssertionError(f"pyiceberg: {done.stderr[-2000:]}")
        return json.loads(done.stdout)

    def rows(self, table):
        """Rows in a table's current snapshot; 0 while there is no table."""
        metadata = self.catalog.metadata(table)
        if not metadata or not metadata.exists():
            return 0
        found = json.loads(metadata.read_text())
        current = [s for s in found.get("snapshots", []) if s["snapshot-id"] == found.get("current-snapshot-id")]
        return int(current[0]["summary"].get("total-records", 0)) if current else 0

    def wait_rows(self, table, rows, deadline=90):
        """Waits until the table's current snapshot has that many rows."""
        seen = None

        def there():
            nonlocal seen
            seen = self.rows(table)
            return seen == rows
        try:
            wait_for(f"{rows} rows in {table}", there, deadline)
        except AssertionError as late:
            warnings = [x[:300] for w in self.workers for x in w.text().splitlines() if "] WARN" in x or "] ERROR" in x]
            raise AssertionError("\n".join([f"{late}; it has {seen}", *warnings[-20:]])) from None

    def close(self):
        for feeder in self.feeders:
            feeder.end()
        for worker in self.workers:
            worker.kill()
        self.kafka.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind and os.environ.get("ICETOP_KEEP"):  # for whoever looks for the cause of a failure
            subprocess.run(["cp", "-r", self.dir, tempfile.mkdtemp(prefix="icetop-kept-")], check=False)
        self.close()


class Hadoop:
    """Tables in directories of a warehouse, each with a hint at its newest version."""

    def __init__(self, connect):
        self.warehouse = connect.dir / "warehouse"
        self.warehouse.mkdir()
        self.spec = self.warehouse

    def settings(self):
        return {"iceberg.catalog.type": "hadoop", "iceberg.catalog.warehouse": f"file://{self.warehouse}"}

    def words(self):
        return ["hadoop", self.warehouse]

    def metadata(self, table):
        folder = self.warehouse.joinpath(*table.split(".")) / "metadata"
        hint = folder / "version-hint.text"
        return folder / f"v{hint.read_text().strip()}.metadata.json" if hint.exists() else None

class Sql:
    """Tables in a SQLite catalog, whose own tables and namespace are there before tasks can race to make them."""

    def __init__(self, connect):
        self.warehouse, self.file = connect.dir / "warehouse", connect.dir / "catalog.db"
        self.warehouse.mkdir()
        self.spec = self.file
        with sqlite3.connect(self.file) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("CREATE TABLE iceberg_tables (catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL,"
                       " table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000),"
                       " previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5),"
                       " PRIMARY KEY (catalog_name, table_namespace, table_name))")
            db.execute("CREATE TABLE iceberg_namespace_properties (catalog_name VARCHAR(255) NOT NULL, namespace VARCHAR(255)"
                       " NOT NULL, property_key VARCHAR(255), property_value VARCHAR(1000),"
                       " PRIMARY KEY (catalog_name, namespace, property_key))")
            db.execute("INSERT INTO iceberg_namespace_properties VALUES ('iceberg', 'db', 'exists', 'true')")
        db.close()

    def settings(self):
        return {"iceberg.catalog.type": "jdbc", "iceberg.catalog.uri": f"jdbc:sqlite:{self.file}?busy_timeout=10000",
                "iceberg.catalog.jdbc.schema-version": "V1", "iceberg.catalog.warehouse": f"file://{self.warehouse}"}

    def words(self):
        return ["sql", self.file, self.warehouse]

    def metadata(self, table):
        namespace, name = table.rsplit(".", 1)
        db = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=30)
        try:
            row = db.execute("SELECT metadata_location FROM iceberg_tables WHERE table_namespace=? AND table_name=?",
                             (namespace, name)).fetchone()
        finally:
            db.close()
        return pathlib.Path(row[0].removeprefix("file://").removeprefix("file:")) if row else None

class Feeder:
    """Writes JSON records to a partition, `rate` a second, until it is stopped; `sent` is their number, `times` when each was."""

    def __init__(self, connect, topic, partition, rate, more):
        self.sent, self.rate, self.more, self.over, self.times = 0, rate, dict(more), threading.Event(), []
        self.process = subprocess.Popen(
            ["kcat", "-b", connect.bootstrap, "-P", "-t", topic, "-p", str(partition), "-X", "linger.ms=20"],
            stdin=subprocess.PIPE, text=True, stderr=subprocess.PIPE)
        self.thread = threading.Thread(target=self.run, args=(partition,), daemon=True)
        self.thread.start()

    def run(self, partition):
        while not self.over.wait(1 / self.rate):
            record = {"id": self.sent, "part": partition, "at": int(time.time() * 1000), "amount": self.sent / 8,
                      "text": f"order {self.sent}", **self.more}
            self.times.append(time.time())
            self.process.stdin.write(json.dumps(record) + "\n")
            self.process.stdin.flush()
            self.sent += 1

    def end(self):
        """Stops; all that was sent is in the topic then. Returns how many that are."""
        if not self.over.is_set():
            self.over.set()
            self.thread.join(30)
            _, errors = self.process.communicate(timeout=60)
            assert self.process.returncode == 0, errors
        return self.sent
