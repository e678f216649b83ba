import CanonicalBytes
import Ristretto
import Testing

@Suite("Hashes and randomness")
struct PrimitivesTests {
  @Test("SHA-512 and SHA-256 of \"abc\" are those of FIPS 180-4")
  func knownAnswers() {
    #expect(
      SHA512.hash(Array("abc".utf8)).hex
        == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
    #expect(
      SHA256.digest(of: Array("abc".utf8)).description
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test("the empty message has its hash, as no pieces and as empty ones")
  func empty() {
    let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    #expect(SHA256.digest().description == sha256 && SHA256.digest(of: [], []).description == sha256)
    #expect(SHA512.hash() == SHA512.hash([]) && SHA512.hash().count == SHA512.byteCount)
  }

  @Test("a message hashes the same in one piece or several")
  func pieces() {
    var generator = SeededGenerator(seed: 60)
    let message = generator.bytes(300)
    for cut in [0, 1, 63, 64, 65, 127, 128, 129, 300] {
      let pieces = [Array(message[..<cut]), [], Array(message[cut...])]
      #expect(SHA512.hash(concatenating: pieces) == SHA512.hash(message))
      #expect(SHA256.digest(concatenating: pieces) == SHA256.digest(of: message))
    }
  }

  @Test("random bytes have the wanted count and differ")
  func random() {
    for count in [0, 1, 32, 1000] {
      #expect(SystemRandom.bytes(count).count == count)
    }
    #expect(SystemRandom.bytes(32) != SystemRandom.bytes(32))
    var bytes = [UInt8](repeating: 0, count: 64)
    SystemRandom.fill(&bytes)
    #expect(bytes != [UInt8](repeating: 0, count: 64))
  }
}
