"""Live tests against a real Apache Kafka: run.py --list [--soak] | run.py --icetop PROGRAM [--jobs N] [--soak]
[--record DIRECTORY] [NAME...].

Each test runs in a process of its own, N of them at once; the last line is "PASSED FAILED".
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import brokers  # noqa: F401  imported for their tests
import commits  # noqa: F401
import control  # noqa: F401
import connectors  # noqa: F401
import faults  # noqa: F401
import drift  # noqa: F401
import findings  # noqa: F401
import formats  # noqa: F401
import kerberos  # noqa: F401
import offsets  # noqa: F401
import records  # noqa: F401
import references  # noqa: F401
import reach  # noqa: F401
import secrets_kept  # noqa: F401
import stalls  # noqa: F401
import trouble  # noqa: F401
import security  # noqa: F401
import subscription  # noqa: F401
import seconds  # noqa: F401
import truth  # noqa: F401
from console import Console, snapshot
from kafka import Kafka, wait_for
from suite import QUIET, SOAK, TESTS, TIMES, equal, lasts, live, number, soak, word

DEADLINE = 400  # seconds a test may take beside those it lasts by design
OUTPUT_LINES = 55


def make_quiet_groups(k):
    """One group of every state that can be made from outside, all of them quiet."""
    k.topic("orders", 3)
    k.topic("clicks", 2)
    k.topic("empty", 1)
    for partition in range(3):
        k.produce("orders", 100, partition)
    k.produce("clicks", 50, partition=0)
    k.consume("stable", "orders", "clicks")
    k.java_consumer("no-commit", "orders", enable_auto_commit="false")
    k.consume("idle", "empty")
    gone = k.consume("left", "orders")
    wait_for("the groups have consumed", lambda: sum(r["LAG"] == "0" for r in k.describe("--offsets")
                                                     if r["GROUP"] in ("stable", "left")) >= 7)
    wait_for("no-commit has joined", lambda: any(r["GROUP"] == "no-commit" and r["#PARTITIONS"] == "3"
                                                 for r in k.describe("--members")))
    k.stop(gone)
    k.produce("orders", 30, partition=1)
    k.set_offsets("behind", "orders", ["--to-earliest"])
    k.set_offsets("half", "orders", ["--to-offset", "10"])
    wait_for("all quiet again", lambda: all(r["LAG"] in ("0", "-") for r in k.describe("--offsets")
                                           if r["GROUP"] == "stable"))


@live
def every_number_equals_the_tool(icetop):
    with Kafka() as k:
        make_quiet_groups(k)
        tables = snapshot(icetop, k.bootstrap, "groups", "group_members", "group_partitions")
        theirs = {(r["GROUP"], r["TOPIC"], int(r["PARTITION"])): r for r in k.describe("--offsets")}
        ours = {(r["group"], r["topic"], r["partition"]): r for r in tables["group_partitions"]}
        equal("partitions of groups", sorted(ours), sorted(theirs))
        for key, t in theirs.items():
            o = ours[key]
            equal(f"{key} committed", o["committed"], number(t["CURRENT-OFFSET"]))
            equal(f"{key} end", o["end"], number(t["LOG-END-OFFSET"]))
            equal(f"{key} lag", o["lag"], number(t["LAG"]))
            equal(f"{key} member", o["member_id"], word(t["CONSUMER-ID"]))
            equal(f"{key} host", o["host"], word(t["HOST"]))
            equal(f"{key} client", o["client_id"], word(t["CLIENT-ID"]))
        states = {r["GROUP"]: r for r in k.describe("--state") if "STATE" in r}
        groups = {r["group"]: r for r in tables["groups"]}
        equal("groups", sorted(groups), ["behind", "half", "idle", "left", "no-commit", "stable"])
        for line in k.groups_tool("--describe", "--all-groups", "--state").splitlines():
            words = line.split()
            if len(words) < 5 or words[0] not in groups:
                continue
            o = groups[words[0]]
            # GROUP HOST:PORT (ID) [STRATEGY] STATE #MEMBERS
            equal(f"{words[0]} coordinator", f"{o['coordinator_host']} ({o['coordinator']})", f"{words[1]} {words[2]}")
            equal(f"{words[0]} state", o["state"], words[-2])
            equal(f"{words[0]} members", o["members"], int(words[-1]))
            if len(words) == 6:
                equal(f"{words[0]} assignor", o["assignor"], words[3])
        assert states is not None
        members = {(r["GROUP"], r["CONSUMER-ID"]): r for r in k.describe("--members", "--verbose")}
        mine = {(r["group"], r["member_id"]): r for r in tables["group_members"]}
        equal("members", sorted(mine), sorted(members))
        for key, t in members.items():
            equal(f"{key} partitions", mine[key]["partitions"], int(t["#PARTITIONS"]))
            equal(f"{key} client", mine[key]["client_id"], t["CLIENT-ID"])
        equal("no-commit's uncommitted partitions", groups["no-commit"]["no_commit"], 3)
        equal("no-commit's lag", groups["no-commit"]["lag"], None)
        equal("behind's lag", groups["behind"]["lag"], 330)


@live
def a_topic_deleted_and_recreated(icetop):
    with Kafka() as k:
        k.topic("orders", 2)
        k.produce("orders", 100, partition=0)
        k.set_offsets("readers", "orders", ["--to-latest"])
        with Console(icetop, "-b", k.bootstrap, "-d", "1") as c:
            c.wait("1 group caught up")
            c.keys("2")
            c.wait("readers")
            k.delete_topic("orders")
            wait_for("the row says so", lambda: any(
                "deleted" in (r["note"] or "") for r in
                snapshot(icetop, k.bootstrap, "group_partitions")["group_partitions"]) or not
                snapshot(icetop, k.bootstrap, "group_partitions")["group_partitions"])
            k.topic("orders", 2)
            k.produce("orders", 10, partition=0)
            rows = wait_for("the new topic's end", lambda: [
                r for r in snapshot(icetop, k.bootstrap, "partitions", "--where", 'topic = "orders"')["partitions"]
                if r["end"] == 10])
            equal("end of the new partition", rows[0]["end"], 10)
            for r in snapshot(icetop, k.bootstrap, "group_partitions")["group_partitions"]:
                assert r["lag"] is None or r["lag"] >= 0, r
            assert not c.dead()


@live
def a_broker_killed_and_restarted_under_a_console(icetop):
    with Kafka() as k:
        k.topic("orders", 3)
        k.produce("orders", 100)
        k.set_offsets("readers", "orders", ["--to-earliest"])
        with Console(icetop, "-b", k.bootstrap, "-d", "1") as c:
            c.wait("readers")
            c.wait("100")
            k.kill()
            screen = c.wait("the failure in words", lambda s: "failed" in s.lower() or "stale" in s.lower())
            assert "readers" in screen, f"the last rows must stay\n{screen}"
            c.keys("2")
            c.wait("readers")
            k.start()
            k.produce("orders", 11)
            c.wait("111", deadline=90)
            c.keys("q")
            wait_for("icetop ended", c.dead)


@live
def a_rebalance_is_seen(icetop):
    with Kafka() as k:
        k.topic("orders", 4)
        k.produce("orders", 40)
        k.consume("workers", "orders")
        def group():
            return snapshot(icetop, k.bootstrap, "groups", "group_members")
        wait_for("one member", lambda: group()["groups"][:1] and group()["groups"][0]["members"] == 1)
        second = k.consume("workers", "orders")
        wait_for("two members", lambda: [m["partitions"] for m in group()["group_members"]] == [2, 2])
        k.stop(second)
        wait_for("one member again", lambda: [m["partitions"] for m in group()["group_members"]] == [4])


@live
def a_kip_848_group_is_named(icetop):
    with Kafka() as k:
        k.topic("orders", 2)
        k.produce("orders", 20)
        k.java_consumer("modern", "orders", group_protocol="consumer", auto_commit_interval_ms=300)

        def committed():
            rows = snapshot(icetop, k.bootstrap, "groups", "group_partitions")
            return rows if rows["groups"] and rows["groups"][0]["lag"] == 0 else None
        rows = wait_for("its commits", committed)
        g = rows["groups"][0]
        assert "848" in (g["type"] or ""), g
        equal("members are unknown", g["members"], None)
        equal("offsets are right", sorted(r["committed"] for r in rows["group_partitions"] if r["committed"]),
              sorted(r["end"] for r in rows["group_partitions"] if r["end"]))


@soak
@lasts(600)
def a_broker_that_flaps_for_ten_minutes(icetop):
    """The broker goes and comes for a long while: the console lives, and its collector is replaced if it dies."""
    with Kafka() as k:
        k.topic("orders", 3)
        k.produce("orders", 100)
        k.set_offsets("readers", "orders", ["--to-earliest"])
        with Console(icetop, "-b", k.bootstrap, "-d", "0.5") as c:
            c.wait("readers")
            end = time.monotonic() + 600
            while time.monotonic() < end:
                k.kill()
                c.wait("the failure", lambda s: "failed" in s.lower() or "stale" in s.lower())
                k.start()
                c.wait("fresh rows", lambda s: "failed" not in s.lower(), 120)
                assert not c.dead()


def run_apart(name, args):
    """One test in a process of its own: whether it passed, and its output."""
    program = args.sanitized if name.endswith("_under_the_sanitizers") and args.sanitized else args.icetop
    done = subprocess.run([sys.executable, __file__, "--icetop", program, "--here", name], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.returncode == 0, done.stdout


def run_some(names, args, jobs):
    """Runs them, the long ones first, and prints each one's result as it comes; returns those that failed."""
    failed = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        runs = {pool.submit(run_apart, name, args): name for name in sorted(names, key=lambda n: -TIMES.get(n, 0))}
        for run in concurrent.futures.as_completed(runs):
            name, (passed, output) = runs[run], run.result()
            took = re.findall(r"^\w+: ([\d.]+ s, [\d.]+ s of processors)$", output, re.M)
            print("ok  " if passed else "FAIL", f"live: {name}", *(f"({t})" for t in took[-1:]), flush=True)
            if not passed:
                failed.append(name)
                print("".join(f"     {line[:400]}\n" for line in output.splitlines()[-OUTPUT_LINES:]), end="", flush=True)
    return failed


