public import CanonicalBytes
internal import MarginRules
internal import ProofCore
public import Ristretto

/// What a matching engine signs: this fill happened to the account in this state.
///
/// The report names the commitment before the fill, so that it applies to one book and once; a proof about
/// the book before it no longer counts afterwards.
///
/// A hidden fill names only the point `D = Σ δ_m·H_m + r·R₁` that it adds. The engine knows δ and r and has
/// checked D; all others learn only that something was traded. Nothing here bounds δ: until a proof about the
/// commitment *after* the fill is accepted, which bounds every coordinate of the book, the account is not
/// current.
public struct FillReport: Signable {
  /// A matching engine signs it.
  public static let signer = SignerRole.matchingEngine
  /// What it is called in files.
  public static let kind = "fill"

  /// What a fill adds to a commitment.
  public enum Change: Hashable, Sendable {
    /// Known changes of some coordinates.
    case `public`(Fill)
    /// A commitment to changes that only the trader and the engine know.
    case hidden(EncodedPoint)
  }

  /// The account in the state that the fill applies to.
  public let before: AccountCommitment
  /// What the fill adds.
  public let change: Change
  /// What the cash was taken or given for, if nothing was traded; nil for a trade.
  public let charge: Charge?

  /// A report of a public fill.
  ///
  /// - Parameter charge: what the cash is taken or given for; then the fill is of cash alone, less than zero
  ///   where the account pays.
  /// - Throws: ``FillError/wrongAccount``, ``FillError/wrongSequence(expected:actual:)`` or
  ///   ``FillError/chargeOfOtherThanCash``.
  public init(of fill: Fill, on before: AccountCommitment, charge: Charge? = nil) throws(FillError) {
    guard charge == nil || fill.deltas.map(\.coordinate) == [Registry.cash] else {
      throw .chargeOfOtherThanCash
    }
    guard fill.account == before.account else { throw .wrongAccount }
    guard fill.sequence == before.sequence else {
      throw .wrongSequence(expected: before.sequence, actual: fill.sequence)
    }
    self.before = before
    change = .public(fill)
    self.charge = charge
  }

  /// A report of a hidden fill that adds this point.
  public init(hidden delta: EncodedPoint, on before: AccountCommitment) {
    self.before = before
    change = .hidden(delta)
    charge = nil
  }

  /// The account after the fill.
  ///
  /// - Throws: ``FillError`` when the fill is public and does not apply under the registry,
  ///   ``FillError/undecodableDelta`` when it is hidden and adds no point.
  public func after(in registry: Registry) throws(FillError) -> AccountCommitment {
    switch change {
    case .public(let fill):
      return try before.updated(by: fill, in: registry)
    case .hidden(let point):
      guard before.sequence < .max else {
        throw .wrongSequence(expected: before.sequence, actual: before.sequence)
      }
      guard before.registry == registry.digest else { throw .wrongRegistry }
      guard let delta = try? VectorCommitment(decoding: point) else { throw .undecodableDelta }
      return AccountCommitment(
        account: before.account, registry: before.registry, commitment: before.commitment + delta,
        sequence: before.sequence + 1)
    }
  }

  /// Every field, after its domain.
  public var canonicalBytes: [UInt8] {
    var writer = CanonicalWriter(domain: "solvency/fill-report/v1")
    writer.append(before)
    switch change {
    case .public(let fill):
      writer.append(UInt8(1))
      writer.append(UInt32(fill.deltas.count))
      for delta in fill.deltas {
        writer.append(text: Array(delta.coordinate.utf8))
        writer.append(UInt64(bitPattern: delta.amount))
      }
      // Reports of trades keep the bytes that they had before there were charges; nothing else ends here.
      if let charge { writer.append(text: Array(charge.rawValue.utf8)) }
    case .hidden(let point):
      writer.append(UInt8(2))
      writer.append(text: point.bytes)
    }
    return writer.bytes
  }

  /// The content as it stands in a file.
  public var json: JSONValue {
    var members = [
      JSONMember("version", .integer(VersionedFile.version)), JSONMember("before", before.json),
    ]
    switch change {
    case .public(let fill): members.append(JSONMember("fill", fill.json))
    case .hidden(let point): members.append(JSONMember("hiddenDelta", .hex(point.bytes)))
    }
    if let charge { members.append(JSONMember("charge", .string(charge.rawValue))) }
    return .object(members)
  }

  /// Reads the content as it stands in a file.
  ///
  /// - Throws: ``FileError``, among them ``FileError/fill(_:)`` and ``FileError/undecodablePoint(path:)``.
  public init(_ node: JSONNode) throws(FileError) {
    var (isHidden, isCharge) = (false, false)
    if case .object(let members) = node.value {
      isHidden = members.contains { $0.key == "hiddenDelta" }
      isCharge = !isHidden && members.contains { $0.key == "charge" }
    }
    let keys = ["before", isHidden ? "hiddenDelta" : "fill"] + (isCharge ? ["charge"] : [])
    let file = try VersionedFile(node, keys: keys)
    let before = try AccountCommitment(file.read("before") { $0 })
    guard isHidden else {
      let fill = try Fill(file.read("fill") { $0 })
      let charge =
        !isCharge ? nil : try file.read("charge") { node throws(DocumentError) in try node.word() as Charge }
      do throws(FillError) {
        try self.init(of: fill, on: before, charge: charge)
      } catch {
        throw .fill(error)
      }
      return
    }
    guard let point = try? EncodedPoint(file.bytes32("hiddenDelta")), (try? point.decoded()) != nil
    else { throw .undecodablePoint(path: "hiddenDelta") }
    self.init(hidden: point, on: before)
  }
}
