"""Talking to a server, `solvencyd`, with the standard library alone.

    with Client("https://venue.example", token=token) as venue:
        verdict = venue.verify(proof)
        decision = venue.admit(request)        # a refusal is a value; a problem is an exception
        for event in venue.events(after=17): ...

A connection is kept and used again; a client is for one thread at a time. What a server refuses for the moment (429, 503) is
sent again after the time it states, `retries` times; reading is sent again after a broken connection as well. A request for
admission may be sent again, too: it bears a nonce, and is admitted once.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

__all__ = [
    "Client", "Decision", "Event", "OverloadedError", "Problem", "ProofVerdict", "ServiceError", "UnreachableError",
]

Document = bytes | str | Mapping[str, Any] | os.PathLike[str]
"""A JSON document: its bytes or text, a mapping, or the path of a file."""

ANSWER_LIMIT: Final = 64 << 20
"""The most bytes of an answer that is not a stream."""

LINE_LIMIT: Final = 1 << 20
"""The most bytes of a line of a stream."""


class ServiceError(Exception):
    """Something kept the server from answering, or it answered with a problem."""


class UnreachableError(ServiceError):
    """No answer came: the server cannot be reached, broke off, or took too long. A request that changes something may have
    been heard; `sent` says whether all of it was on its way."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


@dataclass(frozen=True)
class ProblemDocument:
    """The parts of a problem document (RFC 9457). `code` stays the same between versions; texts may change."""

    status: int
    code: str
    title: str
    detail: str
    members: Mapping[str, Any] = field(default_factory=dict)


class Problem(ServiceError):
    """The server refused, and says why: `.status`, `.code` such as "not-found", `.detail`, and further `.members`."""

    def __init__(self, document: ProblemDocument) -> None:
        super().__init__(f"{document.status} {document.code}: {document.detail}")
        self.status = document.status
        self.code = document.code
        self.title = document.title
        self.detail = document.detail
        self.members = document.members


class OverloadedError(Problem):
    """The server asked to wait longer, or more often, than this client does. `retry_after` is in seconds."""

    def __init__(self, document: ProblemDocument, retry_after: float) -> None:
        super().__init__(document)
        self.retry_after = retry_after


@dataclass(frozen=True)
class ProofVerdict:
    """What a server says of one proof. A rejected proof is a value, never an exception.

    `reason` is "accepted", or why the proof establishes nothing. `claim` holds what was proved, if it was accepted: circuit,
    kind, snapshot, account, sequence, commitments, and whether the commitment is the account's in the server's ledger.
    """

    accepted: bool
    reason: str
    explanation: str
    line: int | None
    claim: Mapping[str, Any]

    def __bool__(self) -> bool:
        return self.accepted


@dataclass(frozen=True)
class Decision:
    """What a desk decided on a request. A refusal is a value, never an exception.

    `verdict` is "admitted", "reduce-only" or "refused"; `reasons` say why it was refused. `receipt` is the `.tlog-proof` of an
    admission, where the log signs checkpoints; `document` is all that was answered.
    """

    verdict: str
    reasons: tuple[str, ...]
    entry: int | None
    receipt: str | None
    document: Mapping[str, Any]

    @property
    def admitted(self) -> bool:
        """Whether anything was admitted."""
        return self.verdict != "refused"

    def __bool__(self) -> bool:
        return self.admitted


@dataclass(frozen=True)
class Event:
    """An entry of the ledger, as it happened. `id` is its index: `events(after=id)` goes on behind it."""

    id: int | None
    kind: str
    data: Any


def _content(document: Document) -> bytes:
    if isinstance(document, bytes):
        return document
    if isinstance(document, str):
        return document.encode()
    if isinstance(document, os.PathLike):
        with open(document, "rb") as file:
            return file.read()
    return json.dumps(document, separators=(",", ":"), allow_nan=False).encode()


def _integer(value: Any) -> int | None:
    # Beyond 2 to the 53 they are decimal strings.
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.lstrip("-").isdigit() else None


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ServiceError("the server answered with something else than an object")
    return value


