"""Plugins in C: their host on two pipes, and what becomes of them in a collector, good and bad."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess

from world import DEADLINE, cli, expect, is_alive, wait_for

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def take(w, *names):
    """Shared objects that the build has made, in a directory that may be trusted."""
    directory = w.home / "plugins"
    directory.mkdir(exist_ok=True)
    for name in names:
        to = directory / f"{name}.so"
        shutil.copyfile(pathlib.Path(w.icetop).parent / "tests/plugins" / f"{name}.so", to)
        to.chmod(0o755)
    w.env["ICETOP_PLUGIN_TRUST"] = str(w.path.resolve())
    w.env["ICETOP_PLUGIN_PATH"] = str(directory)
    return directory


class Host:
    """A plugin's host, and what it says."""

    def __init__(self, w, path, **options):
        self.p = w.start("plugin-host", str(path), stdin=subprocess.PIPE)
        listed = [{"name": k, "value": v, "place": "icetop.yaml:1:1"} for k, v in options.items()]
        self.say({"t": "configure", "instance": "one", "deadline_ms": 20000, "options": listed})

    def say(self, message):
        self.p.stdin.write(json.dumps(message) + "\n")
        self.p.stdin.flush()

    def round(self):
        """Asks for one; all messages up to its end."""
        self.say({"t": "refresh"})
        said = []
        for line in self.p.stdout:
            said.append(json.loads(line))
            if said[-1]["t"] == "done":
                return said
        raise AssertionError(f"it ended: {self.p.wait(DEADLINE)} {self.p.stderr.read()} {said}")

    def end(self):
        out, err = self.p.communicate(timeout=DEADLINE)
        return self.p.returncode, out, err


def of(said, kind):
    return [m for m in said if m["t"] == kind]


@cli
def a_plugin_shows_its_table(w):
    directory = take(w, "naughty", "first", "later")
    host = Host(w, directory / "naughty.so")
    said = host.round()
    assert said[0]["t"] == "hello" and said[0]["plugin"] == "naughty", said[0]
    (rows,) = of(said, "rows")
    assert rows["reset"] and rows["new"] == [[1, 1, "one", 2, {"b": "/xtbMzFt4oCu"}, [0.5, "le"]]], rows
    assert said[-1] == {"t": "done", "outcome": "ok"}, said[-1]
    assert host.round() == [{"t": "done", "outcome": "ok"}]
    expect(host.end(), 0)
    # Built against the first version of the header, and against one to come.
    host = Host(w, directory / "first.so", thing="bell")
    said = host.round()
    assert [r["new"] for r in of(said, "rows") if "new" in r] == [[[1, 1, "one", "bell", [2048, "est"]]]], said
    assert said[-1] == {"t": "done", "outcome": "partial", "text": "1 of 2"}, said[-1]
    expect(host.end(), 0)
    host = Host(w, directory / "later.so")
    assert [r["new"] for r in of(host.round(), "rows") if "new" in r] == [[[1, 1, "one", "2", 5]]]
    expect(host.end(), 0)


@cli
def what_is_no_plugin_is_said(w):
    directory = take(w, "liar", "nothing", "lamps")
    expect(w.run("plugin-host", str(directory / "liar.so")), 2, "struct_size is", "but icetop_plugin has")
    expect(w.run("plugin-host", str(directory / "nothing.so")), 2, "exports no icetop_plugin")
    (directory / "text.so").write_text("no object\n", encoding="utf-8")
    expect(w.run("plugin-host", str(directory / "text.so")), 2, "text.so")
    expect(w.run("plugin-host", str(directory / "none.so")), 2, "No such file")
    (directory / "lamps.so").chmod(0o775)
    expect(w.run("plugin-host", str(directory / "lamps.so")), 2, "its group (mode 0775)")
    (directory / "lamps.so").chmod(0o755)
    got = w.run("plugin-host", "--describe", str(directory / "lamps.so"))
    expect(got, 0)
    said = [json.loads(line) for line in got[1].splitlines()]
    assert said[0]["plugin"] == "lamps" and said[0]["license"] == "Apache-2.0", said[0]
    options = {m["name"]: m for m in of(said, "option")}
    assert options["url"]["required"] and options["password"]["secret"] and options["limit"]["preset"] == "60", options
    assert [m["table"] for m in of(said, "table")] == ["lamps", "lamps_shades"], said
    assert [m["name"] for m in of(said, "group")] == ["lamps_owner"] and [m["id"] for m in of(said, "page")] == ["LAMPS-01"], said


