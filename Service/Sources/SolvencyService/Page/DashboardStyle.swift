/// The pages' style: light and dark by the reader's system, colours that differ in lightness as well as in
/// hue.
enum DashboardStyle {
  static let text = """
    :root { color-scheme: light dark;
      --paper: #fbfbf9; --card: #ffffff; --ink: #1b1d21; --quiet: #5a6069; --rule: #d9dce1; --link: #0b57b3;
      --good: #2a7f62; --fair: #8a9a2b; --open: #b8860b; --late: #c2571a; --bad: #a3173f; --line: #0b57b3; --line2: #b04a12; }
    @media (prefers-color-scheme: dark) { :root {
      --paper: #14161a; --card: #1c1f25; --ink: #e8eaee; --quiet: #a3aab5; --rule: #343943; --link: #8ab8ff;
      --good: #4fbf98; --fair: #b9c95a; --open: #e0b040; --late: #f08a4b; --bad: #f0628c; --line: #8ab8ff; --line2: #f0a070; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 0 1rem 3rem; max-width: 76rem; background: var(--paper); color: var(--ink);
      font: 1rem/1.45 system-ui, sans-serif; }
    a { color: var(--link); }
    :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    .skip { position: absolute; left: -100rem; } .skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem; }
    header { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: baseline; padding: 1rem 0; }
    header h1 { margin: 0; font-size: 1.5rem; } header h1 small { color: var(--quiet); font-weight: 400; }
    header form { display: flex; gap: .5rem; align-items: baseline; margin-left: auto; }
    input, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--quiet); border-radius: .3rem;
      padding: .25rem .6rem; } input { width: 12rem; }
    #live { margin: 0; } nav a { margin-right: .75rem; }
    section, .tiles > div { background: var(--card); border: 1px solid var(--rule); border-radius: .5rem; padding: .75rem 1rem; }
    section { margin: 1rem 0; min-width: 0; }
    h2 { font-size: 1.1rem; margin: 0 0 .4rem; } h3 { font-size: 1rem; margin: .75rem 0 .25rem; }
    p { margin: .35rem 0; }
    .quiet { color: var(--quiet); font-size: .9rem; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .75rem; margin: 0; }
    .tiles dt { color: var(--quiet); font-size: .9rem; } .tiles dd { margin: 0; }
    .tiles dt + dd { font-size: 1.6rem; font-variant-numeric: tabular-nums; }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 0 1rem; align-items: start; }
    .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 1rem; }
    figure { margin: 0; } figcaption { display: grid; grid-template-columns: 1fr auto; gap: 0 .5rem; font-size: .9rem; }
    figcaption > span { grid-column: 1 / -1; } figcaption > .value { grid-column: 2; font-variant-numeric: tabular-nums; }
    .picture { display: block; width: 100%; height: auto; max-height: 9rem; background: var(--paper); border: 1px solid var(--rule);
      border-radius: .25rem; margin: .35rem 0; }
    polyline { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; }
    .leverage { stroke: var(--line); } .margin { stroke: var(--line2); stroke-dasharray: 5 4; }
    .current { fill: var(--good); } .reduceOnly { fill: var(--fair); } .unproven { fill: var(--open); }
    .stale { fill: var(--late); } .liquidatable { fill: var(--bad); }
    .regime0 { fill: var(--good); } .regime1 { fill: var(--fair); } .regime2 { fill: var(--open); } .regime3 { fill: var(--late); }
    .badge { border: 1px solid currentColor; border-radius: 1rem; padding: 0 .55rem; font-size: .85rem; white-space: nowrap; }
    .badge.current { color: var(--good); } .badge.reduceOnly { color: var(--fair); } .badge.unproven { color: var(--open); }
    .badge.stale { color: var(--late); } .badge.liquidatable { color: var(--bad); }
    @media (prefers-color-scheme: light) { .badge.reduceOnly { color: #5f6b14; } .badge.unproven { color: #7a5900; }
      .badge.stale { color: #98410f; } }
    .swatch { display: inline-block; width: .8rem; height: .8rem; border-radius: .15rem; margin-right: .35rem; background: var(--good); }
    .swatch.reduceOnly, .swatch.regime1 { background: var(--fair); } .swatch.unproven, .swatch.regime2 { background: var(--open); }
    .swatch.stale, .swatch.regime3 { background: var(--late); } .swatch.liquidatable { background: var(--bad); }
    .key { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: .35rem 0; font-size: .9rem; }
    .halt { background: var(--bad); color: var(--paper); border-radius: .4rem; padding: .5rem .9rem; font-weight: 600; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .95rem; }
    th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
    th[scope=row] { font-weight: 500; } thead th { color: var(--quiet); font-weight: 500; }
    td.number, th.number { text-align: right; white-space: nowrap; }
    progress { width: 100%; min-width: 4rem; height: .6rem; accent-color: var(--line); }
    .scroll { overflow-x: auto; } summary { cursor: pointer; padding: .4rem 0; }
    .names { columns: 2; padding-left: 1.4rem; margin: .25rem 0; font-size: .95rem; }
    .events { list-style: none; margin: 0; padding: 0; max-height: 14rem; overflow-y: auto; font-size: .9rem; }
    .events li { border-bottom: 1px solid var(--rule); padding: .15rem 0; overflow-wrap: anywhere; }
    article h3 { margin-bottom: 0; } article ul { margin: .25rem 0 1rem; }
    @media (max-width: 40rem) { header form { margin-left: 0; } .names { columns: 1; } }
    @media (prefers-reduced-motion: no-preference) { .tiles dd { transition: color .3s; } }

    """
}

