#!/bin/sh
# In libsodium, here by its binding rbcl, the multiple of a ristretto255 point by zero is an error, since the result is the
# identity: a commitment made as value times one generator plus blinding times another fails for a flat position. The identity
# is a valid point there otherwise: adding it and subtracting a point from itself work. The pure Python of oblivious, which has
# the same operations over the same 32 bytes, multiplies by zero.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install rbcl==1.1.2 oblivious==7.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import rbcl
from oblivious import ristretto

zero, one, five, identity = (n.to_bytes(32, "little") for n in (0, 1, 5, 0))
point = rbcl.crypto_scalarmult_ristretto255_base(five)


def attempt(multiply, *arguments):
    try:
        return multiply(*arguments).hex()[:8]
    except RuntimeError:
        return "error"


seen = [attempt(rbcl.crypto_scalarmult_ristretto255, zero, point), attempt(rbcl.crypto_scalarmult_ristretto255_base, zero)]
plain = [attempt(ristretto.python.mul, zero, point), attempt(ristretto.python.bas, zero)]
print("rbcl", version("rbcl"), "oblivious", version("oblivious"))
print("guessed: the identity, 32 bytes of zero, from both")
print("seen:   ", *seen, "from rbcl, and", *plain, "from oblivious")
works = (bytes(rbcl.crypto_scalarmult_ristretto255(one, point)) == bytes(ristretto.python.mul(one, point)) == bytes(point)
         and bytes(rbcl.crypto_core_ristretto255_sub(point, point)) == identity
         and bytes(rbcl.crypto_core_ristretto255_add(point, identity)) == bytes(point))
sys.exit(0 if works and seen == ["error", "error"] and plain == ["00000000", "00000000"] else 1)
PYTHON
