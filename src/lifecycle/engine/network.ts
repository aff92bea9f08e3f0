/** Certificates and proxies for downloads: those of Node, of the system and of pip. */
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import tls from "node:tls";
import { errorCode } from "../../storage/files/writeFailure.ts";
import type { PipSettings } from "./pipSettings.ts";

type Environment = NodeJS.ProcessEnv;

/** Node 22.21 and 24.5 use proxies with the option `proxyEnv`, which the types of Node 22 lack. */
const proxiesWork = process.allowedNodeEnvironmentFlags.has("--use-env-proxy");
const proxyVariables = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"];

export function networkAgents(pip: PipSettings): { http: http.Agent; https: https.Agent } {
  const proxyEnv = proxiesOf(pip);
  const [plain, secure] = [{ proxyEnv } as http.AgentOptions, { proxyEnv, ca: trusted(pip.certificates) }];
  return { http: new http.Agent(plain), https: new https.Agent(secure) };
}

/** pip's own proxy is for all addresses, and may lack its protocol. */
function proxiesOf({ proxy }: PipSettings): Environment {
  if (proxy === null) return process.env;
  const url = proxy.includes("://") ? proxy : `http://${proxy}`;
  return { http_proxy: url, https_proxy: url };
}

/** An own list replaces that of Node, so it contains that: with NODE_EXTRA_CA_CERTS from Node 22.15 on. */
function trusted(certificates: string | null): string[] | undefined {
  const own = certificates === null ? [] : [certificatesIn(certificates)];
  const list = tls.getCACertificates as typeof tls.getCACertificates | undefined;
  if (list !== undefined) return [...list("default"), ...list("system"), ...own];
  return own.length === 0 ? undefined : [...tls.rootCertificates, ...own];
}

function certificatesIn(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Error(`the certificates in ${path} cannot be read`, { cause });
  }
}

/** What to change where a download failed. */
export function networkHints(
  error: unknown,
  { proxy, ignored }: PipSettings,
  { environment = process.env, canProxy = proxiesWork }: { environment?: Environment; canProxy?: boolean } = {},
): string[] {
  const hints = ignored.length === 0 ? [] : [`mlctl does not use pip's ${ignored.join(", ")}`];
  if (/CERT|SIGNATURE/.test(errorCode(error) ?? "")) {
    hints.push("set PIP_CERT or NODE_EXTRA_CA_CERTS to a file with the certificates of your network");
  }
  if (error instanceof Error && error.message === "HTTP 401") {
    hints.push("put user and password into the address of the index or into ~/.netrc");
  }
  const isProxied = proxy !== null || proxyVariables.some((name) => (environment[name] ?? "") !== "");
  if (isProxied && !canProxy) hints.push(`Node ${process.versions.node} uses no proxy: Node 24.5 or newer does`);
  return hints;
}
