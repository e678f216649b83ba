import CanonicalBytes
import Testing

@Suite("Hashes and digits of 32 bytes")
struct HashTests {
  private static let message = (0..<700).map { UInt8(truncatingIfNeeded: 31 * $0 + $0 / 7) }

  @Test("SHA-256 of pieces is that of the whole, wherever it is cut and whatever was asked in between")
  func pieces() {
    // FIPS 180-4, of no byte and of "abc".
    #expect(
      SHA256.digest(of: []).description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.digest(of: Array("abc".utf8)).description
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    for count in 0..<300 {
      let whole = SHA256.digest(of: Array(Self.message[..<count]))
      for cut in stride(from: 0, through: count, by: 13) {
        var parts = RunningSHA256()
        parts.update(Array(Self.message[..<cut]))
        _ = parts.digest
        parts.update(Array(Self.message[cut..<count]))
        #expect(parts.digest == whole, "\(count), cut at \(cut)")
      }
    }
    let (head, tail) = (Array(Self.message[..<99]), Array(Self.message[99...]))
    #expect(SHA256.digest(of: Self.message) == SHA256.digest(of: head, tail))
  }

  @Test("32 bytes are read from digits anywhere in a text as from digits alone, and from nothing else")
  func digits() throws {
    let bytes = Array(Self.message[5..<37])
    let value = try #require(Bytes32(bytes))
    #expect(Bytes32(bytes[...]) == value && Bytes32(bytes.dropLast()) == nil && value.bytes == bytes)
    let text = Array("x\(value)y".utf8)
    #expect(Bytes32(hexadecimal: text.span, from: 1) == value)
    for start in [-1, 0, 2, 3, 66, .max] {
      #expect(Bytes32(hexadecimal: text.span, from: start) == nil, "\(start)")
    }
    for place in 1...64 {
      for wrong in Array("gG/:@`A ".utf8) {
        var changed = text
        changed[place] = wrong
        #expect(Bytes32(hexadecimal: changed.span, from: 1) == nil)
      }
    }
  }
}
