#!/usr/bin/env python3
"""Derives a repeated statement (Documentation/Protocol.md 3.7) from its block, with its digest (3.3), digit plans (3.5) and
layout (3.6), from the document alone, and compares with what a known answer or `circuit compile --repeat K --json` says.

    repeated-statement.py vectors/circuit-proof/kat5_repeated.json
    repeated-statement.py BLOCK.json K REPEATED.json      both as `solvency circuit compile --json` prints them

Exits 1 with the first difference. Standard library only.
"""
import hashlib
import json
import sys

ORDER = 2**252 + 27742317777372353535851937790883648493


def le32(value):
    return value.to_bytes(4, "little")


def LE32(value):
    return (int(value) % ORDER).to_bytes(32, "little")


def moved(form, block, K, A, Q):
    def place(v):
        return block * A + v if v < A else K * A + block * Q + (v - A)

    return {"terms": [[place(v), c] for v, c in form["terms"]], "const": form["const"]}


def repeated(s, K):
    A, Q = len(s["x_max"]), len(s["gates"])
    out = {"n_coords": s["n_coords"], "x_max": [], "gates": [], "rows": [], "links": []}
    for i in range(K):
        out["x_max"] += s["x_max"]
        out["gates"] += [{k: moved(g[k], i, K, A, Q) for k in ("left", "right")} for g in s["gates"]]
        out["rows"] += [{"form": moved(r["form"], i, K, A, Q), "y_max": r["y_max"]} for r in s["rows"]]
        out["links"] += [{m: moved(f, i, K, A, Q) for m, f in link.items()} for link in s["links"]]
    return out


def form_bytes(form):
    out = le32(len(form["terms"]))
    for v, c in sorted(form["terms"]):
        out += le32(v) + LE32(c)
    return out + LE32(form["const"])


def digest(s, base):
    data = b"bppp-polytope-v1/statement"
    for count in (len(s["x_max"]), s["n_coords"], base, len(s["links"]), len(s["gates"]), len(s["rows"])):
        data += le32(count)
    for bound in s["x_max"]:
        data += LE32(bound)
    for gate in s["gates"]:
        data += form_bytes(gate["left"]) + form_bytes(gate["right"])
    for row in s["rows"]:
        data += form_bytes(row["form"]) + LE32(row["y_max"])
    for link in s["links"]:
        data += le32(len(link))
        for m in sorted(link, key=int):
            data += le32(int(m)) + form_bytes(link[m])
    return hashlib.sha512(data).hexdigest()


def greedy(N, b):
    count = 0
    while N >= b - 1:
        N -= (b - 1) * ((N + 1) // b)
        count += 1
    return count, N


def slots(N, b):
    """Digits and bits of a value with this bound."""
    digits, rest = greedy(N, b)
    bits, r = 0, rest
    while r > 0:
        r -= (r + 1) // 2
        bits += 1
    if N >= b - 1 and rest > 0:
        other, _ = greedy(N - rest, b)
        if other + 1 < digits + bits:
            return other, 1
    return digits, bits


def layout(s, b):
    bounds = [int(x) for x in s["x_max"]] + [int(r["y_max"]) for r in s["rows"]]
    counts = [slots(n, b) for n in bounds]
    nh, nb, Q = sum(c[0] for c in counts), sum(c[1] for c in counts), len(s["gates"])
    nm = b - 1 if nh else 0
    N0, L = max(nh + nb + Q, nm + Q, 1), 7 + s["n_coords"]

    def cost(k):
        t, lf = -(-N0 // 2**k), -(-L // 2**k)
        return (2 * k + t + lf, t << k, k), t, lf

    (_, N, k), t, lf = min(cost(k) for k in range(40))
    return {"nh": nh, "nb": nb, "Q": Q, "N0": N0, "N": N, "L": L, "rounds": k, "t": t, "lf": lf,
            "D": s["n_coords"] + 7 + N}


def base_rule(s):
    def cost(b):
        shape = layout(s, b)
        return shape["N"], 2 * shape["rounds"] + shape["t"] + shape["lf"], b

    return min((4, 8, 16, 32, 64, 128, 256), key=cost)


def compare(block, K, stated):
    derived = repeated(block, K)
    for part, value in derived.items():
        if stated[part] != value:
            sys.exit(f"{part}: the statement is not the block {K} times over")
    if base_rule(derived) != stated["base"]:
        sys.exit(f"base: {stated['base']} is stated, the base rule gives {base_rule(derived)}")
    if digest(derived, stated["base"]) != stated["statement_digest"]:
        sys.exit("statement_digest: differs")
    shape = layout(derived, stated["base"])
    if "layout" in stated and stated["layout"] != shape:
        sys.exit(f"layout: {stated['layout']} is stated, {shape} derived")
    if "proof" in stated:
        count = 4 + 2 * shape["rounds"] + shape["lf"] + shape["t"]
        if len(stated["proof"]) != 64 * count:
            sys.exit(f"proof: {len(stated['proof']) // 2} bytes are stated, {32 * count} derived")
    print(f"{K} times: {len(derived['x_max'])} variables, {len(derived['rows'])} rows, base {stated['base']}, "
          f"N = {shape['N']}, proof {32 * (4 + 2 * shape['rounds'] + shape['lf'] + shape['t'])} bytes: as derived")


if len(sys.argv) == 2:
    answer = json.load(open(sys.argv[1]))
    compare(answer["block"], answer["K_repeated"], answer)
elif len(sys.argv) == 4:
    compare(json.load(open(sys.argv[1])), int(sys.argv[2]), json.load(open(sys.argv[3])))
else:
    sys.exit(__doc__)
