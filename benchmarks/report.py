"""Run every benchmark, one after the other, and write what they print, and the machine that they ran on, into docs/performance.md.

python benchmarks/report.py [NAME…]     only these; the others keep their last figures
"""

import ast
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "performance.md"
BARS = {
    "start": ["`journey --help` at most 6 ×, `journey demo` at most 25 × the time of `python -c pass`, bytecode compiled"],
    "append": ["SQLite, one process: singly as fast as eventsourcing's own recorder; 50,000 a second in batches of 1,000"],
    "importing": ["`journey import` of JSONL: 30,000 rows a second, the whole process"],
    "formats": [
        "a million rows of each format in as much memory as a tenth of them",
        "20,000 events a second of a real bank's log of 262,200 events (BPIC 2012, XES)",
    ],
    "clients": ["none; it shows how long a thousand clients wait that record at one time"],
    "single": ["reading and replaying 1,000 touchpoints: at most half the time that eventsourcing takes to rebuild an aggregate of them"],
    "names": ["refusing an unknown relationship, with a name like it: at most 5 × the time of reading a known one"],
    "bulk": [
        "20 million touchpoints a second under the default rules, on two cores, and at most 4 × the time of reading the same bytes",
        "200 × as fast as eventsourcing's own repository, 50 × as fast as polars or pandas with a Python fold",
        "a touchpoint costs at most 1.3 × as much in a log of 20 million as in one of a million",
    ],
    "ledger": [
        "the same from the files, within 512 MB, whatever the size of the log",
        "where times are only days, at most 1.5 × the time of exact instants, here and in memory",
    ],
    "commands": ["`replay --all` within its memory limit, 512 MB here; Ctrl-C breaks nothing"],
    "cluster": ["bit-identical to one process; on the same machine, at most 1.5 × its time"],
    "early_warnings": ["at every firm, a higher AUC than the health score and than recency"],
}
"""The targets of each benchmark, in the order of the page."""
INTRODUCTION = """# Performance

`make bench` runs all benchmarks and writes this page. In each benchmark, journey and its peer take turns in one run, on one machine,
so a noisy minute is noisy for both. Figures are medians with quartiles, and ratios. A ratio says more than a time. What is told of
replaying was measured under `goodwill` 1; version 2 takes about three fifths of that processor time a touchpoint. The machine was

| | |
|---|---|
{machine}

The touchpoints are made up from a seed and resemble a company's: few relationships are very active and most are quiet, things go wrong
in episodes and are made good or not, people hand over to others, and some facts arrive late.
"""

NOT_REACHED = """## What is not reached

- **Bulk replay** under the default rules stays below 20 million touchpoints a second, and far above 4 × the time of reading the bytes.
  The target was set for four numbers a relationship; these rules keep a state for every person, promise and wound. A touchpoint from a
  ledger takes about 290 ns of one core: reading takes 55, bringing its relationship together 20, numbering its names and moving records
  55, breaches 45, and mending 60. A good contact mends each open wound, here four for each party, with one exponential each. These did not
  help: caching what a wound leaves until it changes (mending changes all of them), reading ahead while replaying (both cores replay
  already), the newer `exp` of libm. Adding up the harms of a party would save about 50 ns but change last bits; that needs a new version of
  the rules. Everything else needs more cores.
- **Workbooks** are not read as streams: a million rows take 2.2 GB, since the library that reads them holds a whole sheet. Save large
  ones as CSV.
- **`journey demo`** takes about 30 × the time of `python -c pass`, not 25: 316 and 342 ms, while a bare start takes 11. Most of it is
  imports: pydantic and the models of facts about 90 ms, the rules 35, rich 20, cryptography 11, msgspec 4. Loading verification, forgetting
  and facts about facts only when they are used would come near the target.
- **Memory while catching up**: `--memory` limits replaying only. Catching a ledger up with 20 million touchpoints at once took 1,026 MB: it
  holds the names, and compacts a million rows at a time. Compacting a quarter of a million at a time took 697 MB, and longer.
- **Early warnings** see less than the health score and recency of customers who are displeased by what nobody recorded, and stop coming:
  a silence warns late, and weighs little at first. Those two raise two or so false alarms a customer and year.
- **Appending singly to SQLite** writes four pages while the peer writes two, since ids have an index, and positions a counter that outlives
  the rows. It also takes about 15 µs more of a processor, to look up what is there and to digest what is new.
"""


def main() -> None:
    """Run what is asked for and write the page."""
    asked = sys.argv[1:] or list(BARS)
    unknown = sorted(set(asked) - set(BARS))
    if unknown:
        sys.exit(f"there is no benchmark `{unknown[0]}`; there is {', '.join(BARS)}")
    kept = dict(re.findall(r"^## (\w+)\n.*?^```text\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)) if PAGE.exists() else {}
    for name in asked:
        kept[name] = run(name)
    rows = "\n".join(f"| {what} | {value} |" for what, value in machine())
    told = [INTRODUCTION.format(machine=rows), *(section(name, kept[name]) for name in BARS if name in kept), NOT_REACHED]
    PAGE.write_text("\n".join(told), encoding="utf-8")


def run(name: str) -> str:
    """What a benchmark prints, which is shown as it comes, with how long it took."""
    print(f"== {name}", flush=True)
    began, lines = time.monotonic(), list[str]()
    with subprocess.Popen([sys.executable, str(HERE / f"{name}.py")], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line.rstrip())
    if process.returncode:
        sys.exit(f"benchmarks/{name}.py failed")
    minutes = (time.monotonic() - began) / 60
    return "\n".join([*lines, f"({time.strftime('%Y-%m-%d')}, {minutes:.1f} minutes)\n"])


def section(name: str, printed: str) -> str:
    """The section of a benchmark: its method, its bars, what it printed."""
    method = ast.get_docstring(ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))) or ""
    told = "\n\n".join(part for part in method.split("\n\n") if not part.startswith(" "))
    bars = "\n".join(f"- {bar}" for bar in BARS[name])
    return f"## {name}\n\n{told}\n\nTargets:\n\n{bars}\n\n```text\n{printed}```\n"


def machine() -> list[tuple[str, str]]:
    """What a reader should know of this machine."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text()) if Path("/proc/cpuinfo").exists() else None
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        ("processor", f"{cpu.group(1) if cpu else platform.processor() or platform.machine()}, {os.cpu_count()} cores"),
        ("memory", f"{memory:.0f} GiB"),
        ("system", f"{platform.system()} {platform.machine()}, {platform.python_implementation()} {platform.python_version()}"),
    ]


if __name__ == "__main__":
    main()
