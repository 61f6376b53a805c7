"""Makes the archive of the classes that brokers and Kafka's tools load, once: with it they start in half the time."""

import os
import pathlib
import subprocess
import sys
import tempfile

import kafka


def session(directory):
    """Does once what tests do most; each process leaves a list of its classes in the directory."""
    kafka.JVM.append(f"-XX:DumpLoadedClassList={directory}/%p.classes")
    with kafka.Kafka() as k:
        k.topic("orders", 2)
        k.produce("orders", 10, 0)
        k.set_offsets("readers", "orders", ["--to-latest"])
        k.add_partitions("orders", 3)
        k.delete_records("orders", {0: 5})
        consumer = k.java_consumer("members", "orders")
        kafka.wait_for("a member", lambda: any(r["GROUP"] == "members" for r in k.describe("--members")))
        k.stop(consumer)
        k.describe("--offsets")
        k.delete_topic("orders")
        k.nodes[0].stop()  # the list is written to its end


def main():
    libs = kafka.fetch("kafka")
    archive = kafka.archive_of(libs)
    if archive.exists():
        return 0
    with tempfile.TemporaryDirectory(prefix="icetop-classes-", dir=archive.parent) as directory:
        session(directory)
        lines = {line for path in pathlib.Path(directory).glob("*.classes") for line in path.read_text().splitlines()
                 if not line.startswith("#")}
        chosen, made = pathlib.Path(directory, "all"), pathlib.Path(directory, "archive")
        chosen.write_text("".join(f"{line}\n" for line in sorted(lines)))
        done = subprocess.run(["java", "-Xshare:dump", f"-XX:SharedClassListFile={chosen}", f"-XX:SharedArchiveFile={made}"],
                              env={**os.environ, "CLASSPATH": f"{libs}/*"}, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout[-2000:], done.stderr[-2000:])
            return 1
        made.rename(archive)
    return 0


if __name__ == "__main__":
    sys.exit(main())
