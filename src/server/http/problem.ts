/** Problem documents (RFC 9457): all API errors have this form, with the place of the error and the next step. */
import { MlctlError, type ErrorKind } from "../../core/errors.ts";

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** Appears in the member `type` as urn:mlctl:problem:<name>. */
export type ProblemName = keyof typeof PROBLEMS;

export const PROBLEMS = {
  "bad-request": [400, "The request is not valid"],
  unauthorized: [401, "A valid token is required"],
  forbidden: [403, "The token does not allow this request"],
  "not-found": [404, "Not found"],
  "method-not-allowed": [405, "The method is not supported here"],
  "too-slow": [408, "The request took too long to arrive"],
  conflict: [409, "The labels contradict each other or those given before"],
  "too-large": [413, "The request is too large"],
  "unsupported-media-type": [415, "The format of the body is not supported"],
  "invalid-rows": [422, "The rows are not valid"],
  "too-many-requests": [429, "Too many requests"],
  misdirected: [421, "The server is not known by this name"],
  "headers-too-large": [431, "The headers are too large"],
  "internal-error": [500, "This is a bug in mlctl"],
  "not-ready": [503, "The server is not ready"],
  overloaded: [503, "Too many requests are in progress"],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>;

export interface ProblemOptions {
  readonly hint?: string | undefined;
  /** Further members of the document, in snake_case. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the default status of the problem, e.g. for MLflow's protocol. */
  readonly status?: number;
  readonly cause?: unknown;
}

export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly problem: ProblemName;
  readonly status: number;
  readonly hint: string | undefined;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: ProblemName, detail: string, options: ProblemOptions = {}) {
    const { status = PROBLEMS[problem][0], hint, members = {}, headers = {}, cause } = options;
    super(detail, cause === undefined ? undefined : { cause });
    this.problem = problem;
    [this.status, this.hint, this.members, this.headers] = [status, hint, members, headers];
  }

  /** @param request_id that of the response, by which a caller's log can be joined */
  document(request_id?: string | string[]): string {
    const { problem, status, message: detail, hint, members } = this;
    const type = `urn:mlctl:problem:${problem}`;
    const title = PROBLEMS[problem][1];
    return JSON.stringify({ type, title, status, detail, ...(hint && { hint }), request_id, ...members });
  }
}

export function problemFrom(name: ProblemName, error: MlctlError): HttpProblem {
  return new HttpProblem(name, error.message, { hint: error.hint, cause: error });
}

const problemOfKind: Partial<Readonly<Record<ErrorKind, ProblemName>>> = {
  usage: "bad-request",
  data: "invalid-rows",
  notReady: "not-ready",
  busy: "overloaded",
};

/** The problem document of any error. It never contains a stack, nor the message of an unexpected error. */
export function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (!(error instanceof MlctlError))
    return new HttpProblem("internal-error", "the request failed", {
      hint: "see the log of the server for details",
      cause: error,
    });
  const name = problemOfKind[error.kind] ?? "internal-error";
  const members = error.details.length > 0 ? { errors: error.details.map((message) => ({ message })) } : {};
  return new HttpProblem(name, error.message, { hint: error.hint, cause: error, members });
}

/** The same for every format. */
export function emptyBody(): HttpProblem {
  return new HttpProblem("bad-request", "the body is empty", { hint: "send rows as JSON, CSV or JSON lines" });
}
