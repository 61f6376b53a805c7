"""A real Apache Kafka broker (KRaft, one node) in a temporary directory, and what tests do with it."""

import base64
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
JVM = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:-UsePerfData"]


def fetch(*what):
    """Where it is, after it was fetched if need be: see the script of that name."""
    return subprocess.run([HERE / "fetch", *what], check=True, capture_output=True, text=True).stdout.strip()


def archive_of(libs):
    """Where the classes of these jars are kept ready for this Java (share_classes.py); it may not be there."""
    java = pathlib.Path(shutil.which("java")).resolve()
    return pathlib.Path(libs).parent / f"classes-{java.stat().st_mtime_ns}.jsa"


def wait_for(what, condition, deadline=60):
    """Waits until condition() is true and returns its value; names `what` if that takes too long."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"still waiting after {deadline} s: {what}")
        time.sleep(0.1)  # between two looks, not instead of one


def free_port():
    """A port for a server that is started later: one that the system gives to no connection in the meantime."""
    while True:
        port = random.randrange(12000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass  # somebody has it


def kafka_uuid():
    """As Kafka writes them; "-" never stands first."""
    return base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).rstrip(b"=").decode()


class Node:
    """One broker of the cluster, which is also one of its controllers."""

    def __init__(self, cluster, number, listeners):
        self.cluster, self.id = cluster, number
        self.dir = cluster.dir / str(number)
        self.dir.mkdir()
        self.ports = {name: free_port() for name in listeners}
        self.controller_port = free_port()
        self.address = f"127.0.0.1:{self.ports['PLAINTEXT']}"
        self.properties = self.dir / "server.properties"
        self.process = None

    def format(self, cluster):
        """What kafka-storage.sh would do, and take a second for."""
        data = self.dir / "data"
        data.mkdir()
        (data / "meta.properties").write_text(
            f"version=1\ncluster.id={cluster}\nnode.id={self.id}\ndirectory.id={kafka_uuid()}\n")

    def start(self, wait=True):
        self.process = subprocess.Popen(
            self.cluster.command("kafka.Kafka", self.properties, heap="512m"), env=self.cluster.environment(),
            stdout=open(self.dir / "stdout", "ab"), stderr=subprocess.STDOUT, start_new_session=True)
        if wait:
            wait_for(f"the answer of broker {self.id}", self.answers, 90)

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"broker {self.id} ended: {(self.dir / 'stdout').read_text()[-2000:]}")
        return subprocess.run(["kcat", "-b", self.address, "-L", "-m", "2"], capture_output=True,
                              check=False).returncode == 0

    def knows(self, topic):
        listed = subprocess.run(["kcat", "-b", self.address, "-L", "-t", topic, "-m", "5"], capture_output=True, text=True,
                                check=False).stdout
        return "partition 0, leader" in listed and "Broker: " not in listed

    def kill(self, sig=signal.SIGKILL):
        if self.process and self.process.poll() is None:
            self.process.send_signal(sig)
        if self.process:
            self.process.wait(60)

    def stop(self):
        """As an operator does it, not as a failure does."""
        self.kill(signal.SIGTERM)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)


class Kafka:
    """A cluster of `brokers`. listeners: further ones beside PLAINTEXT, their names and security protocols; advertised:
    by a listener's name, a port that stands before it."""

    def __init__(self, extra=(), brokers=1, listeners=(), advertised=()):
        self.libs = fetch("kafka")
        archive = archive_of(self.libs)
        self.jvm = [*JVM, *([f"-XX:SharedArchiveFile={archive}"] if archive.exists() else [])]
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="icetop-live-"))
        self.children = []
        self.advertised = dict(advertised)
        (self.dir / "log4j.properties").write_text(
            "log4j.rootLogger=WARN, file\n"
            f"log4j.appender.file=org.apache.log4j.FileAppender\nlog4j.appender.file.File={self.dir}/kafka.log\n"
            "log4j.appender.file.layout=org.apache.log4j.PatternLayout\nlog4j.appender.file.layout.ConversionPattern=%d %p %m%n\n"
        )
        protocols = {"PLAINTEXT": "PLAINTEXT", **dict(listeners)}
        self.nodes = [Node(self, i + 1, protocols) for i in range(brokers)]
        self.bootstrap = ",".join(n.address for n in self.nodes)
        cluster = kafka_uuid()
        for node in self.nodes:
            self.configure(node, protocols, dict(extra))
            node.format(cluster)
        try:
            for node in self.nodes:
                node.start(wait=False)
            for node in self.nodes:
                wait_for(f"the answer of broker {node.id}", node.answers, 90)
            wait_for("all brokers", lambda: self.metadata().count("\n  broker ") == brokers)
        except BaseException:
            self.close()
            raise

    def configure(self, node, protocols, extra):
        addresses = [f"{name}://127.0.0.1:{node.ports[name]}" for name in protocols]
        replicas = min(3, len(self.nodes))
        settings = {
            "process.roles": "broker,controller",
            "node.id": node.id,
            "controller.quorum.voters": ",".join(f"{n.id}@127.0.0.1:{n.controller_port}" for n in self.nodes),
            "listeners": ",".join([*addresses, f"CONTROLLER://127.0.0.1:{node.controller_port}"]),
            "advertised.listeners": ",".join(
                f"{name}://127.0.0.1:{self.advertised.get(name, node.ports[name])}" for name in protocols),
            "inter.broker.listener.name": "PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": ",".join(
                ["CONTROLLER:PLAINTEXT", *(f"{name}:{protocol}" for name, protocol in protocols.items())]),
            "log.dirs": node.dir / "data",
            "offsets.topic.replication.factor": replicas,
            "offsets.topic.num.partitions": 5,
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 5,
            "group.initial.rebalance.delay.ms": 0,
            "group.coordinator.rebalance.protocols": "classic,consumer",
            "num.partitions": 3,
            **extra,
        }
        node.properties.write_text("".join(f"{k}={v}\n" for k, v in settings.items()))

    def metadata(self):
        """What kcat -L says."""
        return subprocess.run(["kcat", "-b", self.bootstrap, "-L", "-m", "5"], capture_output=True, text=True,
                              check=False).stdout

    def environment(self):
        return {**os.environ, "CLASSPATH": f"{self.libs}/*"}

    def command(self, main, *args, heap="256m"):
        return [*self.jvm, f"-Xmx{heap}", f"-Dlog4j.configuration=file:{self.dir}/log4j.properties", main, *map(str, args)]

    def java(self, main, *args, check=True, stdin=None):
        done = subprocess.run(
            self.command(main, *args), env=self.environment(), capture_output=True, text=True, check=False, timeout=120,
            input=stdin,
        )
        if check and done.returncode:
            raise AssertionError(f"{main} {args}: {done.stdout}{done.stderr}")
        return done.stdout

    # The only broker, where there is but one.

    def start(self):
        self.nodes[0].start()

    def kill(self, sig=signal.SIGKILL):
        self.nodes[0].kill(sig)

    def close(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait(30)
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # What tests do with it.

    def topic(self, name, partitions=3, replicas=1, assignment=None, **settings):
        """assignment: "1,2:3" puts partition 0 on broker 1, partition 1 on 2 and 3."""
        config = [w for k, v in settings.items() for w in ("--config", f"{k.replace('_', '.')}={v}")]
        where = ["--replica-assignment", assignment] if assignment else [
            "--partitions", partitions, "--replication-factor", replicas]
        self.java("org.apache.kafka.tools.TopicCommand", "--bootstrap-server", self.bootstrap, "--create", "--topic", name,
                  *where, *config)
        for node in self.nodes if len(self.nodes) > 1 else ():
            wait_for(f"broker {node.id} knows {name}", lambda n=node: n.process.poll() is not None or n.knows(name))

    def add_partitions(self, name, partitions):
        self.java("org.apache.kafka.tools.TopicCommand", "--bootstrap-server", self.bootstrap, "--alter", "--topic", name,
                  "--partitions", partitions)

    def delete_records(self, topic, before):
        """Moves the start of each partition of `before`, a dictionary, to its offset."""
        wanted = self.dir / "delete.json"
        wanted.write_text(json.dumps({"version": 1, "partitions": [
            {"topic": topic, "partition": p, "offset": o} for p, o in before.items()]}))
        self.java("org.apache.kafka.tools.DeleteRecordsCommand", "--bootstrap-server", self.bootstrap,
                  "--offset-json-file", wanted)

    def make_groups(self, tools, count, topic, partitions, offset):
        """bench-0000 and so on, all committed at one offset."""
        command = [tools / "make-groups", self.bootstrap, str(count), topic, str(partitions), str(offset)]
        # coordinators of a cluster that has just begun may leave the first commits without an answer; committed again
        # they say the same
        wait_for("the groups that are made", lambda: subprocess.run(command, check=False).returncode == 0, 120)

    def delete_topic(self, name):
        self.java("org.apache.kafka.tools.TopicCommand", "--bootstrap-server", self.bootstrap, "--delete", "--topic", name)

    def produce(self, topic, count, partition=None):
        where = [] if partition is None else ["-p", str(partition)]
        lines = "".join(f"message {i}\n" for i in range(count))
        subprocess.run(["kcat", "-b", self.bootstrap, "-P", "-t", topic, *where], input=lines, text=True, check=True)

    def set_offsets(self, group, topic, to):
        """Commits by an outsider, as an operator does; the group ends up Empty."""
        self.java("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "--bootstrap-server", self.bootstrap,
                  "--group", group, "--topic", topic, "--reset-offsets", *to, "--execute")

    def consume(self, group, *topics, **settings):
        """A consumer that stays in the group until it is stopped; returns its process."""
        options = {"auto.offset.reset": "earliest", "session.timeout.ms": 6000, "auto.commit.interval.ms": 500}
        options.update({k.replace("_", "."): v for k, v in settings.items()})
        words = [w for k, v in options.items() for w in ("-X", f"{k}={v}")]
        child = subprocess.Popen(["kcat", "-b", self.bootstrap, *words, "-G", group, *topics],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.children.append(child)
        return child

    def java_consumer(self, group, topic, **settings):
        """The same with the Java console consumer, for what librdkafka cannot be told."""
        words = [w for k, v in settings.items() for w in ("--consumer-property", f"{k.replace('_', '.')}={v}")]
        child = subprocess.Popen(
            self.command("org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server", self.bootstrap, "--topic",
                         topic, "--group", group, "--from-beginning", *words),
            env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.children.append(child)
        return child

    def stop(self, child):
        child.terminate()
        child.wait(30)

    def groups_tool(self, *args):
        return self.java("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "--bootstrap-server", self.bootstrap,
                         *args)

    def describe(self, *what):
        """The rows of kafka-consumer-groups.sh --describe --all-groups, as dictionaries by heading."""
        rows, heading = [], None
        for line in self.groups_tool("--describe", "--all-groups", *what).splitlines():
            words = line.split()
            if words[:1] == ["GROUP"]:
                heading = words
            elif heading and len(words) >= len(heading):
                rows.append(dict(zip(heading, words)))
        return rows
