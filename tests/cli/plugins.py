"""Plugins that are executables: tables that they add, and what they do wrong."""

import json
import os
import pathlib
import re
import signal
import stat

from world import cli, expect, is_alive, wait_for

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def plugin(w, name, text, mode=0o755):
    """A program in the home."""
    path = w.home / name
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def configure(w, text):
    conf = w.home / "icetop.yaml"
    conf.write_text(text, encoding="utf-8")
    w.env["ICETOP_PLUGIN_TRUST"] = str(w.path.resolve())
    return str(conf)


def tables(got):
    return {name: table["rows"] for name, table in json.loads(got[1])["tables"].items()}


@cli
def the_readmes_first_plugin_adds_a_panel(w):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    script = re.search(r"```sh\n(#!/bin/sh\n.*?)```", readme, re.S).group(1)
    yaml = re.search(r"```yaml\n(plugins:\n.*?)```", readme, re.S).group(1)
    assert script.count("\n") <= 10, script
    plugin(w, "disks.sh", script)
    conf = configure(w, yaml)
    got = w.run("--config", conf, "snapshot", "disks", "plugins", "--format", "json")
    expect(got, 0)
    seen = tables(got)
    here = os.statvfs("/")
    (root,) = [r for r in seen["disks"] if r["mount"] == "/"]
    assert 0 < root["used"] <= here.f_blocks * here.f_frsize, root
    (row,) = seen["plugins"]
    assert (row["plugin"], row["kind"], row["state"], row["tables"]) == ("disks", "executable", "ok", "disks"), row
    got = w.run("--config", conf, "snapshot", "--screen", "disks", "--size", "100x12")
    expect(got, 0, "DISKS", "used")
    expect(w.run("--config", conf, "snapshot", "nope"), 2, 'no table "nope"', "disks")


@cli
def files_that_others_may_write_are_not_run(w):
    path = plugin(w, "x.sh", "#!/bin/sh\ntouch ran\n", 0o777)
    conf = configure(w, "plugins:\n  x: {command: [./x.sh]}\n")
    expect(w.run("--config", conf, "snapshot", "plugins"), 1, "x.sh")
    path.chmod(0o755)
    w.home.chmod(0o777)
    expect(w.run("--config", conf, "snapshot", "plugins"), 1, str(w.home.resolve()))
    w.home.chmod(0o755)
    path.chmod(path.stat().st_mode & ~stat.S_IXUSR & ~stat.S_IXGRP & ~stat.S_IXOTH)
    expect(w.run("--config", conf, "snapshot", "plugins"), 1, "x.sh: Permission denied")
    path.unlink()
    expect(w.run("--config", conf, "snapshot", "plugins"), 1, "x.sh")
    assert not list(w.path.rglob("ran")), "it was run"


PY = "#!/usr/bin/env python3\nimport json, os, signal, sys, time\ndef say(**m):\n    print(json.dumps(m), flush=True)\n"
TABLE = 'say(t="table", table="things", columns=[{"name": "thing"}, {"name": "n", "type": "int"}])\n'
ROW = 'say(t="row", table="things", thing="a", n=1)\n'


def running(w, word):
    """Processes of this world's plugins whose command line has the word."""
    found = []
    for p in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            line = (p / "cmdline").read_bytes().decode(errors="replace")
            home = f"HOME={w.home}\0".encode()
            ours = home in (p / "environ").read_bytes() + b"\0"
        except OSError:
            continue
        if ours and word in line and "icetop" not in line.split("\0")[0] and is_alive(int(p.name)):
            found.append(int(p.name))
    return found


