internal import CanonicalBytes
public import SolvencyHeader
internal import TransparencyLog

/// The hashes of a proof. A path has at most 64 of them on either side.
private func path(_ proof: UnsafePointer<UInt8>?, _ count: Int) throws(CallError) -> [MerkleHash] {
  guard (0...128).contains(count) else {
    throw .usage("a proof has at most 128 hashes, not \(UInt(bitPattern: count))")
  }
  let bytes = try Bytes.copy(proof, count * MerkleHash.byteCount, "the proof")
  return try (0..<count).map { index throws(CallError) in try hash(bytes[(index * 32)..<(index * 32 + 32)]) }
}

private func hash(_ bytes: some Collection<UInt8>) throws(CallError) -> MerkleHash {
  guard let hash = MerkleHash(bytes) else { throw .usage("a hash has 32 bytes") }
  return hash
}

private func root(_ pointer: UnsafePointer<UInt8>?, _ name: String) throws(CallError) -> MerkleHash {
  try hash(try Bytes.digest(pointer, name).bytes)
}

private func head(_ size: UInt64, _ pointer: UnsafePointer<UInt8>?, _ name: String) throws(CallError)
  -> TreeHead
{
  guard size < TreeHead.sizeLimit else { throw .usage("a log has less than \(TreeHead.sizeLimit) entries") }
  return TreeHead(size: size, root: try root(pointer, name))
}

/// See `solvency.h`.
@c @implementation
public func solvency_log_check_consistency(
  _ old_size: UInt64, _ old_root: UnsafePointer<UInt8>?, _ new_size: UInt64,
  _ new_root: UnsafePointer<UInt8>?,
  _ proof: UnsafePointer<UInt8>?, _ proof_count: Int, _ verdict: UnsafeMutablePointer<solvency_verdict>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("consistency", error) {
    guard let verdict else { throw CallError.usage("there is no place for the verdict") }
    let (old, new) = (
      try head(old_size, old_root, "the old root"), try head(new_size, new_root, "the new root")
    )
    let proof = ConsistencyProof(oldSize: old_size, newSize: new_size, path: try path(proof, proof_count))
    do throws(TreeProofError) {
      try proof.verify(old: old, new: new)
      verdict.pointee = VerdictCode.number(holds: true)
    } catch {
      verdict.pointee = VerdictCode.number(holds: false)
    }
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_log_check_inclusion(
  _ entry: UnsafePointer<UInt8>?, _ entry_count: Int, _ index: UInt64, _ size: UInt64,
  _ root_: UnsafePointer<UInt8>?,
  _ proof: UnsafePointer<UInt8>?, _ proof_count: Int, _ verdict: UnsafeMutablePointer<solvency_verdict>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("inclusion", error) {
    guard let verdict else { throw CallError.usage("there is no place for the verdict") }
    let leaf = MerkleHash.leaf(try Bytes.copy(entry, entry_count, "the entry"))
    let head = try head(size, root_, "the root")
    let proof = InclusionProof(index: index, size: size, path: try path(proof, proof_count))
    do throws(TreeProofError) {
      try proof.verify(leaf: leaf, root: head.root)
      verdict.pointee = VerdictCode.number(holds: true)
    } catch {
      verdict.pointee = VerdictCode.number(holds: false)
    }
  }
}
