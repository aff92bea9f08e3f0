/** Builds the input of pages, renders them and sends them. */
import { codeVersion } from "../../../config/codeVersion.ts";
import { openLogReader } from "../../../storage/predictionLog/openLogReader.ts";
import { stackOf } from "../../../core/errors.ts";
import type { Reply, Request } from "../../http/http.ts";
import type { ServerState } from "../../state/serverState.ts";
import type { Page, PageRequest, PageWriter } from "./page.ts";
import { isSignedIn, type PageAccess } from "./pageAccess.ts";
import { PAGE_POLICY, pageShell } from "./pageShell.ts";
import { plotDrawer } from "./plotDrawer.ts";
import { trafficSamples } from "../../state/trafficSamples.ts";

export type PageRenderer = ReturnType<typeof pageRenderer>;

const clock = (): number => performance.now();

export function pageRenderer(state: ServerState, access: PageAccess) {
  const { workspace } = state;
  const log = openLogReader(workspace.paths, { stays: true });
  const plots = plotDrawer();
  const traffic = trafficSamples(state.allMetrics, clock);
  const frame = { name: workspace.config.name, codeVersion: codeVersion() };
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
      const text = pageShell(page, { ...frame, signedIn: isSignedIn(request, access), url: request.url });
      return reply
        .headers({ "content-type": "text/html; charset=utf-8", "content-security-policy": PAGE_POLICY })
        .send(text);
    },
    /** Logs an unexpected error. */
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
