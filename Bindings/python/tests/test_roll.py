"""Slices of a roll, audited by the library where they lie, against the command's own audit of the whole."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest
import solvency
from solvency import roll as rolls

from .conftest import ROOT
from .test_command import COMMAND, run

pytestmark = pytest.mark.skipif(not os.path.exists(COMMAND), reason=f"no command at {COMMAND}; make build, or set SOLVENCY_COMMAND")

CASH = """parameters snapshot
{parameter}committed cash
advice plus  in 0 ... 2^40 := max( cash, 0)
advice minus in 0 ... 2^40 := max(-cash, 0)
link cash == plus - minus
"""


@pytest.fixture(scope="module")
def venue(tmp_path_factory) -> Path:
    work = tmp_path_factory.mktemp("roll")
    rule = CASH.format(parameter="parameter least in 0 ... 1_000 := 0\n")
    (work / "rule.circuit").write_text(f'circuit rule version 1 language 2\n{rule}require "margin" : plus - 3 * minus >= least\n')
    for name in ("bounded", "totals"):
        text = CASH.format(parameter="")
        (work / f"{name}.circuit").write_text(f'circuit {name} version 1\n{text}require "cash" : plus - minus >= 0\n')
    cash = {f"trader {n}": -20 if n % 9 == 4 else 7 * n for n in range(60)}
    (work / "balances.csv").write_text("account,cash\n" + "".join(f"{n},{c}\n" for n, c in cash.items()))
    for role in ("custodian", "log", "auditor"):
        run("keygen", "--role", role, "-o", work / f"{role}.key")
    moment = ["--now", "2026-02-06T00:00:00Z"]
    run("roll", "reserve", "--asset", "cash", "--amount", sum(cash.values()) + 5_000, "--pledged-to", "Example Exchange",
        *moment, "--key", work / "custodian.key", "-o", work / "reserve.json")
    documents = [
        "--snapshot", ROOT / "Examples/snapshot.json", "--circuit", work / "rule.circuit", "--band",
        f"{work / 'rule.circuit'}@least=200", "--bounded-circuit", work / "bounded.circuit", "--totals-circuit",
        work / "totals.circuit", "--reserve", work / "reserve.json", "--custodian", work / "custodian.key.pub",
    ]
    run("roll", "build", "--balances", work / "balances.csv", "--venue", "Example Exchange", "--log", "example.com/ledger",
        "--epoch", 2, "--step", 50, "--fund", 5_000, *moment, *documents, "-o", work / "roll")
    run("roll", "prove", work / "roll", "--aggregate", 4, "--key", work / "log.key", *documents)
    run("roll", "expose", work / "roll", "--total", f"cash={sum(cash.values())}", *documents)
    run("roll", "audit", work / "roll", *documents, "--log-key", work / "log.key.pub", "--key", work / "auditor.key", "-o",
        work / "audit.json")
    return work


def opened(venue: Path) -> solvency.Roll:
    rule = (venue / "rule.circuit").read_bytes()
    return solvency.Roll(
        (venue / "roll/header.json").read_bytes(), snapshot=(ROOT / "Examples/snapshot.json").read_bytes(),
        circuits=[
            rule, (venue / "bounded.circuit").read_bytes(), (venue / "totals.circuit").read_bytes(),
            rule.replace(b":= 0\n", b":= 200\n"),
        ],
        reserves=[(venue / "reserve.json").read_bytes()], custodians=[(venue / "custodian.key.pub").read_bytes()],
    )


def slices(roll: solvency.Roll, lines: list[tuple[bytes, bytes]], cuts: list[int]) -> list[bytes]:
    parts = []
    for first, last in zip(cuts, cuts[1:]):
        entries, evidence = zip(*lines[:last])
        parts.append(roll.audit(list(entries), list(evidence), first=first, passed=first))
    return parts


def test_random_slices_in_any_order_are_the_commands_audit(venue: Path) -> None:
    whole = json.loads((venue / "audit.json").read_text())["content"]
    roll, lines, rng = opened(venue), list(rolls.read(venue / "roll")), random.Random(22)
    assert len(lines) == 61
    for _ in range(6):
        cuts = sorted({0, len(lines), *(rng.randrange(1, len(lines)) for _ in range(rng.randrange(1, 9)))})
        parts = slices(roll, lines, cuts)
        rng.shuffle(parts)
        assert json.loads(rolls.merge(parts)) == whole
    assert sum(whole["bands"]) == whole["solvent"] and whole["bands"][1] > 0 and whole["findings"] == []


def test_the_result_is_the_commands_verdict_and_frauds_are_named(venue: Path) -> None:
    roll, lines = opened(venue), list(rolls.read(venue / "roll"))
    folder = venue / "roll"
    origin = (folder / "checkpoint").read_text().split("\n")[0]
    vkey = run("log", "key", venue / "log.key.pub", "--name", origin).strip()
    policy = f"log {vkey}\nquorum none\n".encode()

    def result(lines: list[tuple[bytes, bytes]]) -> dict:
        entries, evidence = zip(*lines)
        return roll.result(
            roll.audit(list(entries), list(evidence)), totals=(folder / "totals.json").read_bytes(),
            checkpoint=(folder / "checkpoint").read_bytes(), policy=policy,
            exposure=(folder / "exposure.json").read_bytes(),
        )

    good = result(lines)
    assert good["isSolvent"] and good["problems"] == [] and list(good["totals"]) == ["cash"]
    changed = list(lines)
    entry = bytearray(changed[5][0])
    entry[103] ^= 1
    changed[5] = (bytes(entry), changed[5][1])
    bad = result(changed)
    assert not bad["isSolvent"] and 5 in [each["entry"] for each in bad["audit"]["findings"]]


def test_gaps_overlaps_and_other_documents_are_refused(venue: Path) -> None:
    roll, lines = opened(venue), list(rolls.read(venue / "roll"))
    first, _, last = slices(roll, lines, [0, 20, 40, 61])
    with pytest.raises(solvency.RefusedError, match="no part has the entries 20 to 39"):
        rolls.merge([first, last])
    with pytest.raises(solvency.RefusedError, match="two parts have the entries 0 to 19"):
        rolls.merge([first, first])
    with pytest.raises(solvency.MalformedError):
        rolls.merge([b"{}"])
    with pytest.raises(solvency.RefusedError):
        solvency.Roll(
            (venue / "roll/header.json").read_bytes(), snapshot=(ROOT / "Examples/snapshot.json").read_bytes(),
            circuits=[(venue / f"{name}.circuit").read_bytes() for name in ("rule", "bounded", "totals")],
        )
    with pytest.raises(solvency.UsageError):
        roll.audit([b"", b""], [b""])
    roll.close()
    with pytest.raises(solvency.UsageError):
        roll.audit([], [])
