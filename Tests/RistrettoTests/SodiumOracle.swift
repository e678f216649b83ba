import CSodium

/// The same operations by libsodium, on encodings.
enum Sodium {
  private static func filled(
    _ count: Int = 32, _ body: (UnsafeMutablePointer<UInt8>) -> Int32
  ) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    let status = bytes.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map(body) ?? -1
    }
    return status == 0 ? bytes : nil
  }

  static func isValid(_ point: [UInt8]) -> Bool { crypto_core_ristretto255_is_valid_point(point) == 1 }

  static func point(fromUniform bytes: [UInt8]) -> [UInt8]? {
    filled { crypto_core_ristretto255_from_hash($0, bytes) }
  }

  static func sum(_ a: [UInt8], _ b: [UInt8]) -> [UInt8]? {
    filled { crypto_core_ristretto255_add($0, a, b) }
  }

  static func difference(_ a: [UInt8], _ b: [UInt8]) -> [UInt8]? {
    filled { crypto_core_ristretto255_sub($0, a, b) }
  }

  /// The product; all zeros, the identity, where libsodium refuses to give it.
  static func product(_ scalar: [UInt8], _ point: [UInt8]) -> [UInt8] {
    filled { crypto_scalarmult_ristretto255($0, scalar, point) }
      ?? [UInt8](repeating: 0, count: 32)
  }

  static func product(_ scalar: [UInt8], withBase: Void) -> [UInt8]? {
    filled { crypto_scalarmult_ristretto255_base($0, scalar) }
  }

  static func scalarSum(_ a: [UInt8], _ b: [UInt8]) -> [UInt8]? {
    filled {
      crypto_core_ristretto255_scalar_add($0, a, b)
      return 0
    }
  }

  static func scalarDifference(_ a: [UInt8], _ b: [UInt8]) -> [UInt8]? {
    filled {
      crypto_core_ristretto255_scalar_sub($0, a, b)
      return 0
    }
  }

  static func scalarProduct(_ a: [UInt8], _ b: [UInt8]) -> [UInt8]? {
    filled {
      crypto_core_ristretto255_scalar_mul($0, a, b)
      return 0
    }
  }

  static func scalarNegative(_ a: [UInt8]) -> [UInt8]? {
    filled {
      crypto_core_ristretto255_scalar_negate($0, a)
      return 0
    }
  }

  static func scalarInverse(_ a: [UInt8]) -> [UInt8]? {
    filled { crypto_core_ristretto255_scalar_invert($0, a) }
  }

  static func reduced(_ wide: [UInt8]) -> [UInt8]? {
    filled {
      crypto_core_ristretto255_scalar_reduce($0, wide)
      return 0
    }
  }
}
