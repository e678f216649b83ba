"""What check-client.sh asks the server with the Python client: check_client.py ADDRESS before | gone | after."""

from __future__ import annotations

import json
import os
import pathlib
import sys
import time

# The module alone: it needs nothing of the package that is built.
import client  # type: ignore[import-not-found]


def refused(code: str, step: object) -> None:
    """The step is answered with a problem of this code."""
    try:
        step()  # type: ignore[operator]
    except client.Problem as problem:
        assert problem.code == code, problem
    else:
        raise AssertionError(f"nothing was refused where {code} should be")


def before(venue: client.Client) -> None:
    assert venue.ready()["ready"] is True
    opened = venue.open_account([pathlib.Path("attestation.json")])
    account = str(opened["account"])
    refused("account-exists", lambda: venue.open_account([pathlib.Path("attestation.json")]))
    decision = venue.admit(pathlib.Path("first.json"))
    assert decision and decision.verdict == "admitted" and decision.entry is not None, decision
    assert decision.receipt and decision.receipt.startswith("c2sp.org/tlog-proof@v1"), decision.receipt
    pathlib.Path("receipt.tlog-proof").write_text(decision.receipt, encoding="utf-8")
    again = venue.admit(pathlib.Path("first.json"))
    assert not again and again.reasons == ("replayed",), again
    assert venue.account(account)["status"] == "current"
    # The list follows the log, a tenth of a second behind.
    until = time.monotonic() + 10
    while [one["account"] for one in venue.accounts("")] != [account]:
        assert time.monotonic() < until, "the account is not listed"
        time.sleep(0.1)
    verdict = venue.verify(pathlib.Path("proof.json"), audience="Example Exchange")
    assert verdict and verdict.claim["isLedgerCommitment"] is True, verdict
    assert venue.verify(pathlib.Path("proof.json"), audience="Somebody Else").reason != "accepted"
    proof = json.loads(pathlib.Path("proof.json").read_text(encoding="utf-8"))
    verdicts = list(venue.verify_many([proof] * 50 + [{"version": 1}] + [proof] * 50, audience="Example Exchange"))
    assert len(verdicts) == 101 and [place for place, one in enumerate(verdicts) if not one] == [50], verdicts
    events = list(venue.events(after=0, limit=2))
    assert len(events) == 2 and events[0].id is not None, events
    refused("unknown-account", lambda: venue.account("nobody"))
    refused("forbidden", lambda: venue.report_fill({}))
    stranger = client.Client(sys.argv[1], token="solvencyd_" + "0" * 64)
    refused("unauthorized", lambda: stranger.account(account))
    assert venue.receipt(decision.entry).startswith(b"c2sp.org/tlog-proof@v1")
    assert venue.checkpoint().startswith(b"client.example")


def gone(venue: client.Client) -> None:
    try:
        venue.status()
    except client.UnreachableError:
        return
    raise AssertionError("somebody answered")


def after(venue: client.Client) -> None:
    again = venue.admit(pathlib.Path("first.json"))
    assert again.reasons == ("replayed",), again
    assert venue.admit(pathlib.Path("second.json")).verdict == "admitted"
    assert venue.headroom("alice") is not None


def main() -> None:
    token, step = os.environ["TOKEN"], sys.argv[2]
    with client.Client(sys.argv[1], token=token, retries=1, patience=1.0) as venue:
        {"before": before, "gone": gone, "after": after}[step](venue)
    print(f"{step}: as it should be")


if __name__ == "__main__":
    main()
