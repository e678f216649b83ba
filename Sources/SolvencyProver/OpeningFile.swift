internal import Ristretto
public import Solvency

/// The encrypted file an opening is kept in: a sealed file whose magic is `solvency opening`, as
/// `Solvency/Secrets/SealedFile.swift` lays it out.
public enum OpeningFile {
  private static let sealedFile = SealedFile(
    magic: "solvency opening", byteLimit: OpeningPayload.byteLimit)

  /// Whether a file begins as encrypted openings do.
  public static func isEncrypted(_ file: [UInt8]) -> Bool { sealedFile.matches(file) }

  /// Locks an opening.
  ///
  /// - Throws: ``OpeningFileError/outOfMemory`` when the memory that `cost` asks for cannot be had.
  public static func sealed(
    _ opening: borrowing AccountOpening, with passphrase: borrowing Passphrase,
    cost: KeyDerivationCost = .moderate
  ) throws(OpeningFileError) -> [UInt8] {
    do throws(SealedFileError) {
      return try sealedFile.sealed(OpeningPayload.encode(opening), with: passphrase, cost: cost)
    } catch {
      throw OpeningFileError(error)
    }
  }

  /// Unlocks a file.
  ///
  /// - Throws: ``OpeningFileError``, among them ``OpeningFileError/wrongPassphrase``.
  public static func open(
    _ file: [UInt8], with passphrase: borrowing Passphrase
  ) throws(OpeningFileError) -> AccountOpening {
    let payload: SecretBlock<UInt8>
    do throws(SealedFileError) {
      payload = try sealedFile.open(file, with: passphrase)
    } catch {
      throw OpeningFileError(error)
    }
    return try OpeningPayload.decode(payload)
  }
}

/// Why an opening file does not open.
public enum OpeningFileError: Error, Hashable, Sendable {
  /// The file does not begin as an opening file does.
  case notAnOpeningFile
  /// The file has a version that this library does not read.
  case unsupportedVersion(UInt32)
  /// The file ends early.
  case truncated
  /// The file asks for less or more work than is sensible.
  case costOutOfBounds
  /// The passphrase is another, or the header was changed.
  case wrongPassphrase
  /// The passphrase is right and the contents were changed.
  case tampered
  /// The contents decrypt and are not an opening.
  case malformedContents
  /// The memory for the key derivation cannot be had.
  case outOfMemory
}

extension OpeningFileError {
  fileprivate init(_ error: SealedFileError) {
    self =
      switch error {
      case .otherKind: .notAnOpeningFile
      case .unsupportedVersion(let version): .unsupportedVersion(version)
      case .truncated: .truncated
      case .costOutOfBounds: .costOutOfBounds
      case .wrongPassphrase: .wrongPassphrase
      case .tampered: .tampered
      case .outOfMemory: .outOfMemory
      }
  }
}
