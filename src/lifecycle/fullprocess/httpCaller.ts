/** Calls endpoints of a server and logs each call. */
import { MlctlError } from "../../core/errors.ts";

/** Address and token of a server. */
export interface ApiServer {
  readonly url: string;
  readonly token: string | null;
}

/** One call, as written to the apireturns file and to `--json`. */
export interface ApiCall {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** HTTP status; null if there was no response. */
  readonly status: number | null;
  readonly ok: boolean;
  readonly seconds: number;
  readonly bytes: number;
  /** Why the call failed; null if it is ok. */
  readonly problem: string | null;
}

export interface HttpCaller {
  /** @returns the response, and the JSON in it; null if it is not JSON */
  call(
    method: ApiCall["method"],
    path: string,
    rows?: { readonly type: string; readonly body: string },
  ): Promise<{ readonly text: string; readonly document: unknown }>;
  readonly calls: readonly ApiCall[];
}

/** Maximum wait for a response. */
const TIMEOUT_MILLISECONDS = 60_000;

/** @throws {MlctlError} from `call`, kind "failure", if the first call gets no response */
export function httpCaller({ url, token }: ApiServer, signal: AbortSignal): HttpCaller {
  const base = url.replace(/\/+$/, "");
  const calls: ApiCall[] = [];
  const call: HttpCaller["call"] = async (method, path, rows) => {
    const start = performance.now();
    const log = (status: number | null, text: string, problem: string | null): void => {
      const seconds = Math.round(performance.now() - start) / 1000;
      calls.push({ method, path, status, ok: problem === null, seconds, bytes: Buffer.byteLength(text), problem });
    };
    try {
      const headers = {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(rows === undefined ? {} : { "content-type": rows.type }),
      };
      signal.throwIfAborted();
      const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLISECONDS)]);
      const response = await fetch(`${base}${path}`, { method, headers, body: rows?.body ?? null, signal: stop });
      const text = await response.text();
      const document = parsed(text);
      log(response.status, text, response.ok ? null : problemOf(response.status, document));
      return { text, document };
    } catch (error) {
      signal.throwIfAborted();
      if (calls.length === 0) throw noResponse(base, error);
      log(null, "", reasonOf(error));
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

/** The status, with the detail or title of a problem document (RFC 9457) if there is one. */
function problemOf(status: number, document: unknown): string {
  const { detail, title } = (document ?? {}) as { detail?: unknown; title?: unknown };
  const text = [detail, title].find((each) => typeof each === "string");
  return text === undefined ? `status ${status}` : `${status}, ${String(text)}`;
}

function reasonOf(error: unknown): string {
  const { cause, message, name } = error as Error;
  if (name === "TimeoutError") return `no response within ${TIMEOUT_MILLISECONDS / 1000} s`;
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}

function noResponse(url: string, cause: unknown): MlctlError {
  return new MlctlError("failure", `no server responds at ${url}: ${reasonOf(cause)}`, {
    hint: "start `mlctl serve` there, or omit --url to let apicalls start its own server",
    cause,
  });
}
