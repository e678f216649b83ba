#!/bin/sh
# Checks that imports go one way, from the bottom up in this list, and that only JSONDocuments and the
# command import Foundation.
set -eu

layers=' ExactIntegers JSONDocuments Ristretto Merlin Commitments CircuitProofs RangeProofs CircuitLanguage '
layers="${layers}MarketData RiskModels MarginEngine Solvency SolvencyVerifier Admission AdmissionStore SolvencyProver SolvencyTool "

# The modules a source file imports.
imports() {
  sed -n -E \
    's/^(@[A-Za-z_]+ )?((public|package|internal|private|fileprivate) )?import ([a-z]+ )?([A-Za-z0-9_]+).*/\5/p' "$1"
}

problems=$(
  below=' '
  for target in $layers; do
    find "Sources/$target" -name '*.swift' | sort | while read -r source; do
      for module in $(imports "$source"); do
        case $module in
          Foundation | FoundationEssentials)
            case $target in
              JSONDocuments | SolvencyTool) ;;
              *) echo "$source imports $module; only JSONDocuments and SolvencyTool may" ;;
            esac
            ;;
        esac
        case $layers in
          *" $module "*)
            case $below in
              *" $module "*) ;;
              *) echo "$source imports $module, which is not below $target" ;;
            esac
            ;;
        esac
      done
    done
    below="$below$target "
  done
)

if [ -n "$problems" ]; then
  printf '%s\n' "$problems" >&2
  exit 1
fi
echo "Imports go one way."
