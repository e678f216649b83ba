public import CanonicalBytes
internal import MarginRules
internal import Ristretto
internal import Solvency

extension LedgerState {
  /// Of ledgers without a charter, whose checkpoints keep their digests.
  private static let firstDomain: StaticString = "solvency/ledger-state/v1"
  private static let domain: StaticString = "solvency/ledger-state/v2"
  private static let listLimit = Int(UInt32.max)

  /// The name of this state: SHA-256 of ``encoded()``.
  ///
  /// - Complexity: some 200 bytes are written and hashed for every account.
  public var digest: Digest { .sha256(of: encoded()) }

  /// The state's one encoding: domain ‖ clock ‖ number of events ‖ each of its lists.
  ///
  /// Numbers are little-endian; names and lists carry their length in four bytes. Lists without an order of
  /// their own ascend: by slot (an account's place in the order of opening), then by the bytes of a point or
  /// nonce.
  public func encoded() -> [UInt8] {
    var writer = CanonicalWriter(domain: charter == nil ? Self.firstDomain : Self.domain)
    writer.reserve(1_024 + 224 * accounts.count + 48 * nonces.count)
    writer.append(clock.seconds)
    writer.append(eventCount)
    if let charter {
      writer.append(charter.identity)
      writer.append(charter.record)
      writer.append(list: charter.circuits) { writer, circuit in writer.append(circuit) }
      writer.append(charter.index)
    }
    writer.append(list: documents) { writer, place in
      writer.append(place.index)
      writer.append(place.name)
      writer.append(place.isSnapshot ? 1 : 0 as UInt8)
    }
    writer.append(list: registries) { writer, record in
      writer.append(record.registry)
      writer.append(record.count)
    }
    writer.append(list: epochs) { writer, record in writer.append(record) }
    writer.append(list: calls.epochs) { writer, epoch in writer.append(UInt64(bitPattern: epoch)) }
    writer.append(list: calls.deadlines) { writer, deadline in writer.append(deadline) }
    append(accounts, to: &writer)
    append(headrooms, to: &writer)
    writer.append(list: pledges.map { Key($1, $0.bytes) }.sorted()) { writer, key in
      writer.append(key)
    }
    let used = nonces.map { (key: Key(UInt32($0.slot), $0.nonce.bytes), until: $1) }
    writer.append(list: used.sorted { $0.key < $1.key }) { writer, used in
      writer.append(used.key)
      writer.append(used.until.seconds)
    }
    let asked = challenges.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }
    writer.append(list: asked) { writer, challenge in
      writer.append(challenge.key)
      writer.append(UInt32(challenge.value.slot))
      writer.append(challenge.value.expires.seconds)
    }
    writer.append(UInt64(pruningThreshold))
    let flow = orderFlow.sorted {
      ($0.key.coordinate, $0.key.side.rawValue) < ($1.key.coordinate, $1.key.side.rawValue)
    }
    writer.append(list: flow) { writer, flow in
      writer.append(flow.key.coordinate)
      writer.append(flow.key.side.rawValue)
      writer.append(flow.value)
    }
    for counts in [proofsThisEpoch, refusalsThisEpoch] {
      writer.append(list: counts.sorted { $0.key < $1.key }) { writer, count in
        writer.append(UInt32(count.key))
        writer.append(count.value)
      }
    }
    guard charter != nil else { return writer.bytes }
    writer.append(list: escrows.sorted { $0.key < $1.key }) { writer, escrow in
      writer.append(UInt32(escrow.key))
      writer.append(escrow.value.package)
      writer.append(escrow.value.sequence)
      writer.append(escrow.value.needsRenewal ? 1 : 0 as UInt8)
    }
    writer.append(list: withdrawals) { writer, head in
      writer.append(head.count)
      writer.append(head.digest)
    }
    // States without liquidations, and without rolls, keep the bytes that they had before there were any.
    if !liquidation.isEmpty || solvencyRoll != nil { liquidation.append(to: &writer) }
    if let solvencyRoll {
      writer.append(solvencyRoll.index)
      solvencyRoll.record.append(to: &writer)
    }
    return writer.bytes
  }

  private func append(_ accounts: AccountTable, to writer: inout CanonicalWriter) {
    writer.append(UInt32(accounts.count))
    for (name, record) in zip(accounts.names, accounts.records) {
      writer.append(text: name.utf8)
      writer.append(record.commitment)
      writer.append(record.evidence)
      writer.append(record.sequence)
      writer.append(record.attestedUntil)
      writer.append(record.deadline)
      writer.append(UInt64(bitPattern: record.epoch))
      writer.append(UInt32(record.registry))
      writer.append(record.proven.rawValue)
      writer.append(record.rolled.rawValue)
      guard charter != nil else { continue }
      writer.append(UInt32(record.circuit))
      writer.append(UInt32(record.provenRegistry))
    }
  }

  private func append(_ headrooms: [Int: ActiveHeadroom], to writer: inout CanonicalWriter) {
    writer.append(list: headrooms.sorted { $0.key < $1.key }) { writer, active in
      writer.append(UInt32(active.key))
      writer.append(active.value.headroom)
      writer.append(active.value.until.seconds)
      guard charter != nil, let far = active.value.far else { return }
      let claim = active.value.claim
      writer.append(UInt32(claim.circuit))
      writer.append(UInt32(claim.registry))
      writer.append(UInt64(bitPattern: claim.epoch))
      writer.append(claim.kind == .maintenance ? 1 : 0 as UInt8)
      writer.append(far)
      writer.append(active.value.evidence)
      writer.append(active.value.isSegment ? 1 : 0 as UInt8)
    }
  }

  /// The state that `bytes` encode. Accepts exactly what ``encoded()`` returns of some state whose parts fit
  /// each other: every slot and registry that is named is there.
  ///
  /// - Throws: ``LogFormatError/malformedState``.
  public init(decoding bytes: [UInt8]) throws(LogFormatError) {
    do {
      self.init()
      if var reader = try? CanonicalReader(bytes, domain: Self.firstDomain) {
        try read(&reader, hasCharter: false)
        try reader.finish()
      } else {
        var reader = try CanonicalReader(bytes, domain: Self.domain)
        try read(&reader, hasCharter: true)
        try reader.finish()
      }
    } catch {
      throw .malformedState
    }
  }

  private mutating func read(_ reader: inout CanonicalReader, hasCharter: Bool) throws {
    clock = try reader.time()
    eventCount = try reader.uint64()
    if hasCharter { charter = try Self.charter(&reader) }
    documents = try reader.list(limit: Self.listLimit) { reader in
      DocumentPlace(
        index: try reader.uint64(), name: try reader.digest(), isSnapshot: try reader.flag())
    }
    registries = try reader.list(limit: Self.listLimit) { reader in
      RegistryRecord(registry: try reader.digest(), count: try reader.uint32())
    }
    epochs = try reader.list(limit: Self.listLimit) { reader in try reader.epochRecord() }
    let calling = try reader.list(limit: Self.listLimit) { reader in try reader.int64() }
    let deadlines = try reader.list(limit: Self.listLimit) { reader in try reader.uint64() }
    guard let calls = DeadlineCalls(epochs: calling, deadlines: deadlines) else {
      throw CanonicalBytesError.invalidField
    }
    self.calls = calls
    try readAccounts(&reader)
    let limit = UInt32(accounts.count)
    func slot(_ reader: inout CanonicalReader) throws -> UInt32 {
      let slot = try reader.uint32()
      guard slot < limit else { throw CanonicalBytesError.invalidField }
      return slot
    }
    try reader.ascending { reader in
      let slot = try slot(&reader)
      var active = ActiveHeadroom(headroom: try reader.headroom(), until: try reader.time())
      if hasCharter {
        active.claim = try claim(&reader)
        active.far = try reader.point()
        active.evidence = try reader.digest()
        active.isSegment = try reader.flag()
      }
      headrooms[Int(slot)] = active
      return Key(slot)
    }
    try reader.ascending { reader in
      let (slot, point) = (try slot(&reader), try reader.point())
      guard pledges.updateValue(slot, forKey: point) == nil else {
        throw CanonicalBytesError.invalidField
      }
      return Key(slot, point.bytes)
    }
    try reader.ascending { reader in
      let (slot, nonce) = (try slot(&reader), try reader.nonce())
      nonces[UsedNonce(slot: Int(slot), nonce: nonce)] = try reader.time()
      return Key(slot, nonce.bytes)
    }
    try reader.ascending { reader in
      let nonce = try reader.nonce()
      challenges[nonce] = ActiveChallenge(
        slot: Int(try slot(&reader)), expires: try reader.time())
      return Key(0, nonce.bytes)
    }
    guard let threshold = Int(exactly: try reader.uint64()) else {
      throw CanonicalBytesError.invalidField
    }
    pruningThreshold = threshold
    try reader.ascending { reader in
      let (coordinate, side) = (try reader.uint32(), try reader.side())
      orderFlow[FlowKey(coordinate: coordinate, side: side)] = try reader.uint64()
      return Key(coordinate, [side.rawValue])
    }
    try reader.ascending { reader in
      let slot = try slot(&reader)
      proofsThisEpoch[Int(slot)] = try reader.uint32()
      return Key(slot)
    }
    try reader.ascending { reader in
      let slot = try slot(&reader)
      refusalsThisEpoch[Int(slot)] = try reader.uint32()
      return Key(slot)
    }
    guard hasCharter else { return }
    try reader.ascending { reader in
      let slot = try slot(&reader)
      escrows[Int(slot)] = EscrowState(
        package: try reader.digest(), sequence: try reader.uint64(), needsRenewal: try reader.flag())
      return Key(slot)
    }
    withdrawals = try reader.list(limit: Self.withdrawalLimit) { reader in
      LogHead(count: try reader.uint64(), digest: try reader.digest())
    }
    let isLong = reader.remaining > 0
    if isLong { liquidation = try LiquidationState(from: &reader, accounts: accounts.count) }
    if reader.remaining > 0 {
      solvencyRoll = PublishedRoll(
        index: try reader.uint64(), record: try SolvencyRollRecord(from: &reader))
      guard solvencyRoll?.record.isPlausible == true else { throw CanonicalBytesError.invalidField }
    }
    if isLong, liquidation.isEmpty, solvencyRoll == nil { throw CanonicalBytesError.invalidField }
  }

  private static func charter(_ reader: inout CanonicalReader) throws -> CharterInForce {
    let charter = CharterInForce(
      identity: try reader.digest(), record: try reader.charterRecord(),
      circuits: try reader.list(limit: Int(UInt16.max)) { reader in try reader.digest() },
      index: try reader.uint64())
    guard charter.record.circuits.allSatisfy({ charter.circuits.contains($0.circuit) }) else {
      throw CanonicalBytesError.invalidField
    }
    return charter
  }

  /// The place of a circuit, or of a registry, that is there.
  private func place(_ reader: inout CanonicalReader, below count: Int) throws -> UInt16 {
    guard let place = UInt16(exactly: try reader.uint32()), Int(place) < max(count, 1) else {
      throw CanonicalBytesError.invalidField
    }
    return place
  }

  private func claim(_ reader: inout CanonicalReader) throws -> ProvenClaim {
    ProvenClaim(
      circuit: try place(&reader, below: charter?.circuits.count ?? 0),
      registry: try place(&reader, below: registries.count), epoch: try reader.int64(),
      kind: try reader.flag() ? .maintenance : .initial)
  }

  private mutating func readAccounts(_ reader: inout CanonicalReader) throws {
    let count = try reader.uint32()
    for index in 0..<count {
      let name = try reader.account()
      // Half a million accounts are reserved for only when some are there.
      if index == 1_024 { accounts.reserve(min(Int(count), reader.remaining / 110)) }
      var record = AccountRecord(
        commitment: try reader.point(), evidence: try reader.digest(),
        sequence: try reader.uint64(), attestedUntil: try reader.uint64(),
        deadline: try reader.uint64(), epoch: try reader.int64(),
        registry: try place(&reader, below: registries.count),
        proven: try PackedStanding(checked: reader.byte()),
        rolled: try AccountRecord.RolledStatus(checked: reader.byte()))
      if let charter {
        record.circuit = try place(&reader, below: charter.circuits.count)
        record.provenRegistry = try place(&reader, below: registries.count)
        guard record.proven == .nothing || !charter.circuits.isEmpty else {
          throw CanonicalBytesError.invalidField
        }
      }
      guard Int(record.registry) < registries.count, accounts.slot(of: name) == nil else {
        throw CanonicalBytesError.invalidField
      }
      accounts.append(name, record)
    }
  }
}

