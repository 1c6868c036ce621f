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

LAUNCH = 10  # megabytes up to which a problem is hardly more than a launch


def figure(us):
    return f"{us:.0f}" if us >= 100 else f"{us:.1f}"


def short(problem):
    """The problem without what all of them have in common, and without the strides of a view."""
    dense = re.sub(r"( output| side|) strides .*", "", problem)
    return dense.replace(" f32", "").replace(" i64", "") + (", a view" if dense != problem else "")


def header(columns):
    return [f"| {' | '.join(columns)} |", "|---" + "|---:" * (len(columns) - 1) + "|"]


def times(rows):
    """A line for each problem; who was fastest in bold."""
    met = {rival["who"] for row in rows for rival in row.get("rivals", [])}
    others = [who for who in OTHERS if who in met]
    lines = header(["problem", "vkaxis", "of the ceiling", *(OTHERS[who] for who in others)])
    for row in rows:
        rivals = {rival["who"]: rival["us"] for rival in row.get("rivals", [])}
        fastest = min(row["us"], *rivals.values())
        own, *figures = [f"**{figure(us)}**" if us == fastest else figure(us) if us else ""
                         for us in (row["us"], *(rivals.get(who) for who in others))]
        megabytes = row["gbps"] * row["us"] / 1000
        fraction = f"{row['ceiling_fraction']:.2f}" if megabytes > LAUNCH else ""
        lines.append(f"| {' | '.join([short(row['problem']), own, fraction, *figures])} |")
    return lines


def sweep(rows):
    """The spread of the fractions, and the worst ten."""
    rows = sorted(rows, key=lambda row: row["ceiling_fraction"])
    fractions = [row["ceiling_fraction"] for row in rows]
    lines = header(["random problems", "of the ceiling: least", "a tenth below", "median", "a tenth above"])
    spread = [fractions[0], fractions[len(rows) // 10], statistics.median(fractions), fractions[-1 - len(rows) // 10]]
    lines.append(f"| {len(rows)} | " + " | ".join(f"{fraction:.2f}" for fraction in spread) + " |")
    worst = ", ".join(f"{short(row['problem'])} ({row['ceiling_fraction']:.2f})" for row in rows[:10])
    return [*lines, "", f"The worst ten: {worst}."]


def tables():
    bench = json.loads((ROOT / "docs/nvidia-h200.json").read_text("utf-8"))
    drawn = json.loads((ROOT / "docs/nvidia-h200-sweep.json").read_text("utf-8"))
    read, copy = (bench["ceilings"][key] / 1000 for key in ("read_gbps", "copy_gbps"))
    where = (f"{bench['device']}, driver {bench['driver'].split()[-1]}; f32; µs, the fastest in bold; vkaxis on {bench['date']}, in "
             f"one run with the ceilings (reading {read:.2f} TB/s, copying {copy:.2f}) and with the others but ggml:")
    rows = [row for row in bench["rows"] if "us" in row]
    headline = [row for row in rows if row.get("headline")]
    others = [row for row in rows if not row.get("headline")]
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
    before = readme.read_text("utf-8")
    after = filled(before)
    if sys.argv[1:] == ["--check"]:
        if after != before:
            sys.exit("README.md does not have the tables that tools/results.py makes; run it")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        readme.write_text(after, "utf-8")


if __name__ == "__main__":
    main()
