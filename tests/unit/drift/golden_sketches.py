"""Writes sketches of Apache DataSketches and what they say of themselves: tests/data/drift/sketches.

Run in an environment that has the package; tests/data/drift/sketches/README names the versions. The tests read the files alone.
"""

import pathlib

import datasketches as ds
import numpy as np

DATA = pathlib.Path(__file__).resolve().parents[2] / "data" / "drift" / "sketches"


def number(v):
    return repr(float(v)) if not float(v).is_integer() or abs(v) > 2**53 else str(int(v))


def kll(name, k, values, merged=()):
    sketch = ds.kll_doubles_sketch(k)
    sketch.update(np.asarray(values, dtype=float))
    for other_k, other in merged:
        more = ds.kll_doubles_sketch(other_k)
        more.update(np.asarray(other, dtype=float))
        sketch.merge(more)
    (DATA / f"{name}.sk").write_bytes(sketch.serialize())
    line = [k, sketch.n, sketch.get_min_value(), sketch.get_max_value(), sketch.normalized_rank_error(False),
            sketch.normalized_rank_error(True)]
    low, high = sketch.get_min_value(), sketch.get_max_value()
    for x in np.linspace(low, high, 15):
        line += [x, sketch.get_rank(x, False), sketch.get_rank(x, True)]
    for q in (0.001, 0.05, 0.25, 1 / 3, 0.5, 0.77, 0.95, 0.999):
        line += [q, sketch.get_quantile(q, False), sketch.get_quantile(q, True)]
    return [name, *map(number, line)]


def kll_lines():
    rng = np.random.default_rng(1)
    yield kll("kll_three", 200, [1, 2, 3])
    yield kll("kll_full", 200, rng.permutation(200))
    yield kll("kll_ties", 200, rng.integers(0, 5, 3000))
    yield kll("kll_normal", 200, rng.normal(size=100000))
    yield kll("kll_small", 8, rng.normal(size=2000))
    yield kll("kll_large", 1024, rng.normal(size=3000))
    yield kll("kll_merged", 200, rng.normal(size=5000), [(100, rng.normal(3, 1, 4000)), (300, rng.normal(size=50))])


def hll(name, lg, kind, n, merged=0):
    sketch = ds.hll_sketch(lg, kind)
    for i in range(n):
        sketch.update(i)
    if merged:
        other = ds.hll_sketch(lg, kind)
        for i in range(n, n + merged):
            other.update(i)
        union = ds.hll_union(lg)
        union.update(sketch)
        union.update(other)
        sketch = union.get_result(kind)
    (DATA / f"{name}.sk").write_bytes(sketch.serialize_compact())
    if n in (3, 5000):
        (DATA / f"{name}_updatable.sk").write_bytes(sketch.serialize_updatable())
        yield [f"{name}_updatable", *map(number, (lg, n + merged, sketch.get_estimate()))]
    yield [name, *map(number, (lg, n + merged, sketch.get_estimate()))]


def hll_lines():
    for bits, kind in ((4, ds.tgt_hll_type.HLL_4), (6, ds.tgt_hll_type.HLL_6), (8, ds.tgt_hll_type.HLL_8)):
        for n in (0, 3, 7, 8, 100, 380, 5000, 300000):
            yield from hll(f"hll{bits}_{n}", 12 if n != 300000 else 10, kind, n)
        yield from hll(f"hll{bits}_merged", 11, kind, 3000, 20000)
    sketch = ds.hll_sketch(12, ds.tgt_hll_type.HLL_8)
    for i in range(200):
        sketch.update(f"category {'x' * (i % 23)}{i}")
    for i in range(100):
        sketch.update(i * 0.37 - 5)
    (DATA / "hll8_mixed.sk").write_bytes(sketch.serialize_compact())
    yield ["hll8_mixed", *map(number, (12, 300, sketch.get_estimate()))]


def frequent(name, lg, counts):
    sketch = ds.frequent_strings_sketch(lg)
    for item, weight in counts:
        sketch.update(f"item {item}", int(weight))
    (DATA / f"{name}.sk").write_bytes(sketch.serialize())
    line = [lg, sketch.total_weight, sketch.epsilon, sketch.num_active_items, sketch.get_estimate("none such")]
    line += [len(sketch.get_frequent_items(ds.NO_FALSE_POSITIVES)), len(sketch.get_frequent_items(ds.NO_FALSE_NEGATIVES))]
    for item in range(20):
        line += [sketch.get_lower_bound(f"item {item}"), sketch.get_estimate(f"item {item}"), sketch.get_upper_bound(f"item {item}")]
    return [name, *map(number, line)]


def frequent_lines():
    rng = np.random.default_rng(2)
    yield frequent("frequent_none", 8, [])
    yield frequent("frequent_two", 10, [(0, 3), (1, 2)])
    yield frequent("frequent_few", 8, [(i % 40, 1) for i in range(1000)])
    yield frequent("frequent_zipf", 6, [(z - 1, 1) for z in rng.zipf(1.3, 20000) if z < 10**6])


def main():
    DATA.mkdir(parents=True, exist_ok=True)
    for name, lines in (("kll.txt", kll_lines()), ("hll.txt", hll_lines()), ("frequent.txt", frequent_lines())):
        text = ["# golden_sketches.py"] + [" ".join(line) for line in lines]
        (DATA / name).write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
