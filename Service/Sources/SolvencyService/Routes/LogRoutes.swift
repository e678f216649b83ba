internal import CanonicalBytes
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TransparencyLog

/// The log as anybody reads it, and what witnesses bring.
enum LogRoutes {
  static let noteType = "text/plain; charset=utf-8"
  static let noLog = Problem.absent(
    "this server publishes no log; name a directory of tiles in the configuration")

  static let endpoints: [Endpoint] = [
    Endpoint(
      method: .get, path: "/v1/log/checkpoint", name: "checkpoint", tag: "Log",
      summary: "The newest checkpoint whose tiles are all there, a signed note.",
      answers: [.init(200, noteType, ["type": "string"], "The checkpoint.")], problems: [404],
      handler: checkpoint),
    Endpoint(
      method: .get, path: "/v1/log/checkpoint/witnessed", name: "witnessedCheckpoint", tag: "Log",
      summary: "The newest checkpoint that a witness has cosigned.",
      answers: [.init(200, noteType, ["type": "string"], "The checkpoint with its cosignatures.")],
      problems: [404],
      handler: witnessed),
    Endpoint(
      method: .get, path: "/v1/log/tile/{path}", name: "tile", tag: "Log",
      summary: "A tile of hashes or entries, as C2SP's tlog-tiles has them.",
      parameters: [
        .init(
          name: "path", place: .path, schema: ["type": "string", "maxLength": 64],
          text: "Such as `0/000` or `entries/x001/234.p/17`; its slashes are the path's own.")
      ],
      answers: [.init(200, binary, ["type": "string", "format": "binary"], "The tile.")], problems: [404],
      handler: tile),
    Endpoint(
      method: .post, path: "/v1/log/witness", name: "witness", tag: "Log",
      summary: "Bring a witness's cosignature of one of the latest checkpoints.",
      content: .init(
        types: [noteMedia, binary], schema: "Note", limit: SignedNote.byteLimit,
        text: "The checkpoint, a signed note, with lines of cosignatures."),
      answers: [.init(schema("Witnessed"), "Who has cosigned the checkpoint.")], problems: [404, 409, 422],
      handler: witness),
  ]

  private static let noteMedia = "text/plain"
  private static let binary = "application/octet-stream"

  @Sendable static func checkpoint(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    guard let publisher = core.publisher else { throw noLog }
    guard let served = publisher.served else { throw Problem.absent("no checkpoint was signed yet") }
    return .bytes(served.encoded(), type: noteType)
  }

  @Sendable static func witnessed(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    guard let publisher = core.publisher else { throw noLog }
    guard let witnessed = publisher.witnessed else { throw Problem.absent("no witness has cosigned yet") }
    return .bytes(witnessed.encoded(), type: noteType)
  }

  @Sendable static func tile(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    guard let publisher = core.publisher else { throw noLog }
    // The path must be the one path of a tile: nothing else below or above the directory is ever opened.
    let path = request.uri.path.split(separator: "/").dropFirst(2).joined(separator: "/")
    guard request.uri.path == "/v1/log/" + path, let tile = TilePath(path) else {
      throw Problem.absent("this is not the path of a tile")
    }
    let (folder, limit) = (publisher.folder, TilePath.fullWidth * (2 + Int(UInt16.max)))
    let bytes = try await core.questions.run { () throws(Problem) in
      do throws(TileFolder.Failure) {
        return try folder.read(tile.description, limit: limit)
      } catch {
        throw .internalFault
      }
    }
    guard let bytes else { throw Problem.absent("the log has no such tile yet") }
    return .bytes(bytes, type: binary, cache: "public, max-age=31536000, immutable")
  }

  @Sendable static func witness(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    guard let publisher = core.publisher else { throw noLog }
    let bytes = try await Body.bytes(of: request, as: [noteMedia, binary], limit: SignedNote.byteLimit)
    let note: SignedCheckpoint
    do throws(CheckpointError) {
      note = try SignedCheckpoint(decoding: bytes)
    } catch {
      throw Problem.malformed("this is not a signed checkpoint")
    }
    let (size, witnesses) = try await core.questions.run { () throws(Problem) in try publisher.cosign(note) }
    return .json(["size": .integer(size), "witnesses": .array(witnesses.map { .string($0) })])
  }
}
