import MarketData
import TestSupport
import Testing

@Suite("Zip")
struct ZipTests {
  private static let csv = "ts,open,high,low,close,volume\n3600,1.5,2,1,1.7,5\n7200,2,3,1,2,5\n".bytes
  /// The text "market" and a line feed, deflated.
  private static let deflated: [UInt8] = [0xCB, 0x4D, 0x2C, 0xCA, 0x4E, 0x2D, 0xE1, 0x02, 0x00]

  @Test("stored and deflated members are read; folders and companions are skipped")
  func members() throws {
    var zip = ZipWriter()
    zip.add("data/", [])
    zip.add("data/a.csv", "market\n".bytes, method: 8, packed: Self.deflated)
    zip.add("__MACOSX/._a.csv", [1, 2])
    zip.add("b.csv", Self.csv)
    zip.add("b.csv.CHECKSUM", [3])
    let members = try Zip.members(zip.archive, limit: 1_000)
    #expect(members.map(\.name) == ["data/a.csv", "b.csv"])
    #expect(members.map(\.bytes) == ["market\n".bytes, Self.csv])
    #expect(Zip.isArchive(zip.archive) && !Zip.isArchive(Self.csv))
  }

  @Test("an archive of one file is read as that file, one of several as one series in order of time")
  func series() throws {
    let plain = try BarReader.read(Self.csv, named: "f").series
    var one = ZipWriter()
    one.add("x/bars.csv", Self.csv)
    #expect(try BarReader.read(one.archive, named: "f").series == plain)
    var several = ZipWriter()
    several.add("2.csv", "ts,open,high,low,close,volume\n7200,2,3,1,2,5\n".bytes)
    several.add("1.csv", "3600,1.5,2,1,1.7,5\n".bytes)
    let reading = try BarReader.read(several.archive, named: "f")
    #expect(reading.series == plain && reading.quality.isClean && reading.quality.rows == 2)
  }

  @Test("a damaged archive gives no other contents, and never traps")
  func damage() throws {
    var zip = ZipWriter()
    zip.add("a.csv", "market\n".bytes, method: 8, packed: Self.deflated)
    zip.add("b.csv", "data\n".bytes)
    let archive = zip.archive
    let whole = try Zip.members(archive, limit: 100)
    for count in 0..<archive.count {
      #expect(throws: ZipError.self) { try Zip.members(Array(archive[..<count]), limit: 100) }
    }
    for offset in archive.indices {
      for bit in 0..<8 {
        var changed = archive
        changed[offset] ^= 1 << bit
        // What changes no contents, such as a date, may be read; contents are right or refused.
        guard let members = try? Zip.members(changed, limit: 100) else { continue }
        for member in members {
          #expect(whole.map(\.bytes).contains(member.bytes), "byte \(offset), bit \(bit)")
        }
      }
    }
  }

  @Test("members may not overlap, be encrypted, be too large or too many")
  func refusals() throws {
    var zip = ZipWriter()
    zip.add("a.csv", [UInt8](repeating: 65, count: 100))
    #expect(throws: ZipError.member("a.csv", .tooLarge(limit: 99))) {
      try Zip.members(zip.archive, limit: 99)
    }
    var encrypted = ZipWriter()
    encrypted.add("a.csv", [1], flags: 1)
    #expect(throws: ZipError.encrypted("a.csv")) { try Zip.members(encrypted.archive, limit: 99) }
    var foreign = ZipWriter()
    foreign.add("a.csv", [1], method: 12)
    #expect(throws: ZipError.unknownMethod("a.csv", 12)) { try Zip.members(foreign.archive, limit: 99) }
    #expect(throws: ZipError.empty) { try Zip.members(ZipWriter().archive, limit: 99) }
    var many = ZipWriter()
    for i in 0...Zip.memberLimit { many.add("\(i)", []) }
    #expect(throws: ZipError.tooManyMembers(limit: Zip.memberLimit)) {
      try Zip.members(many.archive, limit: 99)
    }
    // Two entries of the directory that name one member: what makes a small archive a large one.
    var bomb = ZipWriter()
    bomb.add("a", [1, 2, 3])
    let archive = bomb.archive
    let entry = Array(archive[(30 + 1 + 3)..<(archive.count - 22)])
    var end = Array(archive.suffix(22))
    (end[8], end[10], end[12]) = (2, 2, UInt8(2 * entry.count))
    let doubled = Array(archive[..<34]) + entry + entry + end
    guard case .corrupt = #expect(throws: ZipError.self, performing: { try Zip.members(doubled, limit: 99) })
    else {
      Issue.record("overlapping members were read")
      return
    }
  }

  @Test("files of other kinds are named, with what to do")
  func otherKinds() {
    for (start, name) in [
      ("PAR1", "Parquet"), ("ARROW1", "Feather"), ("BZh9", "bzip2"), ("<!DOCTYPE html>", "web page"),
      ("SQLite format 3", "SQLite"),
    ] {
      let error = failure { _ = try BarReader.read(start.bytes + [0, 1, 2, 3], named: "f") }
      #expect(error?.description.contains(name) == true)
    }
    let wide: [UInt8] = [0xFF, 0xFE] + "ts,open\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(failure { _ = try BarReader.read(wide, named: "f") }?.description.contains("UTF-16") == true)
  }
}
