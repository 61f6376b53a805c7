"""A manifest of 12 columns with statistics: icetop's reader beside pyiceberg's, on the same file, in one run.

bench_avro.py --bench build/tests/bench/bench-avro [--entries 20000]; needs pyiceberg (any Python that has it).
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TIMES = 4  # as fast as pyiceberg, at least


def read_with_pyiceberg(path):
    """Entries, and the seconds of processor time that they took."""
    from pyiceberg.avro.file import AvroFile
    from pyiceberg.io.pyarrow import PyArrowFileIO
    from pyiceberg.manifest import (
        MANIFEST_ENTRY_SCHEMAS,
        DataFile,
        DataFileContent,
        FileFormat,
        ManifestEntry,
        ManifestEntryStatus,
    )

    source = PyArrowFileIO().new_input(path)
    start = time.process_time()
    with AvroFile[ManifestEntry](
        source,
        MANIFEST_ENTRY_SCHEMAS[2],
        read_types={-1: ManifestEntry, 2: DataFile},
        read_enums={0: ManifestEntryStatus, 101: FileFormat, 134: DataFileContent},
    ) as reader:
        n = sum(1 for entry in reader if entry.data_file.lower_bounds)
    return n, time.process_time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--entries", type=int, default=20000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "manifest.avro")
        env = {**os.environ, "TEST_DATA": str(ROOT / "tests/data")}
        out = subprocess.run(
            [args.bench, "--keep", path, str(args.entries)], env=env, capture_output=True, text=True, check=True
        ).stdout
        print(out, end="")
        ours = float(re.search(r"by plan +(\d+)", out)[1])
        best = 0
        for _ in range(3):
            n, seconds = read_with_pyiceberg(path)
            if n != args.entries:
                sys.exit(f"pyiceberg read {n} entries of {args.entries}")
            best = max(best, n / seconds)
    print(f"pyiceberg            {best:9.0f} entries/s  icetop is {ours / best:.1f} times as fast (to be >= {TIMES})")
    return ours / best < TIMES


if __name__ == "__main__":
    sys.exit(main())
