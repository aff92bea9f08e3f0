/** GET /openapi.json, and GET /docs: a self-contained HTML page to try the API, which loads nothing from other servers. */
import { createHash } from "node:crypto";
import type { Guards } from "../http/guards.ts";
import { sendJson, type App } from "../http/http.ts";
import { openApi } from "./openApi.ts";
import type { ServerState } from "../state/serverState.ts";

export function registerDocs(app: App, state: ServerState, guards: Guards): void {
  const { token, tokens, base_path: basePath } = state.workspace.config.serve;
  const hidden = { schema: { hide: true } };
  app.get("/openapi.json", { onRequest: guards.read, ...hidden }, (_request, reply) => {
    const options = { tokens: token !== null || tokens.length > 0, basePath };
    return sendJson(reply, openApi(app.swagger(), state.serving?.served, options));
  });
  const page = docsPage(state.workspace.config.name);
  app.get("/docs", hidden, (_request, reply) =>
    reply.headers({ "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY }).send(page),
  );
}

function docsPage(name: string): string {
  const title = name.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: try the API</title>
<style>${STYLE}</style>
<main>
<h1>${title}</h1>
<p id="model" role="status">loading the model …</p>
<label id="tokenField" hidden>Bearer token <input id="token" type="password" autocomplete="off"></label>
<section aria-labelledby="try">
<h2 id="try">Request a prediction</h2>
<form id="form"><div id="fields"></div>
<p><label><input type="checkbox" id="explain"> explain the prediction</label>
<button type="submit">Predict</button></p></form>
<div class="two"><div><h3>Command</h3><pre id="command"></pre></div>
<div><h3>Response</h3><pre id="response" aria-live="polite">—</pre></div></div>
</section>
<section aria-labelledby="all"><h2 id="all">All endpoints</h2><table id="routes"></table>
<p><a id="openapi" href="openapi.json">openapi.json</a> is the machine-readable description.</p></section>
</main>
<script>${SCRIPT}</script>
</html>
`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--accent:#2563eb}
body{margin:0;font:16px/1.5 system-ui,sans-serif}main{max-width:60rem;margin:auto;padding:1.5rem}
h1{margin:0}h2{margin-top:2rem;border-bottom:1px solid var(--line)}h3{margin:.5rem 0;font-size:.9rem}
#fields{display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));gap:.75rem}
label{font-size:.85rem}#fields label{display:block}
#fields input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.35rem .5rem;border:1px solid var(--line);border-radius:.3rem;background:transparent;color:inherit}
small{color:GrayText}button{font:inherit;padding:.4rem 1.2rem;border:0;border-radius:.3rem;background:var(--accent);color:#fff;cursor:pointer;margin-left:1rem}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:1rem}
pre{background:var(--soft);padding:.75rem;border-radius:.3rem;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;margin:0}
table{border-collapse:collapse;width:100%}td{padding:.35rem .5rem;border-bottom:1px solid var(--line);vertical-align:top}
td:first-child,td:nth-child(2){white-space:nowrap;font-family:ui-monospace,monospace;font-size:.9rem}`;

const SCRIPT = `
const at = (id) => document.getElementById(id);
const token = () => at("token").value.trim();
const base = location.href.replace(/docs\\/?([?#].*)?$/, "");
const headers = (more) => Object.assign(token() ? { authorization: "Bearer " + token() } : {}, more);
let columns = [];
const rowOf = () => Object.fromEntries(columns.map(({ name, kind }) => {
  const text = at("field_" + name).value;
  return [name, text === "" ? null : kind === "number" && text.trim() !== "" && isFinite(text) ? Number(text) : text];
}));
const show = () => {
  const quoted = JSON.stringify(rowOf()).replaceAll("'", "'\\\\''");
  at("command").textContent = "curl " + base + "predict" + (at("explain").checked ? "?explain=true" : "") +
    " \\\\\\n  -H 'content-type: application/json'" + (token() ? " \\\\\\n  -H \\"authorization: Bearer $MLCTL_TOKEN\\"" : "") +
    " \\\\\\n  -d '" + quoted + "'";
};
const element = (tag, text, parent) => { const made = document.createElement(tag); made.textContent = text; parent.append(made); return made; };
const field = (spec, example) => {
  const label = element("label", spec.name + " ", at("fields"));
  element("small", spec.kind + (spec.minimum === undefined ? "" : ", " + (spec.kind === "date" ? new Date(spec.minimum).toISOString().slice(0, 10) + " to " + new Date(spec.maximum).toISOString().slice(0, 10) : spec.minimum + " to " + spec.maximum)), label);
  const input = element("input", "", label);
  input.id = "field_" + spec.name; input.value = example ?? ""; input.addEventListener("input", show);
  if (spec.categories) {
    const list = element("datalist", "", label); list.id = "list_" + spec.name;
    spec.categories.forEach((value) => { element("option", "", list).value = value; });
    input.setAttribute("list", list.id);
  }
};
const load = async () => {
  const reply = await fetch(base + "model", { headers: headers() });
  const model = await reply.json();
  at("tokenField").hidden = reply.status !== 401 && reply.status !== 403 && !token();
  if (!reply.ok) { at("model").textContent = model.detail + (model.hint ? ": " + model.hint : ""); return; }
  columns = model.signature.inputs;
  at("model").textContent = "run " + model.model_version + ", " + model.family + ", predicts " + model.signature.target.name + " (" + model.task + ")";
  at("fields").replaceChildren();
  columns.forEach((spec) => field(spec, model.example[spec.name]));
  show();
  const paths = (await (await fetch(base + "openapi.json", { headers: headers() })).json()).paths;
  at("routes").replaceChildren();
  for (const [path, methods] of Object.entries(paths)) for (const [method, { summary }] of Object.entries(methods)) {
    if (method === "head") continue;
    const row = at("routes").insertRow();
    [method.toUpperCase(), path, summary ?? ""].forEach((text) => { row.insertCell().textContent = text; });
  }
};
at("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const reply = await fetch(base + "predict" + (at("explain").checked ? "?explain=true" : ""), { method: "POST", headers: headers({ "content-type": "application/json" }), body: JSON.stringify(rowOf()) });
    at("response").textContent = reply.status + " " + JSON.stringify(await reply.json(), null, 2);
  } catch (error) { at("response").textContent = String(error); }
});
at("explain").addEventListener("change", show);
at("token").addEventListener("change", load);
at("openapi").href = base + "openapi.json";
load().catch((error) => { at("model").textContent = String(error); });
`;

/** Allows only the page's own script and style. */
const POLICY = `default-src 'none'; connect-src 'self'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
