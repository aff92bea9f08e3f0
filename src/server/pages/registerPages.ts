/** Registers the pages under /ui: rendered on the server, usable without scripts, protected by the scope "read". */
import { MlctlError } from "../../core/errors.ts";
import { html, withCode } from "../../reporting/html.ts";
import { requireReader, type PageAccess } from "./frame/pageAccess.ts";
import { pageRenderer, type PageRenderer } from "./frame/pageRenderer.ts";
import { frameworkProblem, type App, type Request } from "../http/http.ts";
import { HttpProblem } from "../http/problem.ts";
import type { ServerState } from "../state/serverState.ts";
import { columnPage } from "./columnPage.ts";
import { comparePage } from "./comparePage.ts";
import { livePage } from "./livePage.ts";
import { registerLogin } from "./frame/loginRoutes.ts";
import { monitoringPage } from "./monitoringPage.ts";
import { overviewPage } from "./overviewPage.ts";
import { pageAssets } from "./frame/pageAssets.ts";
import { pageAddress, relativeAddress, withQuery, type Page, type PageWriter } from "./frame/page.ts";
import { predictionPage } from "./predictionPage.ts";
import { predictionsPage } from "./predictionsPage.ts";
import { recordedReport, runPage } from "./runPage.ts";
import { runsPage } from "./runsPage.ts";
import { searchPage, trialsPage } from "./trialsPage.ts";
import { windowPage } from "./windowPage.ts";

/** With their query parameters. */
const pages: Readonly<Record<string, readonly [write: PageWriter, ...fields: string[]]>> = {
  "/": [overviewPage],
  "/runs": [runsPage, "metric", "family", "tag", "deployed", "winners", "sort", "order", "page"],
  "/compare": [comparePage, "run"],
  "/runs/:id": [runPage],
  "/trials": [trialsPage],
  "/trials/:id": [searchPage],
  "/monitoring": [monitoringPage, "source", "from", "to", "page"],
  "/monitoring/:id": [windowPage],
  "/monitoring/:id/column": [columnPage, "name"],
  "/predictions": [predictionsPage, "id", "model", "answer", "truth", "key", "from", "to", "before"],
  "/predictions/:id": [predictionPage],
  "/live": [livePage],
};

/** Adds pages that also take forms. */
export type MorePages = (ui: App, tools: { readonly renderer: PageRenderer; readonly access: PageAccess }) => void;

/** Call it before registerFallback. */
export function registerPages(app: App, state: ServerState, access: PageAccess, more: MorePages): void {
  const renderer = pageRenderer(state, access);
  const onRequest = (request: Request): Promise<void> => requireReader(request, access);
  const register = async (ui: App): Promise<void> => {
    addErrors(ui, renderer);
    for (const [url, [write, ...fields]] of Object.entries(pages)) {
      ui.get(url, { onRequest, config: { fields } }, async (request, reply) =>
        renderer.send(reply, await renderer.render(write, request), request),
      );
    }
    ui.get("/runs/:id/report", { onRequest }, (request, reply) => recordedReport(renderer.pageRequest(request), reply));
    registerLogin(ui, { access, renderer, bodies: state.bodies });
    more(ui, { renderer, access });
    for (const { address, type, text } of Object.values(pageAssets)) {
      const headers = { "content-type": type, "cache-control": "public, max-age=31536000, immutable" };
      ui.get(address.slice("/ui".length), (_request, reply) => reply.headers(headers).send(text));
    }
  };
  void app.register(register, { prefix: "/ui" });
  app.addHook("onClose", () => renderer.close());
}

/** Shows errors as pages; redirects to the sign-in page on 401. */
function addErrors(ui: App, renderer: PageRenderer): void {
  ui.setErrorHandler((error, request, reply) => {
    const problem = frameworkProblem(error);
    if (problem.status === 401) {
      const login = withQuery(pageAddress("login"), { next: request.url });
      return reply.redirect(relativeAddress(request.url, login), 303);
    }
    if (problem.status === 500 && !(problem.cause instanceof MlctlError)) renderer.reportBug(error, request);
    return renderer.send(reply.code(problem.status).headers(problem.headers), errorPage(problem), request);
  });
  ui.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?")[0]!.slice(0, 200);
    const hint = "use the navigation at the top of the page";
    const problem = new HttpProblem("not-found", `there is no page ${path}`, { hint });
    return renderer.send(reply.code(404), errorPage(problem), request);
  });
}

function errorPage({ status, message, hint }: HttpProblem): Page {
  return {
    title: status === 404 ? "Not found" : `Error ${status}`,
    area: null,
    body: html`<section aria-label="Error">
      <p class="warning">${withCode(message)}</p>
      ${hint !== undefined && html`<p>Next step: ${withCode(hint)}.</p>`}
      <p><a href="/ui">Back to the overview</a></p>
    </section>`,
  };
}
