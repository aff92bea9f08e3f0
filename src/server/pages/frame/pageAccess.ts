/** Access to pages: requires a token with the scope "read", in a header or by way of the signed cookie. */
import type { access, Scope } from "../../http/access.ts";
import type { Request } from "../../http/http.ts";
import { tokenOfCookie } from "./pageCookie.ts";

export interface PageAccess {
  /** Null if neither tokens nor a rate limit is configured. */
  readonly check: ReturnType<typeof access>;
  readonly tokens: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** @throws {HttpProblem} 401, 403 or 429; returns a promise that rejects with it if another process counts the rate */
export function requireReader(
  request: Request,
  { check, tokens, now }: PageAccess,
  scope: Scope = "read",
): ReturnType<NonNullable<PageAccess["check"]>> | undefined {
  const { headers, ip: address } = request;
  const token = headers.authorization === undefined ? tokenOfCookie(headers.cookie, tokens, now()) : undefined;
  const effective = token === undefined ? headers : { authorization: `Bearer ${token}` };
  return check?.({ headers: effective, address }, scope);
}

export function isSignedIn({ headers }: Request, { tokens, now }: PageAccess): boolean {
  return tokenOfCookie(headers.cookie, tokens, now()) !== undefined;
}
