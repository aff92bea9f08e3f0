/** GET /openapi.json, and the page /ui/docs, on which people try the model and read the endpoints; /docs leads to it. */
import { codeVersion } from "../../config/codeVersion.ts";
import { html, emptyNote, section, itemTable, type Html } from "../../reporting/html.ts";
import { endpoint, json } from "../http/endpoint.ts";
import type { Scope } from "../http/access.ts";
import { sendJson, type App, type Request } from "../http/http.ts";
import { HttpProblem } from "../http/problem.ts";
import { pageAddress, relativeAddress, type Page } from "../pages/frame/page.ts";
import { requireReader } from "../pages/frame/pageAccess.ts";
import type { MorePages } from "../pages/registerPages.ts";
import type { ServerState } from "../state/serverState.ts";
import { openApi } from "./openApi.ts";
import { tryIt } from "./tryIt.ts";

export function registerDocs(app: App, state: ServerState): void {
  const about = { id: "getOpenApi", tag: "model", summary: "This document" } as const;
  const declared = endpoint({ ...about, scopes: ["read", "predict"], returns: json({}) });
  app.get("/openapi.json", declared, (_request, reply) => sendJson(reply, document(app, state)));
  app.get("/docs", (request, reply) => reply.redirect(relativeAddress(request.url, "/ui/docs"), 303));
}

function document({ paths }: App, { workspace: { config }, serving }: ServerState): object {
  return openApi(paths, { config, codeVersion: codeVersion(), served: serving?.served });
}

/** Without a token, the page has the endpoints only. */
export function docsPage(app: App, state: ServerState): MorePages {
  return (ui, { renderer, access }) => {
    ui.get("/docs", async (request, reply) => {
      const top = await requireReader(request, access, "read", "predict")
        .then(() => tryIt(state, request))
        .catch(instead);
      return renderer.send(reply, page(app, top), request);
    });
    const guarded = (...scopes: readonly Scope[]) => ({
      onRequest: (request: Request): Promise<void> => requireReader(request, access, ...scopes),
    });
    // For browsers, whose cookie opens pages only.
    ui.get("/docs/openapi.json", guarded("read", "predict"), (_request, reply) =>
      sendJson(reply, document(app, state)),
    );
    ui.post("/docs", guarded("predict"), async (request, reply) => {
      if (request.headers["sec-fetch-site"] === "cross-site")
        throw new HttpProblem("forbidden", "the form was sent from another site");
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
      return renderer.send(reply, page(app, await tryIt(state, request, form)), request);
    });
  };
}

function page({ paths }: App, top: Html): Page {
  return { title: "API", area: "docs", body: html`${top} ${section("endpoints", "Endpoints", endpoints(paths))}` };
}

/** @throws all other problems */
function instead(error: unknown): Html {
  const signIn = html`To try the model and see its columns,
    <a href="/ui/login?next=/ui/docs">sign in with a token</a>.`;
  if (error instanceof HttpProblem && error.status === 401) return section("try", "Try it", html`<p>${signIn}</p>`);
  if (error instanceof HttpProblem && error.problem === "not-ready")
    return section("try", "Try it", emptyNote(`${error.message}: ${error.hint}.`));
  throw error;
}

interface Operation {
  readonly summary: string;
  readonly "x-scopes": readonly string[];
}

function endpoints(paths: App["paths"]): Html {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
  );
  return html`${itemTable("All endpoints", all, [
      ["Endpoint", ({ path }) => html`<code>${path}</code>`],
      ["Method", ({ method }) => method.toUpperCase()],
      ["What it does", ({ operation }) => operation.summary],
      ["Token", ({ operation }) => operation["x-scopes"].join(" or ") || "none"],
    ])}
    <p>
      <a href="${pageAddress("docs", "openapi.json")}">openapi.json</a> describes them with their parameters, rows,
      responses and errors; clients can be generated from it.
    </p>`;
}
