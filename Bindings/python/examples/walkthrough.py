"""From market to verdict on one page: walkthrough.py [OUTPUT.html]

market data -> snapshot (by the command `solvency`) -> book -> commitment -> proof -> verdict -> charts of what the account may
lose and how large it may grow. Everything secret on the page is the example's; a real one stays with its trader.
"""

from __future__ import annotations

import html
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import solvency

ROOT = Path(__file__).resolve().parents[3]
COMMAND = os.environ.get("SOLVENCY_COMMAND", str(ROOT / ".build/release/solvency"))
QUANTA = 1_000_000


def build_snapshot(folder: Path) -> bytes:
    """The snapshot that the margin engine makes of the example's market."""
    subprocess.run(
        [COMMAND, "snapshot", "build", "--market", str(ROOT / "Examples/market"), "-o", str(folder / "epoch.json")],
        check=True, capture_output=True,
    )
    return (folder / "epoch.json").read_bytes()


def usd(quanta: int) -> str:
    return f"{quanta / QUANTA:,.0f} USD"


def chart(points: list[tuple[float, float]], title: str, x: str, y: str) -> str:
    """A line of points as SVG, with its zero line."""
    width, height, left, bottom = 640, 300, 90, 40
    xs, ys = [p[0] for p in points], [p[1] for p in points] + [0.0]
    low, high = min(ys), max(ys)
    span = (high - low) or 1.0

    def place(p: tuple[float, float]) -> str:
        across = left + (p[0] - xs[0]) / ((xs[-1] - xs[0]) or 1) * (width - left - 20)
        return f"{across:.1f},{20 + (high - p[1]) / span * (height - bottom - 30):.1f}"

    zero = place((xs[0], 0.0)).split(",")[1]
    marks = "".join(
        f'<circle cx="{place(p).split(",")[0]}" cy="{place(p).split(",")[1]}" r="4" class="{"good" if p[1] >= 0 else "bad"}"/>'
        for p in points
    )
    return f"""<figure><figcaption>{html.escape(title)}</figcaption>
<svg viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(title)}">
<line x1="{left}" x2="{width - 20}" y1="{zero}" y2="{zero}" class="zero"/>
<polyline points="{' '.join(map(place, points))}"/>{marks}
<text x="{left - 8}" y="26" class="end">{high:,.0f}</text><text x="{left - 8}" y="{height - bottom - 8}" class="end">{low:,.0f}</text>
<text x="{left}" y="{height - 20}">{xs[0]:,.0f}</text><text x="{width - 20}" y="{height - 20}" class="end">{xs[-1]:,.0f}</text>
<text x="{(left + width) / 2}" y="{height - 4}" class="mid">{html.escape(x)}</text><text x="4" y="12">{html.escape(y)}</text>
</svg></figure>"""


def main() -> None:
    output = Path(sys.argv[1] if len(sys.argv) > 1 else "walkthrough.html")
    with tempfile.TemporaryDirectory() as folder:
        text = build_snapshot(Path(folder))
    catalog = solvency.Catalog(shipped=False)
    circuit = catalog.add_circuit("portfolio-margin", (ROOT / "circuits/portfolio-margin.circuit").read_bytes())
    snapshot = catalog.add_snapshot(text)
    now = snapshot.valid_from + 1
    document = json.loads(text)
    instrument = document["instruments"][0]["id"]
    rule = {"circuit": circuit, "snapshot": snapshot.digest}

    def book(lots: int, cash: int = 50_000 * QUANTA) -> dict[str, object]:
        return {"version": 1, "account": "alice", "cash": str(cash), "positions": {instrument: str(lots)}}

    def headroom(lots: int) -> int | None:
        opening = solvency.Opening.commit(catalog, book(lots), registry=snapshot.registry)
        found = opening.explain(catalog, **rule)["headroomQuanta"]
        return None if found is None else int(found)

    # The largest position that cash carries, by doubling and then halving.
    lots = 1
    while (headroom(lots * 2) or -1) >= 0 and lots < 1 << 36:
        lots *= 2
    low, high = lots, lots * 2
    while high - low > max(1, low // 1000):
        middle = (low + high) // 2
        low, high = (middle, high) if (headroom(middle) or -1) >= 0 else (low, middle)
    sizes = [round(low * step / 8) for step in range(0, 11)]
    curve = [(float(size), (headroom(size) or 0) / QUANTA) for size in sizes]

    half = low // 2
    opening = solvency.Opening.commit(catalog, book(half), registry=snapshot.registry)
    proof = opening.prove(catalog, **rule, audience="Example Bank", now=now)
    verdict = solvency.Verifier(catalog, audience="Example Bank", accounts=solvency.Accounts([opening.account()])).verify(
        proof, now=now
    )
    explanation = opening.explain(catalog, **rule)
    too_large = solvency.Opening.commit(catalog, book(low * 2), registry=snapshot.registry)
    try:
        too_large.prove(catalog, **rule, audience="Example Bank", now=now)
        refusal = "a proof was made"
    except solvency.RefusedError as error:
        refusal = str(error)
    moves = "".join(
        f"<tr><td>{html.escape(move['group'])}</td><td>{move['ppm'] / 10_000:+.2f} %</td></tr>"
        for move in explanation["moves"]
    )
    output.write_text(f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>From market to verdict</title>
<style>body{{font:16px/1.5 system-ui;max-width:46rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}}
svg{{width:100%}}polyline{{fill:none;stroke:#3b6fb6;stroke-width:2}}.good{{fill:#2c8a4b}}.bad{{fill:#c0392b}}.zero{{stroke:#888;stroke-dasharray:4}}
text{{font-size:12px;fill:currentColor}}.end{{text-anchor:end}}.mid{{text-anchor:middle}}code{{word-break:break-all}}td{{padding-right:2rem}}</style>
<h1>From market to verdict</h1>
<h2>1. The venue publishes</h2><p>The engine made epoch {snapshot.epoch} of the example's market: {snapshot.instruments} instruments,
{snapshot.collateral_assets} collateral assets. Its digest is <code>{snapshot.digest}</code>.</p>
<h2>2. The trader commits</h2><p>The book holds {half:,} lots of {html.escape(instrument)} and 50,000 USD. What the world sees of it:</p>
<p><code>{opening.account()['commitment']}</code></p>
<h2>3. The trader proves, the bank verifies</h2><p>The proof has {len(proof):,} bytes as a file. The bank's verdict:
<strong>{verdict.reason}</strong>. Twice the size that the cash carries gives no proof: <em>{html.escape(refusal)}</em>.</p>
<h2>4. What only the trader sees</h2>
{chart(curve, f"Headroom against size of {instrument}", "lots", "USD of cash that may leave")}
<p>At the present size {usd(int(explanation['headroomQuanta'] or 0))} may leave. {html.escape(str(explanation['binding']))} binds.
The rule fails, if all else in the snapshot stays as it is, at</p><table>{moves}</table></html>
""")
    print(f"{output}: {verdict.reason}; up to {low:,} lots of {instrument} on 50,000 USD")


if __name__ == "__main__":
    main()
