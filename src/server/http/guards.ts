/** Request hooks that check tokens and rate limits before a route; none if neither is configured. */
import type { access, Scope } from "./access.ts";
import type { Reply, Request } from "./http.ts";

type Guard = (request: Request, reply: Reply, done: (error?: Error) => void) => void;

/** Hooks by the scope that they require. */
export type Guards = Readonly<Record<Scope, Guard[]>>;

export function guards(check: ReturnType<typeof access>): Guards {
  const guard = (scope: Scope): Guard[] =>
    check === null
      ? []
      : [
          (request, _reply, done) => {
            whenAllowed(check({ headers: request.headers, address: request.ip }, scope), done);
          },
        ];
  return { read: guard("read"), predict: guard("predict"), admin: guard("admin") };
}

/** Continues at once, or when the promise settles if another process counts the rate. */
export function whenAllowed(allowed: void | Promise<void>, done: (error?: Error) => void): void {
  if (allowed === undefined) done();
  else void allowed.then(() => done(), done);
}
