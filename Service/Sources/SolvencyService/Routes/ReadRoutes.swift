internal import Admission
internal import CanonicalBytes
internal import Hummingbird
internal import NIOCore
internal import RiskEngine
internal import SolvencyVerifier

/// What is read of the ledger: accounts, documents, numbers.
enum ReadRoutes {
  static let digest = Endpoint.Parameter(
    name: "digest", place: .path, schema: schema("Digest"), text: "SHA-256, 64 hexadecimal digits.")

  static let endpoints: [Endpoint] = [
    Endpoint(
      method: .get, path: "/v1/accounts", name: "listAccounts", tag: "Accounts",
      summary: "Accounts whose names begin so, ascending.", role: .read,
      parameters: [
        .init(
          name: "prefix", place: .query, schema: ["type": "string", "maxLength": 128],
          text: "The beginning of the name."),
        .init(
          name: "after", place: .query, schema: ["type": "string", "maxLength": 128],
          text: "The last name of the page before."),
        .init(
          name: "limit", place: .query, schema: ["type": "integer", "minimum": 1, "maximum": 500],
          text: "How many; 50 if left out."),
      ],
      answers: [.init(schema("AccountPage"), "The accounts, and the name to go on after.")], problems: [503],
      handler: accounts),
    Endpoint(
      method: .get, path: "/v1/accounts/{id}", name: "account", tag: "Accounts",
      summary: "What the ledger knows of an account: all of it public, nothing of its book.", role: .read,
      parameters: [DeskRoutes.account], answers: [.init(schema("Account"), "The account.")],
      problems: [404, 503],
      handler: account),
    Endpoint(
      method: .get, path: "/v1/accounts/{id}/headroom", name: "headroom", tag: "Accounts",
      summary: "How far an account may trade without another proof.", role: .read,
      parameters: [DeskRoutes.account],
      answers: [.init(schema("AccountHeadroom"), "The headroom; null where there is none.")],
      problems: [404, 503],
      handler: headroom),
    Endpoint(
      method: .put, path: "/v1/snapshots", name: "publishSnapshot", tag: "Documents",
      summary: "Put a snapshot in force that the venue has signed.", role: .publish,
      content: .init(
        types: [Body.json], schema: "PublishedSnapshot", limit: snapshotLimit,
        text: "The snapshot, and the endorsement that `solvency snapshot sign` wrote."),
      answers: [.init(201, Body.json, schema("Recorded"), "It is in force.")],
      problems: [409, 422, 503, 507],
      handler: publish),
    Endpoint(
      method: .get, path: "/v1/snapshots/current", name: "currentSnapshot", tag: "Documents",
      summary: "The snapshot in force, with the venue's signature.",
      answers: [.init(schema("PublishedSnapshot"), "The snapshot.")], problems: [404, 503], handler: current),
    Endpoint(
      method: .get, path: "/v1/snapshots/{digest}", name: "snapshot", tag: "Documents",
      summary: "One of the latest snapshots, with the venue's signature.", parameters: [digest],
      answers: [.init(schema("PublishedSnapshot"), "The snapshot.")], problems: [404, 503], handler: snapshot),
    Endpoint(
      method: .get, path: "/v1/circuits", name: "listCircuits", tag: "Documents",
      summary: "The circuits that this venue decides on.",
      answers: [.init(schema("CircuitList"), "Names, digests, and why those that are convex are.")],
      handler: circuits),
    Endpoint(
      method: .get, path: "/v1/circuits/{digest}", name: "circuit", tag: "Documents",
      summary: "The text of a circuit.", parameters: [digest],
      answers: [.init(200, textType, ["type": "string"], "The text.")], problems: [404], handler: circuit),
    Endpoint(
      method: .get, path: "/v1/registry", name: "registry", tag: "Documents",
      summary: "The list of coordinates of books.",
      answers: [.init(schema("Registry"), "The names, in their order.")], problems: [404, 503],
      handler: registry),
    Endpoint(
      method: .post, path: "/v1/roll", name: "roll", tag: "Desk",
      summary: "State which accounts have missed their deadlines since this was last stated.", role: .publish,
      answers: [.init(201, Body.json, schema("Recorded"), "It is stated.")], problems: [409, 503, 507],
      handler: roll),
    Endpoint(
      method: .get, path: "/v1/status", name: "status", tag: "Operation",
      summary: "The numbers that the page shows.", role: .read,
      answers: [.init(schema("Status"), "The numbers.")], handler: status),
  ]

  static let textType = "text/plain; charset=utf-8"
  private static let snapshotLimit = SnapshotLimits.documentBytes + Signed<SnapshotEndorsement>.fileByteLimit

  @Sendable static func accounts(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let prefix = try request.parameter("prefix") ?? ""
    let after = try request.parameter("after")
    let limit = try request.number("limit", in: 1...500, default: 50)
    guard prefix.utf8.count <= 128, after?.utf8.count ?? 0 <= 128 else {
      throw Problem.parameter("prefix", "a name has at most 128 bytes")
    }
    let now = core.settings.clock()
    let (states, last) = try await core.ask { admission throws(LedgerFailure) in
      let names = core.index.names(beginning: prefix, after: after, limit: limit)
      let states = try admission.ledger.withState { state in
        names.compactMap { name in (try? AccountID(name)).flatMap { state.account($0, at: now) } }
      }
      return (states, names.count == limit ? names.last : nil)
    }
    return .json([
      "accounts": .array(
        states.map {
          [
            "account": .string($0.account.description), "status": .string($0.status.rawValue),
            "sequence": .integer($0.sequence), "deadline": .integer($0.deadline.seconds),
            "epoch": .integer($0.epoch),
          ]
        }), "next": last.map { .string($0) } ?? .null,
    ])
  }

