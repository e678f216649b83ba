internal import CanonicalBytes
internal import ExactIntegers
internal import MarginRules
internal import Ristretto
internal import Solvency
public import SolvencyHeader
internal import SolvencyProver
internal import SolvencyVerifier

/// What a handle of an opening owns.
final class OpeningBox: Sendable {
  let opening: AccountOpening

  init(_ opening: consuming AccountOpening) { self.opening = opening }

  static func of(_ handle: OpaquePointer?) throws(CallError) -> OpeningBox {
    try Handle.object(handle, .opening, as: OpeningBox.self)
  }

  static func place(_ place: UnsafeMutablePointer<OpaquePointer?>?) throws(CallError) -> UnsafeMutablePointer<
    OpaquePointer?
  > {
    guard let place else { throw .usage("there is no place for the opening") }
    return place
  }
}

extension MarginKind {
  /// The kind of a number of the header.
  static func of(_ number: Int32) throws(CallError) -> MarginKind {
    switch number {
    case SOLVENCY_KIND_MAINTENANCE: .maintenance
    case SOLVENCY_KIND_INITIAL: .initial
    default: throw .usage("kind is SOLVENCY_KIND_MAINTENANCE or SOLVENCY_KIND_INITIAL, not \(number)")
    }
  }
}

extension RuleCatalog {
  /// The registry of a digest.
  fileprivate func trusted(registry digest: Digest) throws(CallError) -> Registry {
    guard let registry = registry(digest) else {
      throw .missing("the catalog has no registry \(digest); add it, or the snapshot that it is the list of")
    }
    return registry
  }

