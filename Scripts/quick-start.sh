#!/bin/sh
# Prints the commands of the README's quick start: the lines of the `sh` block after its marker.
set -eu
awk '/<!-- quick start -->/ { armed = 1 }
     armed && /^```sh$/ { inside = 1; next }
     inside && /^```$/ { exit }
     inside { print }' README.md
