internal import Synchronization

/// Where a witness keeps the last checkpoint that it has cosigned of each log.
public protocol WitnessStore {
  /// Why a record cannot be read or written.
  associatedtype Failure: Error

  /// Reads a log's record and replaces it, with nobody else doing so meanwhile.
  ///
  /// The new record is durable, the whole of it, when this returns: it survives a kill and a loss of power.
  /// If this throws, the record is the old one or the new one.
  ///
  /// - Parameters:
  ///   - origin: which log.
  ///   - change: gets the record, nil if there is none, and returns the new one, nil to leave it as it is.
  func update(_ origin: ExactText, _ change: ([UInt8]?) -> [UInt8]?) throws(Failure)
}

/// A store that lasts as long as its process, for tests.
public final class MemoryWitnessStore: WitnessStore, Sendable {
  private let records = Mutex<[ExactText: [UInt8]]>([:])

  /// An empty store.
  public init() {}

  /// The record of a log.
  public subscript(origin: ExactText) -> [UInt8]? {
    get { records.withLock { $0[origin] } }
    set { records.withLock { $0[origin] = newValue } }
  }

  /// Reads a log's record and replaces it.
  public func update(_ origin: ExactText, _ change: ([UInt8]?) -> [UInt8]?) {
    records.withLock { records in
      if let new = change(records[origin]) { records[origin] = new }
    }
  }
}
