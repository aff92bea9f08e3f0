/** An alert that waits for its channel keeps nobody from working, and is told once all the same. */
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

interface Monitored {
  readonly alerts: readonly { readonly change: string; readonly status: string }[];
}

describe("an alert whose channel takes its time", () => {
  const waiting: ServerResponse[] = [];
  let server: Server;
  let workspace: LifecycleWorkspace;

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume();
      waiting.push(response);
      server.emit("told");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const rows = (shift: number): string =>
      [
        "x,y",
        ...Array.from({ length: 200 }, (_, i) => `${((i * 37) % 101) + shift},${((i * 37) % 101) * 2 + (i % 3)}`),
      ].join("\n");
    workspace = emptyWorkspace({
      target: "y",
      train: { models: [{ family: "linear_regression" }] },
      alerts: [{ type: "webhook", url: `http://127.0.0.1:${port}/`, timeout: "60s" }],
    });
    workspace.write({ "sourcedata/a.csv": rows(0), "moved.csv": rows(500) });
    workspace.ok("ingest");
    workspace.ok("train");
  });
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

  const monitor = () => workspace.start("monitor", "moved.csv", "--model", "latest", "--json");
  const alertsOf = ({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }) => {
    expect(status, stderr).toBe(0);
    return (JSON.parse(stdout) as Monitored).alerts.map(({ change, status: how }) => `${change} ${how}`);
  };

  it("does not lock the workspace, and of two runs one sends the alert", async () => {
    const told = once(server, "told");
    const first = monitor();
    await told;
    // Without --wait: a lock that was held would be exit 75. Nothing here may be cut short by the channel.
    workspace.ok("train", "--wait", "0s");
    expect(alertsOf(await monitor().finished)).toEqual([]);
    expect(waiting).toHaveLength(1);
    waiting[0]!.end();
    expect(alertsOf(await first.finished)).toEqual(["open sent"]);
    expect(alertsOf(await monitor().finished)).toEqual([]);
    expect(waiting).toHaveLength(1);
    expect(workspace.read("models/monitoring/alerts.json")).toContain('"outbox": {}');
  });
});