def run_all(names, args):
    """A few that failed beside others are run once more, one by one: what each says then is its result, and both are shown."""
    failed = run_some([n for n in names if n not in QUIET], args, args.jobs)
    failed += run_some([n for n in names if n in QUIET], args, 1)
    if args.jobs > 1 and 0 < len(failed) <= 3:
        print("once more, one by one:", *failed, flush=True)
        failed = run_some(failed, args, 1)
    print(len(names) - len(failed), len(failed))
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--soak", action="store_true")
    parser.add_argument("--icetop", type=pathlib.Path)
    parser.add_argument("--sanitized", type=pathlib.Path, help="the program for tests that are named so")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--record", type=pathlib.Path, metavar="DIRECTORY", help="where recordings of these runs go (record.py)")
    parser.add_argument("--here", metavar="NAME", help="one test in this process")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    tests = {**TESTS, **SOAK} if args.soak else TESTS
    if args.list:
        print("\n".join(tests))
        return 0
    if args.record:
        os.environ["ICETOP_RECORD"] = str(args.record.resolve())
    if not args.here:
        return run_all(args.names or list(tests), args)
    seconds = DEADLINE + TIMES.get(args.here, 0)

    def late(*_):
        raise AssertionError(f"stopped after {seconds} s")  # where it hangs, so that what it started is ended
    signal.signal(signal.SIGALRM, late)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # likewise
    signal.alarm(seconds)
    begun = time.monotonic()
    {**TESTS, **SOAK}[args.here](args.icetop.resolve())
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"{args.here}: {time.monotonic() - begun:.1f} s, {sum(u.ru_utime + u.ru_stime for u in used):.1f} s of processors")
    return 0


if __name__ == "__main__":
    sys.exit(main())
