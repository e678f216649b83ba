#!/bin/sh
# Checks the imports of every source file: they go one way, from the bottom up in the list below; what a target
# imports it declares in Package.swift; only the named targets import Foundation; the engine's side imports no
# cryptography but the hash of the ground floor, and the verifier's side no engine.
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

# The modules that a source file imports, wherever the line is indented.
imports() {
  sed -n -E \
    's/^[[:space:]]*(@[A-Za-z_()]+ )*((public|package|internal|private|fileprivate) )?import ((struct|class|enum|protocol|typealias|func|let|var) )?([A-Za-z0-9_]+).*/\6/p' \
    "$1"
}

# The dependencies that Package.swift declares for a target, one line.
declared() {
  awk -v target="$1" '
    /^ *\.(target|executableTarget|testTarget)\(/ { block = ""; inside = 1 }
    inside { block = block $0 "\n" }
    inside && /swiftSettings|^    \),?$/ {
      inside = 0
      if (block ~ "name: \"" target "\"") {
        gsub(/\n/, " ", block)
        sub(/.*dependencies: \[/, "", block)
        sub(/\][^]]*$/, "", block)
        gsub(/[^A-Za-z0-9_]+/, " ", block)
        print " " block " "
        exit
      }
    }' Package.swift
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
)

if [ -n "$problems" ]; then
  printf '%s\n' "$problems" >&2
  exit 1
fi
echo "Imports go one way, and each is declared."
