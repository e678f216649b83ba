import MarketData
import TestSupport
import Testing

@Suite("Gzip")
struct GzipTests {
  /// The text "market" and a line feed, by gzip 1.12.
  private static let market = "1f8b08000000000002ffcb4d2cca4e2de102002eb10a3e07000000"
  /// 65,536 zero bytes.
  private static let zeros =
    "1f8b08000000000002ffedc101010000008090feafee080a000000000000000000000000000000000000000000"
    + "0000000000000000000000000000000000000000000000000000000000000000000000000000000000006aeb8e"
    + "97d700000100"
  private static let empty = "1f8b08000000000002ff03000000000000000000"

  private func member(_ hex: String) throws -> [UInt8] { try Hex.decode(hex) }

  @Test("one member, several, an empty one and padding decompress to their contents in order")
  func members() throws {
    let market = try member(Self.market)
    let text = "market\n".bytes
    #expect(try Gzip.decompress(market, limit: 7) == text)
    #expect(
      try Gzip.decompress(market + market + member(Self.empty) + market, limit: 21) == text + text + text)
    #expect(try Gzip.decompress(member(Self.empty), limit: 0) == [])
    #expect(try Gzip.decompress(market + [0, 0, 0], limit: 7) == text)
    #expect(Gzip.isCompressed(market) && !Gzip.isCompressed(text) && !Gzip.isCompressed([0x1F]))
  }

  @Test("a file cut anywhere is truncated")
  func truncated() throws {
    let market = try member(Self.market)
    for count in 0..<market.count {
      #expect(throws: GzipError.truncated) { try Gzip.decompress(Array(market[..<count]), limit: 100) }
    }
    let second = market + market.dropLast()
    #expect(throws: GzipError.truncated) { try Gzip.decompress(second, limit: 100) }
  }

  @Test("no changed bit of the data gives other contents without an error")
  func corrupt() throws {
    let market = try member(Self.market)
    // Bytes 4 to 9 hold a time and a system, which mean nothing for the contents.
    for offset in market.indices where !(4...9).contains(offset) {
      for bit in 0..<8 {
        var changed = market
        changed[offset] ^= 1 << bit
        let result = try? Gzip.decompress(changed, limit: 1_000)
        #expect(result == nil || result == "market\n".bytes, "byte \(offset), bit \(bit)")
      }
    }
    #expect(throws: GzipError.corrupt) { try Gzip.decompress(market + [1, 2], limit: 100) }
    #expect(throws: GzipError.corrupt) { try Gzip.decompress("no gzip at all".bytes, limit: 100) }
  }

  @Test("a small file that holds a large one stops at the limit, within a member and across members")
  func bomb() throws {
    let zeros = try member(Self.zeros)
    #expect(try Gzip.decompress(zeros, limit: 65_536).count == 65_536)
    #expect(throws: GzipError.tooLarge(limit: 65_535)) { try Gzip.decompress(zeros, limit: 65_535) }
    let many = Array(repeatElement(zeros, count: 1_000).joined())
    #expect(throws: GzipError.tooLarge(limit: 1 << 20)) { try Gzip.decompress(many, limit: 1 << 20) }
    #expect(try Gzip.decompress(many, limit: 1 << 27).count == 65_536_000)
  }

  @Test("a reader names the compressed file at fault")
  func throughReader() throws {
    let cut = try Array(member(Self.market).dropLast(9))
    #expect(
      failure { _ = try BarReader.read(cut, named: "bars/X.csv.gz") }
        == MarketDataError(file: "bars/X.csv.gz", .compression(.truncated)))
  }
}