@cli
def what_a_plugin_does_wrong_is_said_and_costs_its_rows_alone(w):
    """Each beside one that is well; none of them shows rows."""
    bad = {
        "crash": (ROW + "os.abort()", "was ended by signal 6"),
        "status": (ROW + 'sys.exit("it broke\\nno such thing")', "ended with status 1: no such thing"),
        "half": (ROW + 'sys.stdout.write(\'{"t":"row","table":"thi\')', "line 3: not JSON"),
        "bytes": ('sys.stdout.flush(); os.write(1, b\'{"t":"row","table":"things","thing":"\\xff"}\\n\')', "line 2: not JSON"),
        "types": ('say(t="row", table="things", thing="a", n="many")', "line 2: table things_types: column n: not a value of type int"),
        "column": ('say(t="row", table="things", thing="a", m=1)', "line 2: table things_column has no column m"),
        "nokey": ('say(t="row", table="things", n=1)', "line 2: table things_nokey: a row without its key column thing"),
        "notable": ('say(t="row", table="others", n=1)', "table others was not declared"),
        "builtin": ('say(t="table", table="groups", columns=[{"name": "x"}])', "table groups: icetop has one of this name"),
        "flood": ('x = b"x" * 65536\nwhile True: os.write(1, x)', "more than 1000000 bytes in a run, the limit (max_output)"),
        "lines": ('while True: say(t="row", table="things", thing=str(time.time_ns()), n=1)', "more than 1000000 bytes in a run"),
        "rows": ('for i in range(12): say(t="row", table="things", thing=str(i), n=i)', "more than 10 rows, the limit (max_rows)"),
        "tables": ('for i in range(40): say(t="table", table=f"x{i}", columns=[{"name": "x"}])', "more than 32 tables, the limit"),
        "hang": (ROW + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)", "has not ended within its deadline"),
        "closed": (ROW + "os.close(1); os.close(2); time.sleep(600)", "has not ended within its deadline"),
        "shout": ('x = b"x" * 65536\nwhile True: os.write(2, x)', "has not ended within its deadline"),
        "says": (ROW + 'say(t="done", outcome="failed", text="no such server")', "says: no such server"),
        "finding": ('say(t="finding", id="IT-C01", text="x")', "ids that begin with IT- are icetop's own"),
    }
    conf = 'plugins:\n  well: {command: [./well.py]}\n'
    plugin(w, "well.py", PY + TABLE + ROW)
    for name, (text, _) in bad.items():
        plugin(w, f"{name}.py", PY + (TABLE + text).replace('"things"', f'"things_{name}"') + "\n")
        deadline = "2s" if name in ("hang", "closed", "shout") else "20s"
        conf += f"  {name}: {{command: [./{name}.py], deadline: {deadline}, interval: 1h, max_rows: {10 if name == 'rows' else 1000}}}\n"
    got = w.run("--config", configure(w, conf), "snapshot", "sources", "plugins", "things", "--format", "json", "--deadline", "25")
    expect(got, 3)
    seen = tables(got)
    assert [r["thing"] for r in seen["things"]] == ["a"], seen["things"]
    states = {r["plugin"]: r for r in seen["plugins"]}
    errors = {r["source"].partition(":")[2]: r for r in seen["sources"]}
    assert errors["well"]["state"] == "ok" and states["well"]["rows"] == 1, errors["well"]
    for name, (_, words) in bad.items():
        assert errors[name]["state"] == states[name]["state"] == "failed" and words in errors[name]["error"], (name, errors[name])
        assert states[name]["rows"] == 0, states[name]
    for name in bad:
        wait_for(f"{name} is gone", lambda n=name: not running(w, f"{n}.py"))


@cli
def what_is_odd_is_said_and_shown(w):
    plugin(w, "twice.py", PY + TABLE + ROW + ROW.replace("n=1", "n=2"))
    plugin(w, "partial.py", PY + TABLE.replace("things", "parts") + ROW.replace("things", "parts") +
           'say(t="done", outcome="partial", text="one shard is missing")\n')
    plugin(w, "other.py", PY + TABLE + ROW)
    conf = configure(w, "plugins:\n  a: {command: [./twice.py]}\n  b: {command: [./partial.py]}\n  c: {command: [./other.py]}\n")
    got = w.run("--config", conf, "snapshot", "sources", "things", "parts", "--format", "json")
    expect(got, 3)
    seen = tables(got)
    errors = {r["source"]: (r["state"], r["error"]) for r in seen["sources"]}
    first, second = ("a", "c") if errors["plugin:c"][0] == "failed" else ("c", "a")  # whoever comes first has the row
    if first == "a":
        assert errors["plugin:a"] == ("partial", "table things: more than one row of the same key, of which the last holds"), errors
    assert errors["plugin:b"] == ("partial", "b: one shard is missing") and len(seen["parts"]) == 1, errors
    assert errors[f"plugin:{second}"] == ("failed", f"table things: the row of thing a is plugin:{first}'s"), errors
    assert [r["n"] for r in seen["things"]] == [2 if first == "a" else 1], seen["things"]


