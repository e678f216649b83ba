#!/usr/bin/env python3
"""Lists names that Sources/ declares and only Tests/ use, and compares them with the table in Documentation/Rooms.md.

By words, without a compiler: a name that is also a word elsewhere is missed, and none is named that is used. Run from
anywhere; exits 1 if a name is neither used nor in the table, or if the table has one that is used by now.
"""

import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DECLARATION = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*"
    r"(?:(?:public|package|internal|fileprivate|private|static|mutating|indirect|final|consuming|borrowing)(?:\(set\))?\s+)*"
    r"(?:func|var|let|struct|class|enum|actor|typealias)\s+`?(\w+)",
    re.M,
)


def words(folders: list[str]) -> tuple[collections.Counter[str], collections.Counter[str]]:
    """How often each word occurs, and how often it is declared; comments apart."""
    found: collections.Counter[str] = collections.Counter()
    declared: collections.Counter[str] = collections.Counter()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.swift")):
            if ".build" in path.parts:
                continue
            text = re.sub(r"//.*", "", path.read_text())
            found.update(re.findall(r"\w+", text))
            declared.update(DECLARATION.findall(text))
    return found, declared


# Called by name from elsewhere: the entry point, and what the argument parser asks for.
OUTSIDE = {"SolvencyCommand", "allValueStrings"}

used, declared = words(["Sources", "Service/Sources", "Bindings/C/Sources", "Examples", "Fuzz"])
_, own = words(["Sources"])
unused = {name for name, count in own.items() if used[name] <= declared[name]} - OUTSIDE
page = (ROOT / "Documentation/Rooms.md").read_text()
table = page[page.index("## What nothing calls yet") :]
listed = set(re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))))
for name in sorted(unused - listed):
    print(f"{name}: only tests use it; use it, delete it, or say in Documentation/Rooms.md what it waits for")
for name in sorted(listed - unused):
    print(f"{name}: is used, or gone; take it out of the table in Documentation/Rooms.md")
sys.exit(unused != listed)
