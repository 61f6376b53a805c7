"""What pyiceberg says of a table, as JSON: pyiceberg_says.py hadoop WAREHOUSE TABLE | sql FILE WAREHOUSE TABLE |
rest URI TABLE. With --rows before these: for each line on standard input, how many rows it has."""

import json
import pathlib
import sys

from pyiceberg.catalog import load_catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.table import StaticTable


def open_table(kind, *where):
    if kind == "sql":
        file, warehouse, name = where
        catalog = SqlCatalog("iceberg", uri=f"sqlite:///{file}", warehouse=f"file://{warehouse}", init_catalog_tables="false")
        return catalog.load_table(name)
    if kind == "rest":
        return load_catalog("iceberg", type="rest", uri=where[0]).load_table(where[1])
    warehouse, name = where
    folder = pathlib.Path(warehouse, *name.split("."), "metadata")
    version = (folder / "version-hint.text").read_text().strip()
    return StaticTable.from_metadata(str(folder / f"v{version}.metadata.json"))


def count(*where):
    for _ in sys.stdin:
        print(open_table(*where).scan().count(), flush=True)


def main():
    if sys.argv[1] == "--rows":
        return count(*sys.argv[2:])
    table = open_table(*sys.argv[1:])
    files = table.inspect.data_files().to_pylist()
    rows = table.scan().to_arrow()
    print(json.dumps({
        "rows": rows.num_rows,
        "parts": {str(part): rows.column("part").to_pylist().count(part) for part in set(rows.column("part").to_pylist())},
        "files": len(files),
        "bytes": sum(f["file_size_in_bytes"] for f in files),
        "records": sum(f["record_count"] for f in files),
        "uuid": str(table.metadata.table_uuid),
        "current": table.metadata.current_snapshot_id,
        "snapshots": [{"id": s.snapshot_id, "parent": s.parent_snapshot_id, "made": s.timestamp_ms,
                       "operation": s.summary.operation.value, **s.summary.additional_properties}
                      for s in table.metadata.snapshots],
    }))
    return None


if __name__ == "__main__":
    main()
