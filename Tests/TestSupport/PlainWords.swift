/// Whether an error's text is a sentence for its reader, and not what Swift prints of a value: several words,
/// without the names of cases and types, and without labels of associated values.
public func isPlainWords(_ text: String) -> Bool {
  let characters = Array(text)
  let isName = zip(characters, characters.dropFirst()).contains { first, second in
    first.isLowercase && second.isUppercase || first.isLetter && second == "("
  }
  return text.contains(" ") && !isName
}
