/// Where a value is in a document: `instruments[3].long[1].imPerLot`.
public indirect enum JSONPath: Hashable, Sendable {
  /// The document itself.
  case root
  /// The value under a name in the object at another path.
  case member(JSONPath, String)
  /// The element at an offset in the array at another path.
  case element(JSONPath, Int)

  /// The path of the value under this name in the object here.
  public func appending(_ key: String) -> JSONPath { .member(self, key) }

  /// The path of the element at this offset in the array here.
  public func appending(_ index: Int) -> JSONPath { .element(self, index) }
}

extension JSONPath: CustomStringConvertible {
  /// The path as text, empty for the document itself. A name that is not a plain word is quoted:
  /// `positions["BTC-PERP"]`.
  public var description: String {
    var steps: [String] = []
    var path = self
    while true {
      switch path {
      case .root:
        return steps.reversed().joined()
      case .element(let parent, let index):
        steps.append("[\(index)]")
        path = parent
      case .member(let parent, let key):
        if !isPlainWord(key) {
          steps.append("[\(quoted(key))]")
        } else if parent == .root {
          steps.append(key)
        } else {
          steps.append(".\(key)")
        }
        path = parent
      }
    }
  }
}

private func isPlainWord(_ key: String) -> Bool {
  !key.isEmpty && key.utf8.count <= 64
    && key.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
}
