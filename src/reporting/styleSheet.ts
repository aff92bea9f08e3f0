/** The style sheet of the report: light and dark, from phones to wide screens, and for print. */
import { colours, darkColours } from "../plots/theme.ts";

/** Maps the light colours in the attributes of plots to the dark ones. */
function darkPlots(): string {
  const names = Object.keys(colours) as (keyof typeof colours)[];
  return names
    .map((name) => {
      const [light, dark] = [colours[name], darkColours[name]];
      return `.vega [fill="${light}"]{fill:${dark}}.vega [stroke="${light}"]{stroke:${dark}}`;
    })
    .join("");
}

export function styleSheet(): string {
  return `${base}${layout}${tables}${summary}@media (prefers-color-scheme:dark){${dark}${darkPlots()}}${print}`;
}

const base = `
:root{color-scheme:light dark;--page:#f4f6f8;--card:#fff;--ink:${colours.ink};--muted:#57606a;--line:#dde2e7;--link:#0060a0;
--good:#116b3c;--good-soft:#e3f4ea;--bad:#a8291b;--bad-soft:#fbe9e6;--caution:#7a5200;--caution-soft:#fdf3dc;--calm-soft:#e8eef5;--calm:#2c4a6b;--mark:#eef5fb;--edge:#0003}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.7rem;line-height:1.2;margin:0}
h2{font-size:1.25rem;line-height:1.3;margin:0 0 .75rem}
h3{font-size:1rem;line-height:1.35;margin:0 0 .25rem}
p{margin:0 0 .6rem;max-width:75ch}
a{color:var(--link)}
code{font:.875em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
small{font-weight:400;color:var(--muted);font-size:.85rem}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-9999px;top:0;background:var(--card);padding:.5rem 1rem;z-index:1}
.skip:focus{left:0}
.note,.fact{color:var(--muted);font-size:.9rem}
.empty{color:var(--muted);border-left:3px solid var(--line);padding:.15rem 0 .15rem .75rem;margin:.25rem 0 .75rem}
.good{color:var(--good);font-weight:600}.bad{color:var(--bad);font-weight:600}.caution{color:var(--caution);font-weight:600}
.warning{background:var(--caution-soft);color:var(--caution);padding:.6rem .8rem;border-radius:8px}
.tag{font-size:.75rem;font-weight:400;background:var(--calm-soft);color:var(--calm);border-radius:99px;padding:.1rem .5rem;white-space:nowrap}
`;

const layout = `
.page{max-width:1180px;margin:0 auto;padding:1.5rem 1.25rem 3rem}
header p{color:var(--muted);margin:.25rem 0 1rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;margin:1rem 0}
nav a{display:inline-block;padding:.25rem 0;text-decoration:none}
nav a:hover{text-decoration:underline}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.25rem 1.5rem 1.5rem;margin:0 0 1.25rem}
section>:last-child{margin-bottom:0}
.plots{columns:20rem 2;column-gap:2rem;margin:.5rem 0 1rem}
.plots>*{break-inside:avoid;margin-bottom:1.75rem}
.plots.small{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));gap:0 2rem;align-items:start}
figure{margin:0;min-width:0}
section>figure{margin:0 0 1.5rem}
section>h3{margin-top:1.25rem}
.plot h3 small{display:block}
.picture{overflow-x:auto}
.vega{display:block;width:100%;height:auto}
.vega text{font-family:inherit}
figcaption{color:var(--muted);font-size:.9rem;max-width:34rem;margin-top:.35rem}
details{margin-top:1rem}
details>summary{cursor:pointer;font-weight:600;padding:.25rem 0}
.chain{list-style:none;padding:0;margin:0 0 1.25rem;border-left:2px solid var(--line)}
.chain li{position:relative;padding:0 0 1rem 1.25rem}
.chain li:last-child{padding-bottom:0}
.chain li::before{content:"";position:absolute;left:-6px;top:.5em;width:10px;height:10px;border-radius:50%;background:var(--card);border:2px solid var(--link)}
.card{display:grid;grid-template-columns:10rem minmax(0,1fr);gap:.6rem 1rem;margin:0}
.card dt{font-weight:600}.card dd{margin:0}.card p{margin:0 0 .25rem}
footer{color:var(--muted);font-size:.9rem}
@media (max-width:600px){.page{padding:1rem .6rem 2rem}section{padding:1rem .8rem 1.1rem;border-radius:10px}h1{font-size:1.4rem}.card{grid-template-columns:1fr;gap:.1rem}.card dd{margin-bottom:.6rem}}
`;