extension RawRepresentable where RawValue == UInt8 {
  fileprivate init(checked byte: UInt8) throws {
    guard let value = Self(rawValue: byte) else { throw CanonicalBytesError.invalidField }
    self = value
  }
}

/// What lists without an order of their own are ordered by.
private struct Key: Comparable {
  let slot: UInt32
  let bytes: [UInt8]

  init(_ slot: UInt32, _ bytes: [UInt8] = []) {
    self.slot = slot
    self.bytes = bytes
  }

  static func < (a: Key, b: Key) -> Bool {
    a.slot != b.slot ? a.slot < b.slot : a.bytes.lexicographicallyPrecedes(b.bytes)
  }
}

extension CanonicalWriter {
  /// Four bytes of length, then the elements.
  fileprivate mutating func append<Element>(
    list: [Element], _ body: (inout CanonicalWriter, Element) -> Void
  ) {
    append(UInt32(list.count))
    for element in list { body(&self, element) }
  }

  fileprivate mutating func append(_ key: Key) {
    append(key.slot)
    append(fixed: key.bytes)
  }
}

extension CanonicalReader {
  /// Reads a list whose keys ascend; `body` reads an element and returns its key.
  fileprivate mutating func ascending(
    _ body: (inout CanonicalReader) throws -> Key
  ) throws {
    var last: Key?
    for _ in 0..<(try uint32()) {
      let key = try body(&self)
      if let last, last >= key { throw CanonicalBytesError.invalidField }
      last = key
    }
  }
}
