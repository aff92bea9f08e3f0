/** The style sheet of the pages: that of the report, and rules for pages only. */
import { colours, darkColours } from "../../../plots/theme.ts";
import { styleSheet } from "../../../reporting/styleSheet.ts";

export function pageStyle(): string {
  return `${styleSheet()}${colour}${frame}${parts}${charts}${narrow}`;
}

const colour = `
:root{--accent:${colours.accent};--up:${colours.contrast};--before:${colours.grey};--grid:${colours.grid};--button:#0060a0;--button-ink:#fff}
@media (prefers-color-scheme:dark){:root{--accent:${darkColours.accent};--up:${darkColours.contrast};--before:${darkColours.grey};--grid:${darkColours.grid};--button:#9ccaff;--button-ink:#06223d}}
`;

const frame = `
.bar{background:var(--card);border-bottom:1px solid var(--line)}
.bar .page{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.5rem;padding:.6rem 1.25rem}
.bar nav{flex:1 1 auto}.bar nav ul{margin:0;gap:.1rem .25rem}
.bar nav a{padding:.35rem .6rem;border-radius:8px;color:var(--ink)}
.bar nav a[aria-current]{background:var(--mark);font-weight:600;box-shadow:inset 0 -2px 0 var(--link);border-radius:8px 8px 0 0}
.brand{font-weight:700;text-decoration:none;color:var(--ink);padding:.35rem 0}
main.page{padding-top:1.25rem;padding-bottom:1rem}main.page:focus{outline:none}main>h1{margin:0 0 1rem}
footer.page{padding-top:0;padding-bottom:2rem}
`;

const parts = `
.nowrap{white-space:nowrap}
.crumbs{margin:-.5rem 0 1rem;color:var(--muted);font-size:.9rem}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,13rem),1fr));gap:.9rem 1.5rem;margin:0 0 1rem}
.facts div{min-width:0}.facts .whole{grid-column:1/-1}.facts ul{margin:0;padding-left:1.1rem}dt{color:var(--muted);font-size:.85rem}dd{margin:0}
.figure{font-size:1.6rem;font-weight:650;line-height:1.2;font-variant-numeric:tabular-nums}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));gap:1rem;margin:0 0 1rem;padding:0;list-style:none}
.tile{border:1px solid var(--line);border-left:5px solid var(--line);border-radius:10px;padding:.75rem 1rem;min-width:0}
.tile.good{border-left-color:var(--good)}.tile.bad{border-left-color:var(--bad)}.tile.caution{border-left-color:var(--caution)}
.tile.good,.tile.bad,.tile.caution{color:inherit;font-weight:400}
.tile p{margin:.25rem 0 0;font-size:.95rem}
.state{white-space:nowrap;font-weight:600}.quiet{color:var(--muted)}.state.quiet{font-weight:400}
form.fields{display:flex;flex-wrap:wrap;gap:.75rem 1rem;align-items:end;margin:0 0 1.1rem}
form.fields label{display:grid;gap:.2rem;font-size:.85rem;color:var(--muted);min-width:0;max-width:100%}
form.fields label.check{display:flex;align-items:center;gap:.45rem;padding:.45rem 0;color:var(--ink)}
input,select,button{font:inherit;font-size:1rem}
input:not([type=checkbox]),select{padding:.45rem .6rem;border:1px solid var(--muted);border-radius:8px;background:var(--card);color:var(--ink);max-width:100%;min-width:0}
input[type=checkbox]{width:1.15rem;height:1.15rem;accent-color:var(--link)}
td input[type=checkbox]{display:block;margin:.15rem auto}
input:not([type=checkbox]),select,button{min-height:2.6rem}
button{padding:.4rem 1.1rem;border:1px solid transparent;border-radius:8px;background:var(--button);color:var(--button-ink);font-weight:600;cursor:pointer}
button.quiet{min-height:0;background:none;color:var(--link);border-color:var(--line);padding:.3rem .7rem;font-weight:400}
button[hidden]{display:none}
.narrow{max-width:34rem}.narrow form.fields{flex-direction:column;align-items:stretch}
.pager ul{margin:.5rem 0 0}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.lineage{list-style:none;display:flex;flex-wrap:wrap;gap:.75rem 1.7rem;padding:0;margin:0 0 1rem}
.lineage>li{position:relative;border:1px solid var(--line);border-radius:10px;padding:.6rem .7rem;min-width:7rem;flex:1 1 7rem;max-width:100%}
.lineage>li:not(:last-child)::after{content:"→";position:absolute;right:-1.4rem;top:50%;transform:translateY(-50%);color:var(--muted)}
.lineage>li.here{border-color:var(--link);box-shadow:0 0 0 1px var(--link)}
.lineage strong{display:block;font-size:.8rem;color:var(--muted);font-weight:600}
.lineage span{display:block;font-size:.85rem;color:var(--muted)}
ul.plain{list-style:none;padding:0;margin:0 0 .75rem}ul.plain li{padding:.15rem 0}
section>form>table,.wide table{min-width:100%}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--page);border-radius:8px;padding:.75rem;margin:.5rem 0;font-size:.85rem}
td.changed{background:var(--mark)}
`;

