internal import Admission
internal import CanonicalBytes
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TransparencyLog

/// The desk: requests of traders, and what custodians and matching engines report.
enum DeskRoutes {
  static let account = Endpoint.Parameter(
    name: "id", place: .path, schema: ["type": "string", "minLength": 1, "maxLength": 384],
    text: "The account's name, percent-encoded.")

  static let endpoints: [Endpoint] = [
    Endpoint(
      method: .post, path: "/v1/requests", name: "admit", tag: "Desk",
      summary:
        "Decide on a request for admission, together with those of others. A verdict that is sent is durable.",
      content: .init(
        types: [Body.json], schema: "AdmissionRequest", limit: AdmissionRequest.fileByteLimit,
        text: "What `solvency request` wrote."),
      answers: [
        .init(
          schema("Verdict"),
          "The verdict. A refusal is an answer and no problem. `receipt` is the `.tlog-proof` of an admission, where the "
            + "log signs checkpoints.")
      ],
      problems: [503, 507], isShort: true, handler: admit),
    Endpoint(
      method: .post, path: "/v1/requests/batch", name: "admitBatch", tag: "Desk",
      summary:
        "Decide on a stream of requests, one a line; the verdicts are streamed back, one a line, in their order. A verdict "
        + "that is sent is durable.",
      content: .init(
        types: LineStream.types, schema: "RequestLines", limit: AdmissionRequest.fileByteLimit,
        text: "JSON Lines; each line what `solvency request` wrote. The limit is of a line.",
        isRequired: false),
      answers: [
        .init(
          200, Body.lines, schema("DecisionLine"),
          "One line for each: its number, and the verdict. A stream that cannot go on ends with a line that has the "
            + "member `problem`; what was not answered may be sent again.")
      ],
      problems: [503, 507], isShort: true, handler: admitBatch),
    Endpoint(
      method: .post, path: "/v1/accounts", name: "openAccount", tag: "Desk",
      summary: "Open an account on what all its custodians attest.", role: .attest,
      content: .init(
        types: [Body.json], schema: "Attestations", limit: attestationLimit,
        text: "The attestations, one a custodian."),
      answers: [.init(201, Body.json, schema("Recorded"), "The account is open.")],
      problems: [404, 409, 422, 503, 507], handler: open),
    Endpoint(
      method: .put, path: "/v1/accounts/{id}/attestations", name: "renewAttestations", tag: "Desk",
      summary: "Renew the attestations of an account's present state.", role: .attest, parameters: [account],
      content: .init(
        types: [Body.json], schema: "Attestations", limit: attestationLimit,
        text: "The attestations, one a custodian."),
      answers: [.init(schema("Recorded"), "They are in force.")],
      problems: [404, 409, 422, 503, 507], handler: renew),
    Endpoint(
      method: .post, path: "/v1/accounts/{id}/challenges", name: "challenge", tag: "Desk",
      summary: "Give an account a nonce to prove with.", role: .publish,
      parameters: [
        account,
        .init(
          name: "seconds", place: .query, schema: ["type": "integer", "minimum": 1, "maximum": 86_400],
          text: "For how long; 300 if left out."),
      ],
      answers: [.init(201, Body.json, schema("Challenge"), "The nonce.")],
      problems: [404, 409, 503, 507], handler: challenge),
    Endpoint(
      method: .post, path: "/v1/fills", name: "reportFill", tag: "Desk",
      summary: "Report a fill or a charge, signed by a matching engine.", role: .fill,
      content: .init(
        types: [Body.json], schema: "SignedDocument", limit: Signed<FillReport>.fileByteLimit,
        text: "What `solvency ledger fill` reads."),
      answers: [.init(201, Body.json, schema("Recorded"), "The account's commitment has moved.")],
      problems: [404, 409, 422, 503, 507], handler: fill),
    Endpoint(
      method: .post, path: "/v1/escrows", name: "depositEscrow", tag: "Desk",
      summary: "Record that a sealed opening of an account was deposited.", role: .attest,
      content: .init(
        types: [Body.json], schema: "SignedDocument", limit: Signed<EscrowSeal>.fileByteLimit,
        text: "The seal that a custodian signed."),
      answers: [.init(201, Body.json, schema("Recorded"), "It is recorded.")],
      problems: [404, 409, 422, 503, 507], handler: escrow),
    Endpoint(
      method: .get, path: "/v1/receipts/{entry}", name: "receipt", tag: "Log",
      summary: "The receipt of an entry of the log: that it stands there, with the entry.",
      parameters: [
        .init(
          name: "entry", place: .path, schema: ["type": "integer", "minimum": 0],
          text: "The entry's index, as a verdict states it.")
      ],
      answers: [.init(200, LogRoutes.noteType, ["type": "string"], "A `.tlog-proof` file.")],
      problems: [404, 503], handler: receipt),
  ]

  private static let attestationLimit = 1 << 18
  private static let attestationCount = 64
  /// About what a decision with its receipt has.
  private static let lineBytes = 2_048

  @Sendable static func admit(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let bytes = try await Body.bytes(of: request, as: [Body.json], limit: AdmissionRequest.fileByteLimit)
    let asked = try reading { () throws(FileError) in try AdmissionRequest(json: bytes) }
    let verdict = try await core.review(asked)
    var (text, verdicts) = (JSONText(), VerdictText())
    text.append("{")
    verdicts.append(verdict, to: &text)
    text.append("}")
    return .bytes(text.bytes, type: Body.json)
  }

