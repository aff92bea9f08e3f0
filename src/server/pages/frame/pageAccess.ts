/** Access to pages: requires a token with the scope "read", in a header or by way of the signed cookie. */
import type { Access, Scope } from "../../http/access.ts";
import type { Request } from "../../http/http.ts";
import { createHmac, timingSafeEqual } from "node:crypto";

export interface PageAccess {
  /** Null if neither tokens nor a rate limit is configured. */
  readonly check: Access | null;
  readonly tokens: readonly string[];
  readonly now: () => number;
}

/** @throws {HttpProblem} 401, 403 or 429 */
export async function requireReader(
  request: Request,
  { check, tokens, now }: PageAccess,
  ...scopes: readonly Scope[]
): Promise<void> {
  const { headers, ip: address, raw } = request;
  const token = headers.authorization === undefined ? tokenOfCookie(headers.cookie, tokens, now()) : undefined;
  const effective = token === undefined ? headers : { authorization: `Bearer ${token}` };
  await check?.({ headers: effective, address, raw }, ...(scopes.length === 0 ? (["read"] as const) : scopes));
}

export function isSignedIn({ headers }: Request, { tokens, now }: PageAccess): boolean {
  return tokenOfCookie(headers.cookie, tokens, now()) !== undefined;
}

const COOKIE = "mlctl_ui";

const SIGNED_IN_SECONDS = 12 * 3600;

/** Valid in every worker and after a restart, until it expires or the token changes. @param now milliseconds since 1970 */
export function signedCookie(token: string, now: number): string {
  const expires = Math.floor(now / 1000) + SIGNED_IN_SECONDS;
  return `${expires}.${signature(token, expires)}`;
}

/** The token that signed the cookie; undefined if none of these did, or if it has expired. */
export function tokenOfCookie(header: string | undefined, tokens: readonly string[], now: number): string | undefined {
  const value = (header ?? "")
    .split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1);
  const [, digits, given] = /^(\d{1,12})\.([\w-]{43})$/.exec(value ?? "") ?? [];
  if (digits === undefined || given === undefined || Number(digits) * 1000 <= now) return undefined;
  let found: string | undefined;
  // Compares with every token, so that the time does not reveal which one matched.
  for (const token of tokens) {
    if (timingSafeEqual(Buffer.from(signature(token, Number(digits))), Buffer.from(given))) found = token;
  }
  return found;
}

/**
 * Without a path, so that the browser takes the folder of the sign-in page: /ui, also below the path of a proxy.
 * @param value "" deletes the cookie
 * @param secure the browser connected over TLS
 */
export function cookieHeader(value: string, { secure }: { readonly secure: boolean }): string {
  const age = value === "" ? 0 : SIGNED_IN_SECONDS;
  return `${COOKIE}=${value}; Max-Age=${age}; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
}

function signature(token: string, expires: number): string {
  return createHmac("sha256", token).update(`mlctl pages ${expires}`).digest("base64url");
}
