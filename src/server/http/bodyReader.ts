/** Reads all request bodies, within limits of size, time, rate, and number for each caller and address. */
import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Config } from "../../config/schema/schema.ts";
import { HttpProblem, type ProblemName } from "./problem.ts";
import type { Reason } from "./rejections.ts";

export interface BodyLimits extends Pick<
  Config["serve"]["limits"],
  "body_seconds" | "stream_bytes_per_second" | "bodies_per_caller" | "bodies_per_address"
> {
  readonly totalBytes: number;
  readonly together: number;
}

export interface Sender {
  /** Holder of the token; the address if there is none. */
  readonly caller: string;
  readonly address: string;
}

export interface BodyFormat {
  readonly bytes: number;
  readonly parse: (text: string) => unknown;
}

type Done = (error: Error | null, body?: unknown) => void;

export type BodyReader = ReturnType<typeof bodyReader>;

interface Open extends Sender {
  bytes: number;
  /** Milliseconds waited for pieces that have arrived. */
  waited: number;
  /** Since when the server waits; Infinity while it does not. */
  since: number;
  heardAt: number;
  /** Memory of the pieces that have arrived and are not taken. */
  ahead: number;
  readonly end: (problem: HttpProblem) => void;
  readonly readAhead: () => void;
}

/** Interval between checks of all bodies: one timer is far cheaper than one for each request. */
const SWEEP_MS = 250;

/** A body without a piece for this long makes room for another, if its caller has too many. */
const QUIET_MS = 1000;

/** Maximum memory for the part of a streamed body that waits; all together get half of the total, JSON bodies the rest. */
const AHEAD_BYTES = 1 << 26;

/** Memory of a piece beside its bytes: a body may come in pieces of one byte. */
const PIECE_BYTES = 256;

