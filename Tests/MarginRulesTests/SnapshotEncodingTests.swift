import CanonicalBytes
import Foundation
import MarginRules
import TestSupport
import Testing

@Suite("Risk snapshot: canonical bytes")
struct SnapshotEncodingTests {
  @Test("decoding gives the snapshot back, and its bytes and digest")
  func roundTrip() throws {
    for snapshot in [try SnapshotFixture.snapshot(), try SnapshotFixture.goldenSnapshot()] {
      let decoded = try RiskSnapshot(canonicalBytes: snapshot.canonicalBytes)
      #expect(decoded == snapshot)
      #expect(decoded.canonicalBytes == snapshot.canonicalBytes)
      #expect(decoded.digest == .sha256(of: snapshot.canonicalBytes))
    }
  }

  private struct KnownDigests: Decodable {
    struct Case: Decodable {
      let file: String
      let byteCount: Int
      let sha256: String
    }
    let cases: [Case]
  }

  @Test("a second implementation gives the same digests")
  func knownDigests() throws {
    let known = try Vectors.load("margin/snapshot_digests.json", as: KnownDigests.self)
    #expect(known.cases.count == 2)
    for item in known.cases {
      let text = try Data(contentsOf: Vectors.packageRoot.appending(path: item.file))
      let snapshot = try RiskSnapshot(json: Array(text))
      #expect(snapshot.canonicalBytes.count == item.byteCount)
      #expect(snapshot.digest.description == item.sha256)
    }
  }

  @Test("the beginning of the bytes is the domain and the version")
  func prefix() throws {
    let bytes = try SnapshotFixture.snapshot().canonicalBytes
    #expect(Array(bytes.prefix(4)) == [25, 0, 0, 0])
    #expect(String(decoding: bytes[4..<29], as: UTF8.self) == "solvency/risk-snapshot/v1")
    #expect(Array(bytes[29..<41]) == [1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test
  func `A10: the digest changes with every single field, and each change differs from all others`() throws {
    let draft = SnapshotFixture.draft()
    var seen: Set<[UInt8]> = [RiskSnapshot.canonicalBytes(of: draft)]
    var drafts: Set<SnapshotDraft> = [draft]
    for (index, field) in try FieldProbe.fields(of: draft).enumerated() {
      let changes: [FieldProbe.Change] =
        switch field.kind {
        // One code more or less is another word.
        case .integer(let range):
          [.integer { $0 < range.upperBound ? $0 + 1 : $0 - 1 }]
        case .flag: [.flag]
        case .text: [.text { $0 + "x" }, .text { String($0.dropLast()) }]
        case .digest: [.digest]
        case .count: [.count { $0 + 1 }, .count { $0 > 0 ? $0 - 1 : 2 }]
        }
      for change in changes {
        let changed = try FieldProbe.changing(draft, field: index, change)
        #expect(drafts.insert(changed).inserted, "\(field)")
        #expect(seen.insert(RiskSnapshot.canonicalBytes(of: changed)).inserted, "\(field)")
      }
    }
    #expect(seen.count > 150)
  }

  @Test("another version is refused by its number")
  func version() throws {
    var bytes = try SnapshotFixture.snapshot().canonicalBytes
    bytes[29] = 3
    let found = #expect(throws: SnapshotError.self) { try RiskSnapshot(canonicalBytes: bytes) }
    #expect(found == .unknownVersion("3"))
  }

  @Test("every beginning and every continuation of the bytes is refused")
  func lengths() throws {
    let bytes = try SnapshotFixture.snapshot().canonicalBytes
    for count in 0..<bytes.count {
      #expect(throws: SnapshotError.self) {
        try RiskSnapshot(canonicalBytes: Array(bytes[..<count]))
      }
    }
    let found = #expect(throws: SnapshotError.self) {
      try RiskSnapshot(canonicalBytes: bytes + [0])
    }
    #expect(found == .malformedBytes(offset: bytes.count))
  }

  @Test("damaged bytes are refused or are another snapshot with exactly those bytes")
  func mutations() throws {
    let bytes = try SnapshotFixture.snapshot().canonicalBytes
    var random = SplitMix64(seed: 3)
    var accepted = 0
    for round in 0..<20_000 {
      var damaged = bytes
      if round < 8 * bytes.count {
        damaged[round / 8] ^= 1 << (round % 8)
      } else {
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let at = Int.random(in: 0..<damaged.count, using: &random)
          damaged[at] = UInt8.random(in: 0...255, using: &random)
        }
      }
      guard damaged != bytes, let decoded = try? RiskSnapshot(canonicalBytes: damaged) else {
        continue
      }
      accepted += 1
      #expect(decoded.canonicalBytes == damaged)
    }
    #expect(accepted > 100)
  }

  @Test("a count far beyond the bytes is refused before anything is made of it")
  func hugeCounts() throws {
    let bytes = try SnapshotFixture.snapshot().canonicalBytes
    for offset in 0...(bytes.count - 4) {
      var damaged = bytes
      damaged.replaceSubrange(offset..<(offset + 4), with: [255, 255, 255, 127])
      _ = try? RiskSnapshot(canonicalBytes: damaged)
    }
  }
}
