"""The sketches' bench, and beside it DataSketches' C++ by way of its Python package where that is to be had: arrays of doubles
go to it whole, so that what is measured is the C++. Without the package the peer is left out, and said to be."""

import argparse
import subprocess
import time

ROUNDS = 5


def best(work):
    took = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return min(took)


def peer(values):
    try:
        import datasketches
        import numpy
    except ImportError:
        print("DataSketches C++: left out, its Python package is not here")
        return
    array = numpy.random.default_rng(1).normal(size=values)
    for k in (200, 1024):
        rate = values / best(lambda: datasketches.kll_doubles_sketch(k).update(array))
        print(f"DataSketches C++ KLL, k {k:<4}           {rate / 1e6:9.1f} M values/s")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--values", type=int, default=2000000)
    args = parser.parse_args()
    subprocess.run([args.bench, str(args.values)], check=True)
    peer(args.values)


if __name__ == "__main__":
    main()
