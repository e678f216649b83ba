public import CanonicalBytes
internal import Solvency

extension Ledger {
  /// The entries that published all registries and the latest snapshots, with the documents.
  ///
  /// - Throws: ``LedgerFailure/evidence(index:)`` if the entry at such a place is not the one that published
  ///   it.
  func documents() throws(LedgerFailure) -> [LogBatch.Item] {
    var items: [LogBatch.Item] = []
    for place in try withState({ $0.documents }) {
      let item: LogBatch.Item?
      do throws(StoreError) {
        item = try store.items(from: place.index, limit: 1).first
      } catch {
        throw .store(error)
      }
      guard let item, place.isPublished(by: item.entry) else { throw .evidence(index: place.index) }
      items.append(item)
    }
    return items
  }

  /// A snapshot that was published here, with the venue's signature, from the document in the log; nil if
  /// none of the latest snapshots is of this digest.
  ///
  /// - Throws: ``LedgerFailure/evidence(index:)`` if the document is missing or damaged.
  public func publishedSnapshot(_ digest: Digest) throws(LedgerFailure) -> PublishedSnapshot? {
    let place = try withState { state in state.documents.last { $0.isSnapshot && $0.name == digest } }
    guard let place else { return nil }
    let item: LogBatch.Item?
    do throws(StoreError) {
      item = try store.items(from: place.index, limit: 1).first
    } catch {
      throw .store(error)
    }
    guard let item, place.isPublished(by: item.entry), item.hasItsEvidence,
      let published = try? PublishedSnapshot(decoding: item.evidence)
    else { throw .evidence(index: place.index) }
    return published
  }

  /// The charter in force, from the document in the log; nil if the log has none.
  ///
  /// - Throws: ``LedgerFailure/evidence(index:)`` if the document is missing, damaged or of rules that this
  ///   library does not have.
  public func charter() throws(LedgerFailure) -> Charter? {
    guard let inForce = try withState({ $0.charter }) else { return nil }
    let item: LogBatch.Item?
    do throws(StoreError) {
      item = try store.items(from: inForce.index, limit: 1).first
    } catch {
      throw .store(error)
    }
    guard let item, item.hasItsEvidence, let charter = try? Charter(decoding: item.evidence) else {
      throw .evidence(index: inForce.index)
    }
    return charter
  }
}

extension LedgerState.DocumentPlace {
  /// Whether this entry published the document.
  func isPublished(by entry: LogEntry) -> Bool {
    switch entry.event {
    case .registryPublished(let record):
      entry.index == index && !isSnapshot && record.registry == name
    case .epochPublished(let record):
      entry.index == index && isSnapshot && record.snapshot == name
    default: false
    }
  }
}
