"""Live tests of a network that fails: connections that end, and one cluster of two that hangs."""

import os
import random
import re
import time

from console import Console, Watch, collector_of, resources
from kafka import Kafka, wait_for
from proxy import Proxy
from suite import check, lasts, live, rows_by, soak


def flap_connections(icetop, seconds):
    """All connections end again and again: the screen keeps its rows, and no number on it is ever wrong."""
    with Proxy() as proxy, Kafka(listeners=(("FLAP", "PLAINTEXT"),), advertised={"FLAP": proxy.port}) as k:
        proxy.target = k.nodes[0].ports["FLAP"]
        k.topic("orders", 3)
        for partition in range(3):
            k.produce("orders", 100, partition)
        k.set_offsets("readers", "orders", ["--to-offset", "10"])
        config = k.dir / "icetop.yaml"
        config.write_text(f'clusters:\n  c: {{bootstrap: "127.0.0.1:{proxy.port}", interval: 500ms, deadline: 2s, '
                          'max_interval: 2s}\n')
        chance, held, states = random.Random(5), [], set()
        with Console(icetop, "--config", config) as c:
            c.keys("2")
            c.wait("the group", lambda s: re.search(r"readers .*\b270\b", s))
            collector = collector_of(c.pid())
            begun = next_cut = time.monotonic()
            while time.monotonic() - begun < seconds:
                if time.monotonic() >= next_cut:
                    proxy.cut()
                    next_cut = time.monotonic() + chance.choice([0.02, 0.1, 0.3, 1, 3])
                    held.append(resources(collector))
                screen = c.screen()
                row = re.search(r"^.*readers.*$", screen, re.M)
                assert row, f"the row has gone\n{screen}"
                assert re.search(r"\b270\b", row.group()), f"a wrong lag\n{screen}"
                states.update(re.findall(r"failed|partial|stale|live|error", screen))
                assert not c.dead(), screen
                check("the collector lives", collector_of(c.pid()), collector)
            # Single cuts may all be mended within their rounds; a network that is away for long may not.
            proxy.refusing = True
            screen = c.wait("it is told of", lambda s: proxy.cut() or re.search(r"failed|partial", s))
            assert re.search(r"readers .*\b270\b", screen), f"the last row must stay\n{screen}"
            proxy.refusing = False
            c.wait("it recovers", lambda s: re.search(r"(\d+) of \1 live", s))
            check("the collector lives", collector_of(c.pid()), collector)
        assert proxy.accepted > seconds / 3, f"only {proxy.accepted} connections were made"
        threads, descriptors, memory = (max(h[i] for h in held) for i in range(3))
        early = held[len(held) // 4]
        assert threads < 60 and descriptors < 120, held
        assert memory < early[2] + 20000, held
        print(f"{proxy.accepted} connections; said {sorted(states)}; threads, descriptors, kB at most", threads,
              descriptors, memory)


@live
@lasts(60)
def connections_that_flap_for_a_minute(icetop):
    flap_connections(icetop, 60)


@soak
@lasts(600)
def connections_that_flap_for_ten_minutes(icetop):
    flap_connections(icetop, 600)


FOLDED_S = 1000  # by then history has folded its journal for the first time: from then on it keeps what that takes


# kB a minute: the demo's sinks commit all the time, and each of their cycles is kept, and in history, until there are
# thousands; under the sanitizers this is so much.
FILLING = {"demo's collector": 800}


def grown(held, settled):
    """How many kB more the last half of the looks from number `settled` on held at most than the half before."""
    middle = (settled + len(held)) // 2
    return max(h[2] for h in held[middle:]) - max(h[2] for h in held[settled:middle])


@soak
@lasts(int(float(os.environ.get("ICETOP_SOAK_SECONDS", "3600"))))
def an_hour_under_the_sanitizers(icetop):
    """The demo, and a cluster whose connections flap, side by side: all live, say what is, and stay as big as they were.
    ICETOP_SOAK_SECONDS makes it shorter; below half an hour their size is not judged."""
    seconds = float(os.environ.get("ICETOP_SOAK_SECONDS", "3600"))
    os.environ["ASAN_OPTIONS"] = "detect_leaks=1:quarantine_size_mb=8:log_path=" + str(icetop.parent / "soak-asan")
    with Proxy() as proxy, Kafka(listeners=(("FLAP", "PLAINTEXT"),), advertised={"FLAP": proxy.port}) as k:
        proxy.target = k.nodes[0].ports["FLAP"]
        k.topic("orders", 3)
        k.produce("orders", 100, 0)
        k.set_offsets("readers", "orders", ["--to-offset", "10"])
        chance, held = random.Random(11), {}
        flags = ("-b", f"127.0.0.1:{proxy.port}", "-d", "0.5")
        with Console(icetop, *flags) as flapping, Console(icetop, "--demo") as demo:
            flapping.keys("2")
            flapping.wait("the group", lambda s: re.search(r"readers .*\b90\b", s))
            demo.wait("its groups", lambda s: re.search(r"(\d+) of \1 live", s))
            watched = {"console": flapping.pid(), "collector": collector_of(flapping.pid()),
                       "demo's console": demo.pid(), "demo's collector": collector_of(demo.pid())}
            begun = time.monotonic()
            next_look = next_cut = begun
            while time.monotonic() - begun < seconds:
                now = time.monotonic()
                if now >= next_cut:
                    proxy.cut()
                    next_cut = now + chance.choice([0.1, 0.3, 1, 3, 10])
                if now >= next_look:
                    for name, pid in watched.items():
                        held.setdefault(name, []).append(resources(pid))
                    demo.keys(chance.choice(["1", "2", "3", "4", "j", "k", "Enter", "Escape", "r"]))
                    next_look = now + max(1, seconds / 600)
                row = re.search(r"^.*readers.*$", flapping.screen(), re.M)
                assert row and re.search(r"\b90\b", row.group()), flapping.screen()
                assert not demo.dead() and not flapping.dead(), demo.screen() + flapping.screen()
                time.sleep(0.2)  # paces the storm; nothing is waited for
            check("nobody was replaced", (collector_of(flapping.pid()), collector_of(demo.pid())),
                  (watched["collector"], watched["demo's collector"]))
            for console in (flapping, demo):
                wait_for("icetop ended", lambda c=console: c.keys("q") or c.dead())
        for name, values in held.items():
            print(f"{name}: threads, descriptors, kB", *values[:: max(1, len(values) // 10)])
            settled = int(len(values) * max(0.25, FOLDED_S / seconds))
            if seconds >= 1800:
                apart = seconds / 60 * (1 - settled / len(values)) / 2  # minutes from one half to the other
                allowed = 0.05 * values[settled][2] + 4000 + FILLING.get(name, 0) * apart
                print(f"{name} grew by {grown(values, settled)} kB, allowed {allowed:.0f}")
                assert grown(values, settled) < allowed, f"{name} grew by {grown(values, settled)} kB"
        reports = list(icetop.parent.glob("soak-asan.*"))
        assert not reports, "".join(r.read_text() for r in reports)[:4000]


@live
def a_frozen_cluster_beside_another(icetop):
    """The one that lives must not notice: its rounds come as often, its numbers are right, its state is its own."""
    with Kafka() as here, Kafka() as there:
        for k in (here, there):
            k.topic("orders", 1)
            k.produce("orders", 100)
            k.set_offsets("readers", "orders", ["--to-offset", "10"])
        config = here.dir / "icetop.yaml"
        config.write_text("clusters:\n" + "".join(
            f'  {name}: {{bootstrap: "{k.bootstrap}", interval: 500ms, deadline: 2s, max_interval: 2s}}\n'
            for name, k in (("here", here), ("there", there))))

        def sources(t):
            return rows_by([s for s in t["sources"] if s["kind"] == "kafka"], "cluster")

        def lags(t):
            return {g["cluster"]: (g["lag"], g.get("lag_q")) for g in t["groups"]}

        with Watch(icetop, None, "--config", config) as w:
            w.wait("both", lambda t: lags(t) == {"here": (90, None), "there": (90, None)})
            there.nodes[0].freeze()
            try:
                late = w.wait("the frozen one is told of", lambda t: sources(t)["there"]["state"] == "failed")
                rounds, begun = sources(late)["here"]["rounds"], time.monotonic()
                for i in range(5):
                    here.produce("orders", 7)
                    t = w.wait("the new records", lambda t, n=97 + 7 * i: lags(t)["here"] == (n, None), 5)
                    check("the state of the one", sources(t)["here"]["state"], "ok")
                    check("the last lag of the other", lags(t)["there"][0], 90)
                done = sources(w.wait("a while", lambda t: time.monotonic() - begun > 5))["here"]["rounds"] - rounds
                elapsed = time.monotonic() - begun
                assert done > elapsed / 0.5 * 0.6, f"{done} rounds in {elapsed:.1f} s, every 0.5 s"
            finally:
                there.nodes[0].thaw()
            w.wait("both again", lambda t: sources(t)["there"]["state"] == "ok" and
                   lags(t) == {"here": (125, None), "there": (90, None)})
        print(f"{done} rounds in {elapsed:.1f} s beside a frozen cluster")




def wrong_lags(t, right):
    """Groups with a lag that is neither the right one nor a lower bound of it."""
    return [(g["group"], g["lag"], g.get("lag_q")) for g in t["groups"]
            if g["lag"] is not None and not (g["lag"] == right or (g["lag"] < right and g.get("lag_q") == "ge"))]


@live
def a_broker_that_fails_during_a_sweep(icetop):
    """Killed and restarted, then frozen and thawed, while a sweep is under way: what was read stays, nothing is wrong, and
    in the end every group is read."""
    groups, lag = 300, 3 * 40
    with Kafka(brokers=3) as k:
        k.topic("orders", 3, replicas=3)
        for partition in range(3):
            k.produce("orders", 50, partition)
        k.make_groups(icetop.parent / "tests", groups, "orders", 3, 10)
        config = k.dir / "icetop.yaml"
        config.write_text(f'clusters:\n  c: {{bootstrap: "{k.bootstrap}", interval: 1s, deadline: 5s, max_interval: 5s, '
                          'max_requests_per_s: 60}\n')

        def read(t):
            return sum(g["lag"] is not None for g in t["groups"])

        def right(t):
            return sum((g["lag"], g.get("lag_q")) == (lag, None) for g in t["groups"])

        with Watch(icetop, None, "--config", config) as w:
            def wait(what, condition):
                def look(t):
                    assert not wrong_lags(t, lag), wrong_lags(t, lag)[:5]
                    return condition(t)
                return w.wait(what, look, 120)

            # 30 groups a second: there is always a sweep under way
            wait("the first picture", lambda t: right(t) == groups)
            collector = collector_of(w.process.pid)
            k.nodes[1].kill()
            wait("it is told of", lambda t: rows_by(t["brokers"], "broker")[2]["state"] == "gone" or
                 w.source()["state"] != "ok")
            check("groups that are still there", read(w.last), groups)
            k.nodes[1].start()
            wait("all of them, from whoever coordinates them now", lambda t: right(t) == groups)
            k.nodes[2].freeze()
            try:
                wait("it is noticed", lambda t: w.source()["state"] != "ok")
            finally:
                k.nodes[2].thaw()
            wait("all again", lambda t: w.source()["state"] == "ok" and right(t) == groups)
            check("the collector lives", collector_of(w.process.pid), collector)


@live
def answers_that_take_half_a_second(icetop):
    """A whole sweep over a way on which each answer takes 0.5 s: rows come before all are there, none is ever wrong, nothing is
    called failed, and keys are answered at once throughout."""
    groups, lag = 300, 3 * 40
    with Proxy(delay=0.5) as proxy, Kafka(listeners=(("FAR", "PLAINTEXT"),), advertised={"FAR": proxy.port}) as k:
        proxy.target = k.nodes[0].ports["FAR"]
        k.topic("orders", 3)
        for partition in range(3):
            k.produce("orders", 50, partition)
        k.make_groups(icetop.parent / "tests", groups, "orders", 3, 10)
        config = k.dir / "icetop.yaml"
        config.write_text(f'clusters:\n  c: {{bootstrap: "127.0.0.1:{proxy.port}", interval: 1s, offsets: poll}}\n')
        with Watch(icetop, None, "--config", config) as w, Console(icetop, "--config", config) as c:
            def look(t):
                assert not wrong_lags(t, lag), wrong_lags(t, lag)[:5]
                assert w.source()["state"] in ("starting", "ok"), w.source()
                return sum((g["lag"], g.get("lag_q")) == (lag, None) for g in t["groups"]) == groups
            c.wait("it begins", lambda s: "icetop" in s)
            slowest = 0
            for key, there in (("/", True), ("Escape", False)) * 4:
                begun = time.monotonic()
                c.keys(key)
                c.wait("the prompt", lambda s, there=there: s.splitlines()[-1].startswith("/") == there, 5)
                slowest = max(slowest, time.monotonic() - begun)
            begun = time.monotonic()
            w.wait("every group, rightly", look, 120)
            first = time.monotonic() - begun
            k.produce("orders", 5, 1)
            lag += 5
            w.wait("the new records in every group", lambda t: all(g["lag"] == lag for g in t["groups"]), 120)
            check("its state", w.source()["state"], "ok")
            c.wait("all on the screen", lambda s: re.search(r"(\d+) of \1 live", s))
        print(f"all of {groups} groups after {first:.1f} s; a key shows after {slowest:.2f} s at most")
