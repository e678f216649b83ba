// Arithmetic mod p = 2²⁵⁵ − 19 in radix 2⁵¹: a = a0 + 2⁵¹·a1 + 2¹⁰²·a2 + 2¹⁵³·a3 + 2²⁰⁴·a4.
//
// The bounds of the limbs are part of the type, so that an expression which compiles cannot overflow:
//
//   FieldElement       limbs < 2⁵¹ + 2¹³   what products, squares and carries give
//   LooseFieldElement  limbs < 2⁵⁴         what sums and differences of FieldElements give
//
// Products take either. There is no addition of loose elements: the few sums of three that point
// formulas need are functions of their own, with their bound beside them.

/// An element of the field of 2²⁵⁵ − 19 elements, reduced: every limb < 2⁵¹ + 2¹³.
///
/// The value may be p or a little more; only ``words`` is canonical.
package struct FieldElement: Sendable, BitwiseCopyable {
  /// Digits of the value in base 2⁵¹, least significant first; each < 2⁵¹ + 2¹³.
  package let a0, a1, a2, a3, a4: UInt64

  /// The element a0 + 2⁵¹·a1 + 2¹⁰²·a2 + 2¹⁵³·a3 + 2²⁰⁴·a4.
  ///
  /// - Parameters:
  ///   - a0, a1, a2, a3, a4: limbs < 2⁵¹ + 2¹³, asserted in debug builds.
  @inline(__always)
  package init(_ a0: UInt64, _ a1: UInt64, _ a2: UInt64, _ a3: UInt64, _ a4: UInt64) {
    self.a0 = a0
    self.a1 = a1
    self.a2 = a2
    self.a3 = a3
    self.a4 = a4
    assert(isWithinBounds)
  }

  /// Whether every limb is < 2⁵¹ + 2¹³. Always true of a value made by this module.
  package var isWithinBounds: Bool {
    let bound: UInt64 = 1 << 51 + 1 << 13
    return a0 < bound && a1 < bound && a2 < bound && a3 < bound && a4 < bound
  }

  @inline(__always)
  package static var zero: FieldElement { FieldElement(0, 0, 0, 0, 0) }

  @inline(__always)
  package static var one: FieldElement { FieldElement(1, 0, 0, 0, 0) }

  /// The same element as a factor of a product.
  @inline(__always)
  package var loose: LooseFieldElement { LooseFieldElement(a0, a1, a2, a3, a4) }
}

/// An element of the field of 2²⁵⁵ − 19 elements, not reduced: every limb < 2⁵⁴.
package struct LooseFieldElement: Sendable, BitwiseCopyable {
  /// Digits of the value in base 2⁵¹, least significant first; each < 2⁵⁴.
  package let a0, a1, a2, a3, a4: UInt64

  /// The element a0 + 2⁵¹·a1 + 2¹⁰²·a2 + 2¹⁵³·a3 + 2²⁰⁴·a4.
  ///
  /// - Parameters:
  ///   - a0, a1, a2, a3, a4: limbs < 2⁵⁴, asserted in debug builds.
  @inline(__always)
  package init(_ a0: UInt64, _ a1: UInt64, _ a2: UInt64, _ a3: UInt64, _ a4: UInt64) {
    self.a0 = a0
    self.a1 = a1
    self.a2 = a2
    self.a3 = a3
    self.a4 = a4
    assert(isWithinBounds)
  }

  /// Whether every limb is < 2⁵⁴. Always true of a value made by this module.
  package var isWithinBounds: Bool { (a0 | a1 | a2 | a3 | a4) < 1 << 54 }

  /// The same value with limbs < 2⁵¹ + 2⁸: one carry from each limb to the next, in parallel.
  @inline(__always)
  package var carried: FieldElement {
    // Each carry is < 2³, and 19·2³ < 2⁸.
    FieldElement(
      (a0 & FieldElement.limbMask) &+ 19 &* (a4 &>> 51),
      (a1 & FieldElement.limbMask) &+ (a0 &>> 51),
      (a2 & FieldElement.limbMask) &+ (a1 &>> 51),
      (a3 & FieldElement.limbMask) &+ (a2 &>> 51),
      (a4 & FieldElement.limbMask) &+ (a3 &>> 51))
  }
}

// MARK: - Sums and differences

