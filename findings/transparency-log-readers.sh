#!/bin/sh
# Three readers of C2SP checkpoints, on notes that the specifications allow.
#
# 1. tlog-scales 0.0.3, tlog.Checkpoint.from_text
#    Guess: a checkpoint with an extension line, which tlog-checkpoint allows (and does not recommend), is read.
#    Seen:  IndexError: signature lines are taken to begin at the fifth line.
# 2. sigstore 4.5.1, SignedNote.verify
#    Guess: a signature line under another name with the same key ID is ignored, as signed-note requires.
#    Seen:  the line is taken for the known key's, and the note refused. The name is not compared.
# 3. aics-tlog 0.2.1, verify_checkpoint
#    Guess: a checkpoint that a witness has cosigned twice, at two times, counts it once.
#    Seen:  the note is refused: a known key may have one line. Its documentation says so; signed-note does not.
#
# Needs Python 3.12 or later (PYTHON names it). Exits 1 if any of these changes.
set -eu
python=${PYTHON:-$(command -v python3.13 || command -v python3.12 || command -v python3)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" -q install --disable-pip-version-check aics-tlog==0.2.1 tlog-scales==0.0.3 sigstore==4.5.1
"$work/venv/bin/python" - <<'PYTHON'
import base64
import hashlib
import sys

import aics_tlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sigstore._internal.rekor.checkpoint import SignedNote
from sigstore.errors import VerificationError
from tlog_scales.tlog import Checkpoint

log, witness = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
origin, root = "log.example/a", hashlib.sha256(b"").digest()
key = aics_tlog.vkey_from_ed25519(origin, log.public_key())
changed = False


def compare(what, as_seen):
    global changed
    changed |= not as_seen
    print(f"{'as seen' if as_seen else 'CHANGED'}: {what}")


class Keyring:
    def verify(self, *, key_id, signature, data):
        try:
            log.public_key().verify(signature, data)
        except InvalidSignature:
            raise VerificationError("not the log's")


def refuses(step, error):
    try:
        step()
        return False
    except error:
        return True


text = f"{origin}\n0\n{base64.b64encode(root).decode()}\n"
extended = text + "more\n"
line = "— {} {}\n".format(origin, base64.b64encode(key.key_id + log.sign(extended.encode())).decode())
valid = aics_tlog.verify_checkpoint(aics_tlog.parse_note(f"{extended}\n{line}"), key).ok
compare("tlog-scales reads no extension lines",
        valid and refuses(lambda: Checkpoint.from_text(f"{extended}\n{line}"), IndexError))

plain = aics_tlog.sign_checkpoint(aics_tlog.Checkpoint(origin, 0, root), log, origin).serialise()
SignedNote.from_text(plain).verify(Keyring(), key.key_id)
head, signatures = plain.split("\n\n")
other = "— other.example {}\n".format(base64.b64encode(key.key_id + bytes(64)).decode())
mixed = f"{head}\n\n{other}{signatures}"
valid = aics_tlog.verify_checkpoint(aics_tlog.parse_note(mixed), key).ok
compare("sigstore does not ignore a foreign line with a known key's ID",
        valid and refuses(lambda: SignedNote.from_text(mixed).verify(Keyring(), key.key_id), VerificationError))

known = aics_tlog.cosignature_vkey("w.example", witness.public_key())
lines = [aics_tlog.sign_cosignature(witness, "w.example", time, origin, 0, root)[1] for time in (5, 6)]
note = aics_tlog.parse_note(plain)
once, twice = (aics_tlog.Note(text=note.text, signatures=(*note.signatures, *some)) for some in (lines[:1], lines))
compare("aics-tlog refuses two cosignatures of one witness",
        aics_tlog.verify_checkpoint(once, key, [known], quorum=1).ok
        and not aics_tlog.verify_checkpoint(twice, key, [known], quorum=1).ok)
sys.exit(changed)
PYTHON
