/** Authorization: bearer tokens with scopes, compared in constant time; limits on requests and on wrong tokens. */
import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Config } from "../../config/schema/schema.ts";
import { HttpProblem } from "./problem.ts";
import { rateLimit } from "./rateLimit.ts";

export type Scope = "read" | "predict" | "admin";

export interface Caller {
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
  readonly raw?: IncomingMessage;
}

/** The name of the token that a request has sent, also of one that is then refused: for the log. */
export const tokenNames = new WeakMap<IncomingMessage, string>();

type KnownToken = ReturnType<typeof knownToken>;

/** Counts one request of a caller and returns 0, or the milliseconds to wait; a promise if another process counts. */
export type Rate = (caller: string) => number | Promise<number>;

/** Resolves with the holder of the token, "" if no tokens are configured; rejects with {HttpProblem} 401, 403 or 429. */
export type Access = (caller: Caller, ...scopes: readonly Scope[]) => Promise<string>;

/** @param rate null: no limit @returns null if neither tokens nor a rate limit is configured */
export function access(
  { token, tokens, limits }: Config["serve"],
  { rate, clock, wrongToken }: { rate: Rate | null; clock: () => number; wrongToken: (address: string) => void },
): Access | null {
  const known: KnownToken[] = [
    ...(token === null ? [] : [knownToken("token", token, ["admin"])]),
    ...tokens.map((each) => knownToken(each.name, each.token, each.scopes)),
  ];
  if (known.length === 0 && rate === null) return null;
  const wrongs = rateLimit(limits.wrong_tokens, clock);
  const holderOf = (headers: IncomingHttpHeaders, address: string): KnownToken => {
    const holder = matching(known, headers);
    // A right token passes no matter what others at its address send, such as that of a proxy: it cannot be guessed.
    if (holder !== undefined) return holder;
    wrongToken(address);
    const wait = wrongs(address);
    if (wait > 0) throw tooMany(wait, `too many wrong tokens from ${address} (serve.limits.wrong_tokens)`);
    throw unauthorized("the bearer token is not valid", ', error="invalid_token"');
  };
  return async ({ headers, address: ip, raw }, ...scopes) => {
    const address = addressOf(ip);
    const holder = known.length === 0 ? null : holderOf(headers, address);
    if (raw !== undefined && holder !== null) tokenNames.set(raw, holder.name);
    const wait = (await rate?.(holder === null ? address : `token ${holder.name}`)) ?? 0;
    if (wait > 0) throw tooMany(wait, "the rate limit (serve.rate_limit) is exceeded");
    if (holder === null) return "";
    const { name } = holder;
    if (holder.scopes.has("admin") || scopes.some((scope) => holder.scopes.has(scope))) return name;
    throw new HttpProblem("forbidden", `the token "${name}" does not have the scope "${scopes.join('" or "')}"`, {
      hint: "serve.tokens in config.json lists the scopes of each token",
    });
  };
}

/** An IPv6 network (/64) counts as one address, because one machine may use all of it. */
export function addressOf(ip: string): string {
  if (!ip.includes(":") || ip.includes(".") || ip === "::1") return ip;
  const [start = "", end = ""] = ip.split("%")[0]!.split("::");
  const [first, last] = [start, end].map((part) => (part === "" ? [] : part.split(":")));
  const groups = [...first!, ...Array<string>(Math.max(0, 8 - first!.length - last!.length)).fill("0"), ...last!];
  return `${groups.slice(0, 4).join(":")}::/64`;
}

function knownToken(name: string, token: string, scopes: readonly Scope[]) {
  return { name, digest: digestOf(token), scopes: new Set(scopes) };
}

/** Undefined for a wrong token. @throws {HttpProblem} 401 if there is none */
function matching(known: readonly KnownToken[], { authorization = "" }: IncomingHttpHeaders): KnownToken | undefined {
  const given = /^bearer +(.+)$/i.exec(authorization)?.[1]?.trimEnd();
  if (given === undefined) {
    throw unauthorized("the request has no bearer token", "", "send the header Authorization: Bearer <token>");
  }
  const digest = digestOf(given);
  let holder: KnownToken | undefined;
  // Compares with every token, so that the response time reveals neither a matching prefix nor which token matched.
  for (const each of known) if (timingSafeEqual(each.digest, digest)) holder = each;
  return holder;
}

function unauthorized(detail: string, challenge: string, hint?: string): HttpProblem {
  return new HttpProblem("unauthorized", detail, {
    hint,
    headers: { "www-authenticate": `Bearer realm="mlctl"${challenge}` },
  });
}

/** A hash, because timingSafeEqual needs buffers of equal length. */
function digestOf(token: string): Buffer {
  return hash("sha256", token, "buffer");
}

function tooMany(wait: number, reason: string): HttpProblem {
  const seconds = String(Math.ceil(wait / 1000));
  return new HttpProblem("too-many-requests", `${reason}; retry in ${seconds} s`, {
    headers: { "retry-after": seconds },
  });
}
