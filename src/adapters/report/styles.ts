/** Of every report. No font, no image, nothing from anywhere else; what is told by colour is told in words too. */
export const styles = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --paper: #ffffff; --ink: #1b2430; --soft: #525f70; --line: #d8dee6; --code: #eef1f5;
  --asked: #3457b1; --done: #146c43; --refused: #b3261e; --open: #8a5200; --changed: #5a4a9c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --paper: #1a2028; --ink: #e7ecf2; --soft: #a9b4c2; --line: #333d4a; --code: #252d38;
    --asked: #9db8ff; --done: #74d3a2; --refused: #ff9f95; --open: #f2bd6b; --changed: #c5b8ff;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main, header, footer { max-width: 54rem; margin-inline: auto; padding-inline: 1.25rem; }
header { padding-block: 2rem 0.5rem; }
footer { padding-block: 0.5rem 2.5rem; color: var(--soft); font-size: 0.875rem; }
.kind { margin: 0; color: var(--soft); font-size: 0.875rem; letter-spacing: 0.06em; text-transform: uppercase; }
h1 { margin: 0.125rem 0 0.75rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h1 code { background: none; padding: 0; font-size: 0.95em; }
h2 { margin: 0 0 0.75rem; font-size: 1.125rem; }
h3 { margin: 0; font-size: 1rem; }
p { margin: 0.375rem 0; }
section { margin-block: 1rem; padding: 1.125rem 1.25rem; background: var(--paper); border: 1px solid var(--line); border-radius: 0.625rem; }
code { padding: 0.05em 0.3em; background: var(--code); border-radius: 0.25rem; font: 0.875em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
dl { display: grid; gap: 0.25rem 1.25rem; margin: 0.5rem 0; }
dl > div { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: 0.75rem; }
dt { color: var(--soft); font-size: 0.9375rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.badge { display: inline-block; margin: 0 0 0.25rem; padding: 0.125rem 0.75rem; border: 1.5px solid currentColor; border-radius: 999px; font-weight: 600; }
.badge.asked { color: var(--asked); } .badge.done { color: var(--done); } .badge.refused { color: var(--refused); }
.badge.open { color: var(--open); } .badge.changed { color: var(--changed); }
.scroll { overflow-x: auto; }
table { width: 100%; margin: 0.5rem 0; border-collapse: collapse; font-size: 0.9375rem; }
caption { padding-bottom: 0.25rem; color: var(--soft); font-size: 0.875rem; text-align: start; }
.scroll th code { white-space: nowrap; }
th, td { padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; }
tbody th { font-weight: 500; }
.timeline { margin: 0; padding: 0; list-style: none; }
.timeline > li { position: relative; padding: 0 0 1.5rem 1.75rem; border-inline-start: 2px solid var(--line); margin-inline-start: 0.4375rem; }
.timeline > li:last-child { padding-bottom: 0; border-color: transparent; }
.timeline > li::before { content: ""; position: absolute; top: 0.3rem; inset-inline-start: -0.5rem; width: 0.875rem; height: 0.875rem; border: 3px solid var(--dot); border-radius: 50%; background: var(--paper); }
.timeline > li.done::before, .timeline > li.refused::before { background: var(--dot); }
.asked { --dot: var(--asked); } .done { --dot: var(--done); } .refused { --dot: var(--refused); }
.open { --dot: var(--open); } .changed { --dot: var(--changed); }
.timeline h3 { color: var(--dot); }
.who { color: var(--soft); }
.actor { color: var(--ink); font-weight: 600; overflow-wrap: anywhere; }
.record { color: var(--soft); font-size: 0.8125rem; overflow-wrap: anywhere; }
.record code { background: none; padding: 0; }
@media (max-width: 36rem) {
  main, header, footer { padding-inline: 0.75rem; }
  section { padding: 0.875rem; }
  dl > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dl { gap: 0.5rem; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #ffffff; --paper: #ffffff; --ink: #000000; --soft: #3d4653; --line: #b8c0ca; --code: transparent;
    --asked: #3457b1; --done: #146c43; --refused: #b3261e; --open: #8a5200; --changed: #5a4a9c;
  }
  html { font-size: 9.5pt; }
  main, header, footer { max-width: none; padding-inline: 0; }
  section { padding: 0; border: 0; }
  section + section { padding-top: 0.75rem; border-top: 1px solid var(--line); border-radius: 0; }
  code { padding: 0; }
  h2, h3, caption, thead { break-after: avoid; }
  .timeline > li, tr, dl > div { break-inside: avoid; }
  .timeline > li::before { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .scroll { overflow: visible; }
}
@page { margin: 16mm; }
`;
