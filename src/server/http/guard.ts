/** Checks tokens and rate limits before declared endpoints. */
import type { access, Scope } from "./access.ts";
import type { App, Reply, Request } from "./http.ts";

type Hook = (request: Request, reply: Reply, done: (error?: Error) => void) => void;

type Check = NonNullable<ReturnType<typeof access>>;

/** Endpoints without scopes, and pages, which check access themselves, are not guarded. Call it before routes are registered. */
export function guardEndpoints(app: App, check: Check): void {
  app.addHook("onRoute", (route) => {
    const { scopes = [] } = route.config ?? {};
    if (scopes.length > 0) route.onRequest = guard(check, scopes);
  });
}

function guard(check: Check, scopes: readonly Scope[]): Hook {
  return (request, _reply, done) => {
    const take = (caller: string): void => {
      request.caller = caller;
      done();
    };
    const allowed = check({ headers: request.headers, address: request.ip, raw: request.raw }, ...scopes);
    if (typeof allowed === "string") take(allowed);
    else void allowed.then(take, done);
  };
}

/** Continues at once, or when the promise settles if another process counts the rate. */
export function whenAllowed(allowed: string | Promise<string> | undefined, done: (error?: Error) => void): void {
  if (allowed instanceof Promise) void allowed.then(() => done(), done);
  else done();
}
