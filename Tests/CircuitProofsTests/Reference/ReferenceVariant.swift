/// The rules a verifier follows. `sound` are those of the protocol; every other variant leaves out one
/// of them, and falls to a forgery (protocol 13).
struct ReferenceVariant: Sendable {
  /// a₁ … a₇, the exponents of T that carry the blinding slots. An exponent 4 lets C_S reach the value
  /// row T³.
  var exponents = [-1, 1, 2, 3, 5, 6, 7]
  /// Whether the commitments' components on R₂ … R₇ and all G are proved to be 0.
  var hasShapeRows = true
  /// Whether the slots behind N₀ have generators.
  var padsWithGenerators = true
  /// Whether commitments go into the transcript.
  var bindsCommitments = true
  /// A challenge that is drawn before the messages it should come after.
  var early: EarlyChallenge?
  /// The label the transcript starts from.
  var transcriptLabel: [UInt8] = Array("bppp-polytope-v1".utf8)

  enum EarlyChallenge: Hashable, Sendable {
    /// Before C_L and C_O.
    case alpha
    /// ρ, λ, β, δ before C_R.
    case rows
    /// Before C_S.
    case tau
    /// Before X and R.
    case gamma
  }

  static let sound = ReferenceVariant()
  static let gaplessBlinding = ReferenceVariant(exponents: [-1, 1, 2, 3, 4, 5, 6])
  static let absentPaddingGenerators = ReferenceVariant(padsWithGenerators: false)
  static let noShapeRows = ReferenceVariant(hasShapeRows: false)
  static func drawing(_ early: EarlyChallenge) -> ReferenceVariant { ReferenceVariant(early: early) }
  static let unboundCommitments = ReferenceVariant(bindsCommitments: false)
}
