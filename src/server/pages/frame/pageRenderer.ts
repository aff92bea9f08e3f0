/** Builds the input of pages, renders them and sends them. */
import { hash } from "node:crypto";
import { codeVersion } from "../../../config/codeVersion.ts";
import { openLogReader } from "../../../storage/predictionLog/sqliteReader.ts";
import { stackOf } from "../../../core/errors.ts";
import type { Reply, Request } from "../../http/http.ts";
import type { ServerState } from "../../state/serverState.ts";
import { pageAddress, withRelativeLinks, areas, type Page, type PageRequest, type PageWriter } from "./page.ts";
import { isSignedIn, type PageAccess } from "./pageAccess.ts";
import { trafficSamples } from "../../state/traffic.ts";
import { html, htmlText, trusted, type Html, emptyNote } from "../../../reporting/html.ts";
import { pageAssets } from "./pageAssets.ts";
import type { PlotSpec } from "../../../plots/theme.ts";
import type { DrawFigure } from "../../../reporting/plotFigure.ts";
import { plotWorker } from "../../../reporting/drawing.ts";

export type PageRenderer = ReturnType<typeof pageRenderer>;

const clock = (): number => performance.now();

export function pageRenderer(state: ServerState, access: PageAccess) {
  const { workspace } = state;
  const log = openLogReader(workspace.paths, { stays: true });
  const plots = plotDrawer();
  const traffic = trafficSamples(state.allMetrics, clock);
  const pageRequest = (request: Request): PageRequest => ({
    session: { ...workspace, store: state.store.current() },
    state,
    log,
    draw: plots.draw,
    samples: traffic.samples,
    query: new URLSearchParams(request.url.split("?").slice(1).join("?")),
    id: (request.params as { id?: string }).id ?? "",
    now: access.now(),
  });
  return {
    pageRequest,
    async render(writer: PageWriter, request: Request): Promise<Page> {
      // Starts the plot thread early: the next page may need it.
      plots.prepare();
      return writer(pageRequest(request));
    },
    send(reply: Reply, page: Page, request: Request): Reply {
      const text = pageShell(page, {
        name: workspace.config.name,
        signedIn: isSignedIn(request, access),
        url: request.url,
      });
      return reply
        .headers({ "content-type": "text/html; charset=utf-8", "content-security-policy": PAGE_POLICY })
        .send(text);
    },
    reportBug(error: unknown, { method, url }: Request): void {
      workspace.context.emit({ type: "warning", stage: "serve", message: `${method} ${url}: ${stackOf(error)}` });
    },
    async close(): Promise<void> {
      traffic.close();
      log.close();
      await plots.close();
    },
  };
}

const version = codeVersion();

/** An inline icon, so that browsers do not request /favicon.ico. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%230060a0'/%3E%3Cpath d='M3 11l3-4 3 2 4-5' fill='none' stroke='white' stroke-width='1.8'/%3E%3C/svg%3E";

/**
 * Content security policy: no other origins, no inline scripts, no forms to other sites. It is a second defence behind
 * HTML escaping. Style attributes are allowed because plots set their width in one.
 */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src data:; " +
  "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

function pageShell(
  { title, area, body, refresh }: Page,
  { name, signedIn, url }: { readonly name: string; readonly signedIn: boolean; readonly url: string },
): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · ${name}</title>
        <link rel="icon" href="${trusted(ICON)}" />
        <link rel="stylesheet" href="${pageAssets.style.address}" />
        ${
          refresh !== undefined &&
          html`<script defer src="${pageAssets.script.address}"></script>
            <noscript><meta http-equiv="refresh" content="${refresh}" /></noscript>`
        }
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="bar">
          <div class="page">
            <a class="brand" href="/ui">${name}</a>
            <nav aria-label="Pages">
              <ul>
                ${areas.map(
                  (each) =>
                    html`<li>
                      <a
                        href="${each === "overview" ? "/ui" : pageAddress(each)}"
                        ${each === area && html`aria-current="page"`}
                        >${each.charAt(0).toUpperCase()}${each.slice(1)}</a
                      >
                    </li>`,
                )}
                <li><a href="/docs" ${area === "docs" && html`aria-current="page"`}>API</a></li>
              </ul>
            </nav>
            ${
              signedIn &&
              html`<form method="post" action="${pageAddress("logout")}">
                <button class="quiet" type="submit">Sign out</button>
              </form>`
            }
          </div>
        </header>
        <main id="main" class="page" tabindex="-1">
          <h1>${title}</h1>
          ${body}
        </main>
        <footer class="page"><p>mlctl ${version} · times are UTC</p></footer>
      </body>
    </html>`;
  const text = htmlText(page)
    .replace(/^[ \t]+/gm, "")
    .trimEnd();
  return `${withRelativeLinks(text, url)}\n`;
}

/** Maximum number of cached plots; one takes about 12 kB. */
const MAX_CACHED = 500;
/** Loading Vega alone takes half a second. */
const TIMEOUT_MS = 10_000;

function plotDrawer() {
  const cache = new Map<string, Promise<Html>>();
  const worker = plotWorker();
  const drawn = (id: string, spec: PlotSpec): Promise<Html> =>
    new Promise((resolve, reject) => {
      const timeout = setTimeout(() => reject(new Error("drawing timed out")), TIMEOUT_MS);
      void worker
        .figure(id, spec)
        .then(resolve, reject)
        .finally(() => clearTimeout(timeout));
    });

  const draw: DrawFigure = (id, spec) => {
    const key = hash("sha256", `${id}\n${JSON.stringify(spec)}`);
    const cached = cache.get(key);
    if (cached !== undefined) return cached;
    const made = drawn(id, spec).catch((error: Error) => {
      cache.delete(key);
      return emptyNote(`“${spec.title.text}” cannot be drawn: ${error.message}`);
    });
    cache.set(key, made);
    if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value!);
    return made;
  };
  return { draw, prepare: worker.prepare, close: worker.close };
}
