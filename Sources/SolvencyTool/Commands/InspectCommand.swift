internal import ArgumentParser
internal import CanonicalBytes
internal import CircuitProofs
internal import CommandSupport
internal import MarginRules
internal import Ristretto
internal import Solvency

/// `solvency inspect`
struct InspectCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a proof file says. Nothing of it is verified.",
    discussion: """
      With --json also the raw parts in hexadecimal: suite, context, commitments, proof.

        solvency inspect proof.json
      """)

  @Argument(help: "The proof file.", completion: .file(extensions: ["json"]))
  var proof: String

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let envelope = try Documents.envelope(proof)
    let context = envelope.context
    let text = """
      \(InputFile.name(proof)): not verified, it says
        circuit      \(Console.singleLine(envelope.circuitName)), \(context.kind.rawValue) margin
        digest       \(context.circuit)
        snapshot     \(context.snapshot)
        registry     \(context.registry)
        account      \(context.account), sequence \(context.sequence)
        audience     \(context.audience)
        nonce        \(context.nonce)
        window       \(context.issued.text) until \(context.expires.text)
        commitments  \(envelope.commitments.map(\.hex).joined(separator: ", "))
        proof        \(envelope.proof.bytes.count) bytes over suite \
      \(Console.singleLine(envelope.suite))
      """
    return Report(
      text: text,
      data: [
        "suite": .string(envelope.suite),
        "context": .hex(context.encoded()),
        "commitments": .array(envelope.commitments.map { .hex($0.bytes) }),
        "proof": .hex(envelope.proof.bytes),
        "circuit": .string(envelope.circuitName),
        "circuitDigest": .string(context.circuit.description),
        "snapshot": .string(context.snapshot.description),
        "registry": .string(context.registry.description),
        "kind": .string(context.kind.rawValue),
        "account": .string(context.account.description),
        "sequence": .integer(context.sequence),
        "audience": .string(context.audience.description),
        "nonce": .string(context.nonce.description),
        "issued": .integer(context.issued.seconds),
        "expires": .integer(context.expires.seconds),
      ])
  }
}
