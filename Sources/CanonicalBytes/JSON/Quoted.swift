/// A text from outside, fit for one line of a message: in quotes, at most 64 characters, and nothing
/// in it that a terminal would obey.
package func quoted(_ text: String) -> String {
  let limit = 64
  var shown = ""
  for scalar in text.unicodeScalars.prefix(limit) {
    switch scalar {
    case "\"", "\\": shown += "\\\(scalar)"
    case " "..."~": shown.unicodeScalars.append(scalar)
    default: shown += "\\u{\(String(scalar.value, radix: 16))}"
    }
  }
  let isCut = text.unicodeScalars.dropFirst(limit).first != nil
  return "\"\(shown)\(isCut ? "…" : "")\""
}
