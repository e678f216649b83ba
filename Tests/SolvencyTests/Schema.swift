import CanonicalBytes

/// As much of JSON Schema as the schemas of the package use.
struct Schema {
  private let root: JSONValue

  init(_ root: JSONValue) { self.root = root }

  func admits(_ value: JSONValue) -> Bool { admits(value, root) }

  private func member(_ key: String, of value: JSONValue) -> JSONValue? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.key == key }?.value
  }

  private func elements(_ value: JSONValue?) -> [JSONValue] {
    guard case .array(let elements)? = value else { return [] }
    return elements
  }

  private func admits(_ value: JSONValue, _ schema: JSONValue) -> Bool {
    guard case .object(let rules) = schema else { return schema != .bool(false) }
    return rules.allSatisfy { rule in
      switch (rule.key, rule.value) {
      case ("$ref", .string(let path)):
        return member("$defs", of: root)
          .flatMap { member(String(path.split(separator: "/").last ?? ""), of: $0) }
          .map { admits(value, $0) } ?? false
      case ("anyOf", .array(let choices)): return choices.contains { admits(value, $0) }
      case ("allOf", .array(let all)): return all.allSatisfy { admits(value, $0) }
      case ("not", let other): return !admits(value, other)
      case ("type", .string(let type)): return has(value, type)
      case ("const", let wanted): return same(value, wanted)
      case ("enum", .array(let words)): return words.contains { same(value, $0) }
      case ("pattern", .string(let pattern)):
        guard case .string(let text) = value else { return true }
        return (try? Regex(pattern).wholeMatch(in: text)) != nil
      case ("minItems", .number(let least)):
        guard case .array(let elements) = value else { return true }
        return elements.count >= Int(least) ?? 0
      case ("maxItems", .number(let most)):
        guard case .array(let elements) = value else { return true }
        return elements.count <= Int(most) ?? 0
      case ("uniqueItems", .bool(true)):
        guard case .array(let elements) = value else { return true }
        return Set(elements).count == elements.count
      case ("minProperties", .number(let least)):
        guard case .object(let members) = value else { return true }
        return members.count >= Int(least) ?? 0
      case ("minLength", .number(let least)):
        guard case .string(let text) = value else { return true }
        return text.unicodeScalars.count >= Int(least) ?? 0
      case ("minimum", .number(let least)):
        guard case .number(let text) = value, let number = Double(text), let least = Double(least) else {
          return true
        }
        return number >= least
      case ("maximum", .number(let most)):
        guard case .number(let text) = value, let number = Double(text), let most = Double(most) else {
          return true
        }
        return number <= most
      case ("required", .array(let keys)):
        guard case .object = value else { return true }
        return keys.allSatisfy { key in
          if case .string(let name) = key { member(name, of: value) != nil } else { false }
        }
      case ("additionalProperties", let rest):
        guard case .object(let members) = value else { return true }
        let properties = member("properties", of: schema) ?? .object([])
        return members.allSatisfy { entry in
          member(entry.key, of: properties) != nil || admits(entry.value, rest)
        }
      case ("properties", .object(let properties)):
        guard case .object = value else { return true }
        return properties.allSatisfy { property in
          member(property.key, of: value).map { admits($0, property.value) } ?? true
        }
      case ("items", let items):
        guard case .array(let elements) = value else { return true }
        return elements.allSatisfy { admits($0, items) }
      default: return true
      }
    }
  }

  private func has(_ value: JSONValue, _ type: String) -> Bool {
    switch (value, type) {
    case (.object, "object"), (.array, "array"), (.string, "string"), (.bool, "boolean"), (.null, "null"),
      (.number, "number"):
      true
    case (.number(let text), "integer"): Double(text).map { $0.rounded() == $0 } ?? false
    default: false
    }
  }

  private func same(_ a: JSONValue, _ b: JSONValue) -> Bool {
    if case .number(let a) = a, case .number(let b) = b { return Double(a) == Double(b) }
    return a == b
  }
}
