"""Two hundred executables every ten seconds: what icetop itself uses beside them, of a core."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

N, INTERVAL_S, ROUNDS, LIMIT = 200, 10, 3, 0.10
SCRIPT = """#!/bin/sh
echo '{"t":"table","table":"things","columns":[{"name":"instance","flags":["key"]},{"name":"thing","flags":["key"]},{"name":"n","type":"int"}]}'
for i in 1 2 3 4 5 6 7 8 9 10; do echo "{\\"t\\":\\"row\\",\\"table\\":\\"things\\",\\"thing\\":\\"$i\\",\\"n\\":$$}"; done
"""


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def snapshot(icetop, sock, env, table):
    got = subprocess.run([icetop, f"--attach={sock}", "snapshot", table, "--format", "json"], env=env, capture_output=True, text=True, check=False)
    return json.loads(got.stdout)["tables"][table]["rows"] if got.stdout else []


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--icetop", required=True)
    icetop = str(pathlib.Path(args.parse_args().icetop).resolve())
    with tempfile.TemporaryDirectory(prefix="icetop-bench-") as d:
        home = pathlib.Path(d).resolve()
        env = {"PATH": os.environ["PATH"], "HOME": str(home), "ICETOP_PLUGIN_TRUST": str(home)}
        (home / "x.sh").write_text(SCRIPT, encoding="utf-8")
        (home / "x.sh").chmod(0o755)
        (home / "icetop.yaml").write_text("plugins:\n" + "".join(
            f"  p{i}: {{command: [./x.sh], interval: {INTERVAL_S}s, deadline: 9s}}\n" for i in range(N)), encoding="utf-8")
        sock = home / "s"
        p = subprocess.Popen([icetop, "--config", home / "icetop.yaml", "--no-history", "collect", "--socket", sock], env=env,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until = time.monotonic() + 120
            while time.monotonic() < until and len(snapshot(icetop, sock, env, "things")) < 10 * N:
                time.sleep(0.5)
            before, began = cpu_s(p.pid), time.monotonic()
            rounds = sum(r["rounds"] for r in snapshot(icetop, sock, env, "sources"))
            time.sleep(ROUNDS * INTERVAL_S)
            share = (cpu_s(p.pid) - before) / (time.monotonic() - began)
            sources = snapshot(icetop, sock, env, "sources")
            ran = sum(r["rounds"] for r in sources) - rounds
            bad = [r for r in sources if r["state"] != "ok"]
        finally:
            p.terminate()
            p.wait(60)
    print(f"{N} executables every {INTERVAL_S} s: {ran} runs, {share:.2%} of a core beside them, {len(bad)} not well")
    return share > LIMIT or ran < N * (ROUNDS - 1) or len(bad) > 0


if __name__ == "__main__":
    sys.exit(main())
