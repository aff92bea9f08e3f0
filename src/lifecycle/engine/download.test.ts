/** Tests downloads from a local server that behaves like a package index. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Wheel } from "../../estimators/xgboost/engines/native/releases.ts";
import { agentsFor, downloadWheel, hintsFor, linked, reasonOf, shown } from "./download.ts";

const wheel: Wheel = { project: "xgboost-cpu", filename: "xgboost_cpu-3.2.0-py3-none-any.whl", sha256: "0" };
const content = Buffer.from("a wheel");

let server: Server | undefined;
let requests: IncomingMessage[] = [];
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Starts a server. @returns its address */
async function index(respond: RequestListener): Promise<string> {
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    void respond(request, response);
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const pip = { source: "a test", certificates: null, proxy: null, ignored: [] };

function download(indexUrl: string, signal = new AbortController().signal) {
  const seen: number[] = [];
  const options = { signal, onProgress: (done: number) => void seen.push(done) };
  return downloadWheel(wheel, { ...pip, indexUrl }, options).then((result) => ({
    ...result,
    seen,
  }));
}

const json = JSON.stringify({ files: [{ filename: wheel.filename, url: "../files/xgboost.whl" }] });

describe("downloadWheel", () => {
  it("reads an index in JSON and follows redirects", async () => {
    const url = await index((request, response) => {
      if (request.url === "/simple/xgboost-cpu/") {
        response.writeHead(200, { "content-type": "application/vnd.pypi.simple.v1+json" }).end(json);
      } else if (request.url === "/simple/files/xgboost.whl") response.writeHead(302, { location: "/moved" }).end();
      else response.end(content);
    });
    const result = await download(`${url}/simple`);
    expect(Buffer.from(result.bytes)).toEqual(content);
    expect(result.url).toBe(`${url}/simple/files/xgboost.whl`);
    expect(result.seen.at(-1)).toBe(content.length);
    expect(requests.map((request) => request.url)).toEqual([
      "/simple/xgboost-cpu/",
      "/simple/files/xgboost.whl",
      "/moved",
    ]);
  });

  it.each([
    ["absolute", (name: string) => `/p/${name}#sha256=00`],
    ["relative", (name: string) => `../../p/${name}?a=1&amp;b=2`],
    ["quoted", (name: string) => `/p/${name.replaceAll("_", "%5F")}`],
  ])("reads an index in HTML with %s addresses", async (_kind, href) => {
    const page = `<html><body><a href="/p/100%.whl">other</a>\n<a data-requires-python="&gt;=3" href="${href(wheel.filename)}">it</a></body></html>`;
    const url = await index(
      (request, response) =>
        void (request.url!.startsWith("/p/")
          ? response.end(content)
          : response.setHeader("content-type", "text/html").end(page)),
    );
    expect(Buffer.from((await download(`${url}/simple`)).bytes)).toEqual(content);
  });

  it("sends the user and password of the index, and never shows them", async () => {
    const url = (
      await index(
        (request, response) =>
          void (request.headers.authorization === undefined
            ? response.writeHead(401).end()
            : request.url!.endsWith(".whl")
              ? response.end(content)
              : response.setHeader("content-type", "application/json").end(json)),
      )
    ).replace("//", "//me:p%40ss@");
    const result = await download(`${url}/simple`);
    expect(result.url).not.toContain("me:");
    const pair = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([pair, pair]);
    await download(`${url.replace("p%40ss", "100%")}/simple`);
    expect(requests.at(-1)!.headers.authorization).toBe(`Basic ${Buffer.from("me:100%").toString("base64")}`);
    await expect(download(`${url.replace("me:p%40ss@", "")}/simple`)).rejects.toThrow("HTTP 401");
  });

  it.each<[string, RequestListener, string]>([
    ["has no such project", (_q, response) => void response.writeHead(404).end(), "HTTP 404"],
    ["does not list the file", (_q, response) => void response.end("<html></html>"), "the index does not list"],
    [
      "returns something else",
      (_q, response) => void response.setHeader("content-type", "application/json").end("{"),
      "JSON",
    ],
    [
      "redirects forever",
      (q, response) => void response.writeHead(301, { location: q.url }).end(),
      "more than 5 redirects",
    ],
    ["hangs up", (_q, response) => void response.destroy(), "socket hang up"],
  ])("reports an index that %s, and how to install without it", async (_what, respond, reason) => {
    const failed = download(`${await index(respond)}/simple`);
    await expect(failed).rejects.toMatchObject({
      kind: "failure",
      message: expect.stringContaining(reason) as string,
      hint: expect.stringContaining(`--from ${wheel.filename}`) as string,
    });
  });

  it.each([
    ["an invalid address", { indexUrl: "nonsense" }, "Invalid URL"],
    ["missing certificates", { certificates: "/no/such.pem" }, "certificates in /no/such.pem"],
  ])("says what is wrong with %s", async (_what, settings, reason) => {
    const options = { signal: new AbortController().signal, onProgress: () => {} };
    await expect(
      downloadWheel(wheel, { ...pip, indexUrl: "http://127.0.0.1:9/simple", ...settings }, options),
    ).rejects.toMatchObject({
      kind: "failure",
      message: expect.stringContaining(reason) as string,
    });
  });

  it("keeps user and password in an absolute redirect to the same server", async () => {
    const url = await index((request, response) => {
      if (request.headers.authorization === undefined) response.writeHead(401).end();
      else if (request.url === "/simple/xgboost-cpu/") response.writeHead(301, { location: `${url}/moved/` }).end();
      else response.end(request.url === "/moved/" ? `<a href="${url}/${wheel.filename}">it</a>` : content);
    });
    const result = await download(`${url.replace("//", "//me:word@")}/simple`);
    expect(Buffer.from(result.bytes)).toEqual(content);
  });

  it.skipIf(!process.allowedNodeEnvironmentFlags.has("--use-env-proxy"))(
    "uses the proxy of pip, else of the environment, for http: too (needs Node 24.5)",
    async () => {
      const proxy = await index(
        (request, response) =>
          void response.end(request.url!.endsWith(".whl") ? content : `<a href="/${wheel.filename}">it</a>`),
      );
      const options = { signal: new AbortController().signal, onProgress: () => {} };
      const get = (settings: object) =>
        downloadWheel(wheel, { ...pip, indexUrl: "http://index.invalid/simple", ...settings }, options);
      expect(Buffer.from((await get({ proxy: proxy.replace("http://", "") })).bytes)).toEqual(content);
      vi.stubEnv("http_proxy", proxy);
      expect(Buffer.from((await get({})).bytes)).toEqual(content);
      vi.unstubAllEnvs();
      expect(requests.map((request) => request.url)).toEqual([
        "http://index.invalid/simple/xgboost-cpu/",
        `http://index.invalid/${wheel.filename}`,
        "http://index.invalid/simple/xgboost-cpu/",
        `http://index.invalid/${wheel.filename}`,
      ]);
    },
  );

  it.each([
    ["https://h/file", "https://me:word@h/file"],
    ["/file", "https://me:word@h/file"],
    ["https://you:other@h/file", "https://you:other@h/file"],
    ["http://h/file", "http://h/file"],
    ["https://h:8443/file", "https://h:8443/file"],
    ["https://other/file", "https://other/file"],
  ])("links from https://me:word@h/ to %s as %s", (href, expected) => {
    const from = new URL("https://me:word@h/");
    expect(linked(href, { from, index: from }).href).toBe(expected);
  });

  it.each([
    ["https://me:word@h/simple/", "https://h/simple/"],
    ["https://me:wo rd@h:port/simple/", "…@h:port/simple/"],
    ["me:word@h/simple/", "…@h/simple/"],
    ["ftp://me:wo@rd@h/simple/", "…@h/simple/"],
    ["nonsense", "nonsense"],
  ])("shows %s as %s", (address, expected) => {
    expect(shown(address)).toBe(expected);
  });

  it.each<[Error, string]>([
    [new AggregateError([new Error("connect ECONNREFUSED ::1:9"), new Error("other")]), "connect ECONNREFUSED ::1:9"],
    [Object.assign(new AggregateError([]), { code: "ETIMEDOUT" }), "ETIMEDOUT"],
    [new TypeError(""), "TypeError"],
  ])("gives the reason of %o", (error, expected) => {
    expect(reasonOf(error)).toBe(expected);
  });

  it("stops at once if the user aborts", async () => {
    const stop = new AbortController();
    const url = await index(() => stop.abort(new Error("called off"))); // never responds
    await expect(download(`${url}/simple`, stop.signal)).rejects.toThrow("called off");
  });
});

describe("agentsFor", () => {
  it.skipIf(tls.getCACertificates === undefined)(
    "trusts the certificates of Node, of the system and of pip (needs Node 22.15)",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "mlctl-ca-"));
      writeFileSync(join(folder, "own.pem"), "own");
      const all = new Set([...tls.getCACertificates("default"), ...tls.getCACertificates("system")]);
      expect(new Set(agentsFor({ ...pip, indexUrl: "https://x" }).https.options.ca as string[])).toEqual(all);
      const withOwn = agentsFor({ ...pip, indexUrl: "https://x", certificates: join(folder, "own.pem") }).https.options
        .ca as string[];
      expect(new Set(withOwn)).toEqual(new Set([...all, "own"]));
      rmSync(folder, { recursive: true });
    },
  );
});

