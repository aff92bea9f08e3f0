/** Request hooks that check tokens and rate limits before a route; none if neither is configured. */
import type { access, Scope } from "./access.ts";
import type { Reply, Request } from "./http.ts";

type Guard = (request: Request, reply: Reply, done: (error?: Error) => void) => void;

/** Hooks by the scope that they require; `describe` is for what callers of both need. */
export type Guards = Readonly<Record<Scope | "describe", Guard[]>>;

export function guards(check: ReturnType<typeof access>): Guards {
  const guard = (...scopes: readonly [Scope, ...Scope[]]): Guard[] =>
    check === null
      ? []
      : [
          (request, _reply, done) => {
            const take = (caller: string): void => {
              request.caller = caller;
              done();
            };
            const allowed = check({ headers: request.headers, address: request.ip }, ...scopes);
            if (typeof allowed === "string") take(allowed);
            else void allowed.then(take, done);
          },
        ];
  const [read, predict, admin] = [guard("read"), guard("predict"), guard("admin")];
  return { read, predict, admin, describe: guard("read", "predict") };
}

/** Continues at once, or when the promise settles if another process counts the rate. */
export function whenAllowed(allowed: string | Promise<string> | undefined, done: (error?: Error) => void): void {
  if (allowed instanceof Promise) void allowed.then(() => done(), done);
  else done();
}
