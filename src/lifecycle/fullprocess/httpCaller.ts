/** Calls addresses of a server in turn and keeps account of each call. */
import { MlctlError } from "../../core/errors.ts";

/** Where a server answers, and what opens it. */
export interface ApiServer {
  readonly url: string;
  readonly token: string | null;
}

/** As it stands in the apireturns and in `--json`. */
export interface ApiCall {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Null where the answer never came. */
  readonly status: number | null;
  readonly ok: boolean;
  readonly seconds: number;
  readonly bytes: number;
  /** Why it is not ok. */
  readonly problem: string | null;
}

export interface Answer {
  readonly text: string;
  /** The answer as JSON; null where it is none. */
  readonly document: unknown;
}

export interface HttpCaller {
  call(
    method: ApiCall["method"],
    path: string,
    rows?: { readonly type: string; readonly body: string },
  ): Promise<Answer>;
  readonly calls: readonly ApiCall[];
}

/** A server that computes for longer is not well. */
const PATIENCE_MILLISECONDS = 60_000;

/** @throws {MlctlError} from `call`, kind "failure", where the first one finds nobody */
export function httpCaller({ url, token }: ApiServer, signal: AbortSignal): HttpCaller {
  const base = url.replace(/\/+$/, "");
  const calls: ApiCall[] = [];
  const call: HttpCaller["call"] = async (method, path, rows) => {
    const start = performance.now();
    const told = (status: number | null, text: string, problem: string | null): void => {
      const seconds = Math.round(performance.now() - start) / 1000;
      calls.push({ method, path, status, ok: problem === null, seconds, bytes: Buffer.byteLength(text), problem });
    };
    try {
      const headers = {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(rows === undefined ? {} : { "content-type": rows.type }),
      };
      signal.throwIfAborted();
      const stop = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MILLISECONDS)]);
      const response = await fetch(`${base}${path}`, { method, headers, body: rows?.body ?? null, signal: stop });
      const text = await response.text();
      const document = parsed(text);
      told(response.status, text, response.ok ? null : problemOf(response.status, document));
      return { text, document };
    } catch (error) {
      signal.throwIfAborted();
      if (calls.length === 0) throw nobody(base, error);
      told(null, "", reasonOf(error));
      return { text: "", document: null };
    }
  };
  return { call, calls };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The sentence of a problem document (RFC 9457), else the number. */
function problemOf(status: number, document: unknown): string {
  const { detail, title } = (document ?? {}) as { detail?: unknown; title?: unknown };
  const told = [detail, title].find((text) => typeof text === "string");
  return told === undefined ? `status ${status}` : `${status}, ${String(told)}`;
}

function reasonOf(error: unknown): string {
  const { cause, message, name } = error as Error;
  if (name === "TimeoutError") return `no answer within ${PATIENCE_MILLISECONDS / 1000} s`;
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}

function nobody(url: string, cause: unknown): MlctlError {
  return new MlctlError("failure", `nobody answers at ${url}: ${reasonOf(cause)}`, {
    hint: "start `mlctl serve` there, or leave --url out: apicalls starts a server of its own",
    cause,
  });
}
