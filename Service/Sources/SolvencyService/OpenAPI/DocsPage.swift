internal import CanonicalBytes
internal import HTTPTypes

/// `/docs`: the routes and the codes of problems, made of the same list.
enum DocsPage {
  static let html: String = {
    var text = PageText.head("solvencyd: routes", script: false)
    text +=
      "<main id=\"main\"><h1>Routes</h1>\n<p>The same for programs: <a href=\"/openapi.json\">OpenAPI 3.1</a>. "
    text += "Errors are problem documents (RFC 9457).</p>\n"
    var tags: [String] = []
    for endpoint in SolvencyServer.endpoints where !tags.contains(endpoint.tag) { tags.append(endpoint.tag) }
    for tag in tags {
      text += "<section><h2>\(PageText.escaped(tag))</h2>\n"
      for endpoint in SolvencyServer.endpoints where endpoint.tag == tag { text += article(endpoint) }
      text += "</section>\n"
    }
    text +=
      "<section><h2>Problems</h2>\n<table><thead><tr><th scope=\"col\">code</th><th scope=\"col\">status</th>"
    text += "<th scope=\"col\">meaning</th></tr></thead><tbody>\n"
    for problem in ProblemList.all.sorted(by: { $0.code < $1.code }) {
      text +=
        "<tr id=\"problem-\(problem.code)\"><td><code>\(problem.code)</code></td><td>\(problem.status)</td>"
      text += "<td>\(PageText.escaped(problem.meaning))</td></tr>\n"
    }
    text += "</tbody></table></section></main></body></html>\n"
    return text
  }()

  private static func article(_ endpoint: Endpoint) -> String {
    var text =
      "<article><h3><code>\(endpoint.method.rawValue) \(PageText.escaped(endpoint.path))</code></h3>\n<p>"
    text += PageText.escaped(endpoint.summary)
    if let role = endpoint.role { text += " Needs the role <code>\(role.rawValue)</code>." }
    text += "</p>\n<ul>"
    for parameter in endpoint.parameters {
      text +=
        "<li><code>\(parameter.name)</code> (\(parameter.place.rawValue)): \(PageText.escaped(parameter.text))</li>\n"
    }
    if let content = endpoint.content {
      text +=
        "<li>Content: \(PageText.escaped(content.types.joined(separator: ", "))). \(PageText.escaped(content.text)) "
      text += "At most \(content.limit) bytes.</li>\n"
    }
    for answer in endpoint.answers { text += "<li>\(answer.status): \(PageText.escaped(answer.text))</li>\n" }
    return text + "</ul></article>\n"
  }
}

/// The codes of problems. A test compares them with those that are sent.
enum ProblemList {
  static let all: [(code: String, status: Int, meaning: String)] = [
    ("malformed", 400, "The request is not of its form; path, line and column say where."),
    ("unsupported-version", 400, "The document has a version that is not read here."),
    ("bad-parameter", 400, "A parameter is unknown, given twice or out of its range."),
    ("incomplete", 400, "The connection was closed before the request's end."),
    ("unauthorized", 401, "No token, or one that is not known or over."),
    ("forbidden", 403, "The token lacks the role."),
    ("not-found", 404, "No such path or document."),
    ("unknown-account", 404, "The ledger has no such account."),
    ("not-published", 404, "The entry is under no checkpoint yet."),
    ("method-not-allowed", 405, "The path answers to other methods; Allow lists them."),
    ("too-slow", 408, "The request's end was not there in time."),
    ("stale-state", 409, "The document is about another state of the account."),
    ("account-exists", 409, "The account is open already."),
    ("already-pledged", 409, "Another account has pledged the same commitment."),
    ("replayed", 409, "The nonce was used before."),
    ("epoch-not-later", 409, "The snapshot is not later than the one in force."),
    ("broken-snapshot-chain", 409, "The snapshot does not name the one in force as the one before it."),
    ("no-epoch", 409, "No snapshot is in force yet."),
    ("attestation-expired", 409, "The attestation is over already."),
    ("clock-jumps", 409, "The present moment is after what the epoch in force speaks of."),
    ("clock-behind", 409, "The present moment is before the ledger's last entry."),
    ("ledger-full", 409, "The ledger has no room for another account."),
    ("implausible", 409, "A time or number is out of every range."),
    ("refused", 409, "The event cannot happen to the ledger as it stands."),
    ("no-witnesses", 409, "No witness is known here."),
    ("unknown-checkpoint", 409, "The checkpoint is not one of this log's latest."),
    ("too-many-signatures", 409, "The note has as many signatures as it may."),
    ("too-large", 413, "More bytes than are read here."),
    ("unsupported-media-type", 415, "The content is of another type."),
    ("encoded-body", 415, "Compressed content is not read."),
    ("foreign-signature", 422, "Signed by a key that the charter does not list."),
    ("invalid-signature", 422, "The signature does not hold on what is signed."),
    ("attestation-window", 422, "The attestation would expire before it holds."),
    ("no-attestation", 422, "There is no attestation."),
    ("attestations-differ", 422, "The attestations do not belong together."),
    ("incomplete-attestations", 422, "A custodian's part is missing."),
    ("pledged-elsewhere", 422, "Pledged to another venue or ledger."),
    ("attestation-not-in-force", 422, "The attestations do not hold yet, or no longer."),
    ("registry-does-not-grow", 422, "The list of coordinates does not begin with the one before."),
    ("unknown-registry", 422, "The list of coordinates was not published here."),
    ("unusable-snapshot", 422, "The snapshot breaks a rule of snapshots."),
    ("fill-does-not-apply", 422, "The fill does not apply to the account."),
    ("rate-limited", 429, "Too many requests of one key or address; Retry-After says when."),
    ("internal", 500, "A defect of the server; its log says more."),
    ("overloaded", 503, "As many requests wait as may."),
    ("too-many-streams", 503, "As many streams are open as may be."),
    ("stopping", 503, "The server is stopping."),
    ("not-the-writer", 503, "Another server of this ledger writes."),
    ("ledger-busy", 503, "Another process is writing."),
    ("ledger-unavailable", 503, "The ledger cannot be written or read."),
    ("charter-changed", 503, "The ledger is bound by other rules than before; ask again."),
    ("disk-full", 507, "The disk is full."),
  ]
}
