/** A short-lived server on a free local port, protected by a random token. */
import { randomBytes } from "node:crypto";
import { withValues } from "../../config/unsetValues.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { serveApi } from "./serveApi.ts";

/**
 * Uses the `serve` section of config.json except for address, tokens and rate limit. It logs no predictions, because
 * they do not come from users.
 * @returns `stop` resolves when the port is free again
 */
export async function temporaryServer(workspace: Workspace) {
  const { config, context } = workspace;
  const token = randomBytes(24).toString("hex");
  const address = { host: "127.0.0.1", port: 0, base_path: "", workers: 1, token, tokens: [], rate_limit: null };
  const log = { ...config.serve.log, enabled: false };
  const stopped = new AbortController();
  const own: Workspace = {
    ...workspace,
    config: withValues(config, { serve: withValues(config.serve, { ...address, log }) }),
    context: {
      ...context,
      signal: AbortSignal.any([context.signal, stopped.signal]),
      emit: (event) => void (event.type === "warning" && context.emit(event)),
    },
  };
  return new Promise<{ url: string; token: string; stop: () => Promise<void> }>((resolve, reject) => {
    const ended = serveApi(own, {
      accessLog: false,
      clock: () => performance.now(),
      listening: ({ url }) =>
        resolve({
          url,
          token,
          async stop() {
            stopped.abort();
            await ended;
          },
        }),
    });
    ended.catch(reject);
  });
}