const charts = `
.chart{display:block;width:100%;height:auto;max-width:34rem;min-width:300px}
.chart.wide{max-width:640px;min-width:300px}
.chart text{font:12px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,"DejaVu Sans",sans-serif}
.axis{fill:var(--muted);font-variant-numeric:tabular-nums}.axis.ink{fill:var(--ink)}
.chart path{fill:none}.grid{stroke:var(--grid)}
.course{stroke:var(--accent);stroke-width:2}
.limit{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:6 4}
.estimate{stroke:var(--muted);stroke-width:1.5;stroke-dasharray:2 3}
.whisker{stroke:var(--accent);stroke-width:6;opacity:.22}
.mark.pass{fill:var(--accent)}.mark.skipped{fill:var(--muted)}.chart path.mark.warn{fill:var(--caution)}.mark.fail{stroke:var(--bad);stroke-width:3}
.chart path.before,.chart rect.before{fill:var(--before);opacity:.55}
.chart path.now{stroke:var(--accent);stroke-width:2}.chart rect.now{fill:var(--accent)}
.chart rect.up{fill:var(--up)}.chart rect.down{fill:var(--accent)}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1rem;color:var(--muted);font-size:.85rem;margin:.15rem 0}
.key::before{content:"";display:inline-block;width:1.4rem;height:0;margin-right:.4rem;vertical-align:.25em;border-top:2px solid var(--accent)}
.key.limit::before{border-top:2px dashed var(--bad)}.key.estimate::before{border-top:2px dotted var(--muted)}
.key.band::before{border-top:8px solid var(--accent);opacity:.3;vertical-align:0}
.key.before::before{border-top:10px solid var(--before);opacity:.55;vertical-align:-.05em}
.strip{display:block}.strip .moved{fill:var(--bad)}.strip .stable{fill:none;stroke:var(--good);stroke-width:1.8}.strip .unknown{fill:var(--muted)}
.bars{min-width:9rem;width:100%;height:1rem;display:block}
`;

const narrow = `
@media (max-width:600px){.chart text{font-size:16px}.bar .page{padding:.5rem .6rem}.lineage{flex-direction:column}.lineage>li:not(:last-child)::after{content:"↓";right:auto;left:1rem;top:auto;bottom:-1.35rem;transform:none}
.lineage{gap:1.3rem}.lineage>li{flex:0 0 auto}.scroll table{width:max-content;min-width:100%}td.text{max-width:15rem}tbody th{max-width:11rem}.figure{font-size:1.35rem}form.fields>label{flex:1 1 100%}form.fields input:not([type=checkbox]),form.fields select{width:100%}}
`;
