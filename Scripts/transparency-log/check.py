"""Checks the command's logs against implementations that are not ours, both ways. Called by check-transparency-log.sh.

For each size: the command writes tiles and a checkpoint, and others read them, compute the root, make and verify proofs;
then aics-tlog writes tiles and a checkpoint (and tlog-scales, for the smaller logs), and the command reads those.
"""

import base64
import hashlib
import importlib.util
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import time

command, work = sys.argv[1], pathlib.Path(sys.argv[2])
sizes = [int(size) for size in sys.argv[3:]]
has = {name: importlib.util.find_spec(name) is not None
       for name in ["aics_tlog", "aics_witness", "tlog_scales", "pymerkle", "sigstore"]}
origin, checks = "log.example/ledger", 0


def ok(condition, what):
    global checks
    checks += 1
    if not condition:
        sys.exit(f"check-transparency-log: {what}")


def run(*arguments, code=0, input=None):
    outcome = subprocess.run([command, "log", *map(str, arguments)], input=input, capture_output=True)
    ok(outcome.returncode == code, f"log {' '.join(map(str, arguments))}: exit {outcome.returncode}, not {code}: "
       + outcome.stderr.decode())
    return outcome.stdout.decode()


def entry(index):
    return f"entry {index}".encode()


def some(size):
    """Places at the edges of tiles and subtrees, and a few at random."""
    edges = {0, 1, 2, 254, 255, 256, 511, 65_279, 65_280, 65_535, 65_536, size // 2, size - 2, size - 1}
    return sorted({n for n in edges | set(random.Random(size).choices(range(max(size, 1)), k=5)) if 0 <= n < size})


vkey = (work / "log.vkey").read_text().strip()
wkey = (work / "witness.vkey").read_text().strip()
entries = [entry(n) for n in range(max(sizes))]
if has["pymerkle"]:
    import pymerkle
    from pymerkle import proof as pymerkle_proof
if has["tlog_scales"]:
    from tlog_scales import backend, reader as scales_reader, signing as scales_signing, tlog as scales, writer as scales_writer
if has["aics_tlog"]:
    import aics_tlog
    from aics_tlog.hashing import leaf_hash, node_hash
if has["sigstore"]:
    from sigstore._internal.rekor.checkpoint import SignedCheckpoint as SigstoreCheckpoint
if has["aics_witness"]:
    from aics_witness import protocol as aics_protocol


def read_by_others(site, size, tree):
    """What the command wrote, read by every other implementation that is there."""
    note_bytes = (site / "checkpoint").read_bytes()
    text = note_bytes.decode()
    root = base64.b64decode(text.split("\n")[2])
    if has["aics_tlog"]:
        note = aics_tlog.parse_note(note_bytes)
        verdict = aics_tlog.verify_checkpoint(
            note, aics_tlog.parse_vkey(vkey), [aics_tlog.parse_vkey(wkey)], quorum=1)
        ok(verdict.ok, f"aics-tlog does not accept the checkpoint of {size}: {verdict}")
        ok(root == tree.root(size), f"aics-tlog has another root at {size}")
        tiles = aics_tlog.FileSystemTileReader(site)
        if size <= 65_536:
            aics_tlog.audit_tiles(tiles, size, root)
        ok(aics_tlog.tree_root_from_tiles(tiles, size) == root, "aics-tlog computes another root from the tiles")
        for index in some(size):
            path = aics_tlog.inclusion_proof_from_tiles(tiles, index, size)
            ok(aics_tlog.verify_leaf_inclusion(entry(index), index, size, path, root), "aics-tlog: inclusion")
            ok(aics_tlog.tiles.read_entry(tiles, index, size) == entry(index), "aics-tlog reads another entry")
    if has["tlog_scales"]:
        checkpoint = scales.Checkpoint.from_text(text)
        for key in [vkey, wkey]:
            checkpoint.verify(scales_signing.Vkey.from_string(key))
        reader = scales_reader.TilesReader(backend.LocalBackend(site))
        reader.set_size(size)
        ok(reader.calculate_root_hash() == root, "tlog-scales computes another root from the tiles")
        for index in some(size):
            reader.get_inclusion_proof(index, size).check(hashlib.sha256(b"\0" + entry(index)).digest(), root)
            ok(reader.get_entry(index) == entry(index), "tlog-scales reads another entry")
    if has["sigstore"]:
        read = SigstoreCheckpoint.from_text(text)
        ok(read.checkpoint.log_size == size and bytes.fromhex(read.checkpoint.log_hash) == root, "sigstore: checkpoint")
        ok(read.signed_note.note.encode() == note_bytes[:note_bytes.rindex(b"\n\n") + 1], "sigstore: note text")
        ok([s.name for s in read.signed_note.signatures] == [origin, "witness.example/w1"], "sigstore: signatures")
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        point = base64.b64decode(vkey.split("+", 2)[2])[1:]
        Ed25519PublicKey.from_public_bytes(point).verify(
            base64.b64decode(read.signed_note.signatures[0].signature), read.signed_note.note.encode())
    return root


def receipts(site, size, root, tree):
    """Receipts of the command are read and verified without it."""
    for index in some(size):
        file = work / f"{site.name}-{index}.tlog-proof"
        run("prove", site, "--index", index, "-o", file)
        head, note = file.read_bytes().split(b"\n\n", 1)
        lines = head.decode().split("\n")
        ok(lines[:2] == ["c2sp.org/tlog-proof@v1", f"index {index}"], "receipt: header")
        ok(note == (site / "checkpoint").read_bytes(), "receipt: checkpoint is not verbatim")
        path = [base64.b64decode(line, validate=True) for line in lines[2:]]
        leaf = hashlib.sha256(b"\0" + entry(index)).digest()
        if has["aics_tlog"]:
            ok(aics_tlog.verify_inclusion(leaf, index, size, path, root), "aics-tlog: receipt")
            ok(path == tree.inclusion_proof(index, size), "aics-tlog makes another proof")
        if has["tlog_scales"]:
            scales.InclusionProof(index, size, path).check(leaf, root)
        if has["pymerkle"] and size > 1:
            # pymerkle's path begins with the leaf itself; the rule says on which side each hash stands.
            rule = pymerkle_rule(index, size)
            claim = pymerkle_proof.InclusionProof("sha256", True, size, index, rule, [leaf, *path])
            ok(claim.compute_root() == root, "pymerkle computes another root from the receipt")
        run("verify", file, "--leaf", base64.b64encode(leaf).decode(), "--log", vkey, "--witness", wkey)
        run("verify", file, "--leaf", base64.b64encode(root).decode(), "--log", vkey, code=2 if size > 1 else 0)
        file.unlink()


def pymerkle_rule(index, size):
    """The sides of a path by RFC 9162, section 2.1.3.2: 1 where the sibling is at the left."""
    rule, fn, sn = [], index, size - 1
    while sn:
        if fn & 1 or fn == sn:
            rule.append(1)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            rule.append(0)
        fn, sn = fn >> 1, sn >> 1
    return rule


def consistency(site, size, tree, sign):
    """Proofs between checkpoints: ours verified by others, and requests that others make cosigned by ours."""
    for old in [n for n in some(size) if n > 0][:4]:
        earlier = work / "earlier"
        earlier.write_bytes(sign(old, tree.root(old)))
        request = work / "request"
        run("consistency", earlier, site / "checkpoint", "--tiles", site, "--log", vkey, "-o", request, "--force")
        head = request.read_bytes().split(b"\n\n", 1)[0].decode().split("\n")
        ok(head[0] == f"old {old}", "request: old size")
        path = [base64.b64decode(line, validate=True) for line in head[1:]]
        ok(aics_tlog.verify_consistency(old, size, tree.root(old), tree.root(size), path), "aics-tlog: consistency")
        ok(path == tree.consistency_proof(old, size), "aics-tlog makes another consistency proof")
        if has["tlog_scales"]:
            scales.ConsistencyProof(old, size, path).check(tree.root(old), tree.root(size))
        if has["aics_witness"]:
            parsed = aics_protocol.parse_add_checkpoint_request(request.read_bytes())
            ok(parsed.old_size == old, "aics-witness reads another old size")
        # Another root at the old size is a split view, and is named.
        earlier.write_bytes(sign(old, hashlib.sha256(b"fork").digest()))
        found = run("consistency", earlier, site / "checkpoint", "--tiles", site, "--log", vkey, "--json", code=2)
        ok(json.loads(found)["result"] == "split", "a split view is not found")


for size in sizes:
    start = time.monotonic()
    tree = aics_tlog.MerkleTree(entries[:size]) if has["aics_tlog"] else None
    if has["pymerkle"] and size <= 65_536:
        other = pymerkle.InmemoryTree(algorithm="sha256")
        for one in entries[:size]:
            other.append_entry(one)
        ok(tree is None or other.get_root() == tree.root(size), "pymerkle and aics-tlog differ")

    # Ours, read by others.
    site = work / f"ours-{size}"
    lines = work / "lines"
    lines.write_bytes(b"".join(one + b"\n" for one in entries[:size]))
    if size == 0:
        site.mkdir(exist_ok=True)
    else:
        run("tiles", "--lines", lines, "-o", site)
    run("checkpoint", site, "--key", work / "log.key", "--origin", origin)
    run("witness", "--tiles", site, "--key", work / "witness.key", "--name", "witness.example/w1", "--log", vkey,
        "--state", work / f"state-{size}", "-o", site / "checkpoint", "--force")
    root = read_by_others(site, size, tree)
    receipts(site, size, root, tree)

    # Theirs, read by ours.
    if has["aics_tlog"]:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        key = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
        theirs = aics_tlog.format_vkey(aics_tlog.vkey_from_ed25519(origin, key.public_key()))

        def sign(count, head):
            return aics_tlog.sign_checkpoint(aics_tlog.Checkpoint(origin, count, head), key, origin).to_bytes()

        own, vkey = vkey, theirs
        directory = work / f"aics-{size}"
        directory.mkdir()
        store = aics_tlog.DirectoryTileStore(directory)
        writer = aics_tlog.IncrementalTileWriter(store)
        writer.append(entries[:size])
        (directory / "checkpoint").write_bytes(sign(size, writer.root()))
        run("witness", "--tiles", directory, "--key", work / "witness.key", "--name", "witness.example/w1", "--log", vkey,
            "--state", work / f"state-aics-{size}", "-o", directory / "checkpoint", "--force")
        receipts(directory, size, writer.root(), tree)
        consistency(directory, size, tree, sign)
        # The files are the same, byte for byte.
        for file in sorted(p for p in directory.rglob("*") if p.is_file() and "tile" in p.parts):
            ours = site / file.relative_to(directory)
            ok(ours.read_bytes() == file.read_bytes(), f"{file} differs from {ours}")
        vkey = own
    if has["tlog_scales"] and 0 < size <= 65_536:
        directory = work / f"scales-{size}"
        theirs = scales_signing.PlainEd25519Signer(origin, b"\7" * 32)
        log = scales_writer.TilesWriter.create(directory, origin)
        half = size // 2
        for one in entries[:half]:
            log.add_leaf(one)
        if half:
            log.commit([theirs])
        for one in entries[half:size]:
            log.add_leaf(one)
        log.commit([theirs])
        own, vkey = vkey, theirs.vkey.serialize()
        run("witness", "--tiles", directory, "--key", work / "witness.key", "--name", "witness.example/w1", "--log", vkey,
            "--state", work / f"state-scales-{size}", "-o", directory / "checkpoint", "--force")
        receipts(directory, size, log.reader.calculate_root_hash(), tree)
        vkey = own
    print(f"  {size} entries: {checks} checks, {time.monotonic() - start:.1f} s", flush=True)

if has["aics_witness"] and has["aics_tlog"]:
    # Their witness over our log, and ours after it.
    print("  aics-witness reads our requests; its service is not started here")
print(f"all {checks} checks passed with " + ", ".join(name.replace("_", "-") for name, is_there in has.items() if is_there))
