internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import TransparencyLog
internal import VenueSolvency
internal import VenueSolvencyProver

/// The end of `roll prove`: what is there is read again as it stands on the disk, and signed once.
struct RollFinish {
  let folder: RollFolder
  let documents: RollDocuments
  /// Whether files of something else are replaced.
  let replacing: Bool

  /// The checkpoint in the folder, if it is of a roll of this name.
  private var signed: SignedCheckpoint? {
    guard InputFile.exists(folder.checkpoint), let checkpoint = try? folder.readCheckpoint(),
      checkpoint.unverified.origin == documents.header.origin
    else { return nil }
    return checkpoint
  }

  /// What is left to do for a roll that is signed already: nothing, if its files are those that were signed.
  ///
  /// - Returns: nil if it is not signed.
  /// - Throws: ``ToolFailure`` if they are not: another checkpoint would be another roll of the same name.
  func signedBefore() throws(ToolFailure) -> Report? {
    guard let checkpoint = signed else { return nil }
    guard replacing else {
      throw ToolFailure(
        .inputOutput, folder.checkpoint,
        "the roll is proved and signed already; with --force its files are checked again, and nothing is replaced"
      )
    }
    let files = RollFiles(of: folder)
    guard files.areThere, var roll = try? ProvedRoll.checked(files, under: documents), roll.isOf(checkpoint)
    else {
      throw ToolFailure(
        .refused, folder.checkpoint,
        "has signed \(documents.header.origin) with the root \(checkpoint.unverified.head.root), and the files are not "
          + "those. Two checkpoints of one roll are evidence against the venue: restore the files, or build the roll "
          + "under another --epoch")
    }
    return report(roll, checkpoint, "; it was proved and signed before, and nothing was changed")
  }

  /// What a run has left that ended before it signed; nil if there is nothing of that kind, or not all of it.
  func leftover(of journal: RollJournal) -> ProvedRoll? {
    journal.leftover.flatMap { try? ProvedRoll.checked($0, under: documents) }
  }

  /// Refuses a roll that would show the venue not to be solvent.
  private func checkShortfall(of roll: ProvedRoll) throws(ToolFailure) {
    let fund = documents.header.fund
    guard roll.shortfall > UInt128(max(fund, 0)) else { return }
    throw ToolFailure(
      .refused, folder.path,
      "shortfalls of \(roll.shortfall) quanta are more than the insurance fund of \(fund); nothing was signed. Build the "
        + "roll with a larger --fund, which reserves have to cover")
  }

  /// Gives the files their names and signs their checkpoint.
  func sign(
    _ roll: consuming ProvedRoll, _ journal: RollJournal, by signer: borrowing NoteSigner, note: String
  ) throws(ToolFailure) -> Report {
    var roll = roll
    try checkShortfall(of: roll)
    let checkpoint: SignedCheckpoint
    do throws(RollBuildError) {
      checkpoint = try roll.builder.checkpoint(signedBy: signer)
    } catch {
      throw ToolFailure(.malformedInput, folder.openings, "does not fit the header: \(error)")
    }
    try journal.finish(replacing: replacing)
    try OutputFile.write(
      checkpoint.encoded(), to: folder.checkpoint, access: .everybody, replacing: replacing, isUpdate: true)
    var report = report(roll, checkpoint, note)
    if case .object(let members) = report.data {
      report.data = .object(members + [JSONMember("vkey", .string(signer.key.description))])
    }
    return report
  }

  private func report(_ roll: ProvedRoll, _ checkpoint: SignedCheckpoint, _ note: String) -> Report {
    let counts = roll.counts
    return Report(
      text: """
        \(documents.header.origin): \(counts[0]) solvent, \(counts[1]) bounded, \(counts[2]) opened; reserves cover the totals\
        \(note)
          root        \(checkpoint.unverified.head.root)
          checkpoint  \(folder.checkpoint)\(counts[2] > 0 ? "\n" + Self.openedNote(counts[2], folder) : "")
        """,
      data: .object(
        [
          JSONMember("solvent", .integer(counts[0])), JSONMember("bounded", .integer(counts[1])),
          JSONMember("opened", .integer(counts[2])),
        ] + Report.members(checkpoint.unverified)))
  }

  /// What anyone who publishes the folder should know.
  private static func openedNote(_ count: Int, _ folder: RollFolder) -> String {
    "  opened      \(folder.evidence) holds the book of \(count == 1 ? "1 account" : "\(count) accounts") in the clear; "
      + "leave these lines empty in what is published"
  }
}
