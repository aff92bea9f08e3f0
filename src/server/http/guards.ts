/** What stands before a route: nothing where no token and no rate is configured. */
import type { access, Scope } from "./access.ts";
import type { Reply, Request } from "./http.ts";

type Guard = (request: Request, reply: Reply, done: (error?: Error) => void) => void;

/** By what a caller must be allowed to do. */
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

/** Goes on at once where this process decides, and when the answer is there where another one does. */
export function whenAllowed(allowed: void | Promise<void>, done: (error?: Error) => void): void {
  if (allowed === undefined) done();
  else void allowed.then(() => done(), done);
}
