/** Authorization: bearer tokens with scopes, compared in constant time, and a rate limit for each token. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Config } from "../../config/schema/schema.ts";
import { HttpProblem } from "./problem.ts";

export type Scope = "read" | "predict" | "admin";

export interface Caller {
  readonly headers: IncomingHttpHeaders;
  /** IP address of the caller. */
  readonly address: string;
}

interface KnownToken {
  readonly name: string;
  readonly digest: Buffer;
  readonly scopes: ReadonlySet<Scope>;
}

/** Counts one request of a caller and returns 0, or the milliseconds to wait; a promise if another process counts. */
export type Rate = (caller: string) => number | Promise<number>;

/**
 * @returns a function that throws or rejects with {HttpProblem} 401, 403 or 429; null if neither tokens nor a rate limit
 * is configured
 */
export function access(
  { token, tokens }: Config["serve"],
  rate: Rate | null,
): ((caller: Caller, scope: Scope) => void | Promise<void>) | null {
  const known: KnownToken[] = [
    ...(token === null ? [] : [knownToken("token", token, ["admin"])]),
    ...tokens.map((each) => knownToken(each.name, each.token, each.scopes)),
  ];
  if (known.length === 0 && rate === null) return null;
  return (caller, scope) => {
    const holder = known.length === 0 ? null : holderOf(known, caller);
    const wait = rate?.(holder === null ? caller.address : `token ${holder.name}`) ?? 0;
    return typeof wait === "number" ? enforce(wait, holder, scope) : wait.then((each) => enforce(each, holder, scope));
  };
}

/** @throws {HttpProblem} 403 or 429 */
function enforce(wait: number, holder: KnownToken | null, scope: Scope): void {
  if (wait > 0) throw tooMany(wait);
  if (holder === null || holder.scopes.has(scope) || holder.scopes.has("admin")) return;
  throw new HttpProblem("forbidden", `the token "${holder.name}" does not have the scope "${scope}"`, {
    hint: "serve.tokens in config.json lists the scopes of each token",
  });
}

function knownToken(name: string, token: string, scopes: readonly Scope[]): KnownToken {
  return { name, digest: digestOf(token), scopes: new Set(scopes) };
}

/** @throws {HttpProblem} 401 */
function holderOf(known: readonly KnownToken[], { headers }: Caller): KnownToken {
  const given = /^bearer +(\S+)\s*$/i.exec(headers.authorization ?? "")?.[1];
  const challenge = { headers: { "www-authenticate": 'Bearer realm="mlctl"' } };
  if (given === undefined) {
    const hint = "send the header Authorization: Bearer <token>";
    throw new HttpProblem("unauthorized", "the request has no bearer token", { hint, ...challenge });
  }
  const digest = digestOf(given);
  let holder: KnownToken | undefined;
  // Compares with every token, so that the response time reveals neither a matching prefix nor which token matched.
  for (const each of known) if (timingSafeEqual(each.digest, digest)) holder = each;
  if (holder !== undefined) return holder;
  throw new HttpProblem("unauthorized", "the bearer token is not valid", {
    headers: { "www-authenticate": 'Bearer realm="mlctl", error="invalid_token"' },
  });
}

/** A hash, because timingSafeEqual needs buffers of equal length. */
function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function tooMany(wait: number): HttpProblem {
  const seconds = Math.ceil(wait / 1000);
  return new HttpProblem("too-many-requests", `the rate limit (serve.rate_limit) is exceeded; retry in ${seconds} s`, {
    headers: { "retry-after": String(seconds) },
  });
}
