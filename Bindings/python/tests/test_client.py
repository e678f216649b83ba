"""The client of the service: against a server of its own that answers as the OpenAPI document of solvencyd says, and against
solvencyd where `SOLVENCYD_URL` names one (`SOLVENCYD_TOKEN` for its token)."""

from __future__ import annotations

import http.server
import json
import os
import threading
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from solvency.client import (
    Client,
    OverloadedError,
    Problem,
    ServiceError,
    UnreachableError,
)

TOKEN = "a-token-that-nobody-prints"


def problem(status: int, code: str, **members: Any) -> tuple[int, dict[str, str], bytes]:
    document = {"type": f"/docs#problem-{code}", "title": "t", "status": status, "detail": "d", "code": code, **members}
    return status, {"Content-Type": "application/problem+json"}, json.dumps(document).encode()


class Stub(http.server.BaseHTTPRequestHandler):
    """Answers each request with the next of `script`, or by its path; keeps what it was asked."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[tuple[str, str, dict[str, str], bytes]]] = []
    script: ClassVar[list[Any]] = []

    def log_message(self, *_: object) -> None:
        pass

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length)
        self.asked.append((self.command, self.path, dict(self.headers.items()), body))
        reply = self.script.pop(0) if self.script else self.usual(body)
        if reply == "cut":
            self.close_connection = True
            return
        status, fields, content = reply
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def usual(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        path = self.path.partition("?")[0]
        answers: dict[str, Any] = {
            "/v1/accounts/a%2Fb": {"account": "a/b", "status": "current"},
            "/readyz": {"ready": False, "role": "follower", "reasons": ["not-the-writer"], "entries": 3},
        }
        if path == "/v1/verify/batch":
            lines = [json.loads(line) for line in body.splitlines()]
            verdicts = [
                {"line": number + 1, "verdict": "accepted", "account": line["account"]} if line["account"] != "bad"
                else {"line": number + 1, "verdict": "rejected", "reason": "proof-invalid", "explanation": "e"}
                for number, line in enumerate(lines)
            ]
            return 200, {}, b"".join(json.dumps(verdict).encode() + b"\n" for verdict in verdicts)
        if path == "/v1/requests/batch":
            salts = [json.loads(line)["salt"] for line in body.splitlines()]
            decisions: list[dict[str, Any]] = [
                {"line": number + 1, "verdict": "admitted", "entry": salt, "receipt": f"proof {salt}"} if salt % 5
                else {"line": number + 1, "verdict": "refused", "reasons": ["replayed"]}
                for number, salt in enumerate(salts)
            ]
            return 200, {}, b"".join(json.dumps(decision).encode() + b"\n" for decision in decisions)
        if path == "/v1/accounts":
            page = {"accounts": [{"account": "x"}], "next": None if "after" in self.path else "x"}
            return 200, {}, json.dumps(page).encode()
        if path in answers:
            return 200, {}, json.dumps(answers[path]).encode()
        return problem(404, "not-found")

    do_GET = do_POST = do_PUT = answer


@pytest.fixture
def stub() -> Iterator[str]:
    Stub.asked.clear()
    Stub.script.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def client(stub: str) -> Iterator[Client]:
    with Client(stub, token=TOKEN, timeout=10, sleep=lambda _: None) as client:
        yield client


def reply(value: Any, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    return status, {}, json.dumps(value).encode()


def test_a_verdict_is_a_value_and_says_what_was_proved(client: Client) -> None:
    Stub.script += [
        reply({"verdict": "accepted", "account": "alice", "isLedgerCommitment": True}),
        reply({"verdict": "rejected", "reason": "stale-snapshot", "explanation": "its time is over"}),
    ]
    accepted = client.verify({"version": 1}, audience="Example Bank", kind="initial")
    assert accepted and accepted.claim["account"] == "alice" and accepted.reason == "accepted"
    rejected = client.verify(b"{}")
    assert not rejected and rejected.reason == "stale-snapshot" and rejected.claim == {}
    method, path, fields, body = Stub.asked[0]
    assert (method, path, body) == ("POST", "/v1/verify?audience=Example%20Bank&kind=initial", b'{"version":1}')
    assert fields["Authorization"] == f"Bearer {TOKEN}" and fields["Content-Type"] == "application/json"


def test_many_proofs_keep_their_order_and_are_read_a_batch_ahead(client: Client) -> None:
    taken = 0

    def proofs() -> Iterator[dict[str, Any]]:
        nonlocal taken
        for number in range(1_000):
            taken += 1
            yield {"account": "bad" if number % 7 == 3 else f"a{number}"}

    verdicts = client.verify_many(proofs(), batch=64)
    first = next(verdicts)
    assert taken == 64 and first.line == 1
    rest = [first, *verdicts]
    assert len(rest) == 1_000 and [one.line for one in rest] == list(range(1, 1_001))
    assert [not one.accepted for one in rest] == [number % 7 == 3 for number in range(1_000)]


def test_a_proof_on_several_lines_is_sent_on_one(client: Client) -> None:
    assert [one.accepted for one in client.verify_many([b'{\n "account":\n "x"}'])] == [True]
    assert Stub.asked[0][3] == b'{"account":"x"}\n'


def test_many_requests_are_decided_in_their_order(client: Client) -> None:
    decisions = list(client.admit_many(({"salt": number} for number in range(300)), batch=100))
    assert [decision.admitted for decision in decisions] == [number % 5 != 0 for number in range(300)]
    assert decisions[7].entry == 7 and decisions[7].receipt == "proof 7" and decisions[5].reasons == ("replayed",)
    assert [asked[1] for asked in Stub.asked] == ["/v1/requests/batch"] * 3


def test_decisions_before_a_problem_are_handed_out(client: Client) -> None:
    document = {"type": "t", "title": "t", "status": 503, "code": "ledger-unavailable"}
    lines = [{"line": 1, "verdict": "refused", "reasons": ["replayed"]}, {"problem": document}]
    Stub.script.append((200, {}, b"".join(json.dumps(line).encode() + b"\n" for line in lines)))
    decisions = client.admit_many([{"salt": 1}, {"salt": 2}])
    assert next(decisions).reasons == ("replayed",)
    with pytest.raises(Problem) as caught:
        next(decisions)
    assert caught.value.code == "ledger-unavailable"


def test_verdicts_that_are_missing_are_an_error(client: Client) -> None:
    Stub.script += [(200, {}, b'{"line":1,"verdict":"accepted"}\n'), (200, {}, b'{"problem":{"code":"internal","status":500}}\n')]
    with pytest.raises(ServiceError, match="2 documents were sent and 1"):
        list(client.verify_many([{"account": "a"}, {"account": "b"}]))
    with pytest.raises(Problem, match="500 internal"):
        list(client.verify_many([{"account": "a"}]))


def test_a_refusal_is_a_value_and_a_problem_an_exception(client: Client) -> None:
    Stub.script += [
        reply({"verdict": "refused", "reasons": ["replayed"]}),
        reply({"verdict": "admitted", "entry": "9007199254740993", "receipt": "c2sp"}),
        problem(422, "malformed", path="salt", line=3),
    ]
    assert client.admit(b"{}").reasons == ("replayed",)
    admitted = client.admit(b"{}")
    assert admitted and admitted.entry == 9_007_199_254_740_993 and admitted.receipt == "c2sp"
    with pytest.raises(Problem) as caught:
        client.admit(b"{}")
    assert (caught.value.status, caught.value.code, caught.value.members) == (422, "malformed", {"path": "salt", "line": 3})


def test_what_the_server_has_no_time_for_is_sent_again_as_late_as_it_says(stub: str) -> None:
    waits: list[float] = []
    client = Client(stub, sleep=waits.append, retries=3, patience=100)
    busy = problem(503, "not-the-writer")
    Stub.script += [(503, {**busy[1], "Retry-After": "7"}, busy[2]), busy, reply({"verdict": "refused", "reasons": []})]
    assert not client.admit(b"{}")
    assert waits[0] == 7 and 0 < waits[1] < 1 and len(Stub.asked) == 3
    Stub.script += [(429, {**busy[1], "Retry-After": "1"}, busy[2])] * 9
    with pytest.raises(OverloadedError) as caught:
        client.report_fill(b"{}")
    assert caught.value.retry_after == 1 and len(Stub.asked) == 3 + 4
    Stub.script[:] = [(503, {**busy[1], "Retry-After": "3600"}, busy[2])]
    with pytest.raises(OverloadedError):
        client.verify(b"{}")
    client.close()


def test_only_what_may_be_heard_twice_is_sent_again_after_a_broken_connection(client: Client) -> None:
    Stub.script += ["cut", reply({"verdict": "refused", "reasons": ["replayed"]})]
    assert client.admit(b"{}").reasons == ("replayed",)
    Stub.asked.clear()
    client.close()
    Stub.script += ["cut"]
    with pytest.raises(UnreachableError) as caught:
        client.report_fill(b"{}")
    assert caught.value.sent and len(Stub.asked) == 1


def test_a_fill_is_not_sent_twice_over_a_connection_that_was_kept(client: Client) -> None:
    client.ready()
    Stub.asked.clear()
    # The server hears it, and closes without an answer: as it would close a connection that was idle.
    Stub.script += ["cut"]
    with pytest.raises(UnreachableError):
        client.report_fill(b"{}")
    assert len(Stub.asked) == 1


def test_names_are_encoded_and_pages_are_read_to_their_end(client: Client) -> None:
    assert client.account("a/b")["account"] == "a/b"
    assert [one["account"] for one in client.accounts("ä&b")] == ["x", "x"]
    assert "prefix=%C3%A4%26b" in Stub.asked[1][1]
    assert client.ready()["role"] == "follower"
    with pytest.raises(Problem, match="404 not-found"):
        client.registry()


def test_events_go_on_behind_the_last_one(client: Client) -> None:
    first = b': hello\nretry: 2000\n\nid: 7\nevent: admitted\ndata: {"a":\ndata: 1}\n\nid: 8\ndata: x\n\n'
    Stub.script += [(200, {}, first), "cut", (200, {}, b"id: 9\nevent: epoch\ndata: {}\n\n")]
    events = list(client.events(after=6, limit=3))
    assert [(one.id, one.kind, one.data) for one in events] == [
        (7, "admitted", {"a": 1}), (8, "message", "x"), (9, "epoch", {})]
    assert [asked[1] for asked in Stub.asked] == [
        "/v1/events?after=6&limit=3", "/v1/events?after=8&limit=1", "/v1/events?after=8&limit=1"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"verdict":"perhaps"}', b"\xff", b"<html>"])
def test_an_answer_of_another_form_is_an_error(client: Client, content: bytes) -> None:
    Stub.script += [(200, {}, content)] * 2
    for call in (client.verify, client.admit):
        with pytest.raises(ServiceError):
            call(b"{}")


@pytest.mark.parametrize("status", [301, 400, 418, 500, 502])
def test_what_is_no_problem_document_is_a_problem_all_the_same(client: Client, status: int) -> None:
    Stub.script += [(status, {}, b"<html>no</html>")]
    with pytest.raises(Problem) as caught:
        client.verify(b"{}")
    assert caught.value.status == status and caught.value.code == "unknown"


def test_no_error_shows_the_token(client: Client) -> None:
    with Client("http://127.0.0.1:1", token=TOKEN, retries=0) as closed, pytest.raises(UnreachableError) as caught:
        closed.verify(b"{}")
    assert not caught.value.sent
    assert TOKEN not in repr(caught.value) + repr(client) + str(caught.value)


@pytest.mark.parametrize("address", ["", "venue.example", "ftp://x", "http://", "https://u:p@x", "http://x/?a=1"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Client(address)


def test_a_token_that_would_break_the_header_is_refused() -> None:
    for token in ["a b", "a\r\nX: y", "ä"]:
        with pytest.raises(ValueError, match="token"):
            Client("http://x", token=token)


@pytest.mark.skipif("SOLVENCYD_URL" not in os.environ, reason="SOLVENCYD_URL names no server")
def test_a_real_server_answers_as_the_stub_does() -> None:
    with Client(os.environ["SOLVENCYD_URL"], token=os.environ.get("SOLVENCYD_TOKEN")) as venue:
        assert venue.ready()["role"] in ("writer", "follower", "unreachable")
        with pytest.raises(Problem) as caught:
            venue.verify(b"{}")
        assert caught.value.status in (400, 422) and caught.value.code != "unknown"
        assert [verdict.reason for verdict in venue.verify_many([b"{}", b"[]"])] == ["malformed", "malformed"]
        with pytest.raises(Problem) as caught:
            venue.account("nobody-has-this-name")
        assert caught.value.status == 404
        assert venue.circuits()
        current = list(venue.accounts())
        assert len({one["account"] for one in current}) == len(current)
