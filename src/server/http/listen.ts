/** Opens the port, or says why it cannot be opened. */
import type { AddressInfo } from "node:net";
import type { Config } from "../../config/schema/schema.ts";
import { MlctlError } from "../../core/errors.ts";
import type { App } from "./http.ts";

/** @throws {MlctlError} kind "usage" where others than this machine could ask without a token */
export function requireSafeAddress({ host, token, tokens, anonymous }: Config["serve"]): void {
  if (token !== null || tokens.length > 0 || anonymous || isLoopback(host)) return;
  throw new MlctlError("usage", `${host} can be reached by other machines, and no token is set`, {
    hint: 'set "serve": { "token": "${MLCTL_TOKEN}" }, or answer everybody with --anonymous',
  });
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1|\[::1\])$/i.test(host);
}

export async function listen(
  app: App,
  { host, port }: Config["serve"],
): Promise<{ url: string; host: string; port: number }> {
  try {
    await app.listen({ host: host.replace(/^\[|\]$/g, ""), port });
  } catch (error) {
    throw listenError(error, host, port);
  }
  const { port: opened } = app.server.address() as AddressInfo;
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return { url: `http://${name}:${opened}`, host, port: opened };
}

function listenError(error: unknown, host: string, port: number): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const [message, hint] = reasons[code]?.(host, port) ?? [];
  return message === undefined ? error : new MlctlError("usage", message, { hint, cause: error });
}

const reasons: Readonly<Record<string, (host: string, port: number) => [string, string]>> = {
  EADDRINUSE: (host, port) => [
    `port ${port} of ${host} is taken by another program`,
    "`--port 0` takes a free one, or name another",
  ],
  EACCES: (_, port) => [`port ${port} needs more rights`, "take one above 1023, such as --port 8000"],
  EADDRNOTAVAIL: (host) => [`${host} is no address of this machine`, "127.0.0.1 is, and 0.0.0.0 is all of them"],
  ENOTFOUND: (host) => [`there is no host ${host}`, "127.0.0.1 is this machine"],
};
