"""The bench of datasets, and beside it what Python takes for the same events: reading them and counting each feature by hand, and
whylogs' profiles where its package is to be had. Without it that is left out, and said to be."""

import argparse
import collections
import json
import subprocess
import tempfile
import time


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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", required=True)
    args = parser.parse_args()
    with tempfile.NamedTemporaryFile("r") as events:
        subprocess.run([args.bench, events.name], check=True)
        lines = events.read().splitlines()
    print(f"Python, json and sums by hand: {rate(lines, by_hand):.0f}/s")
    try:
        print(f"Python, whylogs: {rate(lines, by_whylogs):.0f}/s")
    except ImportError as missing:
        print(f"Python, whylogs: left out, {missing.name} is not here")


if __name__ == "__main__":
    main()
