"""icetop snapshot against kafka-consumer-groups.sh on one real broker: wall time and memory, as ratios of one run.

snapshot_speed.py --icetop build/icetop --tools build/tests [--groups 200] [--partitions 10] [--runs 7]
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from kafka import Kafka


def tree_rss(pid):
    """kB resident of a process and all its descendants."""
    total, waiting = 0, [pid]
    while waiting:
        p = waiting.pop()
        try:
            status = pathlib.Path(f"/proc/{p}/status").read_text()
            total += int(status.split("VmHWM:")[1].split()[0]) if "VmHWM:" in status else 0
            for task in pathlib.Path(f"/proc/{p}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError, IndexError):
            pass
    return total


def wall(command, env=None):
    """Wall seconds of a command, and its lines; nothing else runs meanwhile."""
    begun = time.perf_counter()
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - begun, done.stdout.count(b"\n")


def peak(command, env=None):
    """Peak kB of a command with its children; looking on slows it down, so that is a run of its own."""
    most = 0
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as p:
        os.set_blocking(p.stdout.fileno(), False)
        while p.poll() is None:
            most = max(most, tree_rss(p.pid))
            p.stdout.read()
            time.sleep(0.005)
    return most


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--icetop", type=pathlib.Path, required=True)
    parser.add_argument("--tools", type=pathlib.Path, required=True)
    parser.add_argument("--groups", type=int, default=200)
    parser.add_argument("--partitions", type=int, default=10)
    parser.add_argument("--runs", type=int, default=7)
    args = parser.parse_args()
    with Kafka() as k:
        k.topic("bench", args.partitions)
        k.produce("bench", 1000)
        subprocess.run([args.tools / "make-groups", k.bootstrap, str(args.groups), "bench", str(args.partitions), "1"],
                       check=True)
        ours = [str(args.icetop), "-b", k.bootstrap, "snapshot", "group_partitions", "--format", "tsv"]
        theirs = k.command("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "--bootstrap-server", k.bootstrap,
                           "--describe", "--all-groups")
        results = {"icetop": [], "kafka-consumer-groups": []}
        for _ in range(args.runs):  # in turn, so that both meet the same machine
            for name, command, env in (("icetop", ours, None), ("kafka-consumer-groups", theirs, k.environment())):
                took, lines = wall(command, env)
                results[name].append((took, peak(command, env), lines))
    medians = {}
    for name, runs in results.items():
        medians[name] = [statistics.median(r[i] for r in runs) for i in range(3)]
        print(f"{name:22} {medians[name][0] * 1000:8.0f} ms  {medians[name][1] / 1024:7.1f} MB  {medians[name][2]:.0f} lines"
              f"   (fastest {min(r[0] for r in runs) * 1000:.0f} ms, slowest {max(r[0] for r in runs) * 1000:.0f} ms)")
    a, b = medians["icetop"], medians["kafka-consumer-groups"]
    print(f"{b[0] / a[0]:.1f} times as fast (at least 12 wanted, 20 aimed at), {a[1] / b[1]:.2f} of the memory (at most 0.20)")
    sys.exit(0 if b[0] >= 12 * a[0] and a[1] <= 0.2 * b[1] else 1)


if __name__ == "__main__":
    main()