  @Sendable static func admitBatch(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    try core.checkWriter()
    return try LineStream(lineLimit: AdmissionRequest.fileByteLimit) { lines, first in
      let asked = lines.map { try? AdmissionRequest(json: $0.bytes) }
      var verdicts = try await core.review(asked.compactMap { $0 }).makeIterator()
      var (text, writer) = (JSONText(reserving: asked.count * lineBytes), VerdictText())
      for (place, request) in asked.enumerated() {
        let verdict = request == nil ? Verdict.refused([.malformed]) : verdicts.next()
        guard let verdict else { throw Problem.overloaded }
        text.append("{\"line\":")
        text.append(UInt64(first + place))
        text.append(",")
        writer.append(verdict, to: &text)
        text.append("}\n")
      }
      return text.bytes
    }.response(to: request, core)
  }

  @Sendable static func open(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let attestations = try await attestations(request)
    let name = attestations[0].unverified.account.account.description
    let head = try await core.act("open", by: context.caller, on: name) { admission, now throws(DeskError) in
      try admission.open(attestations, at: now)
    }
    var response = recorded(head, [JSONMember("account", .string(name))], status: .created)
    response.headers[.location] = "/v1/accounts/" + PercentText.encoded(name)
    return response
  }

  @Sendable static func renew(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let account = try accountID(context)
    let attestations = try await attestations(request)
    guard attestations.allSatisfy({ $0.unverified.account.account == account }) else {
      throw Problem(
        .unprocessableContent, "attestations-differ", "The document is not accepted",
        "the attestations are of another account than the path names")
    }
    let head = try await core.act("renew", by: context.caller, on: account.description) {
      admission, now throws(DeskError) in try admission.renew(attestations, at: now)
    }
    return recorded(head, [JSONMember("account", .string(account.description))])
  }

  @Sendable static func challenge(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let account = try accountID(context)
    let seconds = UInt64(try request.number("seconds", in: 1...86_400, default: 300))
    let (nonce, now) = try await core.act("challenge", by: context.caller, on: account.description) {
      admission, now throws(DeskError) in (try admission.challenge(account, for: seconds, at: now), now)
    }
    return .json(
      [
        "account": .string(account.description), "nonce": .string(nonce.description),
        "expires": .integer(now.advanced(by: seconds).seconds),
      ], status: .created)
  }

  @Sendable static func fill(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let bytes = try await Body.bytes(of: request, as: [Body.json], limit: Signed<FillReport>.fileByteLimit)
    let report = try reading { () throws(FileError) in try Signed<FillReport>(decoding: bytes) }
    let name = report.unverified.before.account.description
    let head = try await core.act("fill", by: context.caller, on: name) { admission, now throws(DeskError) in
      try admission.fill(report, at: now)
    }
    return recorded(head, [JSONMember("account", .string(name))], status: .created)
  }

  @Sendable static func escrow(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let bytes = try await Body.bytes(of: request, as: [Body.json], limit: Signed<EscrowSeal>.fileByteLimit)
    let seal = try reading { () throws(FileError) in try Signed<EscrowSeal>(decoding: bytes) }
    let name = seal.unverified.account.account.description
    let head = try await core.act("escrow", by: context.caller, on: name) {
      admission, now throws(DeskError) in
      try admission.deposit(seal, at: now)
    }
    return recorded(head, [JSONMember("account", .string(name))], status: .created)
  }

  @Sendable static func receipt(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let text = context.parameters.get("entry") ?? ""
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), text.utf8.count <= 20, let index = UInt64(text)
    else {
      throw Problem.parameter("entry", "write the entry's index, a whole number")
    }
    guard let publisher = core.publisher else { throw LogRoutes.noLog }
    let (reader, questions) = (core.ledger.reader, core.questions)
    let proof = try await questions.run { () throws(Problem) in
      let items: [LogBatch.Item]
      do throws(StoreError) {
        items = try reader.items(from: index, limit: 1)
      } catch {
        throw Problem(.store(error))
      }
      guard let entry = items.first?.entry else { throw .absent("the log has no entry of this index") }
      return try publisher.receipt(of: entry)
    }
    return .bytes(proof.encoded(), type: LogRoutes.noteType)
  }

  // Parts

  static func recorded(
    _ head: SignedLogHead, _ members: [JSONMember], status: HTTPResponse.Status = .ok
  ) -> Response {
    .json(.object(members + [JSONMember("signedHead", head.json)]), status: status)
  }

  /// The account that the path names.
  static func accountID(_ context: ServiceContext) throws(Problem) -> AccountID {
    guard let name = PercentText.decoded(context.parameters.get("id") ?? "") else {
      throw .parameter("id", "is not percent-encoded UTF-8")
    }
    do throws(NameError) {
      return try AccountID(name)
    } catch {
      throw .parameter("id", "an account's name is 1 to 128 bytes of printable text")
    }
  }

  private static func attestations(_ request: Request) async throws(Problem) -> [Signed<Attestation>] {
    let bytes = try await Body.bytes(of: request, as: [Body.json], limit: attestationLimit)
    let nodes: [JSONNode]
    do throws(DocumentError) {
      let root = try JSONDocument.parse(bytes, maximumBytes: attestationLimit)
      nodes = try root.object(required: ["attestations"])["attestations"].array(
        maximumCount: attestationCount)
    } catch {
      throw Problem(error)
    }
    guard !nodes.isEmpty else { throw Problem(DeskError.attestation(.none)) }
    var attestations: [Signed<Attestation>] = []
    for node in nodes {
      attestations.append(try reading { () throws(FileError) in try Signed<Attestation>(node) })
    }
    return attestations
  }

  static func reading<Value>(_ step: () throws(FileError) -> Value) throws(Problem) -> Value {
    do throws(FileError) {
      return try step()
    } catch {
      throw Problem(error)
    }
  }
}
