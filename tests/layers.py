"""A room includes only its own headers and those of rooms above it; only ui/term*.c includes curses."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROOMS = ["base", "table", "expr", "conf", "stream", "history", "net", "source", "kafka", "avro", "prom", "drift", "iceberg", "connect", "plugin", "derive", "findings", "snapshot", "demo"]
# What a room may see beyond the order: those not named here see every room above them.
ONLY = {
    "demo": {"base", "avro", "demo"},
    "snapshot": {"base", "table", "expr", "snapshot"},
    "conf": {"base", "conf"},
    "net": {"base", "net"},
    "avro": {"base", "avro"},
    "prom": {"base", "table", "conf", "net", "source", "prom"},
    "drift": {"base", "table", "expr", "conf", "source", "kafka", "avro", "drift"},
    "iceberg": {"base", "table", "net", "source", "avro", "iceberg"},
    "connect": {"base", "table", "conf", "net", "source", "kafka", "avro", "connect"},
    "plugin": {"base", "table", "conf", "stream", "net", "source", "prom", "plugin"},
    "history": {"base", "table", "stream", "history"},
}
UI = {"base", "table", "expr", "stream", "ui"}


def allowed(room):
    if room == "ui":
        return UI
    return ONLY.get(room, set(ROOMS[: ROOMS.index(room) + 1]))


def main():
    bad = []
    for path in sorted([*ROOT.glob("src/*/*.[ch]"), *ROOT.glob("ui/*.[ch]")]):
        room = path.parent.name
        text = path.read_text(encoding="utf-8")
        if room not in ("cmd", *ROOMS, "ui"):
            bad.append(f"{path}: a room that tests/layers.py does not know")
            continue
        if re.search(r"#include <n?curses", text) and not path.name.startswith("term"):
            bad.append(f"{path.relative_to(ROOT)}: includes curses")
        if room == "cmd":
            continue
        for name in re.findall(r'#include "(\w+)/', text):
            if name not in allowed(room) and (room, name) != ("plugin", "icetop"):  # the header that is installed
                bad.append(f"{path.relative_to(ROOT)}: {room} includes {name}")
    print("\n".join(bad))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
