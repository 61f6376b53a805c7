"""Writes the reference values of distances and tests of two samples: tests/data/drift/*.txt, from scipy and Evidently.

Run in an environment that has them; tests/data/drift/README names the versions. The tests read the files alone.
"""

import math
import pathlib
import warnings

import numpy as np
import pandas as pd
import scipy
import scipy.special as special
import scipy.stats as stats

DATA = pathlib.Path(__file__).resolve().parents[2] / "data" / "drift"


def number(v):
    return repr(float(v)) if not float(v).is_integer() or abs(v) > 2**53 else str(int(v))


def write(name, lines, made_by):
    text = [f"# {made_by}"]
    for kind, *values in lines:
        text.append(" ".join([kind, *map(number, values)]))
    (DATA / name).write_text("\n".join(text) + "\n", encoding="utf-8")


def special_lines():
    for df in (1, 2, 3, 4, 5, 9, 10, 29, 30, 99, 500, 5000, 100000):
        for tail in (0.999, 0.9, 0.5, 0.1, 0.05, 0.01, 1e-3, 1e-5, 1e-8, 1e-12, 1e-30):
            x = stats.chi2.isf(tail, df)
            yield "chi2_isf", tail, df, x
            yield "chi2_sf", x, df, stats.chi2.sf(x, df)
    for a in (0.5, 0.75, 1, 2.5, 7, 14.5, 15, 40, 300, 2000):
        for ratio in (0.01, 0.2, 0.5, 0.9, 0.999, 1, 1.001, 1.1, 1.5, 2, 5):
            q = special.gammaincc(a, a * ratio)
            if q > 1e-280:
                yield "gammaincc", a, a * ratio, q
    for z in (-8, -3, -1, -0.1, 0, 0.1, 0.5, 1, 1.96, 3, 5, 8, 20, 37):
        yield "norm_sf", z, stats.norm.sf(z)
    for tail in (1e-300, 1e-50, 1e-12, 1e-6, 1e-3, 0.01, 0.025, 0.05, 0.2, 0.4, 0.6, 0.9, 0.999):
        yield "norm_isf", tail, stats.norm.isf(tail)
    for n in (1, 2, 10, 100, 1000, 100000):
        for p in (0.001, 0.25, 0.5, 0.9):
            for k in sorted({0, n, n // 2, min(n, int(n * p) + 1), int(n * p * 0.8)}):
                pmf = stats.binom.pmf(k, n, p)
                if pmf > 1e-250:
                    yield "binom_pmf", k, n, p, pmf


def count_vectors(rng):
    """Pairs of counts: the plain, those with bins that are empty on one side, on both, new ones, few rows, many."""
    yield [120, 300, 280, 200, 100, 0], [90, 240, 300, 220, 140, 10]
    yield [120, 300, 280, 200, 100], [90, 240, 300, 220, 140]
    yield [50, 950], [80, 920]
    yield [3, 0, 7, 1], [0, 5, 2, 1]
    yield [20000, 1, 0, 5], [300, 0, 2, 1]
    for k in (2, 3, 5, 10, 30, 60):
        for n, m in ((40, 25), (1000, 1000), (50000, 700), (3000, 100000)):
            shares = rng.dirichlet(np.ones(k) * 2)
            other = shares * rng.uniform(0.7, 1.3, k)
            yield rng.multinomial(n, shares).tolist(), rng.multinomial(m, other / other.sum()).tolist()


def evidently_scores(ref, cur):
    """What Evidently's own functions say of a column that has these categories."""
    from evidently.legacy.calculations.stattests import registry
    from evidently.legacy.core import ColumnType

    reference = pd.Series(np.repeat([f"c{i}" for i in range(len(ref))], ref))
    current = pd.Series(np.repeat([f"c{i}" for i in range(len(cur))], cur))
    names = {"psi": "psi", "kl": "kl_div", "js": "jensenshannon", "fit": "chisquare"}
    if len(ref) == 2:
        names["z"] = "z"
    for kind, name in names.items():
        test = registry.get_stattest(reference, current, ColumnType.Categorical, name)
        yield kind, test(reference, current, ColumnType.Categorical, 0.05).drift_score


def count_lines():
    rng = np.random.default_rng(20)
    for ref, cur in count_vectors(rng):
        both = [len(ref), *ref, *cur]
        kept = [(r, c) for r, c in zip(ref, cur) if r or c]
        table = np.array(kept).T
        p, q = table / table.sum(axis=1, keepdims=True)
        for kind, score in evidently_scores(ref, cur):
            yield f"evidently_{kind}", *both, score
        if min(map(len, (p, q))) < 2:
            continue
        for name, correction in (("yates", True), ("plain", False)):
            r = stats.chi2_contingency(table, correction=correction)
            yield f"chi2_{name}", *both, r.statistic, r.pvalue, r.dof
        yield "cramer", *both, stats.contingency.association(table.T, method="cramer")
        yield "js_two", *both, scipy.spatial.distance.jensenshannon(p, q, base=2)
        yield "hellinger", *both, math.sqrt(max(0, 0.5 * ((np.sqrt(p) - np.sqrt(q)) ** 2).sum()))


def adjust_lines():
    rng = np.random.default_rng(21)
    for n in (1, 2, 10, 100):
        p = rng.uniform(size=n) ** 3
        for kind in ("bh", "by"):
            yield f"adjust_{kind}", *p, *stats.false_discovery_control(p, method=kind)


def law_lines():
    """Where scipy itself is exact: it sums no more than a million terms."""
    for n in (1, 2, 3, 5, 10, 20, 44, 100, 139, 140, 141, 200, 500, 1000, 5000, 10000, 12345, 100000, 1000000):
        for z in (0.05, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 0.868, 0.9, 1, 1.2, 1.36, 1.45, 1.49, 1.7, 1.99, 2.01, 2.5, 3, 3.6):
            d = z / math.sqrt(n)
            if d < 1:
                p = stats.kstwo.sf(d, n)
                if p > 1e-12:
                    yield "kstwo", d, n, p
        for d in (0.5, 0.51, 0.75, 0.5 / n, 0.6 / n, 0.8 / n, 1 / n, 1 - 0.5 / n, 1 - 1 / n):
            p = stats.kstwo.sf(d, n)
            if p > 1e-12:
                yield "kstwo", d, n, p


def two_sample_lines():
    """D and its p of samples with ties and without: as many rows on either side, multiples, no common divisor."""
    rng = np.random.default_rng(22)
    sizes = [(1, 1), (1, 5), (7, 7), (10, 10), (50, 50), (999, 999), (5000, 5000)]
    sizes += [(3, 17), (20, 30), (64, 256), (99, 100), (1000, 37), (2000, 1999), (4096, 300)]
    for n, m in sizes:
        for shift in (0, 0.1, 0.4):
            a, b = rng.normal(size=n), rng.normal(shift, 1, size=m)
            if shift:
                a, b = a.round(1), b.round(1)
            r = stats.ks_2samp(a, b, method="exact")
            if r.pvalue > 1e-12:
                yield "exact", r.statistic, n, m, r.pvalue
            r = stats.ks_2samp(a, b, method="asymp")
            if r.pvalue > 1e-12:
                yield "asymptotic", r.statistic, n, m, r.pvalue


def sample_lines():
    """Two samples, and D, Wasserstein-1, energy distance, and Evidently's normed Wasserstein of them."""
    from evidently.legacy.calculations.stattests import registry
    from evidently.legacy.core import ColumnType

    rng = np.random.default_rng(23)
    for n, m in ((1, 1), (1, 4), (3, 2), (10, 10), (40, 33), (100, 80)):
        for kind in ("normal", "tied", "heavy"):
            a, b = rng.normal(size=n), rng.normal(0.3, 1.2, size=m)
            if kind == "tied":
                a, b = a.round(), b.round()
            if kind == "heavy":
                a, b = np.exp(3 * a), -np.exp(3 * b)
            a, b = np.sort(a), np.sort(b)
            normed = registry.get_stattest(pd.Series(a), pd.Series(b), ColumnType.Numerical, "wasserstein")
            score = normed(pd.Series(a), pd.Series(b), ColumnType.Numerical, 0.1).drift_score
            d = stats.ks_2samp(a, b).statistic
            yield "sample", n, m, *a, *b, d, stats.wasserstein_distance(a, b), stats.energy_distance(a, b), score


def main():
    warnings.simplefilter("ignore")
    DATA.mkdir(parents=True, exist_ok=True)
    with_scipy = f"scipy {scipy.__version__}, golden_distances.py"
    write("special.txt", special_lines(), with_scipy)
    write("ks.txt", [*law_lines(), *two_sample_lines()], with_scipy)
    import evidently

    write("samples.txt", sample_lines(), f"{with_scipy}, evidently {evidently.__version__}")
    write("counts.txt", count_lines(), f"{with_scipy}, evidently {evidently.__version__}")
    write("adjusted.txt", adjust_lines(), with_scipy)


if __name__ == "__main__":
    main()
