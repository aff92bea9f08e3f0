/** Who may read pages: whoever shows a token with the scope "read", in a header or sealed in the browser's cookie. */
import type { access, Scope } from "../../http/access.ts";
import type { Request } from "../../http/http.ts";
import { tokenOfCookie } from "./pageCookie.ts";

export interface PageAccess {
  /** Null where everybody may do everything. */
  readonly check: ReturnType<typeof access>;
  readonly tokens: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const SCOPE: Scope = "read";

/** @throws {HttpProblem} 401, 403 or 429; or rejects, where another process counts the rate */
export function requireReader(request: Request, { check, tokens, now }: PageAccess): void | Promise<void> {
  const { headers, ip: address } = request;
  const token = headers.authorization === undefined ? tokenOfCookie(headers.cookie, tokens, now()) : undefined;
  const shown = token === undefined ? headers : { authorization: `Bearer ${token}` };
  return check?.({ headers: shown, address }, SCOPE);
}

export function isSignedIn({ headers }: Request, { tokens, now }: PageAccess): boolean {
  return tokenOfCookie(headers.cookie, tokens, now()) !== undefined;
}
