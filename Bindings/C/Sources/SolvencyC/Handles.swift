internal import SolvencyHeader
internal import Synchronization

/// What a handle of C stands for.
enum HandleKind: UInt64 {
  // Patterns that memory hardly holds by chance.
  case catalog = 0x736f_6c76_6361_7401
  case accounts = 0x736f_6c76_6163_6302
  case opening = 0x736f_6c76_6f70_6e03
  case desk = 0x736f_6c76_6465_7304
  case roll = 0x736f_6c76_726f_6c05

  var name: String {
    switch self {
    case .catalog: "catalog"
    case .accounts: "accounts"
    case .opening: "opening"
    case .desk: "desk"
    case .roll: "roll"
    }
  }
}

/// Handles: pointers to small cells that say what they are, so that NULL, another kind of handle and one that
/// was freed are told apart from a good one before anything is done with them.
enum Handle {
  private struct Cell {
    var mark: UInt64
    var object: Unmanaged<AnyObject>?
  }

  private static let freedMark: UInt64 = 0x736f_6c76_6465_6144
  /// Freed cells, oldest first. They are kept for a while, so that a second use of the handle is seen.
  private static let freed = Mutex<[UInt]>([])
  private static let freedLimit = 4096

  /// A handle that owns an object.
  static func make(_ object: AnyObject, _ kind: HandleKind) -> OpaquePointer {
    let cell = UnsafeMutablePointer<Cell>.allocate(capacity: 1)
    cell.initialize(to: Cell(mark: kind.rawValue, object: .passRetained(object)))
    return OpaquePointer(cell)
  }

  /// The object of a handle.
  ///
  /// - Throws: ``CallError`` for NULL, a freed handle, and one of another kind.
  static func object<Object: AnyObject>(
    _ handle: OpaquePointer?, _ kind: HandleKind, as type: Object.Type
  ) throws(CallError) -> Object {
    guard let handle else { throw .usage("the \(kind.name) is NULL") }
    guard UInt(bitPattern: handle) % UInt(MemoryLayout<Cell>.alignment) == 0 else {
      throw .usage("the \(kind.name) is not a handle")
    }
    let cell = UnsafeMutablePointer<Cell>(handle).pointee
    guard cell.mark != freedMark else { throw .usage("the \(kind.name) was freed") }
    guard cell.mark == kind.rawValue, let object = cell.object?.takeUnretainedValue() as? Object else {
      throw .usage("the handle is not a \(kind.name)")
    }
    return object
  }

  /// Lets go of the object. NULL, a freed handle and one of another kind are left alone.
  static func free(_ handle: OpaquePointer?, _ kind: HandleKind) {
    guard let handle, UInt(bitPattern: handle) % UInt(MemoryLayout<Cell>.alignment) == 0 else { return }
    let cell = UnsafeMutablePointer<Cell>(handle)
    guard cell.pointee.mark == kind.rawValue else { return }
    let object = cell.pointee.object
    cell.pointee = Cell(mark: freedMark, object: nil)
    object?.release()
    let oldest = freed.withLock { freed -> UInt? in
      freed.append(UInt(bitPattern: cell))
      return freed.count > freedLimit ? freed.removeFirst() : nil
    }
    if let oldest { UnsafeMutablePointer<Cell>(bitPattern: oldest)?.deallocate() }
  }
}
