"""Writes the known answers in vectors/transparency-log, with implementations that are not ours.

Trees and proofs come from aics-tlog and are compared with pymerkle's and tlog-scales's; notes and cosignatures come from
aics-tlog and are verified with tlog-scales. Run by hand, in an environment that has the three; the files are frozen.

    python Scripts/transparency-log/vectors.py vectors/transparency-log
"""

import base64
import importlib.metadata
import json
import pathlib
import sys

import aics_tlog
import pymerkle
from aics_tlog.hashing import leaf_hash
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tlog_scales import signing
from tlog_scales.tlog import Checkpoint as ScalesCheckpoint, ConsistencyProof, InclusionProof

out = pathlib.Path(sys.argv[1])
versions = ", ".join(
    f"{name} {importlib.metadata.version(name)}" for name in ["aics-tlog", "tlog-scales", "pymerkle", "cryptography"])


def write(name, value):
    (out / f"{name}.json").write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


# The eight entries of the test tree that certificate-transparency-go, Trillian and many others use.
entries = [bytes.fromhex(h) for h in [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]]
tree = aics_tlog.MerkleTree(entries)
other = pymerkle.InmemoryTree(algorithm="sha256")
for entry in entries:
    other.append_entry(entry)

roots = [tree.root(size).hex() for size in range(len(entries) + 1)]
for size in range(len(entries) + 1):
    assert other.get_root(size).hex() == roots[size]

inclusion = []
for size in range(1, len(entries) + 1):
    for index in range(size):
        path = tree.inclusion_proof(index, size)
        InclusionProof(index, size, path).check(leaf_hash(entries[index]), tree.root(size))
        inclusion.append({"index": index, "size": size, "path": [h.hex() for h in path]})
consistency = []
for new in range(1, len(entries) + 1):
    for old in range(1, new + 1):
        path = tree.consistency_proof(old, new)
        ConsistencyProof(old, new, path).check(tree.root(old), tree.root(new))
        consistency.append({"old": old, "new": new, "path": [h.hex() for h in path]})
write("tree", {
    "source": f"The test tree of RFC 6962 implementations; hashes and proofs by {versions}",
    "entries": [e.hex() for e in entries], "roots": roots, "inclusion": inclusion, "consistency": consistency})

# Notes. The first is the example of c2sp.org/signed-note, the others were made here.
foo = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
example = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n")
aics_tlog.verify_note(aics_tlog.parse_note(example), [aics_tlog.parse_vkey(foo)])

log = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
wits = [Ed25519PrivateKey.from_private_bytes(bytes([17 + n] * 32)) for n in range(3)]
origin = "log.example/ledger"
checkpoint = aics_tlog.Checkpoint(origin, 8, tree.root())
note = aics_tlog.sign_checkpoint(checkpoint, log, origin)
cosignatures = [
    aics_tlog.sign_cosignature(wit, f"witness.example/w{n}", 1_790_000_000 + n, origin, 8, tree.root())[1]
    for n, wit in enumerate(wits)]
note = aics_tlog.Note(text=note.text, signatures=(*note.signatures, *cosignatures))
keys = [aics_tlog.vkey_from_ed25519(origin, log.public_key())]
keys += [aics_tlog.cosignature_vkey(f"witness.example/w{n}", wit.public_key()) for n, wit in enumerate(wits)]
vkeys = [aics_tlog.format_vkey(key) for key in keys]
parsed = ScalesCheckpoint.from_text(note.serialise())
for vkey in vkeys:
    parsed.verify(signing.Vkey.from_string(vkey))

empty = aics_tlog.sign_checkpoint(aics_tlog.Checkpoint(origin, 0, tree.root(0)), log, origin)
write("notes", {
    "source": f"c2sp.org/signed-note for the first; checkpoints and cosignatures by {versions}",
    "example": {"note": example, "keys": [foo]},
    "checkpoint": {
        "note": note.serialise(), "keys": vkeys, "origin": origin, "size": 8, "root": roots[8],
        "logSeed": bytes(range(32)).hex(), "witnessSeeds": [bytes([17 + n] * 32).hex() for n in range(3)],
        "times": [1_790_000_000 + n for n in range(3)]},
    "empty": {"note": empty.serialise(), "keys": vkeys[:1], "origin": origin, "size": 0, "root": roots[0]}})

# Tiles of a log with a few more entries than a tile has.
many = [f"entry {n}".encode() for n in range(700)]
files = aics_tlog.tiles.materialise_tiles(many)
import hashlib
write("tiles", {
    "source": f"tiles of the entries 'entry 0' … 'entry 699' by {versions}; SHA-256 of each file",
    "size": 700, "root": aics_tlog.MerkleTree(many).root().hex(),
    "files": {path: hashlib.sha256(data).hexdigest() for path, data in sorted(files.items())},
    "paths": {str(n): aics_tlog.tiles.tile_path(0, n) for n in [0, 9, 255, 999, 1000, 1234067, 999999999, 1 << 40]}})