describe("hintsFor", () => {
  const failed = (code: string): Error => Object.assign(new Error("failed"), { code });

  it.each([
    ["nothing", failed("ECONNRESET"), {}, {}, []],
    ["settings without effect", failed("X"), { ignored: ["no-index (pip.conf)"] }, {}, ["no-index (pip.conf)"]],
    ["a certificate", failed("SELF_SIGNED_CERT_IN_CHAIN"), {}, {}, ["PIP_CERT or NODE_EXTRA_CA_CERTS"]],
    ["a signature", failed("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), {}, {}, ["PIP_CERT or NODE_EXTRA_CA_CERTS"]],
    ["a password", new Error("HTTP 401"), {}, {}, ["put user and password"]],
    ["a proxy", failed("X"), {}, { environment: { HTTPS_PROXY: "http://p" }, canProxy: false }, ["Node 24.5"]],
    ["pip's proxy", failed("X"), { proxy: "p:1" }, { environment: {}, canProxy: false }, ["Node 24.5"]],
    ["an empty proxy", failed("X"), {}, { environment: { http_proxy: "" }, canProxy: false }, []],
    ["a proxy that works", failed("X"), {}, { environment: { HTTPS_PROXY: "http://p" }, canProxy: true }, []],
  ])("is about %s", (_what, error, settings, options, expected) => {
    const hints = hintsFor(error, { ...pip, indexUrl: "https://x", ...settings }, { environment: {}, ...options });
    expect(hints).toEqual(expected.map((words) => expect.stringContaining(words) as string));
  });
});
