#!/bin/sh
# Writes Sources/SolvencyTool/BuiltInCircuits.swift: the circuits of the folder circuits/, byte for byte,
# so that the command is one file that works from anywhere. A test compares both.
set -eu
cd "$(dirname "$0")/.."

target=Sources/SolvencyTool/BuiltInCircuits.swift
{
  echo '// Made by Scripts/embed-circuits.sh from circuits/*.circuit. Change those and run it again.'
  echo '// swift-format-ignore-file'
  echo
  echo '/// The circuits that come with the command.'
  echo 'enum BuiltInCircuits {'
  echo '  /// File names without extension, and sources byte for byte.'
  echo '  static let sources: [(name: String, text: String)] = ['
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
