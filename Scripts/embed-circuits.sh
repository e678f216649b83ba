#!/bin/sh
# Writes Sources/Solvency/BuiltInCircuits.swift, the circuits of the folder circuits/, and
# Sources/SolvencyTool/BuiltInSnapshot.swift, the example snapshot, byte for byte, so that command and libraries work from
# anywhere. Tests compare them.
set -eu
cd "$(dirname "$0")/.."

target=Sources/Solvency/BuiltInCircuits.swift
{
  echo '// Made by Scripts/embed-circuits.sh from circuits/*.circuit. Change those and run it again.'
  echo '// swift-format-ignore-file'
  echo
  echo '/// The circuits that come with the project, by name.'
  echo 'public enum BuiltInCircuits {'
  echo '  /// File names without extension, and sources byte for byte.'
  echo '  public static let sources: [(name: String, text: String)] = ['
  for file in circuits/*.circuit; do
    echo '    ('
    printf '      name: "%s",\n' "$(basename "$file" .circuit)"
    echo '      text: ###"""'
    # An empty line stays empty; the closing line sets the indentation that the literal drops.
    sed 's/^\(..*\)$/      \1/' "$file"
    echo
    echo '      """###'
    echo '    ),'
  done
  echo '  ]'
  echo '}'
} >"$target"
swift format -i "$target"

target=Sources/SolvencyTool/BuiltInSnapshot.swift
{
  echo '// Made by Scripts/embed-circuits.sh from Examples/snapshot.json. Change that and run it again.'
  echo '// swift-format-ignore-file'
  echo
  echo '/// The snapshot that circuits are checked under when no other is given.'
  echo 'enum BuiltInSnapshot {'
  echo '  /// The file, byte for byte.'
  echo '  static let text = ###"""'
  sed 's/^\(..*\)$/    \1/' Examples/snapshot.json
  echo
  echo '    """###'
  echo '}'
} >"$target"
