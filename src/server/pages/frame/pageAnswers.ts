/** Gives pages what they need, and sends what they wrote. */
import { codeVersion } from "../../../config/codeVersion.ts";
import { predictionLogPath } from "../../../storage/predictionLog/predictionLogPath.ts";
import { browseLog } from "../../../storage/predictionLog/browseLog.ts";
import type { Reply, Request } from "../../http/http.ts";
import type { ServerState } from "../../state/serverState.ts";
import type { Page, PageRequest, PageWriter } from "./page.ts";
import { isSignedIn, type PageAccess } from "./pageAccess.ts";
import { PAGE_POLICY, pageShell } from "./pageShell.ts";
import { plotDrawer } from "./plotDrawer.ts";
import { trafficSamples } from "../../state/trafficSamples.ts";

export interface PageAnswers {
  asked(request: Request): PageRequest;
  write(writer: PageWriter, request: Request): Promise<Page>;
  send(reply: Reply, page: Page, request: Request): Reply;
  /** An error nobody should see. */
  tellBug(error: unknown, request: Request): void;
  close(): Promise<void>;
}

const clock = (): number => performance.now();

export function pageAnswers(state: ServerState, access: PageAccess): PageAnswers {
  const { workspace } = state;
  const log = browseLog(predictionLogPath(workspace.paths.database));
  const plots = plotDrawer();
  const traffic = trafficSamples(state.allMetrics, clock);
  const frame = { name: workspace.config.name, codeVersion: codeVersion() };
  const asked = (request: Request): PageRequest => ({
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
    asked,
    async write(writer, request) {
      // Whoever looks at one page looks at another.
      plots.prepare();
      return writer(asked(request));
    },
    send(reply, page, request) {
      const text = pageShell(page, { ...frame, signedIn: isSignedIn(request, access) });
      return reply
        .headers({ "content-type": "text/html; charset=utf-8", "content-security-policy": PAGE_POLICY })
        .send(text);
    },
    tellBug(error, request) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      workspace.context.emit({
        type: "warning",
        stage: "serve",
        message: `${request.method} ${request.url}: ${reason}`,
      });
    },
    async close() {
      traffic.close();
      log.close();
      await plots.close();
    },
  };
}