@cli
def a_naughty_plugin_has_words(w):
    path = take(w, "naughty") / "naughty.so"
    host = Host(w, path, way="print")
    assert host.round()[-1] == {"t": "done", "outcome": "ok"}
    got = host.end()
    expect(got, 0)
    assert '"reset":true' in got[2] and '"reset"' not in got[1], got  # what it prints is log, not a message
    for way, words in (("types", None), ("rows", "more than 100000 rows"), ("words", "were left out"), ("timers", "more than 1000 timers")):
        host = Host(w, path, way=way)
        host.round()
        last = host.round()[-1]
        if words:
            assert last["outcome"] == "partial" and words in last["text"], last
        expect(host.end(), 0)
    host = Host(w, path, way="shut")
    assert host.round()[-1]["text"] == "plugin naughty could not be opened: it does not want to"
    expect(host.end(), 1)
    host = Host(w, path, wya="good")
    assert 'icetop.yaml:1:1: unknown key "wya" (did you mean "way"?)' in host.round()[-1]["text"]
    expect(host.end(), 0)


@cli
def recorded_answers_stand_for_a_service(w):
    path = take(w, "lamps") / "lamps.so"
    recorded = w.home / "recorded.json"
    recorded.write_text(json.dumps({
        "options": {"url": "http://lamps:80", "shade": ["red=#f00", "none"]}, "now": "2026-01-02T03:04:05Z",
        "answers": {
            "/lamps": [{"json": [{"name": "desk", "watts": 4.5, "lit": True}, {"name": "sun", "watts": 1e9, "since": "2026-01-01T00:00:00Z"}]},
                       {"file": "later.json"}],
            "/owners": {"json": {"pay": "ada"}},
        }}), encoding="utf-8")
    (w.home / "later.json").write_text('[{"name": "desk", "watts": "5"}]', encoding="utf-8")
    got = w.run("plugin-host", "--recorded", str(recorded), str(path))
    expect(got, 0)
    said = [json.loads(line) for line in got[1].splitlines()]
    assert [m["outcome"] for m in of(said, "done")] == ["ok", "ok"], said
    lamps = [m for m in of(said, "rows") if m["table"] == "lamps"]
    assert lamps[0]["new"] == [[1, 1, "lamps", "desk", "attic", 4.5, True], [2, 1, "lamps", "sun", "attic", 1e9, None, 1767225600000]], lamps
    assert lamps[1]["gone"] == [2] and lamps[1]["set"] == [[1, 3, 5, 4, None]], lamps
    assert of(said, "row") == [{"t": "row", "table": "groups", "cells": {"cluster": "home", "group": "pay", "owner": "ada"}}], said
    assert [(m["id"], m["subject"], m["severity"]) for m in of(said, "finding")] == [("LAMPS-01", "lamp sun", "warning")], said


def tables(got):
    return {name: table["rows"] for name, table in json.loads(got[1])["tables"].items()}


@cli
def one_plugin_that_crashes_costs_its_own_rows(w):
    directory = take(w, "naughty", "first")
    conf = w.home / "icetop.yaml"
    conf.write_text("""plugins:
  attic: {plugin: first, options: {thing: bell}}
  cellar: {plugin: first, options: {thing: jar}}
  crash: {plugin: naughty, options: {way: crash}}
  never: {plugin: naughty, deadline: 1s, options: {way: never}}
  hang: {plugin: naughty, deadline: 1s, options: {way: hang}}
  good: {command: [plugins/naughty.so]}
  absent: {plugin: nowhere}
  plain: {plugin: first, options: {size: huge}}
""", encoding="utf-8")
    got = w.run("--config", str(conf), "snapshot", "first_others", "naughty", "plugins", "sources", "--format", "json")
    expect(got, 3)
    seen = tables(got)
    assert [(r["instance"], r["thing"], r["size"], r["size_q"]) for r in seen["first_others"]] == [("attic", "bell", 2048, "est"), ("cellar", "jar", 2048, "est")], seen
    assert [r["instance"] for r in seen["naughty"]] == ["good"], seen
    state = {r["plugin"]: (r["kind"], r["state"]) for r in seen["plugins"]}
    assert state["good"] == ("shared object", "ok") and state["crash"] == ("shared object", "failed"), state
    words = {r["source"]: r["error"] for r in seen["sources"]}
    assert "signal 6" in words["plugin:crash"] and "the last words" in words["plugin:crash"], words
    assert "within" in words["plugin:never"] and "deadline" in words["plugin:hang"], words
    assert "there is no plugin nowhere in" in words["plugin:absent"], words
    assert 'icetop.yaml:9:' in words["plugin:plain"] and 'option size: "huge" is not a size' in words["plugin:plain"], words


