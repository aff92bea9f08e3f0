/** Problem documents (RFC 9457): every error of the API in one shape, which names the place and the next step. */
import { MlctlError, type ErrorKind } from "../../core/errors.ts";

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** The name of a problem: stands in `type` as urn:mlctl:problem:<name>. */
export type ProblemName = keyof typeof titles;

const titles = {
  "bad-request": "The request cannot be read",
  unauthorized: "A token is needed",
  forbidden: "The token does not allow this",
  "not-found": "There is no such address",
  "method-not-allowed": "This address does not take this method",
  "too-slow": "The request took too long to arrive",
  "too-large": "The request is too large",
  "unsupported-media-type": "The body is in a format that is not read here",
  "invalid-rows": "The rows do not fit the model",
  "too-many-requests": "Too many requests",
  "headers-too-large": "The headers are too large",
  "internal-error": "This is a bug in mlctl",
  "not-ready": "No answer is possible yet",
  overloaded: "Too many requests are being answered",
} as const;

const statuses: Readonly<Record<ProblemName, number>> = {
  "bad-request": 400,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  "method-not-allowed": 405,
  "too-slow": 408,
  "too-large": 413,
  "unsupported-media-type": 415,
  "invalid-rows": 422,
  "too-many-requests": 429,
  "headers-too-large": 431,
  "internal-error": 500,
  "not-ready": 503,
  overloaded: 503,
};

export interface ProblemOptions {
  /** What to do next. */
  readonly hint?: string | undefined;
  /** Further members of the document, snake_case. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where another protocol wants another one. */
  readonly status?: number;
  readonly cause?: unknown;
}

/** An error that the caller is told. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly problem: ProblemName;
  readonly status: number;
  readonly hint: string | undefined;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: ProblemName, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.problem = problem;
    this.status = options.status ?? statuses[problem];
    this.hint = options.hint;
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
  }

  get document(): string {
    const { problem, status, message: detail, hint, members } = this;
    const type = `urn:mlctl:problem:${problem}`;
    return JSON.stringify({ type, title: titles[problem], status, detail, ...(hint && { hint }), ...members });
  }
}

const problemOfKind: Partial<Readonly<Record<ErrorKind, ProblemName>>> = {
  usage: "bad-request",
  data: "invalid-rows",
  notReady: "not-ready",
  busy: "overloaded",
};

/** What a caller is told of an error: never a stack, and nothing of an error that mlctl does not know. */
export function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (!(error instanceof MlctlError)) {
    return new HttpProblem("internal-error", "the request could not be answered", {
      hint: "the log of the server has the details",
      cause: error,
    });
  }
  const name = problemOfKind[error.kind] ?? "internal-error";
  const errors = error.details.map((message) => ({ message }));
  return new HttpProblem(name, error.message, {
    hint: error.hint,
    cause: error,
    ...(errors.length === 0 ? {} : { members: { errors } }),
  });
}