const tables = `
.scroll{overflow-x:auto;margin:0 0 1rem;background:linear-gradient(to left,var(--card) 2rem,transparent 3rem) right/3rem 100% no-repeat local,linear-gradient(to left,var(--edge),transparent .9rem) right/.9rem 100% no-repeat var(--card)}
table{border-collapse:collapse;width:100%;font-size:.925rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.25rem 0 .5rem}
caption span{display:block;max-width:calc(100vw - 3rem)}
th,td{padding:.4rem .7rem;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:normal}
th:first-child,td:first-child{padding-left:.35rem}
thead th{color:var(--muted);font-weight:600;font-size:.85rem;line-height:1.3;vertical-align:bottom}
tbody th{font-weight:500;min-width:8rem;max-width:22rem;overflow-wrap:break-word}
td.text{max-width:34rem;overflow-wrap:break-word}
.text{text-align:left}.number{text-align:right}tbody .number{white-space:nowrap}
.marked>*{background:var(--mark)}
.marked>th{font-weight:700}
tbody tr:last-child>*{border-bottom:0}
@media (max-width:860px){table{font-size:.85rem}th,td{padding:.35rem .3rem}thead th{font-size:.8rem}tbody th{min-width:5rem}}
@media (max-width:600px){table.cards,table.cards tbody,table.cards caption{display:block}
table.cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table.cards thead:has([aria-sort]){position:static;width:auto;height:auto;clip-path:none}
table.cards thead tr{display:flex;flex-wrap:wrap;gap:0.3rem 1rem}
table.cards thead th:not([aria-sort]){display:none}
table.cards tbody tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(8rem,1fr));gap:0.15rem 0.75rem;padding:0.6rem 0.35rem;border-bottom:1px solid var(--line)}
table.dense tbody tr{grid-template-columns:repeat(auto-fill,minmax(5.5rem,1fr))}
table.cards tr.marked{background:var(--mark)}
table.cards tr>*{border:0;padding:0;text-align:left;white-space:normal;min-width:0;max-width:none;overflow-wrap:anywhere}
table.cards tbody th{grid-column:1/-1;position:static;font-weight:600}
table.cards tbody th[data-title]::before{content:attr(data-title) " ";font-weight:400}
table.cards td[data-title]:not([data-title=""])::before{content:attr(data-title);display:block;color:var(--muted);font-size:0.8rem}
table.cards td:empty,table.cards td.none{display:none}}
`;

const summary = `
.summary{display:grid;grid-template-columns:minmax(0,1.25fr) minmax(0,1fr);gap:1rem 2rem;border-top-width:5px}
.summary.good{border-top-color:var(--good)}.summary.caution{border-top-color:var(--caution)}.summary.bad{border-top-color:var(--bad)}.summary.open{border-top-color:var(--muted)}
.summary h2{font-size:1.5rem;margin-bottom:.6rem}
.summary.good,.summary.caution,.summary.bad{color:inherit;font-weight:400}
.thresholds{grid-column:1/-1}.thresholds p{max-width:none}
.summary ul{margin:.1rem 0 .6rem;padding-left:1.2rem}
.summary .words>h3{margin-top:.9rem}
.badge{display:inline-block;font-size:.85rem;font-weight:600;border-radius:1rem;padding:.15rem .7rem;background:var(--calm-soft);color:var(--calm)}
.good .quality{background:var(--good-soft);color:var(--good)}.caution .quality{background:var(--caution-soft);color:var(--caution)}.bad .quality{background:var(--bad-soft);color:var(--bad)}
.warnings{background:var(--caution-soft);color:var(--caution);border-radius:8px;padding:.7rem .9rem;margin-top:.75rem}
.warnings ul{margin-bottom:0}
@media (max-width:860px){.summary{grid-template-columns:minmax(0,1fr)}}
`;

const dark = `
:root{--page:#0d1117;--card:#161b22;--ink:${darkColours.ink};--muted:${darkColours.muted};--line:#2d343d;--link:#6cb6ff;
--good:#56d38b;--good-soft:#12351f;--bad:#ff8f80;--bad-soft:#43201b;--caution:#eac155;--caution-soft:#372b0e;--calm-soft:#1f2d3d;--calm:#a9c7e8;--mark:#1b2531;--edge:#000b}
`;

const print = `
@media print{.scroll{background:none}#card{break-before:page}.page>main>#card:only-child{break-before:auto}nav,.skip{display:none}body{background:#fff;font-size:13px}figure,tr{break-inside:avoid}h2,h3,caption{break-after:avoid}.page{max-width:none;padding:0}.plots{columns:2 12rem}.vega{min-width:0!important}table{font-size:10px}th,td{padding:.2rem .3rem}tbody .number{white-space:normal}}
`;
