public import CanonicalBytes
public import HTTPTypes
public import Hummingbird
internal import NIOCore

/// Why a request has no other answer: a problem document.
///
///     {"type": "/docs#problem-stale-state", "title": …, "status": 409, "detail": …, "code": "stale-state"}
///
/// A code stays the same between versions; texts may change. No document says anything of a book.
///
/// - SeeAlso: RFC 9457.
public struct Problem: Error, Hashable, Sendable {
  /// The status.
  public var status: HTTPResponse.Status
  /// A short name that stays the same between versions.
  public var code: String
  /// What the code means, the same for each problem of it.
  public var title: String
  /// What is wrong here, and what to do.
  public var detail: String
  /// Further members.
  public var members: [JSONMember] = []
  /// For how many seconds to wait before the request is sent again; nil if waiting does not help.
  public var retryAfter: Int?
  /// Further fields of the header.
  public var fields: HTTPFields = [:]
  /// Whether the connection is closed, because what the client still sends is not wanted.
  public var closesConnection = false

  /// The media type of problem documents.
  public static let mediaType = "application/problem+json"

  /// A problem.
  public init(_ status: HTTPResponse.Status, _ code: String, _ title: String, _ detail: String) {
    (self.status, self.code, self.title, self.detail) = (status, code, title, detail)
  }

  /// The document.
  public var json: JSONValue {
    .object(
      [
        JSONMember("type", .string("/docs#problem-\(code)")), JSONMember("title", .string(title)),
        JSONMember("status", .integer(status.code)), JSONMember("detail", .string(detail)),
        JSONMember("code", .string(code)),
      ] + members)
  }

  /// The same that says when to try again.
  public func retry(after seconds: Int) -> Problem {
    var problem = self
    problem.retryAfter = max(1, seconds)
    return problem
  }

  /// The same, after which the connection is closed.
  public var closing: Problem {
    var problem = self
    problem.closesConnection = true
    return problem
  }
}

extension Problem: HTTPResponseError {
  /// The fields of the response's header.
  public var headers: HTTPFields {
    var headers = fields
    headers[.contentType] = Self.mediaType
    headers[.cacheControl] = "no-store"
    if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
    if closesConnection { headers[.connection] = "close" }
    return headers
  }

  /// The response.
  public func response(from request: Request, context: some RequestContext) -> Response {
    Response(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.encoded())))
  }
}

// What this server itself has to object, each under its own code.
extension Problem {
  static func malformed(_ detail: String) -> Problem {
    Problem(.badRequest, "malformed", "The request is not of its form", detail)
  }

  static func parameter(_ name: String, _ detail: String) -> Problem {
    var problem = Problem(.badRequest, "bad-parameter", "A parameter is out of its range", detail)
    problem.members = [JSONMember("parameter", .string(name))]
    return problem
  }

  static let notFound = Problem(
    .notFound, "not-found", "There is nothing here", "no such path; /openapi.json lists those there are")

  static func absent(_ what: String) -> Problem {
    Problem(.notFound, "not-found", "There is nothing here", what)
  }

  static let unauthorized: Problem = {
    var problem = Problem(
      .unauthorized, "unauthorized", "Who asks is not known",
      "send a token that this server knows: Authorization: Bearer …")
    problem.fields[.wwwAuthenticate] = #"Bearer realm="solvencyd""#
    return problem
  }()

  static func forbidden(_ role: Role) -> Problem {
    Problem(
      .forbidden, "forbidden", "The role is missing",
      "this needs the role \(role.rawValue), which the token does not have")
  }

  static func tooLarge(_ limit: Int) -> Problem {
    Problem(
      .contentTooLarge, "too-large", "The request has too many bytes", "at most \(limit) bytes are read here"
    ).closing
  }

  static func mediaType(_ accepted: [String]) -> Problem {
    Problem(
      .unsupportedMediaType, "unsupported-media-type", "The content is of another type",
      "send Content-Type: \(accepted.joined(separator: " or "))")
  }

  static let encodedBody: Problem = {
    var problem = Problem(
      .unsupportedMediaType, "encoded-body", "Compressed content is not read",
      "send the content as it is, without Content-Encoding")
    problem.fields[.acceptEncoding] = "identity"
    return problem.closing
  }()

  static let tooSlow = Problem(
    .requestTimeout, "too-slow", "The request came too slowly", "its end was not there in time"
  ).closing

  static let incomplete = Problem(
    .badRequest, "incomplete", "The request ends too early", "the connection was closed before its end"
  ).closing

  static func tooMany(_ seconds: Int) -> Problem {
    Problem(.tooManyRequests, "rate-limited", "Too many requests", "wait before the next one").retry(
      after: seconds)
  }

  static let overloaded = Problem(
    .serviceUnavailable, "overloaded", "The server is at its limit",
    "as many requests wait as may; nothing was done with this one"
  ).retry(after: 1)

  static let stopping = Problem(
    .serviceUnavailable, "stopping", "The server is stopping",
    "nothing was done; ask again or ask another server"
  ).retry(after: 1)

  static let notWriter = Problem(
    .serviceUnavailable, "not-the-writer", "This server follows the ledger",
    "another server of this ledger writes; send the request there, or again when this one has taken over"
  ).retry(after: 1)

  static let internalFault = Problem(
    .internalServerError, "internal", "The server has a defect", "the log of the server says more")
}
