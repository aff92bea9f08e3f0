/** A running `mlctl serve` in a temporary workspace, and what tests ask of it. */
import type { ChildProcess } from "node:child_process";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { afterAll, expect } from "vitest";
import type { Finished, LifecycleWorkspace } from "./lifecycleWorkspace.ts";

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  /** Parsed; undefined where it is no JSON. */
  readonly body: Record<string, unknown>;
}

export interface ServedWorkspace {
  readonly url: string;
  readonly child: ChildProcess;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** Objects as JSON; texts and buffers as they are. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** Sends SIGTERM and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Finished>;
}

const running = new Set<ChildProcess>();
afterAll(() => running.forEach((child) => child.kill("SIGKILL")));

/** On a free port; resolves when it listens. */
export async function served(workspace: LifecycleWorkspace, ...args: string[]): Promise<ServedWorkspace> {
  const { child, finished } = workspace.start("serve", "--port", "0", "--json", ...args);
  running.add(child);
  void finished.then(() => running.delete(child));
  const line = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("\n")) resolve(text);
    });
    void finished.then(({ stderr }) => reject(new Error(`serve ended: ${stderr}`)));
  });
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    child,
    get: (path, headers = {}) => ask(`${url}${path}`, { method: "GET", headers }),
    post: (path, body, headers = {}) => {
      const isRaw = typeof body === "string" || Buffer.isBuffer(body);
      const content = isRaw ? body : JSON.stringify(body);
      return ask(
        `${url}${path}`,
        { method: "POST", headers: { "content-type": "application/json", ...headers } },
        content,
      );
    },
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      return finished;
    },
  };
}

export interface AskOptions {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent?: Agent;
}

export function ask(url: string, options: AskOptions, body?: string | Buffer): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const asked = httpRequest(url, { ...options, headers: { ...length, ...options.headers } }, (response) => {
      void replyOf(response).then(resolve, reject);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

export async function replyOf(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const type = response.headers["content-type"] ?? "";
  const body =
    /json/.test(type) && !/ndjson/.test(type) && text.trim() !== "" ? (JSON.parse(text) as Reply["body"]) : {};
  return { status: response.statusCode ?? 0, type, headers: response.headers, text, body };
}

/** An RFC 9457 document of that status, without a stack or a path of the program in it. */
export function expectProblem(reply: Reply, status: number | readonly number[], name?: RegExp): void {
  expect([status].flat(), reply.text.slice(0, 500)).toContain(reply.status);
  expect(reply.type).toBe("application/problem+json; charset=utf-8");
  expect(reply.body).toMatchObject({
    status: reply.status,
    type: expect.stringMatching(/^urn:mlctl:problem:[a-z-]+$/),
  });
  expect(typeof reply.body["detail"]).toBe("string");
  expect(reply.text).not.toMatch(/\n\s+at |node_modules|\/dist\//);
  if (name !== undefined) expect(reply.text).toMatch(name);
}
