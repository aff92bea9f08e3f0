/** Answers that come before the body does: callers that send all of it before they read anything still get them. */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { logisticWorkspace } from "./lifecycleWorkspace.ts";
import { served, type ServedWorkspace } from "./servedWorkspace.ts";

/** More than what the sockets of both sides hold. */
const BODY_BYTES = 24 << 20;
const TOKEN = "token-of-this-test";
const row = JSON.stringify({ lastmonth_activity: 73, lastyear_activity: 955, number_of_employees: 14 });

let server: ServedWorkspace;
beforeAll(async () => {
  const workspace = logisticWorkspace();
  workspace.configure({
    serve: { token: TOKEN, limits: { body_seconds: 1 } },
  });
  server = await served(workspace);
});

interface Sent {
  readonly line?: string;
  readonly type?: string;
  readonly token?: string;
  readonly connection?: "close" | "keep-alive";
  readonly chunked?: boolean;
  readonly start?: string;
}

function head({ line = "POST /predict", type = "application/json", token = TOKEN, ...sent }: Sent): string {
  const { connection = "keep-alive", chunked = false } = sent;
  const length = chunked ? "transfer-encoding: chunked" : `content-length: ${BODY_BYTES}`;
  const lines = [`${line} HTTP/1.1`, "host: x", `authorization: Bearer ${token}`, `content-type: ${type}`, length];
  return [...lines, `connection: ${connection}`, "", ""].join("\r\n");
}

function body({ start = "", chunked = false }: Sent): string {
  const text = start + "1".repeat(BODY_BYTES - start.length);
  return chunked ? `${BODY_BYTES.toString(16)}\r\n${text}\r\n0\r\n\r\n` : text;
}

/** Connected, and read only when it is told to. */
async function silentSocket(): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return socket.pause();
}

function write(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve, reject) => socket.write(text, (error) => (error ? reject(error) : resolve())));
}

/** The status and the rest of one answer. */
async function answerOf(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    text += chunk.toString();
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
    if (text.length >= text.indexOf("\r\n\r\n") + 4 + length) break;
  }
  return text;
}

async function ended(socket: Socket): Promise<void> {
  const closed = new Promise((resolve) => socket.once("close", () => resolve("closed")));
  socket.resume();
  expect(await Promise.race([closed, sleep(15_000, "still open")])).toBe("closed");
}

const refusals: readonly [string, number, Sent][] = [
  ["a body that is announced too long", 413, {}],
  ["a body that turns out too long", 413, { chunked: true }],
  ["CSV whose first rows are wrong", 422, { type: "text/csv", start: "nothing_known\n1\n" }],
  ["JSON lines that are none", 400, { type: "application/x-ndjson", start: "{\n" }],
  ["a type that is not read", 415, { type: "image/png" }],
  ["no such address", 404, { line: "POST /nowhere", type: "text/csv" }],
  ["a method that is not possible", 405, { line: "PUT /predict", type: "text/csv" }],
  ["a wrong token", 401, { token: "wrong" }],
];

it.each(refusals)("%s: %i, and the connection is as it says", async (_what, status, sent) => {
  const socket = await silentSocket();
  await write(socket, head(sent) + body(sent));
  const answer = await answerOf(socket);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*"urn:mlctl:problem:`));
  if (/connection: close/i.test(answer)) return ended(socket);
  await write(socket, head({}).replace(`${BODY_BYTES}`, `${row.length}`) + row);
  expect(await answerOf(socket)).toMatch(/^HTTP\/1.1 200 /);
  socket.destroy();
});

it.each(refusals)("%s: %i, and the connection ends where the caller wants that", async (_what, status, sent) => {
  const last: Sent = { ...sent, connection: "close" };
  const socket = await silentSocket();
  await write(socket, head(last) + body(last));
  expect(await answerOf(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  await ended(socket);
});

it("a caller that takes three times the body timeout still gets its response", async () => {
  const socket = await silentSocket();
  await write(socket, head({}));
  for (let part = 0; part < 12; part++) {
    await write(socket, "1".repeat(BODY_BYTES / 12));
    await sleep(250);
  }
  expect(await answerOf(socket)).toMatch(/^HTTP\/1.1 413 /);
  socket.destroy();
});

it("one that sends nothing more is cut off", async () => {
  const socket = await silentSocket();
  await write(socket, head({ connection: "close" }) + "1");
  expect(await answerOf(socket)).toMatch(/^HTTP\/1.1 413 /);
  await ended(socket);
}, 20_000);
