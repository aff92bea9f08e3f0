import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import type { ProgressEvent } from "../../core/context.ts";
import { newsOfJob } from "../../core/records/alert.ts";
import { exampleConfig, exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { keepSending } from "./alertDelivery.ts";
import { sendAlerts } from "./monitorAlerts.ts";
import { openAlerts } from "./savedAlerts.ts";

it("tries a channel that failed again soon, says when, and sends all that waits in order once it answers", async () => {
  const got: string[] = [];
  let isDown = true;
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (!isDown) got.push((JSON.parse(body) as { subject: string }).subject.split(" ")[2]!);
      response.writeHead(isDown ? 503 : 200).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const example = await exampleWorkspace({
    ...exampleConfig,
    alerts: [{ type: "webhook", url, name: "ops", retries: 0 }],
  });
  const workspace = example.workspace();
  const failed = (name: string) => {
    const job = { source: "schedule", name, createdAt: workspace.context.now().toISOString() };
    return sendAlerts(workspace, [newsOfJob(job, { isFine: false, message: "failed", cause: "" })]);
  };
  expect(await failed("a")).toMatchObject([{ status: "failed", error: "response 503 Service Unavailable" }]);
  expect((await openAlerts(workspace)).undelivered).toMatchObject([{ channel: "ops", messages: 1, times: 1 }]);
  const stop = keepSending(workspace, 1);
  // While the channel rests, nothing is tried, and nothing is lost.
  await failed("b");
  await failed("c");
  await expect.poll(() => example.warnings().length, { timeout: 10_000 }).toBe(4);
  const next = example
    .warnings()
    .flatMap((message) => /^could not .* waits? for the next try, at (.*Z)$/.exec(message)?.[1] ?? []);
  const steps = next.slice(1).map((time, i) => (Date.parse(time) - Date.parse(next[i]!)) / 1000);
  // The clock of this workspace counts its own calls.
  expect(steps).toEqual([60, 120].map((wait) => expect.closeTo(wait, -1) as number));
  isDown = false;
  await expect.poll(() => got, { timeout: 10_000 }).toEqual(["a", "b", "c"]);
  await stop();
  expect((await openAlerts(workspace)).undelivered).toEqual([]);
  server.close();
});

it("gives no hint to correct a channel whose delivery was interrupted", async () => {
  const example = await exampleWorkspace({
    ...exampleConfig,
    alerts: [{ type: "webhook", url: "http://127.0.0.1:9/", name: "ops", retries: 0 }],
  });
  const hints: (string | undefined)[] = [];
  const workspace = example.workspace();
  const emit = (event: ProgressEvent): void => {
    if (event.type === "warning") hints.push(event.hint);
  };
  const context = { ...workspace.context, signal: AbortSignal.abort(), emit };
  const job = { source: "schedule", name: "a", createdAt: context.now().toISOString() };
  await sendAlerts({ ...workspace, context }, [newsOfJob(job, { isFine: false, message: "failed", cause: "" })]);
  expect(hints).toEqual(["it is sent again with the next alerts, `mlctl alerts test` checks the channel"]);
});
