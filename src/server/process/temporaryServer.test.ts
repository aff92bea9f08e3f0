import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleConfig, exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { temporaryServer } from "./temporaryServer.ts";

// Garbage collection runs often, so that an abort signal that nothing references is collected at once.
let collecting: NodeJS.Timeout;
beforeAll(() => {
  setFlagsFromString("--expose-gc");
  collecting = setInterval(runInNewContext("gc") as () => void, 20);
});
afterAll(() => clearInterval(collecting));

/** A workspace whose work ends when `stop` is aborted. */
async function stoppable(): Promise<{ workspace: Workspace; stop: AbortController }> {
  const workspace = (await exampleWorkspace(exampleConfig)).workspace();
  const stop = new AbortController();
  return { workspace: { ...workspace, context: { ...workspace.context, signal: stop.signal } }, stop };
}

const responds = (url: string): Promise<boolean> =>
  fetch(`${url}/health`).then(
    async (response) => (await response.text(), response.ok),
    () => false,
  );

describe("a temporary server", () => {
  it("responds until it is stopped, then frees its port", async () => {
    const { workspace } = await stoppable();
    const server = await temporaryServer(workspace);
    await delay(100);
    expect(await responds(server.url)).toBe(true);
    await server.stop();
    expect(await responds(server.url)).toBe(false);
  });

  it("stops when the workspace's work is aborted", async () => {
    const { workspace, stop } = await stoppable();
    const server = await temporaryServer(workspace);
    await delay(100);
    stop.abort();
    await expect.poll(() => responds(server.url), { timeout: 10_000 }).toBe(false);
    await server.stop();
  });
});