@cli
def children_that_a_plugin_leaves_behind_are_ended_with_it(w):
    mark = f"{w.home}/left-behind"
    plugin(w, "fork.sh", f"""#!/bin/sh
sh -c 'trap "" TERM HUP; while :; do sleep 1; done' {mark} &
echo '{{"t":"table","table":"things","columns":[{{"name":"thing"}}]}}'
echo '{{"t":"row","table":"things","thing":"a"}}'
""")
    got = w.run("--config", configure(w, "plugins:\n  fork: {command: [./fork.sh]}\n"), "snapshot", "things", "--format", "json")
    expect(got, 0)
    assert len(tables(got)["things"]) == 1, got
    wait_for("the child is gone", lambda: not running(w, mark))


@cli
def a_plugin_has_a_clean_environment_and_is_told_its_options(w):
    plugin(w, "env.py", PY + """
said = json.loads(sys.stdin.readline())
say(t="table", table="things", columns=[{"name": "thing"}, {"name": "value"}])
for k, v in os.environ.items():
    if k not in ("LC_CTYPE", "PATH"):
        say(t="row", table="things", thing=k, value=v)
for o in said["options"]:
    say(t="row", table="things", thing="option " + o["name"], value=o["value"] + " at " + o["place"].rpartition("/")[2])
say(t="row", table="things", thing="argv", value=" ".join(sys.argv[1:]))
say(t="row", table="things", thing="files", value=" ".join(sorted(f for f in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + f))))
""")
    conf = configure(w, """plugins:
  env:
    command: [./env.py, "$HOME", -x]
    interval: 7s
    environment: [WANTED, MISSING]
    options:
      url: http://x
      token: {env: SECRET}
""")
    env = {"WANTED": "yes", "SECRET": "hush", "OTHER": "no"}
    got = w.run("--config", conf, "snapshot", "things", "--format", "json", env=env)
    expect(got, 0)
    seen = {r["thing"]: r["value"] for r in tables(got)["things"]}
    assert seen.pop("files") == "0 1 2", seen
    assert seen == {"HOME": str(w.home), "LANG": "C.UTF-8", "TZ": "UTC", "WANTED": "yes", "ICETOP_INSTANCE": "env",
                    "ICETOP_INTERVAL_MS": "7000", "ICETOP_DEADLINE_MS": "5000", "argv": "$HOME -x",
                    "option url": "http://x at icetop.yaml:7:12", "option token": "hush at icetop.yaml:8:14"}, seen
    got = w.run("--config", conf, "config", env=env)
    expect(got, 0, "url: http://x", "•••")
    assert "hush" not in got[1] + got[2], got


@cli
def a_plugin_that_stays_is_asked_and_started_again(w):
    plugin(w, "stays.py", PY + """
said = json.loads(sys.stdin.readline())
say(t="hello", protocol=1, version="1.5")
say(t="table", table="things", columns=[{"name": "thing"}, {"name": "n", "type": "int"}, {"name": "pid", "type": "int", "unit": "id"}])
n = 0
for line in sys.stdin:
    n += 1
    say(t="row", table="things", thing="count", n=n, pid=os.getpid())
    say(t="row", table="things", thing="only of " + str(n))
    if n > 1:
        say(t="gone", table="things", thing="only of " + str(n - 1))
    say(t="event", severity="warn", subject="count", text="asked " + str(n))
    say(t="done")
    if n == 3:
        print("that was enough", file=sys.stderr, flush=True)
        os.abort()
""")
    conf = configure(w, "plugins:\n  s: {command: [./stays.py], stays: true, interval: 300ms, max_interval: 1s}\n")
    got = w.run("--config", conf, "snapshot", "things", "--format", "json")
    expect(got, 0)
    assert {r["thing"]: r["n"] for r in tables(got)["things"]} == {"count": 1, "only of 1": None}, got
    p = w.start("--config", conf, "collect", "--socket", str(w.tmp / "s"))
    try:
        def state(table):
            got = w.run(f"--attach={w.tmp}/s", "snapshot", table, "--format", "json")
            return tables(got)[table] if got[0] in (0, 3) and got[1] else []
        row = wait_for("it was started again", lambda: next((r for r in state("plugins") if (r["starts"] or 0) > 1), None))
        assert row["version"] == "1.5" and row["kind"] == "stays", row
        wait_for("its end was told", lambda: any("was ended by signal 6: that was enough" in e["text"] for e in state("events")))
        wait_for("its events are there", lambda: any(e["text"] == "asked 3" for e in state("events")))
        pids = running(w, "stays.py")
    finally:
        p.terminate()
        p.communicate(timeout=60)
    wait_for("it ended with icetop", lambda: not running(w, "stays.py"))
    assert len(pids) <= 1, pids