def _proof_verdict(value: Any) -> ProofVerdict:
    members = _mapping(value)
    accepted = members.get("verdict") == "accepted"
    if not accepted and members.get("verdict") != "rejected":
        raise ServiceError("the server answered without a verdict")
    return ProofVerdict(
        accepted, "accepted" if accepted else str(members.get("reason", "")), str(members.get("explanation", "")),
        _integer(members.get("line")), members if accepted else {})


def _decision(value: Any) -> Decision:
    members = _mapping(value)
    verdict = members.get("verdict")
    if verdict not in ("admitted", "reduce-only", "refused"):
        raise ServiceError("the server answered without a verdict")
    receipt = members.get("receipt")
    return Decision(
        verdict, tuple(str(reason) for reason in members.get("reasons", [])), _integer(members.get("entry")),
        receipt if isinstance(receipt, str) else None, members)


class Client:
    """A server at an address, `https://host:port` or `http://…` (a path in front of the routes is kept).

    `token` is sent with every request and shown in no error. `context` holds certificates (`ssl.create_default_context`); the
    server's is checked by default. `timeout` is in seconds, for each step of a connection. `retries` is how often a request is
    sent again, `patience` the most seconds that are waited in between, in all.

    >>> Client("ftp://venue.example")
    Traceback (most recent call last):
    ValueError: the address begins with http:// or https://
    """

    def __init__(
        self, address: str, *, token: str | None = None, context: ssl.SSLContext | None = None, timeout: float = 30.0,
        retries: int = 4, patience: float = 30.0, sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address begins with http:// or https://")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("the address holds no user, password, query or fragment; a token is given apart")
        if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
            raise ValueError("the token has letters that none has")
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port
        self._base = parts.path.rstrip("/")
        self._token = token
        self._context = context
        self._timeout = timeout
        self._retries = retries
        self._patience = patience
        self._sleep = sleep
        self._connection: http.client.HTTPConnection | None = None

    def __repr__(self) -> str:
        return f"Client({'https' if self._secure else 'http'}://{self._host}{self._base})"

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection; the next call opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # Verification

    def verify(
        self, proof: Document, *, audience: str | None = None, kind: str | None = None, commitment: str | None = None,
    ) -> ProofVerdict:
        """Verifies one proof. `audience`, `kind` ("initial", "maintenance") and `commitment` ("ledger": the account's in the
        server's ledger) are demanded where they are given."""
        query = {"audience": audience, "kind": kind, "commitment": commitment}
        return _proof_verdict(self._json("POST", "/v1/verify", query, _content(proof), repeatable=True))

    def verify_many(
        self, proofs: Iterable[Document], *, audience: str | None = None, kind: str | None = None, batch: int = 128,
    ) -> Iterator[ProofVerdict]:
        """Verifies many proofs, one verdict for each in their order, `.line` counting from 1. At most `batch` of them, 1 to
        1,024, are read ahead and sent together; the server adds those of others to them. What a server had no time for is
        sent again."""
        query = {"audience": audience, "kind": kind}
        for line, members in self._answers("/v1/verify/batch", query, proofs, batch):
            yield replace(_proof_verdict(members), line=line)

    def _answers(
        self, path: str, query: Mapping[str, str | None], documents: Iterable[Document], batch: int
    ) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """The answers to documents, one line each, with their numbers from 1 on."""
        if not 1 <= batch <= 1_024:
            raise ValueError("a batch has 1 to 1,024 documents")
        remaining = iter(documents)
        count = 0
        while lines := [self._line(document) for document in itertools.islice(remaining, batch)]:
            answer = self._exchange(
                "POST", path, query, b"".join(lines), repeatable=True, expected=(200,), media="application/x-ndjson")
            answered = 0
            for line in answer.splitlines():
                if not line.strip():
                    continue
                members = _mapping(self._parsed(line))
                if "problem" in members:
                    raise Problem(self._document(0, _mapping(members["problem"])))
                answered += 1
                count += 1
                yield count, members
            if answered != len(lines):
                raise ServiceError(f"{len(lines)} documents were sent and {answered} answers came back")

    @staticmethod
    def _line(proof: Document) -> bytes:
        content = _content(proof)
        if b"\n" in content or b"\r" in content:
            content = json.dumps(json.loads(content), separators=(",", ":")).encode()
        return content + b"\n"

    # The desk

    def admit(self, request: Document) -> Decision:
        """Asks the desk to decide. An admission that is answered is durable. A request that no answer came to may be sent
        again: if it was admitted, the answer is a refusal for the reason "replayed"."""
        return _decision(self._json("POST", "/v1/requests", {}, _content(request), repeatable=True))

    def admit_many(self, requests: Iterable[Document], *, batch: int = 128) -> Iterator[Decision]:
        """Asks the desk to decide on many requests, one decision for each in their order. At most `batch` of them, 1 to 1,024,
        are read ahead and sent together; the server adds those of others to them. Decisions that came before an error are
        yielded and durable; of what was sent and not answered, what was admitted is refused as "replayed" when it is sent
        again."""
        for _, members in self._answers("/v1/requests/batch", {}, requests, batch):
            yield _decision(members)

    def open_account(self, attestations: Iterable[Document]) -> Mapping[str, Any]:
        """Opens an account on what all its custodians attest. Needs the role `attest`."""
        return _mapping(self._json("POST", "/v1/accounts", {}, self._attestations(attestations)))

    def renew_attestations(self, account: str, attestations: Iterable[Document]) -> Mapping[str, Any]:
        """Renews the attestations of an account's present state. Needs the role `attest`."""
        path = f"/v1/accounts/{quote(account, safe='')}/attestations"
        return _mapping(self._json("PUT", path, {}, self._attestations(attestations)))

    @staticmethod
    def _attestations(attestations: Iterable[Document]) -> bytes:
        return b'{"attestations":[' + b",".join(_content(one) for one in attestations) + b"]}"

    def report_fill(self, report: Document) -> Mapping[str, Any]:
        """Reports a fill or a charge that a matching engine signed. Needs the role `fill`."""
        return _mapping(self._json("POST", "/v1/fills", {}, _content(report)))

    def challenge(self, account: str, *, seconds: int | None = None) -> Mapping[str, Any]:
        """Gives an account a nonce to prove with. Needs the role `publish`."""
        path = f"/v1/accounts/{quote(account, safe='')}/challenges"
        return _mapping(self._json("POST", path, {"seconds": seconds}, None))

    def publish_snapshot(self, snapshot: Document) -> Mapping[str, Any]:
        """Puts a snapshot in force that the venue has signed. Needs the role `publish`."""
        return _mapping(self._json("PUT", "/v1/snapshots", {}, _content(snapshot)))

    # Reading

    def account(self, account: str) -> Mapping[str, Any]:
        """What the ledger knows of an account; nothing of its book."""
        return _mapping(self._json("GET", f"/v1/accounts/{quote(account, safe='')}", {}, None, repeatable=True))

    def headroom(self, account: str) -> Mapping[str, Any]:
        """How far an account may trade without another proof."""
        path = f"/v1/accounts/{quote(account, safe='')}/headroom"
        return _mapping(self._json("GET", path, {}, None, repeatable=True))

    def accounts(self, prefix: str | None = None) -> Iterator[Mapping[str, Any]]:
        """All accounts whose names begin so, ascending, page by page."""
        after: str | None = None
        while True:
            page = _mapping(self._json(
                "GET", "/v1/accounts", {"prefix": prefix, "after": after, "limit": 500}, None, repeatable=True))
            yield from (_mapping(account) for account in page["accounts"])
            following = page.get("next")
            if following is None:
                return
            if following == after:
                raise ServiceError("the server's pages do not end")
            after = str(following)

    def snapshot(self, digest: str | None = None) -> Mapping[str, Any]:
        """The snapshot in force, or the one of a digest, with the venue's signature."""
        return _mapping(self._json("GET", f"/v1/snapshots/{digest or 'current'}", {}, None, repeatable=True))

    def circuits(self) -> list[Mapping[str, Any]]:
        """The circuits that the venue decides on."""
        return [_mapping(one) for one in _mapping(self._json("GET", "/v1/circuits", {}, None, repeatable=True))["circuits"]]

    def circuit(self, digest: str) -> bytes:
        """The text of a circuit."""
        return self._bytes("GET", f"/v1/circuits/{digest}", {}, None, repeatable=True)

    def registry(self) -> Mapping[str, Any]:
        """The names of the coordinates, in their order."""
        return _mapping(self._json("GET", "/v1/registry", {}, None, repeatable=True))

    def checkpoint(self, *, witnessed: bool = False) -> bytes:
        """The newest checkpoint of the log, a signed note; `witnessed` for the newest with cosignatures."""
        path = "/v1/log/checkpoint" + ("/witnessed" if witnessed else "")
        return self._bytes("GET", path, {}, None, repeatable=True)

    def receipt(self, entry: int) -> bytes:
        """The receipt of an entry, a `.tlog-proof` file."""
        return self._bytes("GET", f"/v1/receipts/{entry}", {}, None, repeatable=True)

    def status(self) -> Mapping[str, Any]:
        """The numbers that the page shows."""
        return _mapping(self._json("GET", "/v1/status", {}, None, repeatable=True))

    def ready(self) -> Mapping[str, Any]:
        """Whether the server decides now, and why not."""
        answer = self._exchange("GET", "/readyz", {}, None, repeatable=True, expected=(200, 503))
        return _mapping(self._parsed(answer))

    def events(self, *, after: int | None = None, limit: int | None = None) -> Iterator[Event]:
        """What happens to the ledger, as it happens. It goes on behind the last event after a broken connection, as often
        as one comes in between; ends after `limit` events, or when the server stops for longer than is waited."""
        failures = 0
        left = limit
        while left is None or left > 0:
            connection = self._connect()
            try:
                response = self._stream(connection, "/v1/events", {"after": after, "limit": left}, "text/event-stream")
                for event in self._parsed_events(self._lines(response)):
                    failures = 0
                    if event.id is not None:
                        after = event.id
                    left = None if left is None else left - 1
                    yield event
                    if left == 0:
                        return
                raise UnreachableError("the server ended the stream", sent=True)
            except (UnreachableError, OverloadedError) as error:
                failures += 1
                if failures > self._retries:
                    raise
                self._sleep(error.retry_after if isinstance(error, OverloadedError) else self._pause(failures))
            finally:
                connection.close()

    @staticmethod
    def _parsed_events(lines: Iterator[bytes]) -> Iterator[Event]:
        kind = "message"
        identifier: int | None = None
        data: list[str] = []
        for raw in lines:
            line = raw.decode().rstrip("\r\n")
            if not line:
                if data:
                    text = "\n".join(data)
                    try:
                        content: Any = json.loads(text)
                    except ValueError:
                        content = text
                    yield Event(identifier, kind, content)
                kind, identifier, data = "message", None, []
                continue
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                kind = value
            elif name == "id":
                identifier = _integer(value)
            elif name == "data":
                data.append(value)

    # Connections

    def _connect(self) -> http.client.HTTPConnection:
        if self._secure:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=self._timeout, context=self._context or ssl.create_default_context())
        return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)

    def _target(self, path: str, query: Mapping[str, Any]) -> str:
        given = {name: str(value) for name, value in query.items() if value is not None}
        return self._base + path + ("?" + urlencode(given, quote_via=quote) if given else "")

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        headers = {"User-Agent": "solvency-python", "Accept": "application/json", **more}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        return headers

    def _json(
        self, method: str, path: str, query: Mapping[str, Any], content: bytes | None, *, repeatable: bool = False,
    ) -> Any:
        return self._parsed(self._bytes(method, path, query, content, repeatable=repeatable))

    def _bytes(
        self, method: str, path: str, query: Mapping[str, Any], content: bytes | None, *, repeatable: bool = False,
    ) -> bytes:
        return self._exchange(method, path, query, content, repeatable=repeatable, expected=(200, 201))

    def _exchange(
        self, method: str, path: str, query: Mapping[str, Any], content: bytes | None, *, repeatable: bool,
        expected: tuple[int, ...], media: str = "application/json",
    ) -> bytes:
        headers = self._headers({"Content-Type": media} if content is not None else {})
        waited, attempt = 0.0, 0
        while True:
            attempt += 1
            try:
                if not repeatable:
                    # A kept connection may be closed by the server just now: whether it heard would not be known.
                    self.close()
                status, fields, answer = self._once(method, self._target(path, query), content, headers)
            except UnreachableError as error:
                # What changes something is sent again only where nothing of it can have been heard.
                pause = self._pause(attempt)
                if attempt > self._retries or (error.sent and not repeatable) or waited + pause > self._patience:
                    raise
            else:
                if status in expected:
                    return answer
                document = self._problem(status, answer)
                # 429 and 503: nothing was done with the request.
                if status not in (429, 503):
                    raise Problem(document)
                pause = self._retry_after(fields) or self._pause(attempt)
                if attempt > self._retries or waited + pause > self._patience:
                    raise OverloadedError(document, pause)
            self._sleep(pause)
            waited += pause

    def _once(
        self, method: str, target: str, content: bytes | None, headers: Mapping[str, str],
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        is_fresh = self._connection is None
        connection = self._connection or self._connect()
        self._connection = connection
        sent = False
        try:
            connection.request(method, target, body=content, headers=dict(headers))
            sent = True
            response = connection.getresponse()
            answer = response.read(ANSWER_LIMIT + 1)
            if len(answer) > ANSWER_LIMIT:
                raise ServiceError(f"the answer has more than {ANSWER_LIMIT} bytes")
            if response.will_close:
                self.close()
            return response.status, response.headers, answer
        except (OSError, http.client.HTTPException) as error:
            self.close()
            # A server may close a connection that was not used for a while, just when it is used again. What may not be
            # heard twice has a fresh one.
            if not is_fresh and isinstance(error, (http.client.RemoteDisconnected, BrokenPipeError)):
                return self._once(method, target, content, headers)
            raise UnreachableError(self._cause(error), sent=sent) from None
        except BaseException:
            # Half an answer must not be taken for the beginning of the next one.
            self.close()
            raise

    def _stream(
        self, connection: http.client.HTTPConnection, path: str, query: Mapping[str, Any], accept: str,
    ) -> http.client.HTTPResponse:
        try:
            connection.request("GET", self._target(path, query), headers=self._headers({"Accept": accept}))
            response = connection.getresponse()
            if response.status != 200:
                document = self._problem(response.status, response.read(ANSWER_LIMIT))
                if response.status in (429, 503):
                    raise OverloadedError(document, self._retry_after(response.headers) or 1.0)
                raise Problem(document)
            return response
        except (OSError, http.client.HTTPException) as error:
            raise UnreachableError(self._cause(error), sent=True) from None

    @staticmethod
    def _lines(response: http.client.HTTPResponse) -> Iterator[bytes]:
        while True:
            try:
                line = response.readline(LINE_LIMIT + 1)
            except (OSError, http.client.HTTPException) as error:
                raise UnreachableError(Client._cause(error), sent=True) from None
            if not line:
                return
            if len(line) > LINE_LIMIT:
                raise ServiceError(f"a line of the answer has more than {LINE_LIMIT} bytes")
            yield line

    @staticmethod
    def _cause(error: BaseException) -> str:
        return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__

    @staticmethod
    def _pause(attempt: int) -> float:
        # Twice as long each time, and not at the same moment as everybody else.
        return min(8.0, 0.1 * 2.0**attempt) * random.uniform(0.5, 1.0)

    @staticmethod
    def _retry_after(headers: http.client.HTTPMessage) -> float | None:
        text = headers.get("Retry-After", "")
        return min(float(text), 3_600.0) if text.isascii() and text.isdigit() else None

    @staticmethod
    def _parsed(content: bytes) -> Any:
        try:
            return json.loads(content)
        except ValueError:
            raise ServiceError("the server answered with something else than JSON") from None

    @classmethod
    def _problem(cls, status: int, content: bytes) -> ProblemDocument:
        try:
            value = json.loads(content)
        except ValueError:
            value = {}
        return cls._document(status, value if isinstance(value, dict) else {})

    @staticmethod
    def _document(status: int, members: Mapping[str, Any]) -> ProblemDocument:
        known = ("type", "title", "status", "detail", "code")
        return ProblemDocument(
            _integer(members.get("status")) or status, str(members.get("code", "unknown")), str(members.get("title", "")),
            str(members.get("detail", "no problem document came with it")),
            {name: value for name, value in members.items() if name not in known})
