/** Opens the port; errors say why it cannot be opened. */
import { isIP, type AddressInfo } from "node:net";
import { hostname } from "node:os";
import { tokenProblems } from "../../config/problems/consistencyProblems.ts";
import type { Config } from "../../config/schema/schema.ts";
import { MlctlError } from "../../core/errors.ts";
import type { App } from "./http.ts";

/** @throws {MlctlError} kind "usage" if a token is weak, or other machines could send requests without one */
export function requireSafeAddress(serve: Config["serve"]): void {
  const { host, token, tokens, anonymous } = serve;
  const [weak, ...more] = tokenProblems({ serve }).map(({ path, message }) => `${path}: ${message}`);
  if (weak !== undefined)
    throw new MlctlError("usage", weak, { details: more, hint: "correct it in config.json, or in its variable" });
  if (token !== null || tokens.length > 0 || anonymous || isLoopback(host)) return;
  throw new MlctlError("usage", `other machines can reach ${host}, and no token is set`, {
    hint: 'set "serve": { "token": "${MLCTL_TOKEN}" }, or allow requests without a token with --anonymous',
  });
}

/**
 * Protects a server without tokens from DNS rebinding: a page on the internet whose name then resolves to this machine
 * could otherwise call it. A server that is open to other machines also accepts every IP address, because that needs no name.
 * @returns whether a Host header names this server; null if any does
 */
export function hostCheck({ host, hosts, token, tokens }: Config["serve"]) {
  if (token !== null || tokens.length > 0 || hosts.includes("*")) return null;
  const names = new Set(
    ["localhost", "127.0.0.1", "0.0.0.0", "[::1]", hostname(), inUrl(host), ...hosts].map((name) => name.toLowerCase()),
  );
  const anyAddress = !isLoopback(host);
  let last: string | undefined;
  return (given: string | undefined): boolean => {
    // Only HTTP/1.0, which browsers do not speak, has none.
    if (given === undefined || given === last) return true;
    const name = given.toLowerCase().replace(/:\d*$/, "").replace(/\.$/, "");
    const isOwn =
      names.has(name) || name.endsWith(".localhost") || (anyAddress && isIP(name.replace(/^\[|\]$/g, "")) > 0);
    if (isOwn) last = given;
    return isOwn;
  };
}

function inUrl(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1|\[::1\])$/i.test(host);
}

export async function listen(app: App, { host, port }: Config["serve"]) {
  try {
    await app.listen({ host: host.replace(/^\[|\]$/g, ""), port });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const [message, hint] = reasons(host, port)[code] ?? [];
    throw message === undefined ? error : new MlctlError("usage", message, { hint, cause: error });
  }
  const { port: opened } = app.server.address() as AddressInfo;
  return { url: `http://${inUrl(host)}:${opened}`, host, port: opened };
}

function reasons(host: string, port: number): Readonly<Record<string, [message: string, hint: string]>> {
  const local = "use 127.0.0.1 for this machine";
  return {
    EADDRINUSE: [`port ${port} of ${host} is already in use`, "set another port, or use `--port 0` for a free one"],
    EACCES: [`no permission to open port ${port}`, "use a port above 1023, such as --port 8000"],
    EADDRNOTAVAIL: [`${host} is not an address of this machine`, `${local} only, or 0.0.0.0 for all its addresses`],
    ENOTFOUND: [`host ${host} is not found`, local],
  };
}
