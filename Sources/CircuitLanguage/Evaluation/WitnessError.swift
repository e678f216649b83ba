/// Why a book has no witness. Names rows and coordinates, never values; not for the outside of the
/// prover's process.
public enum WitnessError: Error, Hashable, Sendable {
  /// The book has another number of coordinates than the registry.
  case wrongCoordinateCount(expected: Int, actual: Int)
  /// The book has something at this coordinate that the circuit does not commit, or more than its
  /// range, tranches or brackets have room for.
  case notAdmitted(coordinate: String)
  /// The book does not meet this requirement: of those it fails, the one by the largest amount.
  case requirementFails(name: String)
  /// A value, or the slack of a requirement, is beyond what the circuit has room for. The book may well
  /// meet the rule.
  case beyondBound(name: String)
  /// The source could not be evaluated although it compiled, or its rows and the statement disagree: a
  /// defect of this library.
  case inconsistent
}
