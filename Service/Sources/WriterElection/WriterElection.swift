/// What a desk may do with a ledger that several desks share.
public enum WriterRole: Hashable, Sendable {
  /// It appends. No other desk does in the same term.
  case writer(term: UInt64)
  /// It reads, and follows what the writer appends.
  ///
  /// - Parameter writer: where the writer is reached, by the name it gave; nil before there was one.
  case follower(writer: String?)
  /// The ledger's server cannot be reached, so that nobody knows who writes.
  case unreachable

  /// Whether requests that change the ledger are taken here.
  public var mayWrite: Bool { if case .writer = self { true } else { false } }
}

/// Who of several desks appends to a ledger.
///
/// A role is advice: it tells a service which requests to take and which to send to the writer. That only one
/// desk appends does not depend on it, but on the store, which compares the term inside every transaction.
public protocol WriterElection: Sendable {
  /// The role at this moment.
  var role: WriterRole { get }

  /// The role, and each later one as it begins; ends when the desk stands down for good.
  func roles() -> AsyncStream<WriterRole>

  /// Gives up writing at once, so that another desk takes over without waiting, and takes no further part.
  func standDown()
}

/// The election of a ledger that has one desk, as one on SQLite: it always writes.
public struct SoleWriter: WriterElection {
  /// The only desk of a ledger.
  public init() {}

  /// The writer in term 0.
  public var role: WriterRole { .writer(term: 0) }

  /// The one role there is.
  public func roles() -> AsyncStream<WriterRole> {
    AsyncStream { continuation in
      continuation.yield(role)
      continuation.finish()
    }
  }

  /// Nobody else is there to take over.
  public func standDown() {}
}

/// The election of a desk that only looks on: it never writes, no matter who does.
public struct Spectator: WriterElection {
  /// A desk without a signing key.
  public init() {}

  /// A follower.
  public var role: WriterRole { .follower(writer: nil) }

  /// The one role there is.
  public func roles() -> AsyncStream<WriterRole> {
    AsyncStream { continuation in
      continuation.yield(role)
      continuation.finish()
    }
  }

  /// It has nothing to give up.
  public func standDown() {}
}
