"""How long `import solvency` takes: importing.py [ROUNDS]

Pairs of processes, one that imports the package and one that does nothing, in turns; printed are medians of the clock and of
processor time, and of the differences within the pairs. `python -X importtime` says where it goes.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time


def run(statement: str) -> tuple[float, float]:
    """Milliseconds by the clock and of processor time of a process."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", statement], check=True)
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return 1000 * clock, 1000 * spent


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 41
    run("import solvency")
    pairs = [(run("import solvency"), run("pass")) for _ in range(rounds)]
    for place, name in ((0, "clock"), (1, "processor time")):
        whole = statistics.median(pair[0][place] for pair in pairs)
        empty = statistics.median(pair[1][place] for pair in pairs)
        import_alone = statistics.median(pair[0][place] - pair[1][place] for pair in pairs)
        print(f"import, {name}: {whole:.1f} ms a process, {empty:.1f} ms one that does nothing, {import_alone:.1f} ms between them")


if __name__ == "__main__":
    main()
