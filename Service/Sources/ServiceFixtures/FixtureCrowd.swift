public import Admission
internal import Ristretto

/// Accounts by the thousand, opened in few commits on commitments that nobody opens: what a page and a search
/// are tried on.
public enum FixtureCrowd {
  /// Opens the given number of accounts, `crowd-000001` and on.
  ///
  /// - Throws: ``FixtureError/setup`` without a list of coordinates, or what the ledger throws.
  public static func open(_ count: Int, in admission: Admission, at now: Timestamp) throws {
    guard let registry = try admission.ledger.withState({ $0.registries.last?.registry }) else {
      throw FixtureError.setup
    }
    for first in stride(from: 1, through: count, by: 4_096) {
      let commit = try admission.ledger.commit(at: now) { transaction in
        Result {
          for place in first..<min(first + 4_096, count + 1) {
            let digits = String(place)
            let name = "crowd-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
            let point = try EncodedPoint(Digest.sha256(of: Array(name.utf8)).bytes)
            let record = OpeningRecord(
              account: try AccountID(name), registry: registry, commitment: point, sequence: 0,
              parts: [point],
              attestedUntil: now.advanced(by: 864_000), evidence: .zero)
            try transaction.append(.accountOpened(record))
          }
        }
      }
      try commit.result.get()
    }
  }
}
