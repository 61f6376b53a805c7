"""The bench of datasets, and beside it what Python takes for the same events in the same run: reading them and counting each
feature by hand, and whylogs' profiles of them, by processor time of one thread. whylogs is installed where the live tests' programs
are; where it cannot be had it is left out, and said to be."""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import time

FETCH = pathlib.Path(__file__).resolve().parent.parent / "live" / "fetch"


def rate(lines, work):
    start = time.process_time()
    work(lines)
    return len(lines) / (time.process_time() - start)


def by_hand(lines):
    sums = collections.defaultdict(lambda: [0, 0.0, 0.0])
    categories = collections.defaultdict(collections.Counter)
    for line in lines:
        for name, value in json.loads(line)["features"].items():
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                moments = sums[name]
                moments[0] += 1
                moments[1] += value
                moments[2] += value * value
            else:
                categories[name][value] += 1


def by_whylogs(lines):
    import pandas
    import whylogs

    whylogs.log(pandas.DataFrame([json.loads(line)["features"] for line in lines])).profile().view()


def in_its_python(path):
    """This script again, by the Python that has whylogs."""
    fetched = subprocess.run([FETCH, "whylogs"], capture_output=True, text=True, check=False)
    if fetched.returncode:
        print("Python, whylogs: left out, it cannot be installed")
        return
    subprocess.run([fetched.stdout.strip(), __file__, "--whylogs", path], check=True)


def measure_whylogs(path):
    lines = pathlib.Path(path).read_text().splitlines()
    by_whylogs(lines[:100])  # what it loads
    print(f"Python, json and whylogs: {max(rate(lines, by_whylogs) for _ in range(3)):.0f}/s")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench")
    parser.add_argument("--whylogs", metavar="EVENTS")
    args = parser.parse_args()
    if args.whylogs:
        measure_whylogs(args.whylogs)
        return 0
    with tempfile.NamedTemporaryFile("r") as events:
        done = subprocess.run([args.bench, events.name], check=False)
        lines = events.read().splitlines()
        print(f"Python, json and sums by hand: {max(rate(lines, by_hand) for _ in range(3)):.0f}/s", flush=True)
        in_its_python(events.name)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
