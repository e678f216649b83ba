internal import CanonicalBytes
package import Solvency

extension Documents {
  /// A list of coordinates with its steps.
  package static func registryHistory(_ path: String) throws(ToolFailure) -> RegistryHistory {
    let bytes = try InputFile.read(path, limit: RegistryHistory.fileByteLimit, as: .registry)
    do {
      return try RegistryHistory(decoding: bytes)
    } catch RegistryFileError.otherDigest(let count) {
      throw ToolFailure(
        .malformedInput, InputFile.name(path),
        "the digest of its first \(count) names is another; it was altered")
    } catch RegistryFileError.incomplete {
      throw ToolFailure(.malformedInput, InputFile.name(path), "its last step is not the whole list")
    } catch {
      let failure = error
      return try ToolFailure.wrapping(path, bytes, as: .registry) { _ in throw failure }
    }
  }
}
