/// Zip archives with stored members, for tests.
package struct ZipWriter {
  package var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  package init() {}

  /// Adds a member.
  package mutating func add(
    _ name: String, _ contents: [UInt8], method: Int = 0, packed: [UInt8]? = nil, flags: Int = 0
  ) {
    let packed = packed ?? contents
    let start = bytes.count
    let common =
      little(flags, 2) + little(method, 2) + little(0, 4) + little(Int(Self.checksum(contents)), 4)
      + little(packed.count, 4) + little(contents.count, 4) + little(name.utf8.count, 2)
    bytes += little(0x0403_4B50, 4) + little(20, 2) + common + little(0, 2) + Array(name.utf8) + packed
    directory +=
      little(0x0201_4B50, 4) + little(20, 2) + little(20, 2) + common + little(0, 2) + little(0, 2)
      + little(0, 2)
      + little(0, 2) + little(0, 4) + little(start, 4) + Array(name.utf8)
    count += 1
  }

  /// The whole archive.
  package var archive: [UInt8] {
    bytes + directory + little(0x0605_4B50, 4) + little(0, 2) + little(0, 2) + little(count, 2)
      + little(count, 2)
      + little(directory.count, 4) + little(bytes.count, 4) + little(0, 2)
  }

  private func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// CRC-32, bit by bit.
  package static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
