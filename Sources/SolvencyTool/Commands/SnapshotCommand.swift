internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency

/// `solvency snapshot`
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Risk snapshots of a venue.",
    subcommands: [
      SnapshotBuildCommand.self, SnapshotVerifyCommand.self, SnapshotDiffCommand.self,
      SnapshotExplainCommand.self, SnapshotHistoryCommand.self, SnapshotValidateCommand.self,
      SnapshotCalibrateCommand.self, SnapshotConfigCommand.self, SnapshotStressCommand.self, Check.self,
      Sign.self,
    ])

  /// `solvency snapshot check`
  struct Check: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Check a risk snapshot and show what it contains.",
      discussion: """
        Every bound and every rule between fields is checked. The first that is broken is named by its \
        path in the file. What a snapshot may have and is rarely meant, marks of 0 or less and no instruments, is noted. \
        With --venue and --signature also that it is the venue's: exits 2 if not.

          solvency snapshot check Examples/snapshot.json
          solvency snapshot check Examples/snapshot.json --venue venue.key.pub \\
            --signature snapshot.sig.json
        """)

    @Argument(help: "The snapshot.", completion: .file(extensions: ["json"]))
    var file: String

    @OptionGroup var endorsement: EndorsementOptions
    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      let snapshot = try Documents.snapshot(file)
      let registry = try Documents.registry(of: snapshot, at: file)
      let endorsement = try endorsement.endorsement(of: snapshot)
      let from = Timestamp(seconds: UInt64(clamping: snapshot.validFrom)).text
      let to = Timestamp(seconds: UInt64(clamping: snapshot.validTo)).text
      let scenarios = snapshot.groups.reduce(0) { $0 + $1.scenarios.count }
      let notes = snapshot.notes
      let text = """
        \(InputFile.name(file)): a sound snapshot
          digest       \(snapshot.digest)
          epoch        \(snapshot.epoch), valid from \(from) until \(to)
          instruments  \(snapshot.instruments.count) in \(snapshot.groups.count) groups with \
        \(scenarios) scenarios
          collateral   \(snapshot.collateral.map(\.id).joined(separator: ", "))
          registry     \(registry.count) coordinates, \(registry.digest)
          signed       \(endorsement.map { "by \($0.venue)" } ?? "not checked; give --venue and --signature")
        """
      return Report(
        text: text + notes.map { "\n  noted        \($0)" }.joined(),
        data: [
          "digest": .string(snapshot.digest.description), "epoch": .integer(snapshot.epoch),
          "validFrom": .integer(snapshot.validFrom), "validTo": .integer(snapshot.validTo),
          "instruments": .array(snapshot.instruments.map { .string($0.id) }),
          "collateral": .array(snapshot.collateral.map { .string($0.id) }),
          "groups": .array(
            snapshot.groups.map { group in
              ["id": .string(group.id), "scenarios": .integer(group.scenarios.count)]
            }),
          "registry": .string(registry.digest.description),
          "coordinates": .array(registry.names.map { .string($0) }),
          "signedBy": endorsement.map { .string($0.venue.description) } ?? .null,
          "notes": .array(notes.map { .string($0) }),
        ])
    }
  }
}
