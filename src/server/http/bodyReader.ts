/** Reads request bodies within limits of size and time. */
import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { parseExactJson } from "../../core/json.ts";
import { HttpProblem } from "./problem.ts";

export interface BodyLimits {
  /** Maximum size of one body. */
  readonly bytes: number;
  /** Maximum total size of all bodies that are being received. */
  readonly totalBytes: number;
  /** Maximum time for a JSON body to arrive, or between two pieces of a stream. */
  readonly milliseconds: number;
}

type Done = (error: Error | null, body?: unknown) => void;

export interface BodyReader {
  /** Calls `done` once, with the parsed JSON or an HttpProblem. */
  readJson(request: IncomingMessage, done: Done): void;
  /** Calls `stall` if a streamed request makes no progress; the caller calls `alive` for each piece. */
  watch(stall: (problem: HttpProblem) => void): { alive(): void; done(): void };
  close(): void;
}

interface Pending {
  deadline: number;
  readonly expire: () => void;
}

/** Interval between checks of all deadlines: one timer is far cheaper than one for each request. */
const SWEEP_MS = 250;

/** @param clock monotonic, in milliseconds */
export function bodyReader(limits: BodyLimits, clock: () => number): BodyReader {
  const pending = new Set<Pending>();
  let held = 0;
  const sweep = setInterval(() => {
    const now = clock();
    for (const each of pending) if (each.deadline < now) each.expire();
  }, SWEEP_MS);
  sweep.unref();
  const nextDeadline = (): number => clock() + limits.milliseconds;
  return {
    readJson(request, done) {
      const announced = Number(request.headers["content-length"] ?? 0);
      const chunks: Buffer[] = [];
      let [bytes, finished] = [0, false];
      const finish = (error: HttpProblem | null, body?: unknown): void => {
        if (finished) return;
        finished = true;
        held -= bytes;
        pending.delete(entry);
        request.off("data", take).off("end", complete).off("error", broken).off("close", broken);
        done(error, body);
      };
      const take = (chunk: Buffer): void => {
        if (bytes + chunk.length > limits.bytes) return finish(tooLarge(limits));
        if (held + chunk.length > limits.totalBytes) return finish(overloaded());
        held += chunk.length;
        bytes += chunk.length;
        chunks.push(chunk);
      };
      const complete = (): void => {
        try {
          const body = parseBody(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
          finish(null, body);
        } catch (error) {
          finish(error as HttpProblem);
        }
      };
      const broken = (): void => finish(new HttpProblem("bad-request", "the body ended before its announced length"));
      const entry: Pending = { deadline: nextDeadline(), expire: () => finish(tooSlow(limits)) };
      if (announced > limits.bytes) return finish(tooLarge(limits));
      pending.add(entry);
      request.on("data", take).on("end", complete).on("error", broken).on("close", broken);
    },
    watch(stall) {
      const entry: Pending = { deadline: nextDeadline(), expire: () => stall(stalled(limits)) };
      pending.add(entry);
      return {
        alive: () => void (entry.deadline = nextDeadline()),
        done: () => void pending.delete(entry),
      };
    },
    close: () => clearInterval(sweep),
  };
}

/** @throws {HttpProblem} 400 if it is not JSON in UTF-8 */
function parseBody(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new HttpProblem("bad-request", "the body is not UTF-8", { hint: "send JSON as UTF-8" });
  const text = bytes.toString("utf8");
  try {
    return parseExactJson(text);
  } catch (error) {
    if (text.trim() === "") throw new HttpProblem("bad-request", "the body is empty", { hint: "send one row as JSON" });
    const reason = error instanceof Error ? error.message.slice(0, 200) : "";
    const hint = "JSON has no NaN: send null for a missing value";
    throw new HttpProblem("bad-request", `the body is not JSON: ${reason}`, /NaN/.test(reason) ? { hint } : {});
  }
}

function tooLarge({ bytes }: BodyLimits): HttpProblem {
  return new HttpProblem("too-large", `the body is larger than ${bytes} bytes`, {
    hint: "send fewer rows, or stream them as text/csv or application/x-ndjson, which have no such limit",
  });
}

function tooSlow({ milliseconds }: BodyLimits): HttpProblem {
  return new HttpProblem("too-slow", `the body did not arrive within ${milliseconds / 1000} s`, {
    headers: { connection: "close" },
  });
}

function stalled({ milliseconds }: BodyLimits): HttpProblem {
  return new HttpProblem("too-slow", `no data was sent or received for ${milliseconds / 1000} s`, {
    headers: { connection: "close" },
  });
}

function overloaded(): HttpProblem {
  return new HttpProblem("overloaded", "too many bodies are being received at once", {
    headers: { "retry-after": "1" },
  });
}