@cli
def columns_findings_and_pages_of_a_plugin(w):
    plugin(w, "own.py", PY + f"""
say(t="group", table="groups", name="owner", columns=[{{"name": "team", "help": "Who owns it."}}])
say(t="row", table="groups", cluster="default", group="search-indexer", team="search")
say(t="row", table="groups", cluster="default", group="nobody", team="none")
say(t="page", id="OWN-01", severity="critical", title="nobody owns it", seen="S.", means="M.", do="Ask. Twice.", unlike="U.")
say(t="finding", id="OWN-01", subject="group nobody", text="Group nobody has no owner", group="nobody")
""")
    conf = configure(w, f"clusters:\n  default: {{bootstrap: '{w.b}'}}\nplugins:\n  own: {{command: [./own.py]}}\n")
    got = w.run("--config", conf, "snapshot", "groups", "findings", "events", "--format", "json")
    expect(got, 0)
    seen = tables(got)
    teams = {str(r["group"]): r["team"] for r in seen["groups"]}
    assert teams.pop("search-indexer") == "search" and set(teams.values()) == {None}, teams
    (found,) = [f for f in seen["findings"] if f["id"] == "OWN-01"]
    assert (found["severity"], found["title"], found["todo"], found["group"]) == ("critical", "nobody owns it", "Ask. Twice.", "nobody"), found
    assert any(e["text"] == "OWN-01: Group nobody has no owner" for e in seen["events"]), seen["events"]
    expect(w.run("--config", conf, "check"), 2, "OWN-01", "Group nobody has no owner")


@cli
def other_formats_fill_tables(w):
    plugin(w, "prom.sh", """#!/bin/sh
cat <<'X'
# HELP jobs_seconds How long.
# TYPE jobs_seconds histogram
jobs_seconds_count{b="2",a="1"} 3
up NaN
broken {
X
""")
    plugin(w, "check.sh", """#!/bin/sh
echo "DISK WARNING - free space: / 3326 MB (56%);| /=2643MB;5948;5958;0;5968 'it''s load'=5%;80;90"
echo "more of it | time=12.5ms;; last=U"
echo "broken"
exit 1
""")
    plugin(w, "influx.sh", """#!/bin/sh
cat <<'X'
# a comment
weather,location=us\\,midwest,b=x temperature=82.5,humid=71i,wet=t,words="a \\"b\\", c" 1465839830100400200
nonsense
X
""")
    plugin(w, "data.csv.sh", """#!/bin/sh
printf 'Name,Size (B),ratio,"note ""x"" y"\\r\\nb,12,0.5,"a,\\nb"\\r\\na,13,1,\\nc,1\\n'
""")
    plugin(w, "when.sh", "#!/bin/sh\necho 'x 1 123'\n")
    plugin(w, "empty.sh", "#!/bin/sh\n")
    plugin(w, "odd.sh", "#!/bin/sh\nexit 7\n")
    conf = configure(w, """plugins:
  prom: {command: [./prom.sh], format: prometheus}
  check: {command: [./check.sh], format: nagios}
  influx: {command: [./influx.sh], format: influx}
  My-Data: {command: [./data.csv.sh], format: csv, key: [Name]}
  when: {command: [./when.sh], format: prometheus}
  empty: {command: [./empty.sh], format: csv}
  odd: {command: [./odd.sh], format: nagios}
""")
    got = w.run("--config", conf, "snapshot", "plugin_metrics", "plugin_checks", "plugin_perfdata", "plugin_points", "my_data", "sources", "--format", "json")
    expect(got, 3)
    seen = tables(got)
    metrics = {r["metric"]: r for r in seen["plugin_metrics"]}
    assert metrics["jobs_seconds_count"]["labels"] == 'a="1",b="2"' and metrics["jobs_seconds_count"]["type"] == "histogram", metrics
    assert metrics["jobs_seconds_count"]["help"] == "How long." and metrics["up"]["value"] == "NaN" and len(metrics) == 2, metrics
    (check,) = seen["plugin_checks"]
    assert (check["instance"], check["status"], check["more"]) == ("check", "WARNING", "more of it"), check
    assert check["text"].startswith("DISK WARNING - free space"), check
    perf = {r["label"]: r for r in seen["plugin_perfdata"]}
    assert (perf["/"]["value"], perf["/"]["unit"], perf["/"]["warn"], perf["/"]["max"]) == (2643, "MB", "5948", 5968), perf
    assert (perf["it's load"]["value"], perf["it's load"]["unit"], perf["it's load"]["crit"]) == (0.05, "ratio", "90"), perf
    assert (perf["time"]["value"], perf["last"]["value"]) == (12.5, None) and len(perf) == 4, perf
    points = {r["field"]: r for r in seen["plugin_points"]}
    assert points["temperature"]["tags"] == 'b="x",location="us,midwest"' and points["temperature"]["value"] == 82.5, points
    assert (points["humid"]["whole"], points["wet"]["value"], points["words"]["text"]) == (71, 1, 'a "b", c'), points
    assert points["humid"]["time"] in (1465839830100, "2016-06-13T17:43:50.100Z"), points
    assert seen["my_data"] == [{"name": "a", "size__b_": 13, "ratio": 1, "note__x__y": None},
                               {"name": "b", "size__b_": 12, "ratio": 0.5, "note__x__y": "a,\nb"}], seen["my_data"]
    errors = {r["source"].partition(":")[2]: (r["state"], r["error"]) for r in seen["sources"]}
    for name, state, words in [("prom", "partial", "1 bad line; line 5"), ("check", "partial", "1 bad line; line 3"), ("influx", "partial", "line 3: "),
                               ("My-Data", "partial", "2 fields, where 4 columns are named"), ("when", "failed", "with a timestamp"),
                               ("empty", "failed", "no line of names"), ("odd", "failed", "ended with status 7")]:
        assert errors[name][0] == state and words in errors[name][1], (name, errors[name])


