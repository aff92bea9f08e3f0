import { createServer, type IncomingMessage, type Server } from "node:http";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { SMTPServer } from "smtp-server";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { Alert } from "../core/records/alert.ts";
import { channelOf, deliver, type ChannelSettings, type Delivery } from "./deliver.ts";

const alert: Alert = {
  change: "open",
  area: "quality",
  project: "shop",
  source: "dataset",
  at: "2026-03-02T00:00:00.000Z",
  subject: "[shop] quality: missing values 0.4 (limit: at most 0.1)",
  lines: ['FAIL missing values: 0.4 (limit: at most 0.1) – "age" 40 % <usual 5 %>', "", "window: 2026-03-01, 50 rows"],
  items: [
    {
      change: "open",
      name: "missing values",
      status: "fail",
      value: 0.4,
      limit: 0.1,
      passes: "at_most",
      message: '"age" 40 %',
      since: "2026-03-01T00:00:00.000Z",
    },
  ],
  window: { label: "2026-03-01", start: null, end: null, rows: 50, file: "a.csv" },
  runId: "run1",
  modelVersion: 1,
  next: "mlctl monitor --show watch1",
};

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Records the waits instead of sleeping. */
async function send(
  settings: ChannelSettings,
  retries = 0,
  timeoutMs = 5_000,
  message: Alert = alert,
): Promise<Delivery & { waits: number[] }> {
  const waits: number[] = [];
  const wait = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
  const { signal } = new AbortController();
  return { ...(await deliver(channelOf(settings, timeoutMs), message, { retries, signal, wait })), waits };
}

interface Post {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly path: string;
}