@cli
def hosts_end_with_their_collector(w):
    take(w, "naughty")
    conf = w.home / "icetop.yaml"
    conf.write_text("plugins:\n  good: {plugin: naughty, interval: 200ms}\n  hang: {plugin: naughty, interval: 200ms, options: {way: hang}}\n", encoding="utf-8")
    p = w.start("collect", "--config", str(conf))

    def hosts():
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                if b"plugin-host" in words and str(w.home.resolve()).encode() in b" ".join(words):
                    found.append(int(pid))
        return found

    started = wait_for("two hosts", lambda: len(hosts()) == 2 and hosts())
    p.terminate()
    p.communicate(timeout=DEADLINE)
    wait_for("their end", lambda: not any(is_alive(pid) for pid in started))


@cli
def columns_on_a_table_of_icetops(w):
    """By key, on rows that are there; the row's own key column is called as a field of the message is."""
    w.env["ICETOP_PLUGIN_TRUST"] = str(w.path.resolve())
    (w.home / "groups.sh").write_text("#!/bin/sh\n" + "".join(f"echo '{line}'\n" for line in (
        '{"t":"group","table":"sources","name":"care","columns":[{"name":"owner","type":"text","help":"Whose."}]}',
        '{"t":"row","table":"sources","cells":{"source":"plugin:care","owner":"ada"}}',
        '{"t":"done","outcome":"ok"}')), encoding="utf-8")
    (w.home / "groups.sh").chmod(0o755)
    conf = w.home / "icetop.yaml"
    conf.write_text("plugins:\n  care: {command: [./groups.sh]}\n", encoding="utf-8")
    got = w.run("--config", str(conf), "snapshot", "sources", "--format", "json")
    expect(got, 0)
    assert [r["owner"] for r in tables(got)["sources"] if r["source"] == "plugin:care"] == ["ada"], got


@cli
def plugins_are_listed_begun_and_tested(w):
    directory = take(w, "first", "naughty")
    (directory / "naughty.so").chmod(0o777)
    conf = w.home / "icetop.yaml"
    conf.write_text("plugins:\n  attic: {plugin: first}\n", encoding="utf-8")
    got = w.run("plugins", "--config", str(conf))
    expect(got, 0, "first_things first_others", "not to be run", "attic")
    got = w.run("plugins", "--format", "json")
    expect(got, 0)
    listed = {p["plugin"]: p for p in json.loads(got[1])["plugins"]}
    assert listed["first"]["version"] == "0.1" and "everybody" in listed["naughty"]["error"], listed
    (directory / "naughty.so").chmod(0o755)
    expect(w.run("plugins", "test", str(directory / "first.so")), 1, "round 1 was partial: test: 1 of 2")
    expect(w.run("plugins", "test", str(directory / "none.so")), 1, "No such file")
    expect(w.run("plugins", "test", str(w.home / "none")), 2, "No such file")
    expect(w.run("plugins", "new", "../x"), 2, "a plugin's name")
    expect(w.run("plugins", "tset", "x"), 2, "icetop plugins new NAME")
    make = {"ICETOP": w.icetop, "CPPFLAGS": f"-I{ROOT / 'include'}"}
    for name, option in (("my-thing", ()), ("watcher", ("--exec",))):
        expect(w.run("plugins", "new", name, *option, cwd=w.home), 0, "Next: cd")
        expect(w.run("plugins", "new", name, *option, cwd=w.home), 1, "File exists")
        if shutil.which("make") and shutil.which("cc"):
            p = subprocess.run(["make", "test", *(f"{k}={v}" for k, v in make.items())], cwd=w.home / name, env=w.env, text=True, capture_output=True, timeout=2 * DEADLINE, check=False)
            expect((p.returncode, p.stdout, p.stderr), 0, "2 rows" if not option else "round 1", "well ./")
    # What is against the contract is said.
    bad = w.home / "bad.sh"
    bad.write_text('#!/bin/sh\necho \'{"t":"table","table":"bad","columns":[{"name":"a"},{"name":"n","type":"int"}]}\'\n'
                   'for n in 1 2; do echo \'{"t":"row","table":"bad","a":"x","n":1}\'; done\n', encoding="utf-8")
    bad.chmod(0o755)
    expect(w.run("plugins", "test", str(bad)), 1, "more than one row of the same key")
    bad.write_text('#!/bin/sh\necho \'{"t":"table","table":"bad","columns":[{"name":"a"},{"name":"n","type":"int"}]}\'\n'
                   'echo \'{"t":"row","table":"bad","a":"x","n":"one"}\'\n', encoding="utf-8")
    expect(w.run("plugins", "test", str(bad)), 1, "BAD  line 2:")
