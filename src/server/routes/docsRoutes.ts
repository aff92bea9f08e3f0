/** GET /openapi.json, and GET /docs: a page to try the API. */
import { docsPage } from "./docsPage.ts";
import type { Guards } from "../http/guards.ts";
import { sendJson, type App } from "../http/http.ts";
import { openApi } from "./openApi.ts";
import type { ServerState } from "../state/serverState.ts";

export function registerDocs(app: App, state: ServerState, guards: Guards): void {
  const { token, tokens } = state.workspace.config.serve;
  const hidden = { schema: { hide: true } };
  app.get("/openapi.json", { onRequest: guards.read, ...hidden }, (_request, reply) => {
    const options = { tokens: token !== null || tokens.length > 0 };
    return sendJson(reply, openApi(app.swagger(), state.serving?.served, options));
  });
  const page = docsPage(state.workspace.config.name);
  app.get("/docs", hidden, (_request, reply) =>
    reply
      .headers({ "content-type": "text/html; charset=utf-8", "content-security-policy": page.contentSecurityPolicy })
      .send(page.html),
  );
}
