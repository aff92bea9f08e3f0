/** The request hook that checks tokens and rate limits before a declared endpoint. */
import type { access } from "./access.ts";
import type { Reply, Request } from "./http.ts";

type Hook = (request: Request, reply: Reply, done: (error?: Error) => void) => void;

/** Endpoints without scopes, and pages, which check access themselves, are not guarded. */
export function guard(check: NonNullable<ReturnType<typeof access>>): Hook {
  return (request, _reply, done) => {
    const { scopes = [] } = request.routeOptions.config;
    if (scopes.length === 0) return done();
    const take = (caller: string): void => {
      request.caller = caller;
      done();
    };
    const allowed = check({ headers: request.headers, address: request.ip }, ...scopes);
    if (typeof allowed === "string") take(allowed);
    else void allowed.then(take, done);
  };
}

/** Continues at once, or when the promise settles if another process counts the rate. */
export function whenAllowed(allowed: string | Promise<string> | undefined, done: (error?: Error) => void): void {
  if (allowed instanceof Promise) void allowed.then(() => done(), done);
  else done();
}
