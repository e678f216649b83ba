#!/bin/sh
# Checks the imports of every source file: they go one way, from the bottom up in the list below; what a target
# imports it declares in Package.swift, and nothing else; only the named targets import Foundation; the engine's side
# imports no cryptography but the hash of the ground floor, and the verifier's side no engine. The lists of modules in
# README.md and Documentation/Architecture.md name each of them, above what it imports, and Documentation/Rooms.md
# says what belongs in it.
set -eu
cd "$(dirname "$0")/.."

layers='
  ExactIntegers CanonicalBytes TransparencyLog Ristretto Merlin ProofCore CircuitProofs RangeProofs CircuitLanguage MarginRules
  Liquidation MarketData RiskModels RiskEngine StressLab Solvency SolvencyVerifier Admission AdmissionStore
  VenueSolvency SolvencyProver VenueSolvencyProver LeakSimulation
  CommandSupport KnownAnswers Demonstration Benchmarking SolvencyTool
'
# Formatting of dates and numbers is not written twice.
foundation=' CommandSupport KnownAnswers Demonstration Benchmarking SolvencyTool '
cryptography=' Ristretto Merlin ProofCore CircuitProofs RangeProofs CSodium '
engine=' MarketData RiskModels RiskEngine StressLab '

# Programs that tests start and do not import.
started=' LedgerLoad '

# The modules that source files import, wherever the line is indented.
imports() {
  sed -n -E \
    's/^[[:space:]]*(@[A-Za-z_()]+ )*((public|package|internal|private|fileprivate) )?import ((struct|class|enum|protocol|typealias|func|let|var) )?([A-Za-z0-9_]+).*/\6/p' \
    "$@"
}

# What Package.swift says of a target, on one line; nothing for what is no Swift target.
manifest() {
  awk -v target="$1" '
    /^ *\.(target|executableTarget|testTarget)\(/ { block = ""; inside = 1 }
    inside { block = block $0 " " }
    inside && /swiftSettings|^    \),?$/ {
      inside = 0
      if (block ~ "name: \"" target "\"") { print block; exit }
    }' Package.swift
}

# The dependencies that Package.swift declares for a target, one line.
declared() {
  manifest "$1" | sed -E 's/.*dependencies: \[//; s/\][^]]*$//; s/[^A-Za-z0-9_]+/ /g; s/.*/ & /'
}

# What is wrong with a page's list of modules, which is read from top to bottom on standard input.
list_problems() {
  page=$1 listed=' '
  while read -r module; do
    case " $(echo $layers) " in *" $module "*) ;; *) continue ;; esac
    for lower in $(declared "$module"); do
      case $listed in *" $lower "*) echo "$page lists $module below $lower, which it imports" ;; esac
    done
    listed="$listed$module "
  done
  for module in $layers; do
    case $listed in *" $module "*) ;; *) echo "$page does not list $module" ;; esac
  done
}

problems=$(
  below=' '
  for target in $layers; do
    if [ ! -d "Sources/$target" ]; then echo "Sources/$target is in the list of layers and does not exist"; fi
    known=$(declared "$target")
    find "Sources/$target" -name '*.swift' | sort | while read -r source; do
      for module in $(imports "$source"); do
        case $module in
          Foundation | FoundationEssentials)
            case $foundation in
              *" $target "*) ;;
              *) echo "$source imports $module; only$foundation may" ;;
            esac
            continue
            ;;
          Swift | Synchronization | Dispatch | Glibc | Musl | Darwin) continue ;;
        esac
        case $known in
          *" $module "*) ;;
          *) echo "$source imports $module, which Package.swift does not declare for $target" ;;
        esac
        case " $(echo $layers) " in
          *" $module "*)
            case $below in
              *" $module "*) ;;
              *) echo "$source imports $module, which is not below $target" ;;
            esac
            ;;
        esac
        case "$engine MarginRules Liquidation " in
          *" $target "*)
            case $cryptography in
              *" $module "*) echo "$source imports $module: the engine's side has no cryptography but a hash" ;;
            esac
            ;;
        esac
        case $target in
          Solvency | SolvencyVerifier | SolvencyProver | VenueSolvency | VenueSolvencyProver | Admission | AdmissionStore)
            case $engine in
              *" $module "*) echo "$source imports $module: prover, verifier and desk do without the engine" ;;
            esac
            ;;
        esac
      done
    done
    below="$below$target "
  done
  for folder in Sources/*/; do
    target=$(basename "$folder")
    case " $(echo $layers) " in
      *" $target "*) ;;
      *)
        if [ -n "$(find "$folder" -name '*.swift' | head -n 1)" ]; then
          echo "$folder is in no layer; name its place in Scripts/check-layers.sh"
        fi
        ;;
    esac
  done
  targets=$(sed -n -E 's/^ *(\.(target|executableTarget|testTarget)\()? *name: "([A-Za-z]+)".*/\3/p' Package.swift)
  for target in $targets; do
    known=$(declared "$target")
    [ -n "$known" ] || continue
    folder=$(manifest "$target" | sed -n -E 's/.*path: "([^"]+)".*/\1/p')
    for place in Sources Tests; do [ -n "$folder" ] || [ ! -d "$place/$target" ] || folder=$place/$target; done
    # Paths hold no spaces; unquoted on purpose.
    # shellcheck disable=SC2046
    used=" $(imports $(find "$folder" -name '*.swift') | sort -u | tr '\n' ' ')"
    # A module that is waited for and not used makes a build longer, and misleads its readers.
    for module in $known; do
      case $started in *" $module "*) continue ;; esac
      case " $(echo $targets) " in *" $module "*) ;; *) continue ;; esac
      case $used in *" $module "*) ;; *) echo "Package.swift: $target depends on $module and does not import it" ;; esac
    done
    case " $(echo $layers) " in *" $target "*) continue ;; esac
    for module in $used; do
      case " $(echo $targets) " in *" $module "*) ;; *) continue ;; esac
      case $known in *" $module "*) ;; *) echo "Package.swift: $target imports $module and does not depend on it" ;; esac
    done
  done
  sed -n '/^## Folders/,/^## /p' README.md | sed -n 's/^| \(`[^|]*\)|.*/\1/p' | grep -oE '[A-Za-z]+' | list_problems README.md
  sed -n '/^Sources\//,/^Tests\//p' Documentation/Architecture.md | grep -oE '[A-Za-z]+/' | tr -d / |
    list_problems Documentation/Architecture.md
  for module in $layers; do
    grep -q "^|.*\`$module\`" Documentation/Rooms.md ||
      echo "Documentation/Rooms.md does not say which line belongs in $module"
  done
)

if [ -n "$problems" ]; then
  printf '%s\n' "$problems" >&2
  exit 1
fi
echo "Imports go one way, and each is declared."
