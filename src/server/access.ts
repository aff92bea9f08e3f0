/** Who may do what: bearer tokens with scopes, compared in constant time, and a rate for each of them. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Config } from "../config/schema.ts";
import { HttpProblem } from "./problem.ts";
import { rateLimit } from "./rateLimit.ts";

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

/**
 * @param clock milliseconds that only go forward
 * @returns a function that throws {HttpProblem} 401, 403 or 429; null where everybody may do everything at any rate
 */
export function access(
  { token, tokens, rate_limit }: Config["serve"],
  clock: () => number,
): ((caller: Caller, scope: Scope) => void) | null {
  const known: KnownToken[] = [
    ...(token === null ? [] : [knownToken("token", token, ["admin"])]),
    ...tokens.map((each) => knownToken(each.name, each.token, each.scopes)),
  ];
  if (known.length === 0 && rate_limit === null) return null;
  const limited = rate_limit === null ? null : rateLimit(rate_limit, clock);
  return (caller, scope) => {
    const holder = known.length === 0 ? null : holderOf(known, caller);
    const wait = limited?.(holder === null ? caller.address : `token ${holder.name}`) ?? 0;
    if (wait > 0) throw tooMany(wait);
    if (holder === null || holder.scopes.has(scope) || holder.scopes.has("admin")) return;
    throw new HttpProblem("forbidden", `the token "${holder.name}" has not the scope "${scope}"`, {
      hint: "serve.tokens in config.json says what each token may do",
    });
  };
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
