/** Downloads from a real server on this machine that behaves as package indexes do. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { downloadWheel } from "./download.ts";
import { pipSettings } from "./pipSettings.ts";
import type { Wheel } from "./releases.ts";

const wheel: Wheel = { project: "xgboost-cpu", filename: "xgboost_cpu-3.2.0-py3-none-any.whl", sha256: "0" };
const content = Buffer.from("a wheel");

let server: Server | undefined;
let asked: IncomingMessage[] = [];
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** @returns its address */
async function index(answer: RequestListener): Promise<string> {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request);
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function download(indexUrl: string, signal = new AbortController().signal) {
  const seen: number[] = [];
  const options = { signal, onProgress: (done: number) => void seen.push(done) };
  return downloadWheel(wheel, { indexUrl, source: "a test", certificates: null }, options).then((result) => ({
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
    expect(asked.map((request) => request.url)).toEqual([
      "/simple/xgboost-cpu/",
      "/simple/files/xgboost.whl",
      "/moved",
    ]);
  });

  it.each([
    ["absolute", (name: string) => `/p/${name}#sha256=00`],
    ["relative", (name: string) => `../../p/${name}?a=1&amp;b=2`],
    ["quoted", (name: string) => `/p/${name.replaceAll("_", "%5F")}`],
  ])("reads an index in HTML, with addresses that are %s", async (_kind, href) => {
    const page = `<html><body><a href="/p/other.whl">other</a>\n<a data-requires-python="&gt;=3" href="${href(wheel.filename)}">it</a></body></html>`;
    const url = await index(
      (request, response) =>
        void (request.url!.startsWith("/p/")
          ? response.end(content)
          : response.setHeader("content-type", "text/html").end(page)),
    );
    expect(Buffer.from((await download(`${url}/simple`)).bytes)).toEqual(content);
  });

  it("hands user and password of the index on, and shows them to nobody", async () => {
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
    expect(asked.map(({ headers }) => headers.authorization)).toEqual([pair, pair]);
    await expect(download(`${url.replace("me:p%40ss@", "")}/simple`)).rejects.toThrow("HTTP 401");
  });

  it.each<[string, RequestListener, string]>([
    ["has no such project", (_q, response) => void response.writeHead(404).end(), "HTTP 404"],
    ["does not list the file", (_q, response) => void response.end("<html></html>"), "it does not list"],
    [
      "answers with something else",
      (_q, response) => void response.setHeader("content-type", "application/json").end("{"),
      "JSON",
    ],
    [
      "redirects for ever",
      (q, response) => void response.writeHead(301, { location: q.url }).end(),
      "more than 5 redirects",
    ],
    ["hangs up", (_q, response) => void response.destroy(), "socket hang up"],
  ])("says what is wrong with an index that %s, and how to go without", async (_what, answer, reason) => {
    const failed = download(`${await index(answer)}/simple`);
    await expect(failed).rejects.toMatchObject({
      kind: "failure",
      message: expect.stringContaining(reason) as string,
      hint: expect.stringContaining(`--from ${wheel.filename}`) as string,
    });
  });

  it.each([
    ["an address that is none", { indexUrl: "nonsense" }, "Invalid URL"],
    ["certificates that are not there", { certificates: "/no/such.pem" }, "certificates in /no/such.pem"],
  ])("says what is wrong with %s", async (_what, settings, reason) => {
    const pip = { indexUrl: "http://127.0.0.1:9/simple", source: "a test", certificates: null, ...settings };
    const options = { signal: new AbortController().signal, onProgress: () => {} };
    await expect(downloadWheel(wheel, pip, options)).rejects.toMatchObject({
      kind: "failure",
      message: expect.stringContaining(reason) as string,
    });
  });

  it("ends at once where the user calls it off", async () => {
    const stop = new AbortController();
    const url = await index(() => stop.abort(new Error("called off"))); // never answers
    await expect(download(`${url}/simple`, stop.signal)).rejects.toThrow("called off");
  });
});

describe("pipSettings", () => {
  const none = { PIP_CONFIG_FILE: "/dev/null" };

  it("takes PyPI where nothing is configured", () => {
    expect(pipSettings(none)).toEqual({
      indexUrl: "https://pypi.org/simple",
      source: "pip's default",
      certificates: null,
    });
  });

  it("takes PIP_INDEX_URL and PIP_CERT", () => {
    expect(pipSettings({ ...none, PIP_INDEX_URL: "https://example.org/simple/", PIP_CERT: "/ca.pem" })).toEqual({
      indexUrl: "https://example.org/simple",
      source: "PIP_INDEX_URL",
      certificates: "/ca.pem",
    });
  });
});