  private static func state(_ context: ServiceContext, _ core: ServiceCore) async throws(Problem)
    -> AccountState
  {
    let (account, now) = (try DeskRoutes.accountID(context), core.settings.clock())
    let state = try await core.ask { admission throws(LedgerFailure) in
      try admission.ledger.withState { $0.account(account, at: now) }
    }
    guard let state else { throw .unknownAccount }
    return state
  }

  @Sendable static func account(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response { .json(try await state(context, core).json) }

  @Sendable static func headroom(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let state = try await state(context, core)
    return .json([
      "account": .string(state.account.description), "status": .string(state.status.rawValue),
      "headroom": state.headroom.map(\.json) ?? .null,
      "until": state.headroomUntil.map { .integer($0.seconds) } ?? .null,
    ])
  }

  @Sendable static func publish(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let bytes = try await Body.bytes(of: request, as: [Body.json], limit: snapshotLimit)
    let published = try publishedSnapshot(bytes)
    let epoch = published.snapshot.epoch
    let head = try await core.act("publish", by: context.caller, on: "epoch \(epoch)") {
      admission, now throws(DeskError) in try admission.publish(published, at: now)
    }
    return DeskRoutes.recorded(
      head,
      [
        JSONMember("epoch", .integer(epoch)),
        JSONMember("snapshot", .string(published.snapshot.digest.description)),
      ], status: .created)
  }

  private static func publishedSnapshot(_ bytes: [UInt8]) throws(Problem) -> PublishedSnapshot {
    let (snapshot, endorsement): (JSONNode, JSONNode)
    do throws(DocumentError) {
      let root = try JSONDocument.parse(bytes, maximumBytes: snapshotLimit)
      let members = try root.object(required: ["snapshot", "endorsement"])
      (snapshot, endorsement) = (try members["snapshot"], try members["endorsement"])
    } catch {
      throw Problem(error)
    }
    let signed = try DeskRoutes.reading { () throws(FileError) in try Signed<SnapshotEndorsement>(endorsement)
    }
    do throws(SnapshotError) {
      return PublishedSnapshot(try RiskSnapshot(json: snapshot.value.encoded()), endorsement: signed)
    } catch {
      switch error {
      case .document(let error):
        // Its lines are those of the snapshot alone, written anew; the path is the client's.
        throw Problem.malformed("snapshot\(error.path.isEmpty ? "" : ".\(error.path)"): \(error.problem)")
      case .unknownVersion:
        throw Problem(
          .badRequest, "unsupported-version", "The document has a version that is not read here", "\(error)")
      default:
        throw Problem(.unprocessableContent, "unusable-snapshot", "The document is not accepted", "\(error)")
      }
    }
  }

  private static func document(_ published: PublishedSnapshot) -> Response {
    .json(["snapshot": published.snapshot.json, "endorsement": published.endorsement.json])
  }

  @Sendable static func current(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let published = try await core.ask { admission throws(LedgerFailure) in
      guard let digest = try admission.ledger.withState({ $0.currentEpoch?.snapshot }) else {
        return nil as PublishedSnapshot?
      }
      return try admission.ledger.publishedSnapshot(digest)
    }
    guard let published else { throw Problem.absent("no snapshot is in force yet") }
    return document(published)
  }

  private static func named(_ context: ServiceContext) throws(Problem) -> Digest {
    guard let text = context.parameters.get("digest"), let digest = Digest(hex: text) else {
      throw .parameter("digest", "write 64 hexadecimal digits, in small letters")
    }
    return digest
  }

  @Sendable static func snapshot(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let digest = try named(context)
    let published = try await core.ask { admission throws(LedgerFailure) in
      try admission.ledger.publishedSnapshot(digest)
    }
    guard let published else { throw Problem.absent("none of the latest snapshots is of this digest") }
    return document(published)
  }

  @Sendable static func circuits(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    .json([
      "circuits": .array(
        core.ledger.admission.charter.circuits.map { listed in
          [
            "name": .string(listed.circuit.name), "version": .integer(listed.circuit.version),
            "digest": .string(listed.circuit.digest.description),
            "convexity": listed.convexity.map { .string($0) } ?? .null,
          ]
        })
    ])
  }

  @Sendable static func circuit(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let digest = try named(context)
    guard let listed = core.ledger.admission.charter.circuits.first(where: { $0.circuit.digest == digest })
    else {
      throw Problem.absent("this venue decides on no circuit of this digest")
    }
    return .bytes(listed.circuit.sourceBytes, type: textType)
  }

  @Sendable static func registry(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let registry = try await core.ask { admission throws(LedgerFailure) in
      try admission.ledger.withState { $0.registries.last?.registry }.flatMap {
        admission.catalog.registry($0)
      }
    }
    guard let registry else { throw Problem.absent("no list of coordinates was published yet") }
    return .json([
      "digest": .string(registry.digest.description), "names": .array(registry.names.map { .string($0) }),
    ])
  }

  @Sendable static func roll(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let head = try await core.act("roll", by: context.caller, on: "overdue") {
      admission, now throws(DeskError) in
      try admission.roll(at: now)
    }
    return DeskRoutes.recorded(head, [], status: .created)
  }

  @Sendable static func status(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response { .json(Dashboard.status(core)) }
}
