public import CanonicalBytes

/// Why a snapshot is refused.
public enum SnapshotError: Error, Hashable, Sendable {
  /// The JSON text is not readable as a snapshot.
  case document(DocumentError)
  /// The canonical bytes stop making sense at this offset.
  case malformedBytes(offset: Int)
  /// A word of the canonical bytes has no such code.
  case unknownCode(field: String, code: Int64)
  /// The snapshot has another version of the format.
  case unknownVersion(String)
  /// A field of the snapshot breaks a rule.
  case invalid(path: String, rule: SnapshotRule)
}

/// The rules of a sound snapshot, as they are broken.
public enum SnapshotRule: Hashable, Sendable {
  /// The value lies outside its range, ends included.
  case outOfRange(Int64, lower: Int64, upper: Int64)
  /// The list has too few or too many elements.
  case wrongCount(Int, lower: Int, upper: Int)
  /// The text is empty, too long, or has characters that it must not have.
  case malformedText
  /// The identifier is that of another element of the same list, at this path.
  case duplicate(of: String)
  /// The snapshot has no scenario group of this name.
  case unknownGroup(String)
  /// The value must be at least that of another field.
  case below(Int64, minimum: Int64, field: String)
  /// The value must be at most that of another field.
  case above(Int64, maximum: Int64, field: String)
  /// The instant must not be later than another, both in seconds since 1970.
  case late(Int64, latest: Int64, field: String)
  /// The instant must not be earlier than this, a second after another, both in seconds since 1970.
  case early(Int64, earliest: Int64, field: String)
  /// A cap is missing before the last tranche or bracket.
  case unboundedBeforeLast
  /// The last tranche or bracket has a cap, so that larger amounts would have no price.
  case lastIsBounded
  /// One lot long and one short together gain in a scenario.
  case offsettingLotsGain(Int64)
  /// An instrument has factor loadings, and the snapshot lists no factors.
  case loadingsWithoutFactors
  /// A lot that a rule admits would cost nothing under it.
  case noCharge
  /// Attributes are declared, and there is none.
  case noAttributes
  /// An inequality of the margin statement would have too many terms.
  case tooManyTerms(Int, limit: Int)
}

extension SnapshotError: CustomStringConvertible {
  /// One line: where, what is wrong, and what to do about it.
  public var description: String {
    switch self {
    case .document(let error):
      error.description
    case .malformedBytes(let offset):
      "the canonical bytes are malformed at offset \(offset); encode the snapshot again"
    case .unknownCode(let field, let code):
      "the canonical bytes give \(field) the unknown code \(code); encode the snapshot again"
    case .unknownVersion(let version):
      "version \(version) of the risk snapshot is not known here; this program reads versions "
        + "\(RiskSnapshot.versions.lowerBound) and \(RiskSnapshot.versions.upperBound)"
    case .invalid(let path, let rule):
      "\(path): \(rule)"
    }
  }
}

extension SnapshotRule: CustomStringConvertible {
  /// What is wrong and what to do about it.
  public var description: String {
    switch self {
    case .outOfRange(let value, let lower, let upper):
      "\(value) is out of range; write \(lower) to \(upper)"
    case .wrongCount(let count, let lower, let upper):
      "has \(count) elements; give \(lower == upper ? "\(lower)" : "\(lower) to \(upper)")"
    case .malformedText:
      "is malformed; write 1 to 64 printable ASCII characters, in an "
        + "identifier none of them a space or '/'"
    case .duplicate(let path):
      "is the same as \(path); give every element its own"
    case .unknownGroup(let group):
      "there is no group \"\(group)\"; add it to groups"
    case .below(let value, let minimum, let field):
      "\(value) is less than \(minimum), from \(field); raise it"
    case .above(let value, let maximum, let field):
      "\(value) is more than \(maximum), from \(field); lower it"
    case .late(let time, let latest, let field):
      "\(UTCTime.text(time)) is later than \(field), \(UTCTime.text(latest)); write that or an earlier instant"
    case .early(let time, let earliest, let field):
      "\(UTCTime.text(time)) is not later than \(field); write \(UTCTime.text(earliest)) or a later instant"
    case .unboundedBeforeLast:
      "only the last may be unbounded; give a number of lots"
    case .lastIsBounded:
      "the last must be unbounded; write null"
    case .offsettingLotsGain(let gain):
      "a long and a short lot together gain \(gain); round both down"
    case .loadingsWithoutFactors:
      "has loadings, and the snapshot lists no factors; list the factors, or leave the loadings out"
    case .noCharge:
      "charges nothing for a lot that a margin rule admits; give at least one charge or loss"
    case .noAttributes:
      "declares no attribute; name one, or leave attributes out and write version 1"
    case .tooManyTerms(let count, let limit):
      "an inequality would have \(count) terms; list fewer brackets, at most \(limit) terms in all"
    }
  }
}
