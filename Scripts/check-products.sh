#!/bin/sh
# Compiles what the documentation shows against the products alone, in a package and a build folder of its own: the
# marked snippets of README.md, each with one product and one import, and the embedding example, which then decides.
# Fails as well if the verifier's product brings the margin engine along.
set -eu
cd "$(dirname "$0")/.."
root=$PWD

scratch=$root/.build/products
rm -rf "$scratch"
package=$scratch/package
mkdir -p "$package"

# Each marked snippet becomes a target: its imports, then its lines in a function that is given the values they start from.
awk -v folder="$package/Sources" '
  /^<!-- compiles with / {
    product = $4; sub(/,$/, "", product)
    given = $0; sub(/.*, given /, "", given); sub(/ -->$/, "", given)
    next
  }
  /^```swift/ && product != "" {
    target = product "Snippet"
    file = folder "/" target "/main.swift"
    system("mkdir -p " folder "/" target)
    inside = 1
    next
  }
  /^```/ && inside {
    inside = 0
    print "func snippet(" given ") throws {\n" body "}" > file
    close(file)
    print product
    product = ""; body = ""
    next
  }
  inside && /^import / { print > file; next }
  inside { body = body "  " $0 "\n" }
' README.md >"$package/products"
[ -s "$package/products" ] || { echo "README.md marks no snippet that compiles" >&2; exit 1; }

{
  echo '// swift-tools-version: 6.2'
  echo 'import PackageDescription'
  echo 'let package = Package('
  echo '  name: "Snippets", platforms: [.macOS(.v26)],'
  echo "  dependencies: [.package(name: \"solvency\", path: \"$root\")],"
  echo '  targets: ['
  while read -r product; do
    echo "    .executableTarget(name: \"${product}Snippet\","
    echo "      dependencies: [.product(name: \"$product\", package: \"solvency\")]),"
  done <"$package/products"
  echo '  ])'
} >"$package/Package.swift"

build() { swift build --package-path "$package" --scratch-path "$scratch/build" "$@"; }

build --target SolvencyVerifierSnippet
for module in RiskEngine RiskModels MarketData SolvencyProver Admission; do
  # A plan lists the sources of every target; what is compiled leaves a module.
  if [ -n "$(find "$scratch/build" -name "$module.swiftmodule" | head -n 1)" ]; then
    echo "SolvencyVerifier brings $module along" >&2
    exit 1
  fi
done
build
echo "The snippets of README.md compile, and the verifier's product contains no engine."

SOLVENCY_CONFIGURATION=debug SOLVENCY_SCRATCH="$scratch/build" sh Examples/EmbedVerifier/run.sh
rm -rf "$scratch"
