/** Who may do what: bearer tokens with scopes, compared in constant time, and a rate for each of them. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Config } from "../../config/schema/schema.ts";
import { HttpProblem } from "./problem.ts";

export type Scope = "read" | "predict" | "admin";

export interface Caller {
  readonly headers: IncomingHttpHeaders;
  /** Of the other end. */
  readonly address: string;
}

interface KnownToken {
  readonly name: string;
  readonly digest: Buffer;
  readonly scopes: ReadonlySet<Scope>;
}

/** Takes one request of a caller: 0, or milliseconds to wait; a promise where another process counts. */
export type Rate = (caller: string) => number | Promise<number>;

/**
 * @returns a function that throws, or rejects with, {HttpProblem} 401, 403 or 429; null where everybody may do everything
 * at any rate
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
    return typeof wait === "number" ? decide(wait, holder, scope) : wait.then((each) => decide(each, holder, scope));
  };
}

/** @throws {HttpProblem} 403 or 429 */
function decide(wait: number, holder: KnownToken | null, scope: Scope): void {
  if (wait > 0) throw tooMany(wait);
  if (holder === null || holder.scopes.has(scope) || holder.scopes.has("admin")) return;
  throw new HttpProblem("forbidden", `the token "${holder.name}" has not the scope "${scope}"`, {
    hint: "serve.tokens in config.json says what each token may do",
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
    throw new HttpProblem("unauthorized", "the request carries no bearer token", { hint, ...challenge });
  }
  const digest = digestOf(given);
  let holder: KnownToken | undefined;
  // Every one is compared, so that the time tells neither how much of a token is right nor which one it is.
  for (const each of known) if (timingSafeEqual(each.digest, digest)) holder = each;
  if (holder !== undefined) return holder;
  throw new HttpProblem("unauthorized", "the bearer token is not known", {
    headers: { "www-authenticate": 'Bearer realm="mlctl", error="invalid_token"' },
  });
}

/** Of one length, whatever is given. */
function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function tooMany(wait: number): HttpProblem {
  const seconds = Math.ceil(wait / 1000);
  return new HttpProblem("too-many-requests", `the rate of serve.rate_limit is used up for ${seconds} s`, {
    headers: { "retry-after": String(seconds) },
  });
}
