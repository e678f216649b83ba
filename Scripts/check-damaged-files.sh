#!/bin/sh
# Every verb with every damage to every file that it reads, every place that it writes to, and its output: no trap, no
# hang, no wrong exit code, nothing wrong accepted. Prints its counts; takes some minutes. As root it fills a disk too.
set -eu

cd "$(dirname "$0")/.."
swift build -c release --product solvency
swift build -c release --product DamagedFiles
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
binaries=$(swift build -c release --show-bin-path)
"$binaries/DamagedFiles" "$binaries/solvency" "$PWD" "$folder/work"
