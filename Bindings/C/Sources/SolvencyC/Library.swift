public import SolvencyHeader

/// Text for as long as the library is loaded.
private struct Permanent: @unchecked Sendable {
  // Allocated once and never changed.
  let pointer: UnsafePointer<CChar>

  init(_ text: String) {
    let bytes = Array(text.utf8CString)
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    copy.initialize(from: bytes, count: bytes.count)
    pointer = UnsafePointer(copy)
  }
}

private let version = Permanent("0.2.0")
private let capabilities = Permanent("verify range prove explain snapshot desk log")
private let words = VerdictCode.allWords.map(Permanent.init)
private let unknownWord = Permanent("unknown")

/// See `solvency.h`.
@c @implementation
public func solvency_abi_version() -> UInt32 { UInt32(SOLVENCY_ABI_VERSION) }

/// See `solvency.h`.
@c @implementation
public func solvency_version() -> UnsafePointer<CChar> { version.pointer }

/// See `solvency.h`.
@c @implementation
public func solvency_capabilities() -> UnsafePointer<CChar> { capabilities.pointer }

/// See `solvency.h`.
@c @implementation
public func solvency_verdict_name(_ verdict: solvency_verdict) -> UnsafePointer<CChar> {
  words.indices.contains(Int(verdict)) ? words[Int(verdict)].pointer : unknownWord.pointer
}
