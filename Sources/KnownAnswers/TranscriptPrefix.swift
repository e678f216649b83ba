internal import CanonicalBytes
internal import Merlin

/// The state of the transcript after suite and context, as 64 bytes drawn from it.
enum TranscriptPrefix {
  /// The member that tells such a file from others.
  static let key = "merlin_after_suite_context_challenge64"

  static func run(_ node: JSONNode) -> VectorCase {
    var transcript = Transcript("bppp-polytope-v1")
    transcript.append(Array("default".utf8), label: "suite")
    transcript.append(Array("kat".utf8), label: "context")
    let bytes = transcript.challengeBytes(count: 64, label: "alpha")
    return VectorCase(
      name: key, checks: [VectorCheck("challenge", holds: (try? node.bytes(hexOfCount: 64)) == bytes)])
  }
}