@cli
def plugins_come_and_go_with_the_configuration(w):
    plugin(w, "a.sh", "#!/bin/sh\necho up 1\n")
    plugin(w, "b.sh", "#!/bin/sh\nprintf 'name,n\\na,1\\n'\n")
    plugin(w, "c.sh", "#!/bin/sh\necho 'OK | a=1'\n")
    plugin(w, "d.py", PY + TABLE + ROW + 'say(t="group", table="topics", name="x", columns=[{"name": "x"}])\n')
    both = """plugins:
  a: {command: [./a.sh], format: prometheus, interval: 500ms}
  b: {command: [./b.sh], format: csv, interval: 500ms}
  c: {command: [./c.sh], format: nagios, interval: 500ms}
  d: {command: [./d.py], interval: 500ms}
"""
    conf = configure(w, both)
    p = w.start("--config", conf, "collect", "--socket", str(w.tmp / "s"))

    def names():
        got = w.run(f"--attach={w.tmp}/s", "snapshot", "plugins", "--format", "json")
        return [r["plugin"] for r in tables(got)["plugins"] if r["state"] == "ok"] if got[1] else []
    try:
        wait_for("all are there", lambda: names() == ["a", "b", "c", "d"])
        configure(w, "plugins:\n  c: {command: [./c.sh], format: nagios, interval: 500ms}\n")
        p.send_signal(signal.SIGHUP)
        wait_for("the others have gone", lambda: names() == ["c"])
        expect(w.run(f"--attach={w.tmp}/s", "snapshot", "b"), 2, 'no table "b"')
        got = w.run(f"--attach={w.tmp}/s", "snapshot", "plugin_metrics", "plugin_perfdata", "--format", "json")
        assert not tables(got)["plugin_metrics"] and tables(got)["plugin_perfdata"], got
        configure(w, both)
        p.send_signal(signal.SIGHUP)
        wait_for("they are back", lambda: names() == ["a", "b", "c", "d"])
    finally:
        p.terminate()
        out = p.communicate(timeout=60)
    assert p.returncode == 0, (p.returncode, out)


@cli
def the_words_of_the_configuration_of_plugins(w):
    for text, words in [
        ("{}", "neither plugin nor command"),
        ("{plugin: x, command: [y]}", "there is a plugin already"),
        ("{plugin: ../x}", "a name without a slash"),
        ("{command: [x], environment: [A=b]}", "no name of a variable"),
        ("{command: [x], format: csv, stays: true}", "only what writes json can stay"),
        ("{command: [x], key: [a]}", "only csv has a key"),
        ("{command: [x], options: [a]}", "a list, where a map is expected"),
        ("{command: [x], options: {a: {b: c}}}", "a way to a secret"),
        ("{command: [x], formt: csv}", 'did you mean "format"?'),
    ]:
        expect(w.run("--config", configure(w, f"plugins:\n  x: {text}\n"), "config"), 2, words)
