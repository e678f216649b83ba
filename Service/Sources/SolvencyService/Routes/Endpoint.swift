internal import CanonicalBytes
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// One route: what answers it, and what the OpenAPI document says of it. The router and the document are both
/// made of the same list, so that neither has what the other lacks.
struct Endpoint: Sendable {
  /// Something in the path or after the question mark.
  struct Parameter: Sendable {
    enum Place: String { case path, query }

    let name: String
    let place: Place
    let schema: JSONValue
    let text: String
  }

  /// What a request brings.
  struct Content: Sendable {
    let types: [String]
    let schema: String
    let limit: Int
    let text: String
    /// Whether a request without any is refused.
    var isRequired = true
  }

  /// What an answer brings.
  struct Answer: Sendable {
    let status: Int
    let type: String
    let schema: JSONValue
    let text: String

    init(_ status: Int, _ type: String, _ schema: JSONValue, _ text: String) {
      (self.status, self.type, self.schema, self.text) = (status, type, schema, text)
    }

    /// A JSON document with status 200.
    init(_ schema: JSONValue, _ text: String) { self.init(200, Body.json, schema, text) }
  }

  typealias Handler = @Sendable (Request, ServiceContext, ServiceCore) async throws -> Response

  let method: HTTPRequest.Method
  /// As the document writes it: `/v1/accounts/{id}`.
  let path: String
  /// A name that stays the same between versions.
  let name: String
  let tag: String
  let summary: String
  var role: Role?
  var parameters: [Parameter] = []
  var content: Content?
  let answers: [Answer]
  /// Codes of problems that it has besides those that every route has.
  var problems: [Int] = []
  /// Whether its handler does no more at once than reading a request, so that it runs on the connection's
  /// thread, which others share.
  var isShort = false
  let handler: Handler
}

/// A reference to a schema of the document.
func schema(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

extension Response {
  /// A JSON document.
  static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
    bytes(value.encoded(), type: Body.json, status: status)
  }

  /// Bytes of a type. What is not said to be cached is not.
  static func bytes(
    _ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok, cache: String = "no-store"
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type, .cacheControl: cache],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}

extension Request {
  /// The value of a parameter after the question mark, which may stand there once.
  func parameter(_ name: String) throws(Problem) -> String? {
    let values = try queryParameters().filter { $0.name == name }
    guard values.count <= 1 else { throw .parameter(name, "is given \(values.count) times") }
    return values.first?.value
  }

  private func queryParameters() throws(Problem) -> [(name: String, value: String)] {
    guard let query = uri.query else { return [] }
    guard let parameters = PercentText.parameters(query) else {
      throw .malformed("the query is not percent-encoded UTF-8")
    }
    return parameters
  }

  /// The value of a parameter that is a whole number.
  func number(_ name: String, in range: ClosedRange<Int>, default value: Int) throws(Problem) -> Int {
    guard let text = try parameter(name) else { return value }
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text), range.contains(number)
    else {
      throw .parameter(name, "write a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Refuses parameters that the route does not have: one that is misspelt would be left out in silence.
  func checkParameters(_ known: [Endpoint.Parameter]) throws(Problem) {
    for (name, _) in try queryParameters()
    where !known.contains(where: { $0.place == .query && $0.name == name }) {
      throw .parameter(String(name.prefix(64)), "is not known here")
    }
  }
}
