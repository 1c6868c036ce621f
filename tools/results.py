#!/usr/bin/env python3
"""Writes the tables of measured times into README.md, from what `vkaxis bench --json` wrote.

usage: tools/results.py [--check]

docs/nvidia-h200.json has the problems that others have been timed on, beside their times (`vkaxis bench --against FILE`),
docs/nvidia-h200-sweep.json random ones (`vkaxis bench --sweep`). A table stands between <!-- NAME --> and <!-- end -->.
--check writes nothing and fails if README.md has anything else.
"""
import json
import pathlib
import re
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
OTHERS = {"torch": "PyTorch", "torch.compile": "torch.compile", "triton": "Triton", "cub": "CUB", "ggml-vulkan": "ggml"}


def figure(us):
    return f"{us:.0f}" if us >= 100 else f"{us:.1f}"


def short(problem):
    """The problem without what all of them have in common."""
    return problem.replace(" f32", "").replace(" i64", "")


def header(columns):
    return [f"| {' | '.join(columns)} |", "|---" + "|---:" * (len(columns) - 1) + "|"]


def times(rows):
    """A line for each problem; who was fastest in bold."""
    lines = header(["problem", "of the ceiling", "vkaxis", *OTHERS.values()])
    for row in rows:
        others = {rival["who"]: rival["us"] for rival in row["rivals"]}
        fastest = min(row["us"], *others.values())
        cells = [f"**{figure(us)}**" if us == fastest else figure(us) if us else ""
                 for us in (row["us"], *(others.get(who) for who in OTHERS))]
        lines.append(f"| {short(row['problem'])} | {row['ceiling_fraction']:.2f} | {' | '.join(cells)} |")
    return lines


def sweep(rows):
    """The spread of the fractions, and the worst ten."""
    rows = sorted(rows, key=lambda row: row["ceiling_fraction"])
    fractions = [row["ceiling_fraction"] for row in rows]
    lines = header([f"of the ceiling, {len(rows)} random problems", "least", "10 %", "median", "90 %"])
    spread = [fractions[0], fractions[len(rows) // 10], statistics.median(fractions), fractions[len(rows) * 9 // 10]]
    lines.append("| all | " + " | ".join(f"{fraction:.2f}" for fraction in spread) + " |")
    worst = ", ".join(f"{short(row['problem'])} ({row['ceiling_fraction']:.2f})" for row in rows[:10])
    return [*lines, "", f"The worst ten: {worst}."]


def tables():
    bench = json.loads((ROOT / "docs/nvidia-h200.json").read_text())
    drawn = json.loads((ROOT / "docs/nvidia-h200-sweep.json").read_text())
    where = (f"{bench['device']}, driver {bench['driver']}, {bench['date']}; f32; µs. Ceilings of this card in the same run: "
             f"reading {bench['ceilings']['read_gbps'] / 1000:.2f} TB/s, copying {bench['ceilings']['copy_gbps'] / 1000:.2f}.")
    headline = [row for row in bench["rows"] if row.get("headline")]
    others = [row for row in bench["rows"] if not row.get("headline")]
    return {"headline": [where, "", *times(headline)], "others": times(others),
            "sweep": sweep([row for row in drawn["rows"] if "us" in row])}


def filled(text):
    for name, lines in tables().items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = pattern.subn(lambda match: match[1] + "\n".join(lines) + "\n" + match[2], text)
        if count != 1:
            sys.exit(f"README.md has {count} places for the table {name}, not 1")
    return text


def main():
    readme = ROOT / "README.md"
    before = readme.read_text()
    after = filled(before)
    if sys.argv[1:] == ["--check"]:
        if after != before:
            sys.exit("README.md does not have the tables that tools/results.py makes; run it")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        readme.write_text(after)


if __name__ == "__main__":
    main()
