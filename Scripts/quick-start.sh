#!/bin/sh
# Prints the commands of the README's quick start: the lines of the `sh` blocks after its markers.
set -eu
awk '/<!-- quick start -->/ { armed = 1 }
     armed && /^```sh$/ { inside = 1; next }
     inside && /^```$/ { inside = 0; armed = 0 }
     inside { print }' README.md
