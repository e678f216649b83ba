internal import CanonicalBytes
internal import CircuitLanguage
internal import MarginRules
internal import Solvency
public import SolvencyHeader
internal import SolvencyVerifier

/// What a handle of a catalog owns.
final class CatalogBox: Sendable {
  let catalog: RuleCatalog
  let verifier: ProofVerifier

  init(compiledLimit: Int) {
    catalog = RuleCatalog(ruleLimit: compiledLimit == 0 ? 64 : compiledLimit)
    verifier = ProofVerifier(catalog: catalog)
  }

  static func of(_ handle: OpaquePointer?) throws(CallError) -> CatalogBox {
    try Handle.object(handle, .catalog, as: CatalogBox.self)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_catalog_create(
  _ compiled_limit: Int, _ catalog: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("catalog", error) {
    guard let catalog else { throw CallError.usage("there is no place for the catalog") }
    guard (0...1 << 16).contains(compiled_limit) else {
      throw CallError.usage("compiled_limit is 0 to 65536")
    }
    catalog.pointee = Handle.make(CatalogBox(compiledLimit: compiled_limit), .catalog)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_catalog_free(_ catalog: OpaquePointer?) { Handle.free(catalog, .catalog) }

/// See `solvency.h`.
@c @implementation
public func solvency_catalog_add_shipped_circuits(
  _ catalog: OpaquePointer?, _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("circuit", error) {
    let box = try CatalogBox.of(catalog)
    for source in BuiltInCircuits.sources {
      box.catalog.register(try Circuit(parsing: source.text, named: source.name + ".circuit"))
    }
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_catalog_add_circuit(
  _ catalog: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ name_count: Int, _ text: UnsafePointer<UInt8>?,
  _ text_count: Int, _ digest: UnsafeMutablePointer<UInt8>?, _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("circuit", error) {
    let box = try CatalogBox.of(catalog)
    let name = try Bytes.text(name, name_count, "the circuit's name")
    guard !name.isEmpty else { throw CallError.usage("the circuit has no name") }
    let bytes = try Bytes.copy(text, text_count, "the circuit")
    Bytes.write(box.catalog.register(try Circuit(parsing: bytes, named: name + ".circuit")), to: digest)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_catalog_add_snapshot(
  _ catalog: OpaquePointer?, _ json: UnsafePointer<UInt8>?, _ json_count: Int,
  _ digest: UnsafeMutablePointer<UInt8>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("snapshot", error) {
    let box = try CatalogBox.of(catalog)
    let bytes = try Bytes.copy(json, json_count, "the snapshot")
    Bytes.write(box.catalog.register(try RiskSnapshot(json: bytes)), to: digest)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_catalog_add_registry(
  _ catalog: OpaquePointer?, _ json: UnsafePointer<UInt8>?, _ json_count: Int,
  _ digest: UnsafeMutablePointer<UInt8>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("registry", error) {
    let box = try CatalogBox.of(catalog)
    let history = try RegistryHistory(decoding: Bytes.copy(json, json_count, "the registry"))
    for step in history.steps { box.catalog.register(step) }
    Bytes.write(history.current.digest, to: digest)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_catalog_retire_snapshot(
  _ catalog: OpaquePointer?, _ digest: UnsafePointer<UInt8>?, _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("snapshot", error) {
    let box = try CatalogBox.of(catalog)
    let digest = try Bytes.digest(digest, "the snapshot's digest")
    guard box.catalog.snapshot(digest) != nil else {
      throw CallError.missing("the catalog has no such snapshot")
    }
    box.catalog.retire(snapshot: digest)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_snapshot_read(
  _ json: UnsafePointer<UInt8>?, _ json_count: Int, _ facts: UnsafeMutablePointer<solvency_snapshot_facts>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("snapshot", error) {
    let snapshot = try RiskSnapshot(json: Bytes.copy(json, json_count, "the snapshot"))
    guard let facts else { return }
    var found = solvency_snapshot_facts()
    withUnsafeMutableBytes(of: &found.digest) { $0.copyBytes(from: snapshot.digest.bytes) }
    let registry = try Registry(of: snapshot)
    withUnsafeMutableBytes(of: &found.registry) { $0.copyBytes(from: registry.digest.bytes) }
    found.epoch = snapshot.epoch
    found.valid_from = snapshot.validFrom.magnitude
    found.valid_to = snapshot.validTo.magnitude
    found.instruments = UInt32(snapshot.instruments.count)
    found.collateral_assets = UInt32(snapshot.collateral.count)
    facts.pointee = found
  }
}
