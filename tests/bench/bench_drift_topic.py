"""Events a second of processor time that a collector takes from a real topic: fetched, read, counted by 20 features and by cohorts,
compared at each window's end. Needs what the live tests need (Java, kcat).

bench_drift_topic.py --icetop build/icetop [--events 1000000] [--partitions 4] [--codec none] [--perf FILE]

--perf: records the collector with perf into that file.
"""

import argparse
import json
import pathlib
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))

from bench_console import cpu_seconds  # noqa: E402
from kafka import Kafka, wait_for  # noqa: E402
from subscription import Stream  # noqa: E402
from told import value  # noqa: E402

LIMIT = 100000  # events a second of the collector's processor time, at least
DIFFERENT = 20000
WINDOW = 5000
DEADLINE = 300
TEXTS = ("country", "channel", "device", "plan", "segment")
NUMBERS = ("age", "income", "tenure_months", "balance", "products", "score", "last_login", "week", "month", "basket", "refunds",
           "distance", "hour", "weekday")


def event(draw, i):
    features = {name: f"c{draw.randrange(20)}" for name in TEXTS} | {"active": draw.random() < 0.5}
    for at, name in enumerate(NUMBERS):
        features[name] = (draw.randrange(1000), round(draw.random() * 1e3, 2), draw.random())[at % 3]
    return {"id": f"evt-{i:08}", "ts": 1795239700000 + i, "model": "churn-v3", "features": features,
            "prediction": round(draw.random(), 4), "label": draw.randrange(2)}


def produce(k, events, codec):
    """The same events again and again, in any order. Returns how many and their bytes each."""
    draw = random.Random(1)
    text = "".join(json.dumps(event(draw, i), separators=(",", ":")) + "\n" for i in range(DIFFERENT)).encode()
    times = -(-events // DIFFERENT)
    with subprocess.Popen(["kcat", "-b", k.bootstrap, "-P", "-t", "predictions", "-z", codec, "-X", "linger.ms=50", "-X",
                           "batch.num.messages=10000", "-X", "queue.buffering.max.messages=500000"],
                          stdin=subprocess.PIPE) as kcat:
        for _ in range(times):
            kcat.stdin.write(text)
    assert kcat.returncode == 0
    return times * DIFFERENT, len(text) / DIFFERENT - 1


def is_read(datasets):
    """There are windows, and no record is left."""
    return any(value(row.get("lag")) == 0 and value(row.get("rows")) == WINDOW for row in datasets)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--icetop", required=True)
    parser.add_argument("--events", type=int, default=1000000)
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--codec", default="none")
    parser.add_argument("--perf")
    args = parser.parse_args()
    with Kafka() as k:
        k.topic("predictions", args.partitions)
        events, size = produce(k, args.events, args.codec)
        config = k.dir / "bench.yaml"
        config.write_text(json.dumps({"clusters": {"bench": {"bootstrap": k.bootstrap}}, "datasets": {"bench": {
            "topic": "predictions", "back": "1d", "window_rows": WINDOW, "reference": "first",
            "cohorts": ["features.country"]}}}))
        begun = time.monotonic()
        with Stream(args.icetop, "--config", config, tables=("sources", "datasets")) as stream:
            pid = stream.process.pid
            perf = args.perf and subprocess.Popen(["perf", "record", "-q", "-g", "-o", args.perf, "-p", str(pid)])
            wait_for("all events are read", lambda: is_read(list(stream.rows.get("datasets", {}).values())), DEADLINE)
            spent, passed = cpu_seconds(pid), time.monotonic() - begun
            if perf:
                perf.send_signal(signal.SIGINT)
                perf.wait()
    rate = events / spent
    print(f"{events} events of 20 features, {size:.0f} bytes, {args.partitions} partitions, {args.codec}: {rate:.0f} a second of processor "
          f"time ({rate / LIMIT:.2f} of {LIMIT}), {events / passed:.0f} a second on the clock")
    return 0 if rate >= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
