internal import CRistretto

/// Points decoded together.
package struct DecodedPoints: Sendable {
  /// The points, with Z = 1; the identity where an encoding was refused.
  package let points: [Point]
  /// What became of each encoding, as the kernels tell it; empty if all were accepted.
  private let statuses: [UInt8]

  /// Decodes all of `encodings`, each as ``EncodedPoint/decoded()`` does.
  ///
  /// - Complexity: one inverse square root each, in lanes where the kernels are in use.
  package init(_ encodings: [EncodedPoint]) {
    if Kernels.areInUse, encodings.count >= Self.kernelCount {
      (points, statuses) = Self.decodeInLanes(encodings)
    } else {
      (points, statuses) = Self.decodeOneByOne(encodings)
    }
  }

  /// Why the encoding at `index` was refused; `nil` if it was not.
  package func error(at index: Int) -> DecodingError? {
    guard !statuses.isEmpty else { return nil }
    switch Int(statuses[index]) {
    case Status.decoded: return nil
    case Status.notCanonical: return .notCanonical
    default: return .notAPoint
    }
  }

  /// The numbers of the enumeration in `CRistretto.h`.
  private enum Status {
    static let decoded = CRISTRETTO_DECODED
    static let notCanonical = CRISTRETTO_NOT_CANONICAL
    static let notAPoint = CRISTRETTO_NOT_A_POINT
  }

  /// Fewer are decoded one by one: a group of lanes costs as much as this many.
  private static let kernelCount = 3

  private static func decodeOneByOne(_ encodings: [EncodedPoint]) -> ([Point], [UInt8]) {
    var points: [Point] = []
    points.reserveCapacity(encodings.count)
    var statuses: [UInt8] = []
    for (index, encoding) in encodings.enumerated() {
      do throws(DecodingError) {
        points.append(try encoding.decoded())
      } catch {
        points.append(.identity)
        if statuses.isEmpty { statuses = [UInt8](repeating: 0, count: encodings.count) }
        statuses[index] = UInt8(
          error == .notCanonical ? Status.notCanonical : Status.notAPoint)
      }
    }
    return (points, statuses)
  }

  private static func decodeInLanes(_ encodings: [EncodedPoint]) -> ([Point], [UInt8]) {
    var statuses = [UInt8](repeating: 0, count: encodings.count)
    let points = unsafe Point.arrayFromKernel(count: encodings.count) { points in
      unsafe encodings.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        let address = unsafe UnsafeRawPointer(start)
          .assumingMemoryBound(to: cristretto_encoding.self)
        unsafe cristretto_decode(buffer.count, address, nil, points, &statuses)
      }
    }
    return (points, statuses.allSatisfy { Int($0) == Status.decoded } ? [] : statuses)
  }
}

extension Point {
  /// The canonical encodings of points, each as ``encoded()`` gives it.
  ///
  /// - Complexity: one inverse square root each, in lanes where the kernels are in use. Time depends on the
  ///   number of points only.
  package static func encodings(of points: [Point]) -> [EncodedPoint] {
    guard Kernels.areInUse, points.count >= kernelEncodingCount else {
      return points.map { $0.encoded() }
    }
    return unsafe [EncodedPoint](unsafeUninitializedCapacity: points.count) { buffer, initialized in
      guard let start = buffer.baseAddress else { return }
      let encodings = unsafe UnsafeMutableRawPointer(start)
        .assumingMemoryBound(to: cristretto_encoding.self)
      unsafe points.span.withKernelPoints {
        unsafe cristretto_encode(points.count, $0, encodings)
      }
      initialized = points.count
    }
  }

  /// Fewer are encoded one by one: a group of lanes costs about as much as two points.
  private static let kernelEncodingCount = 3
}

extension EncodedPoint {
  /// Whether these are the bytes of the identity: all 0.
  package var isIdentity: Bool { (words.w0 | words.w1 | words.w2 | words.w3) == 0 }
}
