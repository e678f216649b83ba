internal import CSodium
internal import CommandSupport
internal import Foundation
internal import Merlin
internal import Ristretto

/// What every time is compared with: one scalar multiplication of libsodium.
///
/// It is measured beside every sample of everything else, so that the ratio stands still when the machine
/// slows down.
package enum Yardstick {
  package static let name = "libsodium scalar multiplication"
  private static let runCount = 16
  private static let scalar = Scalar.random().encoded()
  private static let point = Point(uniformBytes: SystemRandom.bytes(Point.uniformByteCount)).encoded().bytes

  /// One multiplication.
  package static func multiply() {
    var product = [UInt8](repeating: 0, count: 32)
    unsafe _ = crypto_scalarmult_ristretto255(&product, scalar, point)
  }

  /// The processor time of one multiplication at present, in nanoseconds.
  package static func nanoseconds() -> Double {
    let start = Stopwatch.threadTime
    for _ in 0..<runCount { multiply() }
    return (Stopwatch.threadTime - start).nanoseconds / Double(runCount)
  }
}
