import Foundation
import TestSupport
import Testing

@Suite("A ledger as a transparency log")
struct LedgerTilesTests {
  @Test
  func `A65: an older copy of a ledger is refused by what was published and by receipts`() throws {
    try Scratch.with { folder in
      let day = try LedgerRun(in: folder)
      try day.begin()
      let store = day.path("desk/ledger.sqlite")
      try day.must("keygen", "--role", "log", "-o", day.path("log.key"))
      func tiles() throws -> Tool.Outcome {
        try day.run([
          "ledger", "tiles", "--ledger", day.path("desk"), "--log-key", day.path("log.key"), "--name",
          "venue.example",
          "-o", day.path("site"), "--json",
        ])
      }
      let first = try tiles()
      #expect(first.exitCode == 0, "\(first.errors)")
      let old = try size(of: day)
      try FileManager.default.copyItem(atPath: store, toPath: day.path("older.sqlite"))
      let rolled = try day.run(["ledger", "roll"] + day.desk(at: 8_000))
      #expect(rolled.exitCode == 0, "\(rolled.errors)")
      let second = try tiles()
      #expect(second.exitCode == 0, "\(second.errors)")
      let new = try size(of: day)
      #expect(new > old && old > 0)

      // A receipt of the last entry, checked with the log's public key and the entry's bytes from the bundle.
      let origin = try String(contentsOfFile: day.path("site/checkpoint"), encoding: .utf8).split(
        separator: "\n")[0]
      #expect(origin.hasPrefix("venue.example/") && origin.utf8.count == 14 + 64)
      let vkey = try day.must("log", "key", day.path("log.key.pub"), "--name", String(origin)).output
      try Data(vkey.utf8).write(to: folder.appending(path: "log.vkey"))
      let receipt = day.path("last.tlog-proof")
      try day.must("log", "prove", day.path("site"), "--index", "\(new - 1)", "-o", receipt)
      let bundle = try Data(contentsOf: folder.appending(path: "site/tile/entries/000.p/\(new)"))
      let entry = try lastEntry(of: bundle)
      try entry.write(to: folder.appending(path: "entry"))
      let log = ["--log", day.path("log.vkey")]
      let verified = try day.run(["log", "verify", receipt, "--entry", day.path("entry")] + log)
      #expect(verified.exitCode == 0, "\(verified.errors)")
      let ledger = ["--ledger", day.path("desk")]
      let kept = [receipt, day.path("site/checkpoint")]
      let compared = try day.run(["ledger", "compare"] + kept + ledger + log)
      #expect(compared.exitCode == 0, "\(compared.errors)")

      // The older copy put back.
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + suffix) }
      try FileManager.default.copyItem(atPath: day.path("older.sqlite"), toPath: store)
      let before = try Data(contentsOf: folder.appending(path: "site/checkpoint"))
      let refused = try tiles()
      #expect(refused.exitCode == 2, "\(refused.errors)")
      #expect(try Data(contentsOf: folder.appending(path: "site/checkpoint")) == before)
      for file in kept {
        let compared = try day.run(["ledger", "compare", file] + ledger + log)
        #expect(compared.exitCode == 2 && compared.errors.contains("older copy"), "\(compared.errors)")
      }

      // And with another history of the same length in the place of the entries that were published, after
      // the head that the desk keeps beside its store was removed as well.
      try FileManager.default.removeItem(atPath: day.path("desk/ledger.head"))
      let other = try day.run(["ledger", "roll"] + day.desk(at: 9_000))
      #expect(other.exitCode == 0, "\(other.errors)")
      #expect(try tiles().exitCode == 2)
      let forked = try day.run(["ledger", "compare", receipt] + ledger + log)
      #expect(forked.exitCode == 2, "\(forked.errors)")
    }
  }

  private func size(of day: LedgerRun) throws -> Int {
    let lines = try String(contentsOfFile: day.path("site/checkpoint"), encoding: .utf8).split(
      separator: "\n")
    return try #require(Int(lines[1]))
  }

  /// The last entry of a bundle: each stands after its length in two bytes.
  private func lastEntry(of bundle: Data) throws -> Data {
    var (rest, last) = (Array(bundle)[...], [UInt8]())
    while !rest.isEmpty {
      let count = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
      last = Array(rest.dropFirst(2).prefix(count))
      rest = rest.dropFirst(2 + count)
    }
    return Data(last)
  }
}