  /// A rule of a caller, compiled at most once.
  fileprivate func rule(
    _ pointer: UnsafePointer<solvency_rule>?, of opening: borrowing AccountOpening
  ) throws -> MarginRule {
    guard let given = pointer?.pointee else { throw CallError.usage("the rule is NULL") }
    guard given.size == MemoryLayout<solvency_rule>.size else {
      throw CallError.usage(
        "the rule has \(given.size) bytes, not \(MemoryLayout<solvency_rule>.size); set size")
    }
    let key = MarginRule.Key(
      circuit: try Bytes.digest(given.circuit, "the circuit's digest"),
      snapshot: try Bytes.digest(given.snapshot, "the snapshot's digest"),
      registry: try given.registry.map { try Bytes.digest($0, "the registry's digest") } ?? opening.registry,
      kind: try .of(given.kind))
    guard let circuit = circuit(key.circuit) else {
      throw CallError.missing("the catalog has no circuit \(key.circuit)")
    }
    guard let snapshot = snapshot(key.snapshot) else {
      throw CallError.missing("the catalog has no snapshot \(key.snapshot)")
    }
    let registry = try trusted(registry: key.registry)
    if let rule = try? rule(key) { return rule }
    // Once more for what is wrong with it.
    do throws(MarginRuleError) {
      return try MarginRule(circuit: circuit, snapshot: snapshot, kind: key.kind, registry: registry)
    } catch {
      if case .circuit(let mistakes) = error { throw mistakes }
      throw CallError.malformed("circuit, snapshot and registry make no rule: \(error)")
    }
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_opening_free(_ opening: OpaquePointer?) { Handle.free(opening, .opening) }

/// See `solvency.h`.
@c @implementation
public func solvency_commit(
  _ catalog: OpaquePointer?, _ book: UnsafePointer<UInt8>?, _ book_count: Int,
  _ registry: UnsafePointer<UInt8>?,
  _ opening: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("book", error) {
    let box = try CatalogBox.of(catalog)
    let place = try OpeningBox.place(opening)
    let registry = try box.catalog.trusted(registry: Bytes.digest(registry, "the registry's digest"))
    let book = try Book(decoding: Bytes.copy(book, book_count, "the book"), registry: registry)
    place.pointee = Handle.make(OpeningBox(AccountOpening(of: book)), .opening)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_opening_account(
  _ opening: OpaquePointer?, _ account: UnsafeMutablePointer<solvency_buffer>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("opening", error) {
    let box = try OpeningBox.of(opening)
    guard let account else { throw CallError.usage("there is no place for the account") }
    account.pointee = Bytes.buffer(try box.opening.commitment().json.encoded(.indented))
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_opening_seal(
  _ opening: OpaquePointer?, _ passphrase: UnsafePointer<UInt8>?, _ passphrase_count: Int,
  _ file: UnsafeMutablePointer<solvency_buffer>?, _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("opening", error) {
    let box = try OpeningBox.of(opening)
    guard let file else { throw CallError.usage("there is no place for the file") }
    guard let passphrase = Passphrase(try Bytes.secret(passphrase, passphrase_count, "the passphrase")) else {
      throw CallError.usage("the passphrase is empty")
    }
    file.pointee = Bytes.buffer(try OpeningFile.sealed(box.opening, with: passphrase))
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_opening_unseal(
  _ file: UnsafePointer<UInt8>?, _ file_count: Int, _ passphrase: UnsafePointer<UInt8>?,
  _ passphrase_count: Int,
  _ opening: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("opening", error) {
    let place = try OpeningBox.place(opening)
    let bytes = try Bytes.copy(file, file_count, "the file")
    guard let passphrase = Passphrase(try Bytes.secret(passphrase, passphrase_count, "the passphrase")) else {
      throw CallError.usage("the passphrase is empty")
    }
    place.pointee = Handle.make(OpeningBox(try OpeningFile.open(bytes, with: passphrase)), .opening)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_opening_fill(
  _ opening: OpaquePointer?, _ catalog: OpaquePointer?, _ fill: UnsafePointer<UInt8>?, _ fill_count: Int,
  _ after: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("fill", error) {
    let box = try OpeningBox.of(opening)
    let place = try OpeningBox.place(after)
    let registry = try CatalogBox.of(catalog).catalog.trusted(registry: box.opening.registry)
    let fill = try Fill(decoding: Bytes.copy(fill, fill_count, "the fill"))
    place.pointee = Handle.make(OpeningBox(try box.opening.applying(fill, in: registry)), .opening)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_prove(
  _ opening: OpaquePointer?, _ catalog: OpaquePointer?, _ rule: UnsafePointer<solvency_rule>?,
  _ request: UnsafePointer<solvency_request>?, _ envelope: UnsafeMutablePointer<solvency_buffer>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("proof", error) {
    let box = try OpeningBox.of(opening)
    let catalog = try CatalogBox.of(catalog).catalog
    guard let given = request?.pointee else { throw CallError.usage("the request is NULL") }
    guard given.size == MemoryLayout<solvency_request>.size else {
      throw CallError.usage(
        "the request has \(given.size) bytes, not \(MemoryLayout<solvency_request>.size); set size")
    }
    guard let envelope else { throw CallError.usage("there is no place for the proof") }
    let rule = try catalog.rule(rule, of: box.opening)
    let request = ProofRequest(
      audience: try Name.audience(given.audience, given.audience_count),
      nonce: Nonce(try Bytes.digest(given.nonce, "the nonce").value),
      issued: Timestamp(seconds: given.issued),
      expires: Timestamp(seconds: given.expires))
    let proof = try box.opening.prove(rule, for: request, at: Timestamp(seconds: given.now))
    envelope.pointee = Bytes.buffer(proof.encoded())
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_explain(
  _ opening: OpaquePointer?, _ catalog: OpaquePointer?, _ rule: UnsafePointer<solvency_rule>?,
  _ json: UnsafeMutablePointer<solvency_buffer>?, _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("explain", error) {
    let box = try OpeningBox.of(opening)
    guard let json else { throw CallError.usage("there is no place for the explanation") }
    let rule = try CatalogBox.of(catalog).catalog.rule(rule, of: box.opening)
    let evaluation = try box.opening.explain(rule)
    let headroom = try box.opening.headroom(rule)
    // What fails with a quantum less of cash; where cash decides nothing, the tightest.
    var binding = evaluation.binding
    if case .requirements(let failing) = headroom.limit, let first = failing.first {
      binding = evaluation.requirements[first]
    }
    let document: JSONValue = [
      "circuit": .string(rule.circuitName), "kind": .string(rule.key.kind.rawValue),
      "isProvable": .bool(evaluation.isProvable),
      "binding": binding.map { .string($0.name) } ?? .null,
      "headroomQuanta": headroom.quanta.map { .integer($0) } ?? .null,
      "moves": .array(headroom.moves.map(\.json)),
      "prices": .array(headroom.prices.map(\.json)),
      "requirements": .array(
        evaluation.requirements.map { requirement in
          [
            "name": .string(requirement.name), "line": .integer(requirement.line),
            "slack": .string(requirement.value.asInteger().description),
            "bound": .string(requirement.bound.description), "holds": .bool(requirement.holds),
          ]
        }),
    ]
    json.pointee = Bytes.buffer(document.encoded())
  }
}
