internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency

extension SnapshotCommand {
  /// `solvency snapshot sign`
  struct Sign: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Sign a risk snapshot as its venue.",
      discussion: """
        The signature is a file of its own. Publish both; traders pass it to `prove`, and those who have the \
        venue's public key check it with `snapshot check`.

          solvency snapshot sign Examples/snapshot.json \\
            --venue-name "Example Exchange" \\
            --key venue.key -o snapshot.sig.json
        """)

    @Argument(help: "The snapshot.", completion: .file(extensions: ["json"]))
    var file: String

    @Option(help: "The name of the venue.")
    var venueName: String

    @OptionGroup var signing: SigningOptions
    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      guard let venue = try? Audience(venueName) else {
        throw ToolFailure(.usage, "--venue-name", "write 1 to 128 bytes of printable text")
      }
      let signer = try signing.unlocked(as: .venue)
      let snapshot = try Documents.snapshot(file)
      let signed = try signer.sign(SnapshotEndorsement(of: snapshot, by: venue))
      return Report(
        text: """
          \(venue) publishes epoch \(snapshot.epoch)
            digest  \(snapshot.digest)
            key     \(signed.signer)
            signed  \(signing.path)
          """,
        data: ["file": .string(signing.path), "endorsement": signed.json])
    }
  }
}
