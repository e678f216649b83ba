import Solvency
import SolvencyProver
import TestSupport
import Testing

@Suite("Opening file")
struct OpeningFileTests {
  private let registry: Registry

  init() throws { registry = try Registry(of: Fixture.smallSnapshot()) }

  private func opening() throws -> AccountOpening {
    AccountOpening(of: try Fixture.book(Fixture.coveredAmounts, registry))
  }

  private func passphrase(_ text: String = "correct horse") throws -> Passphrase {
    guard let passphrase = Passphrase(Array(text.utf8)) else { throw FixtureError.noSuchCircuit }
    return passphrase
  }

  private func unlock(_ file: [UInt8], _ text: String = "correct horse") throws -> AccountCommitment {
    try OpeningFile.open(file, with: try passphrase(text)).commitment()
  }

  @Test("an encrypted opening comes back with the right passphrase, and only with it")
  func roundTrip() throws {
    let opening = try opening()
    let fill = try Fill(
      account: opening.account, sequence: 0, deltas: [Fill.Delta(coordinate: "cash", amount: -5)])
    let later = try opening.applying(fill, in: registry)
    let file = try OpeningFile.sealed(later, with: try passphrase(), cost: .interactive)
    #expect(try unlock(file) == later.commitment())
    #expect(throws: OpeningFileError.wrongPassphrase) { try unlock(file, "wrong horse") }
  }

  @Test("no two files of one opening are alike, and none shows the account")
  func randomized() throws {
    let opening = try opening()
    let passphrase = try passphrase()
    let first = try OpeningFile.sealed(opening, with: passphrase, cost: .interactive)
    let second = try OpeningFile.sealed(opening, with: passphrase, cost: .interactive)
    #expect(first.suffix(64) != second.suffix(64))
    let name = Array("desk-7".utf8)
    #expect(!first.indices.contains { first[$0...].starts(with: name) })
  }

  @Test("truncated, tampered, foreign and newer files each have their own error")
  func damage() throws {
    let file = try OpeningFile.sealed(try opening(), with: try passphrase(), cost: .interactive)
    for count in [0, 7, 16, 19, 30, 80, 100, file.count - 1] {
      #expect(throws: OpeningFileError.truncated) { try unlock(Array(file.prefix(count))) }
    }
    #expect(throws: OpeningFileError.tampered) { try unlock(file + [0]) }
    #expect(throws: OpeningFileError.notAnOpeningFile) { try unlock(Array("{}".utf8)) }
    func flipped(_ offset: Int) -> [UInt8] {
      var copy = file
      copy[offset] ^= 1
      return copy
    }
    #expect(throws: OpeningFileError.notAnOpeningFile) { try unlock(flipped(0)) }
    #expect(throws: OpeningFileError.unsupportedVersion(0)) { try unlock(flipped(16)) }
    #expect(throws: OpeningFileError.tampered) { try unlock(flipped(file.count - 1)) }
    #expect(throws: OpeningFileError.tampered) { try unlock(flipped(file.count - 40)) }
    // Salt and nonce are bound into the key, so that a changed header opens nothing.
    #expect(throws: OpeningFileError.wrongPassphrase) { try unlock(flipped(40)) }
    #expect(throws: OpeningFileError.wrongPassphrase) { try unlock(flipped(60)) }
  }

  @Test
  func `A43: a file cannot ask for more work than is sensible, nor for less`() throws {
    var file = try OpeningFile.sealed(try opening(), with: try passphrase(), cost: .interactive)
    for (offset, value) in [(20, 200 as UInt8), (20, 0), (27, 1), (35, 1), (31, 0)] {
      let honest = file[offset]
      file[offset] = value
      #expect(throws: OpeningFileError.costOutOfBounds) { try unlock(file) }
      file[offset] = honest
    }
  }

  @Test
  func `A43: any damage at all is an error`() throws {
    let file = OpeningFile.plain(try opening())
    var random = SplitMix64(seed: 4)
    for _ in 0..<2_000 {
      var copy = file
      copy[Int(random.next() % UInt64(copy.count))] = UInt8(truncatingIfNeeded: random.next())
      _ = try? OpeningFile.open(plain: copy)
    }
    for count in stride(from: 0, to: file.count - 2, by: 17) {
      #expect(throws: OpeningFileError.malformedContents) {
        _ = try OpeningFile.open(plain: Array(file.prefix(count)))
      }
    }
  }

  @Test("the plain form comes back, and says its version")
  func plain() throws {
    let opening = try opening()
    let file = OpeningFile.plain(opening)
    #expect(try OpeningFile.open(plain: file).commitment() == opening.commitment())
    #expect(throws: OpeningFileError.unsupportedVersion(2)) {
      _ = try OpeningFile.open(plain: Array(#"{"version":2}"#.utf8))
    }
  }

  @Test("an empty passphrase is refused")
  func emptyPassphrase() {
    let isNone = if Passphrase([]) == nil { true } else { false }
    #expect(isNone)
  }
}
