"""Plugins that are executables: tables that they add, and what they do wrong."""

import json
import os
import pathlib
import re
import stat

from world import cli, expect

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