extension FieldElement {
  @inline(__always)
  static var limbMask: UInt64 { 1 << 51 - 1 }

  // 2p = Σ 2⁵¹ᵏ·(2⁵² − 2) − 36, limb by limb at least as large as any reduced limb.
  @inline(__always)
  static var twicePrime0: UInt64 { 1 << 52 - 38 }
  @inline(__always)
  static var twicePrime: UInt64 { 1 << 52 - 2 }

  /// `a + b`, limbs < 2⁵² + 2¹⁴.
  @inline(__always)
  package static func + (a: FieldElement, b: FieldElement) -> LooseFieldElement {
    LooseFieldElement(a.a0 &+ b.a0, a.a1 &+ b.a1, a.a2 &+ b.a2, a.a3 &+ b.a3, a.a4 &+ b.a4)
  }

  /// `a − b` as `a + 2p − b`, limbs < 2⁵¹ + 2¹³ + 2⁵² < 2⁵³.
  @inline(__always)
  package static func - (a: FieldElement, b: FieldElement) -> LooseFieldElement {
    LooseFieldElement(
      a.a0 &+ twicePrime0 &- b.a0, a.a1 &+ twicePrime &- b.a1, a.a2 &+ twicePrime &- b.a2,
      a.a3 &+ twicePrime &- b.a3, a.a4 &+ twicePrime &- b.a4)
  }

  /// `−a`, limbs < 2⁵¹ + 2⁸.
  @inline(__always)
  package static prefix func - (a: FieldElement) -> FieldElement { (.zero - a).carried }
}

extension LooseFieldElement {
  /// `2a + b`, limbs < 3·(2⁵¹ + 2¹³) < 2⁵³.
  @inline(__always)
  package static func twice(_ a: FieldElement, plus b: FieldElement) -> LooseFieldElement {
    LooseFieldElement(
      2 &* a.a0 &+ b.a0, 2 &* a.a1 &+ b.a1, 2 &* a.a2 &+ b.a2, 2 &* a.a3 &+ b.a3,
      2 &* a.a4 &+ b.a4)
  }

  /// `2a − b`, limbs < 2⁵² + 2¹⁴ + 2⁵² < 2⁵⁴.
  @inline(__always)
  package static func twice(_ a: FieldElement, minus b: FieldElement) -> LooseFieldElement {
    LooseFieldElement(
      2 &* a.a0 &+ FieldElement.twicePrime0 &- b.a0, 2 &* a.a1 &+ FieldElement.twicePrime &- b.a1,
      2 &* a.a2 &+ FieldElement.twicePrime &- b.a2, 2 &* a.a3 &+ FieldElement.twicePrime &- b.a3,
      2 &* a.a4 &+ FieldElement.twicePrime &- b.a4)
  }

  /// `a + b − c`, limbs < 2⁵² + 2¹⁴ + 2⁵² < 2⁵⁴.
  @inline(__always)
  package static func sum(
    _ a: FieldElement, _ b: FieldElement, minus c: FieldElement
  ) -> LooseFieldElement {
    LooseFieldElement(
      a.a0 &+ b.a0 &+ FieldElement.twicePrime0 &- c.a0, a.a1 &+ b.a1 &+ FieldElement.twicePrime &- c.a1,
      a.a2 &+ b.a2 &+ FieldElement.twicePrime &- c.a2, a.a3 &+ b.a3 &+ FieldElement.twicePrime &- c.a3,
      a.a4 &+ b.a4 &+ FieldElement.twicePrime &- c.a4)
  }

  /// `2a + b − c`, limbs < 3·(2⁵¹ + 2¹³) + 2⁵² < 2⁵⁴.
  @inline(__always)
  package static func twice(
    _ a: FieldElement, plus b: FieldElement, minus c: FieldElement
  ) -> LooseFieldElement {
    LooseFieldElement(
      2 &* a.a0 &+ b.a0 &+ FieldElement.twicePrime0 &- c.a0,
      2 &* a.a1 &+ b.a1 &+ FieldElement.twicePrime &- c.a1,
      2 &* a.a2 &+ b.a2 &+ FieldElement.twicePrime &- c.a2,
      2 &* a.a3 &+ b.a3 &+ FieldElement.twicePrime &- c.a3,
      2 &* a.a4 &+ b.a4 &+ FieldElement.twicePrime &- c.a4)
  }
}