/** @param statuses of the responses; the last one repeats; null: never responds */
async function receiver(...statuses: (number | null)[]): Promise<{ url: string; posts: Post[] }> {
  const posts: Post[] = [];
  const server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      posts.push({ headers: request.headers, body, path: request.url! });
      const status = statuses[Math.min(posts.length, statuses.length) - 1];
      if (status !== null) response.writeHead(status ?? 200).end("body");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/T0p-s3cret`, posts };
}

const hook = (url: string) => ({ type: "webhook", format: "json", headers: {}, url }) as const;

describe("a webhook", () => {
  it("receives the whole alert as JSON, with the headers of config.json", async () => {
    const { url, posts } = await receiver(204);
    const headers = { authorization: "Bearer abc" };
    expect(await send({ ...hook(url), headers })).toMatchObject({ status: "sent", attempts: 1, error: null });
    expect(posts[0]!.headers).toMatchObject({ authorization: "Bearer abc", "content-type": "application/json" });
    expect(JSON.parse(posts[0]!.body)).toMatchObject({
      change: "open",
      area: "quality",
      subject: alert.subject,
      run_id: "run1",
      model_version: 1,
      window: { rows: 50, file: "a.csv" },
      findings: [{ name: "missing values", value: 0.4, limit: 0.1 }],
      next: "mlctl monitor --show watch1",
    });
  });

  it("can have the format of Slack, with escaped control characters", async () => {
    const { url, posts } = await receiver(200);
    await send({ ...hook(url), format: "slack" });
    const { text, ...rest } = JSON.parse(posts[0]!.body) as { text: string };
    expect(rest).toEqual({});
    expect(text).toMatch(/^\*\[shop\] quality: missing values 0\.4 \(limit: at most 0\.1\)\*\n/);
    expect(text).toContain("&lt;usual 5 %&gt;");
  });

  it("can be an Adaptive Card for a workflow of Microsoft Teams, whose text is no Markdown", async () => {
    const { url, posts } = await receiver(202);
    await send({ ...hook(url), format: "teams" });
    const run = z.strictObject({
      type: z.literal("TextRun"),
      text: z.string().min(1),
      weight: z.literal("bolder").optional(),
      size: z.literal("medium").optional(),
      fontType: z.literal("monospace").optional(),
      color: z.enum(["default", "dark", "light", "accent", "good", "warning", "attention"]).optional(),
    });
    const card = z.strictObject({
      $schema: z.literal("http://adaptivecards.io/schemas/adaptive-card.json"),
      type: z.literal("AdaptiveCard"),
      version: z.literal("1.4"),
      body: z.array(z.strictObject({ type: z.literal("RichTextBlock"), inlines: z.array(run).min(1) })).min(1),
    });
    const attachment = z.strictObject({
      contentType: z.literal("application/vnd.microsoft.card.adaptive"),
      contentUrl: z.null(),
      content: card,
    });
    const message = z.strictObject({ type: z.literal("message"), attachments: z.array(attachment).length(1) });
    const { body } = message.parse(JSON.parse(posts[0]!.body)).attachments[0]!.content;
    const runs = body.map(({ inlines: [first] }) => first!);
    expect(runs[0]).toMatchObject({ text: alert.subject, color: "attention" });
    expect(runs.map(({ text }) => text)).toContain(alert.lines[0]);
  });

  it("of many lines stays below the 28 KB that Teams accepts, and says how many it leaves out", async () => {
    const { url, posts } = await receiver(202);
    const lines = Array.from({ length: 500 }, (_, i) => `FAIL column_${i}: 0.41 (limit: at most 0.1)`);
    const subject = `[shop] drift: 500 findings: ${lines.join(", ")}`;
    await send({ ...hook(url), format: "teams" }, 0, 1000, { ...alert, subject, lines });
    const { body } = posts[0]!;
    expect(Buffer.byteLength(body)).toBeLessThan(28 * 1024);
    const shown = body.match(/FAIL column_\d+: 0\.41 \(limit: at most 0\.1\)"/g)!.length;
    expect(shown).toBeGreaterThan(100);
    expect(body).toContain(`… and ${500 - shown} more lines`);
  });

  it("is retried after 0.5, 1 and 2 seconds for temporary errors", async () => {
    const { url, posts } = await receiver(500, 429, 503, 200);
    expect(await send(hook(url), 3)).toMatchObject({ status: "sent", attempts: 4, waits: [500, 1000, 2000] });
    expect(posts).toHaveLength(4);
  });

  it("is not retried if it rejects the alert", async () => {
    const { url } = await receiver(404);
    expect(await send(hook(url), 3)).toMatchObject({
      status: "failed",
      attempts: 1,
      error: "response 404 Not Found",
    });
  });

  it("that never responds fails after the timeout", async () => {
    const { url } = await receiver(null);
    expect(await send(hook(url), 0, 100)).toMatchObject({ status: "failed", error: "no response within 0.1 s" });
  });

  it("that never responds fails after the timeout even if garbage is collected in between", async () => {
    setFlagsFromString("--expose-gc");
    const collecting = setInterval(runInNewContext("gc") as () => void, 100);
    closing.push(() => clearInterval(collecting));
    const { url } = await receiver(null);
    const late = send(hook(url), 0, 300);
    const stuck = send({ type: "command", command: "sleep 20" }, 0, 300);
    const failed = { status: "failed", error: "no response within 0.3 s" };
    expect(await Promise.all([late, stuck])).toMatchObject([failed, failed]);
  });

  it("is aborted immediately when the run is interrupted, without a retry", async () => {
    const { url, posts } = await receiver(null);
    const stop = new AbortController();
    const options = { retries: 3, signal: stop.signal, wait: async () => undefined };
    const sent = deliver(channelOf(hook(url), 60_000), alert, options);
    await vi.waitFor(() => expect(posts).toHaveLength(1));
    stop.abort();
    expect(await sent).toEqual({ status: "failed", attempts: 1, error: "interrupted" });
  });

  it("that does not exist is reported without the secret in its URL", async () => {
    const { error } = await send(hook("http://127.0.0.1:1/hooks/T0p-s3cret"));
    expect(error).toMatch(/ECONNREFUSED|bad port/);
    const wrong = await send(hook("http://[bad/T0p-s3cret"));
    expect(wrong).toMatchObject({ status: "failed" });
    expect(`${error}${wrong.error}`).not.toContain("s3cret");
  });
});

describe("PagerDuty", () => {
  const settings = (url: string) => ({ type: "pagerduty", routing_key: "R0UT1NG", url }) as const;

  /** Events API v2, "Send an alert event" and "Send a change event". */
  const incident = z.strictObject({
    routing_key: z.literal("R0UT1NG"),
    event_action: z.enum(["trigger", "acknowledge", "resolve"]),
    dedup_key: z.string().min(1).max(255),
    payload: z.strictObject({
      summary: z.string().min(1).max(1024),
      source: z.string().min(1),
      severity: z.enum(["critical", "error", "warning", "info"]),
      timestamp: z.iso.datetime(),
      component: z.string(),
      group: z.string(),
      class: z.string(),
      custom_details: z.record(z.string(), z.unknown()),
    }),
    client: z.string(),
  });
  const change = z.strictObject({
    routing_key: z.literal("R0UT1NG"),
    payload: incident.shape.payload.pick({ summary: true, source: true, timestamp: true, custom_details: true }),
  });

  it("gets an event for each finding, so that each incident resolves by itself", async () => {
    const { url, posts } = await receiver(202);
    const long = { ...alert.items[0]!, change: "resolved" as const, name: "x".repeat(300), message: "y".repeat(2000) };
    const sent = await send(settings(`${url}/v2/enqueue`), 0, 5000, { ...alert, items: [alert.items[0]!, long] });
    expect(sent).toMatchObject({ status: "sent" });
    const [opened, resolved] = posts.map(({ body }) => incident.parse(JSON.parse(body)));
    expect(opened).toMatchObject({ event_action: "trigger", dedup_key: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(opened!.payload).toMatchObject({ severity: "error", source: "shop", class: "quality" });
    expect(resolved!.event_action).toBe("resolve");
    // The same finding on other rows is another incident.
    await send(settings(`${url}/v2/enqueue`), 0, 5000, { ...alert, source: "predictions" });
    expect(incident.parse(JSON.parse(posts[2]!.body)).dedup_key).not.toBe(opened!.dedup_key);
  });

  it("gets a test as an incident that resolves at once, and a deployment as a change event", async () => {
    const { url, posts } = await receiver(202);
    await send(settings(`${url}/v2/enqueue`), 0, 5000, { ...alert, change: "test", area: "test", items: [] });
    expect(posts.map(({ body }) => incident.parse(JSON.parse(body)).event_action)).toEqual(["trigger", "resolve"]);
    const deployed = { ...alert, change: "info", area: "deployed", subject: "[shop] deployed v2", items: [] } as const;
    await send(settings(`${url}/v2/enqueue`), 0, 5000, deployed);
    expect(change.parse(JSON.parse(posts[2]!.body)).payload.summary).toBe("[shop] deployed v2");
    expect(posts.map(({ path }) => path.replace(/^.*(?=\/v2)/, ""))).toEqual([
      "/v2/enqueue",
      "/v2/enqueue",
      "/v2/change/enqueue",
    ]);
  });

  it("never shows the key", async () => {
    const { url } = await receiver(400);
    expect(await send(settings(url), 3)).toMatchObject({
      status: "failed",
      attempts: 1,
      error: "response 400 Bad Request",
    });
  });
});

describe("an e-mail", () => {
  async function mailbox(password: string | null): Promise<{ port: number; mails: string[] }> {
    const mails: string[] = [];
    const server = new SMTPServer({
      authOptional: password === null,
      disabledCommands: ["STARTTLS"],
      onAuth: (auth, _session, done) =>
        auth.password === password ? done(null, { user: "x" }) : done(new Error(`no, ${auth.password}`)),
      onData(stream, { envelope }, done) {
        let mail = `to ${envelope.rcptTo.map(({ address }) => address).join()}\n`;
        stream.on("data", (chunk: Buffer) => (mail += chunk.toString()));
        stream.on("end", () => {
          mails.push(mail);
          done();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
    return { port: (server.server.address() as AddressInfo).port, mails };
  }

  it("is sent to everyone in `to`, with subject, findings and the next command", async () => {
    const { port, mails } = await mailbox("p%ss word");
    const smtp = `smtp://me:p%25ss%20word@127.0.0.1:${port}`;
    const to = "a@example.org, b@example.org";
    expect(await send({ type: "email", to, smtp })).toMatchObject({ status: "sent" });
    const mail = mails[0]!.replace(/=\r?\n/g, "");
    expect(mail).toContain("to a@example.org,b@example.org");
    expect(mail).toMatch(/^From: a@example\.org/m);
    expect(mail).toMatch(/^Subject: \[shop\] quality: missing values 0\.4/m);
    expect(mail).toMatch(/^Auto-Submitted: auto-generated/m);
    expect(mail).toContain("Next: mlctl monitor --show watch1");
  });

  it("reports a rejected password without showing it", async () => {
    const { port } = await mailbox("right");
    const { status, error } = await send({ type: "email", to: "a@b.c", smtp: `smtp://me:wr0ng-one@127.0.0.1:${port}` });
    expect(status).toBe("failed");
    expect(error).toMatch(/no, \*\*\*/);
    expect(error).not.toContain("wr0ng-one");
  });
});

describe("a command", () => {
  it("receives the alert as JSON on stdin", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mlctl-notify-"));
    closing.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "alert.json");
    expect(await send({ type: "command", command: `cat > '${file}'` })).toMatchObject({ status: "sent" });
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ subject: alert.subject });
  });

  it("sees the variables of mlctl.env that it names, and no others", async () => {
    const command = 'test "$TOKEN:${ROOM}:$OTHER_$TOKENS" = "t:r:" || exit 4';
    const { signal } = new AbortController();
    const variables = { TOKEN: "t", ROOM: "r", OTHER: "o" };
    const channel = channelOf({ type: "command", command }, 5000, variables);
    expect(await deliver(channel, alert, { retries: 0, signal, wait: async () => undefined })).toMatchObject({
      status: "sent",
    });
  });

  it("that fails is reported with its exit code and stderr", async () => {
    expect(await send({ type: "command", command: "echo no such room >&2; exit 3" })).toMatchObject({
      status: "failed",
      error: "exit code 3: no such room",
    });
  });

  it("that does not end is terminated, with its child processes", async () => {
    const delivery = await send({ type: "command", command: "sleep 60; true" }, 0, 200);
    expect(delivery).toMatchObject({ status: "failed", error: "no response within 0.2 s" });
  });
});
