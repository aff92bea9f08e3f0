/** The id of a request: that of the caller, else a new one. Responses, problem documents and the access log have it. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** What cannot be mistaken for anything else in a log. */
const ID = /^[\w.:/+=@-]{1,128}$/;
/** W3C Trace Context, version 00. */
const TRACE = /^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** @returns a function that leaves a valid X-Request-Id, and no invalid traceparent, in the headers of a request */
export function requestIds(): (request: IncomingMessage) => void {
  const start = randomBytes(8).toString("hex");
  let count = 0;
  return ({ headers }) => {
    const given = headers["x-request-id"];
    if (typeof given !== "string" || !ID.test(given)) headers["x-request-id"] = `${start}-${(count++).toString(36)}`;
    const { traceparent } = headers;
    if (traceparent !== undefined && !TRACE.test(String(traceparent))) delete headers["traceparent"];
  };
}
