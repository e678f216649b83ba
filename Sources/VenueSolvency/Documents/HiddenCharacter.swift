/// A character that a page does not show as itself: it shows nothing, moves what stands beside it, or passes
/// for another space. Two texts that look alike would be two.
struct HiddenCharacter {
  /// Where it stands, in characters of Unicode from 1.
  let position: Int
  /// Which it is.
  let scalar: Unicode.Scalar

  /// The first in a text; a space at either end is one.
  init?(in text: String) {
    let scalars = Array(text.unicodeScalars)
    let ends = [0, scalars.count - 1]
    guard
      let place = scalars.indices.first(where: { place in
        Self.isHidden(scalars[place]) || ends.contains(place) && scalars[place] == " "
      })
    else { return nil }
    (position, scalar) = (place + 1, scalars[place])
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    // Most characters, of which no table of Unicode has to be asked.
    if (0x20...0x7E).contains(scalar.value) { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
      return true
    default:
      // Fillers and joiners that are letters or marks, and the braille pattern without dots.
      return scalar.properties.isDefaultIgnorableCodePoint || scalar == "\u{2800}"
    }
  }
}
