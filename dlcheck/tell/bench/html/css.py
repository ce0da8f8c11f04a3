"""How the page looks."""

CSS = """
:root { --ink: #1a1a1a; --paper: #fff; --soft: #667; --line: #ccd; --band: #f4f5f8; --bad: #b00020; --unsure: #8a5a00;
  --good: #12692c; --c0: #0b62a8; --c1: #b3541e; --c2: #2c7a3f; --c3: #7a3b9a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8ea; --paper: #16171a; --soft: #a0a4b0; --line: #3a3d46;
  --band: #1f2126; --bad: #ff7b86; --unsure: #f0b65a; --good: #6fd08a; --c0: #6cb6ff; --c1: #ff9f6b; --c2: #7fd493;
  --c3: #cf9bf0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; margin: 0 0 .5rem; } h2 { font-size: 1.05rem; margin: 1.8rem 0 .5rem; }
.summary { font-size: 1.2rem; font-weight: 600; margin: .5rem 0 1rem; }
.bad { color: var(--bad); font-weight: 600; } .unsure { color: var(--unsure); } .good { color: var(--good); }
.small { color: var(--soft); font-size: .85rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; }
dt { color: var(--soft); max-width: 12rem; } dd { margin: 0; min-width: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .2rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; } .words { text-align: left; }
tbody tr:nth-child(even) { background: var(--band); }
svg { display: block; width: 100%; height: auto; max-width: 48rem; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg .soft { fill: var(--soft); } svg .grid { stroke: var(--line); stroke-width: 1; }
svg .curve { fill: none; stroke-width: 2.5; } svg .mark { stroke: var(--paper); stroke-width: 1.5; }
.c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); stroke-dasharray: 7 4; }
.c2 { stroke: var(--c2); stroke-dasharray: 2 4; }
.c3 { stroke: var(--c3); stroke-dasharray: 9 3 2 3; }
.m0 { fill: var(--c0); } .m1 { fill: var(--c1); } .m2 { fill: var(--c2); } .m3 { fill: var(--c3); }
details { margin-top: 1.8rem; } summary { cursor: pointer; font-weight: 600; }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } body { padding: .7rem; }
  svg { font-size: 20px; } }
@media print { body { max-width: none; font-size: 11px; } table { font-size: 10px; }
  tr, svg, dl { break-inside: avoid; }
  .wide { overflow: visible; } }
"""
