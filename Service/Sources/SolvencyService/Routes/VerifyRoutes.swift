internal import Admission
internal import CanonicalBytes
internal import Hummingbird
internal import ProofCore
internal import SolvencyVerifier

/// Verification for others: single proofs, and streams of them.
enum VerifyRoutes {
  static let parameters: [Endpoint.Parameter] = [
    .init(
      name: "audience", place: .query, schema: ["type": "string", "minLength": 1, "maxLength": 128],
      text: "Whom the proof must be made for, by name; this venue's ledger if left out."),
    .init(
      name: "kind", place: .query, schema: ["type": "string", "enum": ["initial", "maintenance"]],
      text: "The margin that must be met; either if left out."),
    .init(
      name: "commitment", place: .query, schema: ["type": "string", "enum": ["any", "ledger"]],
      text:
        "`ledger`: the proof must be of the account's present commitment in this ledger. `any`, the default: the "
        + "answer says whether it is."),
  ]

  static let endpoints: [Endpoint] = [
    Endpoint(
      method: .post, path: "/v1/verify", name: "verify", tag: "Verification",
      summary: "Verify one proof, together with those of other requests.",
      parameters: parameters,
      content: .init(
        types: [Body.json], schema: "ProofEnvelope", limit: ProofEnvelope.byteLimit,
        text: "What `proof.json` holds."),
      answers: [.init(schema("ProofVerdict"), "The verdict. A rejected proof is an answer and no problem.")],
      isShort: true, handler: verify),
    Endpoint(
      method: .post, path: "/v1/verify/batch", name: "verifyBatch", tag: "Verification",
      summary:
        "Verify a stream of proofs, one a line; the verdicts are streamed back, one a line, in their order.",
      parameters: parameters,
      content: .init(
        types: LineStream.types, schema: "ProofLines", limit: ProofEnvelope.byteLimit,
        text: "JSON Lines; each line what `proof.json` holds. The limit is of a line.", isRequired: false),
      answers: [
        .init(
          200, Body.lines, schema("VerdictLine"),
          "One line for each: its number, and the verdict. A stream that cannot go on ends with a line that has the "
            + "member `problem`.")
      ],
      isShort: true, handler: verifyBatch),
  ]

  @Sendable static func verify(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    var expectations = try expectations(request, core)
    let bytes = try await Body.bytes(of: request, as: [Body.json], limit: ProofEnvelope.byteLimit)
    let proof = try envelope(bytes)
    let present = try await presentCommitment(of: proof.context.account, core)
    if try request.parameter("commitment") == "ledger" {
      expectations.accounts = present.map { [$0.account: $0] } ?? [:]
    }
    let verdict = try await core.verify(proof, expecting: expectations)
    var members = verdict.jsonMembers
    if verdict.isAccepted {
      let isBound =
        present.map {
          $0.sequence == proof.context.sequence && $0.registry == proof.context.registry
            && $0.commitment.encoded == proof.commitments.first
        } ?? false
      // A63: what is proved of a commitment that is nobody's says nothing of anybody.
      members.append(JSONMember("isLedgerCommitment", .bool(isBound)))
    }
    return .json(.object(members))
  }

  static func envelope(_ bytes: [UInt8]) throws(Problem) -> ProofEnvelope {
    do throws(FileError) {
      return try ProofEnvelope(decoding: bytes)
    } catch {
      throw Problem(error)
    }
  }

  static func expectations(_ request: Request, _ core: ServiceCore) throws(Problem) -> Expectations {
    var expectations = Expectations(now: core.settings.clock(), audience: core.ledger.admission.venue)
    let policy = core.ledger.admission.policy
    expectations.clockSkew = policy.clockSkew
    expectations.snapshotGrace = policy.snapshotGrace
    if let name = try request.parameter("audience") {
      do throws(NameError) {
        expectations.audience = try Audience(name)
      } catch {
        throw .parameter("audience", "write 1 to 128 bytes of printable text")
      }
    }
    if let word = try request.parameter("kind") {
      guard let kind = MarginKind(rawValue: word) else {
        throw .parameter("kind", "write initial or maintenance")
      }
      expectations.kind = kind
    }
    if let word = try request.parameter("commitment"), !["any", "ledger"].contains(word) {
      throw .parameter("commitment", "write any or ledger")
    }
    return expectations
  }

  /// The account's commitment in the ledger; nil if it is not open.
  static func presentCommitment(
    of account: AccountID, _ core: ServiceCore
  ) async throws(Problem) -> AccountCommitment? {
    let state = try await core.ask { admission throws(LedgerFailure) in
      try admission.ledger.withState { $0.account(account) }
    }
    return state.flatMap { state in
      (try? VectorCommitment(decoding: state.commitment)).map {
        AccountCommitment(
          account: state.account, registry: state.registry, commitment: $0, sequence: state.sequence)
      }
    }
  }

  // A stream

  @Sendable static func verifyBatch(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let expectations = try expectations(request, core)
    let boundToLedger = try request.parameter("commitment") == "ledger"
    guard !boundToLedger else {
      throw Problem.parameter(
        "commitment", "streams are verified for any commitment; ask /v1/verify for the ledger's")
    }
    let verifier = ProofVerifier(catalog: core.ledger.admission.catalog)
    return try LineStream(lineLimit: ProofEnvelope.byteLimit) { lines, first in
      try await core.streams.run { () throws(Problem) in
        answers(to: lines, from: first, verifier, expectations, core)
      }
    }.response(to: request, core)
  }

  private static func answers(
    to lines: [LineSplitter.Line], from first: Int, _ verifier: ProofVerifier, _ expectations: Expectations,
    _ core: ServiceCore
  ) -> [UInt8] {
    let read = verifier.verify(encoded: lines.map(\.bytes), expecting: expectations)
    core.count(read.map(\.verdict))
    var bytes: [UInt8] = []
    for (place, proof) in read.enumerated() {
      var members = [JSONMember("line", .integer(first + place))]
      if case .tooLong = lines[place] {
        members += [
          JSONMember("verdict", "rejected"), JSONMember("reason", "malformed"),
          JSONMember("explanation", .string("the line has more than \(ProofEnvelope.byteLimit) bytes")),
        ]
      } else {
        members += proof.verdict.jsonMembers
      }
      bytes += LineStream.line(.object(members))
    }
    return bytes
  }
}
