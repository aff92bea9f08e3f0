/** GET /openapi.json, and GET /docs: a self-contained HTML page to try the API, which loads nothing from other servers. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { codeVersion } from "../../config/codeVersion.ts";
import { endpoint, json } from "../http/endpoint.ts";
import type { Guards } from "../http/guards.ts";
import { sendJson, type App } from "../http/http.ts";
import { openApi } from "./openApi.ts";
import type { ServerState } from "../state/serverState.ts";

export function registerDocs(app: App, state: ServerState, guards: Guards): void {
  const version = codeVersion();
  const { config } = state.workspace;
  const declared = endpoint({ id: "getOpenApi", tag: "model", summary: "This document", query: {}, returns: json({}) });
  app.get("/openapi.json", { onRequest: guards.describe, ...declared }, (_request, reply) =>
    sendJson(reply, openApi(app.paths, { config, codeVersion: version, served: state.serving?.served })),
  );
  const hidden = {};
  const { page, policy } = docsPage(state.workspace.config.name);
  app.get("/docs", hidden, (_request, reply) =>
    reply.headers({ "content-type": "text/html; charset=utf-8", "content-security-policy": policy }).send(page),
  );
}

function docsPage(name: string): { readonly page: string; readonly policy: string } {
  const template = readFileSync(new URL("docs.html", import.meta.url), "utf8");
  const [style, script] = ["style", "script"].map((tag) => hashOf(template.split(new RegExp(`</?${tag}>`))[1]!));
  const title = name.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return {
    page: template.replaceAll("{{title}}", () => title),
    // Allows only the page's own script and style.
    policy: `default-src 'none'; connect-src 'self'; style-src ${style}; script-src ${script}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
