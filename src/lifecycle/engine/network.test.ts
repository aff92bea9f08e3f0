import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { describe, expect, it } from "vitest";
import { networkAgents, networkHints } from "./network.ts";

const pip = { indexUrl: "https://x", source: "a test", certificates: null, proxy: null, ignored: [] };

describe("networkAgents", () => {
  it.skipIf(tls.getCACertificates === undefined)(
    "trusts the certificates of Node, of the system and of pip (needs Node 22.15)",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "mlctl-ca-"));
      writeFileSync(join(folder, "own.pem"), "own");
      const all = new Set([...tls.getCACertificates("default"), ...tls.getCACertificates("system")]);
      expect(new Set(networkAgents(pip).https.options.ca as string[])).toEqual(all);
      const withOwn = networkAgents({ ...pip, certificates: join(folder, "own.pem") }).https.options.ca as string[];
      expect(new Set(withOwn)).toEqual(new Set([...all, "own"]));
      rmSync(folder, { recursive: true });
    },
  );
});

describe("networkHints", () => {
  const failed = (code: string): Error => Object.assign(new Error("failed"), { code });

  it.each([
    ["nothing", failed("ECONNRESET"), {}, {}, []],
    ["settings without effect", failed("X"), { ignored: ["no-index (pip.conf)"] }, {}, ["no-index (pip.conf)"]],
    ["a certificate", failed("SELF_SIGNED_CERT_IN_CHAIN"), {}, {}, ["PIP_CERT or NODE_EXTRA_CA_CERTS"]],
    ["a signature", failed("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), {}, {}, ["PIP_CERT or NODE_EXTRA_CA_CERTS"]],
    ["a password", new Error("HTTP 401"), {}, {}, ["~/.netrc"]],
    ["a proxy", failed("X"), {}, { environment: { HTTPS_PROXY: "http://p" }, canProxy: false }, ["Node 24.5"]],
    ["pip's proxy", failed("X"), { proxy: "p:1" }, { environment: {}, canProxy: false }, ["Node 24.5"]],
    ["an empty proxy", failed("X"), {}, { environment: { http_proxy: "" }, canProxy: false }, []],
    ["a proxy that works", failed("X"), {}, { environment: { HTTPS_PROXY: "http://p" }, canProxy: true }, []],
  ])("is about %s", (_what, error, settings, options, expected) => {
    const hints = networkHints(error, { ...pip, ...settings }, { environment: {}, ...options });
    expect(hints).toEqual(expected.map((words) => expect.stringContaining(words) as string));
  });
});
