// Products and squares mod 2²⁵⁵ − 19: straight-line code on 64×64 → 128 bit products.

extension FieldElement {
  @inline(__always)
  package static func * (a: FieldElement, b: FieldElement) -> FieldElement {
    product(a.loose, b.loose)
  }

  /// `a·b`.
  ///
  ///     c₀ = a0·b0 + 19·(a1·b4 + a2·b3 + a3·b2 + a4·b1)
  ///     c₁ = a0·b1 + a1·b0 + 19·(a2·b4 + a3·b3 + a4·b2)
  ///     c₂ = a0·b2 + a1·b1 + a2·b0 + 19·(a3·b4 + a4·b3)
  ///     c₃ = a0·b3 + a1·b2 + a2·b1 + a3·b0 + 19·a4·b4
  ///     c₄ = a0·b4 + a1·b3 + a2·b2 + a3·b1 + a4·b0
  ///
  /// Limbs < 2⁵⁴ give 19·bₖ < 2⁵⁹ and c₀…c₃ < 77·2¹⁰⁸ < 2¹¹⁵, so a carry cₖ/2⁵¹ is < 2⁶⁴; c₄ has no
  /// factor 19, so its carry is < 5·2⁵⁷ + 2¹³ and 19 times it, with the low limb added, < 2⁶⁴.
  @inline(__always)
  static func product(_ a: LooseFieldElement, _ b: LooseFieldElement) -> FieldElement {
    let b1 = 19 &* b.a1
    let b2 = 19 &* b.a2
    let b3 = 19 &* b.a3
    let b4 = 19 &* b.a4
    let c0 =
      wide(a.a0, b.a0) &+ wide(a.a1, b4) &+ wide(a.a2, b3) &+ wide(a.a3, b2) &+ wide(a.a4, b1)
    let c1 =
      wide(a.a0, b.a1) &+ wide(a.a1, b.a0) &+ wide(a.a2, b4) &+ wide(a.a3, b3) &+ wide(a.a4, b2)
    let c2 =
      wide(a.a0, b.a2) &+ wide(a.a1, b.a1) &+ wide(a.a2, b.a0) &+ wide(a.a3, b4)
      &+ wide(a.a4, b3)
    let c3 =
      wide(a.a0, b.a3) &+ wide(a.a1, b.a2) &+ wide(a.a2, b.a1) &+ wide(a.a3, b.a0)
      &+ wide(a.a4, b4)
    let c4 =
      wide(a.a0, b.a4) &+ wide(a.a1, b.a3) &+ wide(a.a2, b.a2) &+ wide(a.a3, b.a1)
      &+ wide(a.a4, b.a0)
    return carrying(c0, c1, c2, c3, c4)
  }

  /// `a²`, with the ten mixed products of `a·a` computed once and doubled. Bounds as for the product.
  @inline(__always)
  static func square(_ a: LooseFieldElement) -> FieldElement {
    let d0 = 2 &* a.a0
    let d1 = 2 &* a.a1
    let d2 = 2 &* a.a2
    let d3 = 2 &* a.a3
    let a3 = 19 &* a.a3
    let a4 = 19 &* a.a4
    let c0 = wide(a.a0, a.a0) &+ wide(d1, a4) &+ wide(d2, a3)
    let c1 = wide(d0, a.a1) &+ wide(d2, a4) &+ wide(a.a3, a3)
    let c2 = wide(d0, a.a2) &+ wide(a.a1, a.a1) &+ wide(d3, a4)
    let c3 = wide(d0, a.a3) &+ wide(d1, a.a2) &+ wide(a.a4, a4)
    let c4 = wide(d0, a.a4) &+ wide(d1, a.a3) &+ wide(a.a2, a.a2)
    return carrying(c0, c1, c2, c3, c4)
  }

  /// `Σ cₖ·2⁵¹ᵏ` with limbs c₀, c₂, c₃, c₄ < 2⁵¹ and c₁ < 2⁵¹ + 2¹³, for the bounds given at `product`.
  @inline(__always)
  private static func carrying(
    _ c0: UInt128, _ c1: UInt128, _ c2: UInt128, _ c3: UInt128, _ c4: UInt128
  ) -> FieldElement {
    let d1 = c1 &+ (c0 &>> 51)
    let d2 = c2 &+ (d1 &>> 51)
    let d3 = c3 &+ (d2 &>> 51)
    let d4 = c4 &+ (d3 &>> 51)
    // 2²⁵⁵ = 19
    let r0 = (low(c0) & limbMask) &+ 19 &* low(d4 &>> 51)
    return FieldElement(
      r0 & limbMask, (low(d1) & limbMask) &+ (r0 &>> 51), low(d2) & limbMask,
      low(d3) & limbMask, low(d4) & limbMask)
  }

  @inline(__always)
  private static func wide(_ a: UInt64, _ b: UInt64) -> UInt128 {
    UInt128(truncatingIfNeeded: a) &* UInt128(truncatingIfNeeded: b)
  }

  @inline(__always)
  private static func low(_ a: UInt128) -> UInt64 { UInt64(truncatingIfNeeded: a) }

  @inline(__always)
  package func squared() -> FieldElement { Self.square(loose) }
}

extension LooseFieldElement {
  @inline(__always)
  package static func * (a: LooseFieldElement, b: LooseFieldElement) -> FieldElement {
    FieldElement.product(a, b)
  }

  @inline(__always)
  package static func * (a: LooseFieldElement, b: FieldElement) -> FieldElement {
    FieldElement.product(a, b.loose)
  }

  @inline(__always)
  package static func * (a: FieldElement, b: LooseFieldElement) -> FieldElement {
    FieldElement.product(a.loose, b)
  }

  @inline(__always)
  package func squared() -> FieldElement { FieldElement.square(self) }
}