/** @param clock monotonic, in milliseconds @param note called for each body that is refused or ended */
export function bodyReader(limits: BodyLimits, clock: () => number, note: (reason: Reason, address: string) => void) {
  const open = new Set<Open>();
  let held = 0;
  const sweep = setInterval(() => {
    const now = clock();
    for (const each of open) {
      const problem = slowness(each, now, limits);
      if (problem !== undefined) endSlow(each, problem);
      else if (isStalled(each)) each.readAhead();
    }
  }, SWEEP_MS).unref();
  /** Nobody takes its pieces, because the response is not read or the server is busy, and there is room for more. */
  const isStalled = (body: Open): boolean =>
    body.since === Infinity &&
    clock() - body.heardAt >= SWEEP_MS &&
    body.ahead < AHEAD_BYTES &&
    held < limits.totalBytes / 2 &&
    open.has(body);
  const hold = (body: Open, bytes: number): void => {
    if (!open.has(body)) return;
    body.ahead += bytes;
    held += bytes;
  };
  const endSlow = (body: Open, problem: HttpProblem): void => {
    note("slow_body", body.address);
    body.end(problem);
  };
  const admit = (body: Open): void => {
    const { caller, address } = body;
    makeRoom(() => true, limits.together, ["overloaded", "all callers together"], address);
    const tooMany = "too-many-requests";
    makeRoom((other) => other.caller === caller, limits.bodies_per_caller, [tooMany, caller], address);
    makeRoom((other) => other.address === address, limits.bodies_per_address, [tooMany, address], address);
    open.add(body);
  };
  const makeRoom = (
    isRival: (other: Open) => boolean,
    most: number,
    [name, sender]: [ProblemName, string],
    address: string,
  ): void => {
    const rivals = [...open].filter(isRival);
    if (rivals.length < most) return;
    const now = clock();
    const quiet = ({ since, heardAt }: Open): number => (since === Infinity ? 0 : now - heardAt);
    const quietest = rivals.reduce((a, b) => (quiet(b) > quiet(a) ? b : a));
    if (quiet(quietest) >= QUIET_MS)
      return endSlow(quietest, tooSlow("the body stopped arriving, and too many others are being received"));
    note("many_bodies", address);
    throw new HttpProblem(name, `${most} bodies of ${sender} are already being received`, {
      hint: "finish a request before you start another, or raise bodies_per_caller and bodies_per_address in serve.limits",
      headers: { "retry-after": "1", connection: "close" },
    });
  };
  const opened = ({ caller, address }: Sender, end: Open["end"], readAhead = (): void => {}): Open => {
    const now = clock();
    return { caller, address, bytes: 0, waited: 0, since: now, heardAt: now, ahead: 0, end, readAhead };
  };
  return {
    /** Calls `done` once, with the parsed body or an HttpProblem. */
    read(request: IncomingMessage, sender: () => Sender, format: BodyFormat, done: Done): void {
      const announced = Number(request.headers["content-length"] ?? 0);
      const chunks: Buffer[] = [];
      let [bytes, finished] = [0, false];
      let body: Open | undefined;
      const finish = (error: HttpProblem | null, parsed?: unknown): void => {
        if (finished) return;
        finished = true;
        held -= bytes;
        if (body !== undefined) open.delete(body);
        request.off("data", take).off("end", complete).off("error", broken).off("close", broken);
        done(error, parsed);
      };
      const take = (chunk: Buffer): void => {
        if (bytes + chunk.length > format.bytes) return finish(tooLarge(format.bytes));
        if (held + chunk.length > limits.totalBytes)
          return finish(
            new HttpProblem("overloaded", "too many bodies are being received at once", {
              headers: { "retry-after": "1" },
            }),
          );
        held += chunk.length;
        bytes += chunk.length;
        if (body !== undefined) body.heardAt = clock();
        chunks.push(chunk);
      };
      const complete = (): void => {
        try {
          const parsed = format.parse(textOf(chunks));
          finish(null, parsed);
        } catch (error) {
          finish(error as HttpProblem);
        }
      };
      const broken = (): void => finish(new HttpProblem("bad-request", "the body ended before its announced length"));
      if (announced > format.bytes) return finish(tooLarge(format.bytes));
      request.on("data", take).on("end", complete).on("error", broken).on("close", broken);
      // Most bodies come with their headers: they are complete by then, and never counted.
      process.nextTick(() => {
        if (finished || request.complete) return;
        body = opened(sender(), finish);
        try {
          admit(body);
        } catch (error) {
          finish(error as HttpProblem);
        }
      });
    },
    /**
     * Counts a streamed body, and calls `end` if it arrives too slowly. Time counts only between `waits` and `taken`.
     * Calls `readAhead` now and then while the body is stalled: nobody takes its pieces.
     * @throws {HttpProblem} 429 or 503 if there are too many
     */
    watch(sender: Sender, end: (problem: HttpProblem) => void, readAhead: () => void) {
      const body = opened(sender, end, readAhead);
      admit(body);
      return {
        waits: () => void (body.since = clock()),
        arrived: (bytes: number): void => hold(body, bytes + PIECE_BYTES),
        isStalled: (): boolean => isStalled(body),
        taken(bytes: number): void {
          hold(body, -bytes - PIECE_BYTES);
          body.heardAt = clock();
          // Several pieces may be taken after one wait.
          if (body.since !== Infinity) body.waited += body.heardAt - body.since;
          body.since = Infinity;
          body.bytes += bytes;
        },
        done(): void {
          hold(body, -body.ahead);
          open.delete(body);
        },
      };
    },
    close: (): void => clearInterval(sweep),
  };
}

function slowness({ since, waited, bytes }: Open, now: number, limits: BodyLimits): HttpProblem | undefined {
  const { body_seconds: most, stream_bytes_per_second: rate } = limits;
  const idle = (now - since) / 1000;
  if (idle > most) return tooSlow(`the body, or its next piece, did not arrive within ${most} s`);
  const seconds = waited / 1000 + idle;
  if (rate === 0 || seconds <= most + bytes / rate) return undefined;
  return tooSlow(
    `the stream sent ${bytes} bytes in ${Math.round(seconds)} s, less than ${rate} a second (serve.limits.stream_bytes_per_second)`,
  );
}

/** @throws {HttpProblem} 400 if it is not UTF-8 */
function textOf(chunks: readonly Buffer[]): string {
  const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  if (!isUtf8(bytes)) throw new HttpProblem("bad-request", "the body is not UTF-8", { hint: "send it as UTF-8" });
  return bytes.toString("utf8");
}

function tooLarge(bytes: number): HttpProblem {
  return new HttpProblem("too-large", `the body is larger than ${bytes} bytes`, {
    hint: "send fewer rows, or stream them as text/csv or application/x-ndjson, which have no such limit",
  });
}

function tooSlow(detail: string): HttpProblem {
  return new HttpProblem("too-slow", detail, { headers: { connection: "close" } });
}