/// The page's script: fetches the figures anew, and shows events. Without it the page is whole, as of when it
/// was loaded.
enum DashboardScript {
  static let text = """
    "use strict";
    const live = document.getElementById("live");
    const figures = document.getElementById("figures");
    const events = document.getElementById("events");
    let failures = 0;

    function kept() {
      const open = [...figures.querySelectorAll("details[open]")].map((d) => d.id);
      const active = figures.contains(document.activeElement) ? document.activeElement : null;
      const focusable = active ? [...figures.querySelectorAll("a, summary, [tabindex]")].indexOf(active) : -1;
      return { open, focusable };
    }

    function restore({ open, focusable }) {
      for (const id of open) { const d = document.getElementById(id); if (d) d.open = true; }
      if (focusable >= 0) {
        const all = figures.querySelectorAll("a, summary, [tabindex]");
        if (all[focusable]) all[focusable].focus({ preventScroll: true });
      }
    }

    async function refresh() {
      if (!document.hidden) {
        try {
          const answer = await fetch("/fragment", { credentials: "same-origin" });
          if (!answer.ok) throw new Error(answer.status);
          const text = await answer.text();
          const selection = document.getSelection();
          // Somebody who is marking text keeps it.
          if (!(selection && !selection.isCollapsed && figures.contains(selection.anchorNode))) {
            const state = kept();
            figures.innerHTML = text;
            restore(state);
          }
          if (failures > 0 || !live.textContent) live.textContent = "live";
          failures = 0;
        } catch (error) {
          failures += 1;
          if (failures === 2) live.textContent = "not connected; these figures are old";
        }
      }
      setTimeout(refresh, Math.min(2000 * (failures + 1), 15000));
    }
    setTimeout(refresh, 1000);

    function show(kind, data) {
      const item = document.createElement("li");
      const at = new Date(data.time * 1000).toISOString().slice(11, 19);
      const more = data.reasons ? data.reasons.join(", ") : data.regime ? "epoch " + data.epoch + ", " + data.regime : "";
      item.textContent = [at, kind, data.account || "", more].filter(Boolean).join("  ");
      const first = events.querySelector(".quiet");
      if (first) first.remove();
      events.prepend(item);
      while (events.children.length > 50) events.lastChild.remove();
    }

    const source = new EventSource("/v1/events");
    for (const kind of \(kinds)) {
      source.addEventListener(kind, (event) => show(kind, JSON.parse(event.data)));
    }

    """

  private static var kinds: String {
    "[" + LedgerNotice.kinds.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
  }
}
