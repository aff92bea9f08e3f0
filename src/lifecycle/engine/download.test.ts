/** Tests downloads from a local server that behaves like a package index. */
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Wheel } from "../../estimators/xgboost/engines/native/releases.ts";
import { temporaryFolder } from "../../testing/exampleRecords.ts";
import { downloadWheel, packageIndex } from "./download.ts";

const wheel: Wheel = { project: "xgboost-cpu", filename: "xgboost_cpu-3.2.0-py3-none-any.whl", sha256: "0" };
const content = Buffer.from("a wheel");

let server: Server | undefined;
let requests: IncomingMessage[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
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

async function download(indexUrl: string, signal = new AbortController().signal) {
  vi.stubEnv("PIP_INDEX_URL", indexUrl);
  const seen: number[] = [];
  const onProgress = (done: number): void => void seen.push(done);
  return { ...(await downloadWheel(wheel, temporaryFolder(), { signal, onProgress })), seen };
}

const json = JSON.stringify({ files: [{ filename: wheel.filename, url: "../files/xgboost.whl" }] });

describe("downloadWheel", () => {
  it("reads an index in JSON and follows redirects", async () => {
    const url = await index((request, response) => {
      if (request.url === "/simple/xgboost-cpu/") {
        response.writeHead(302, { location: "/mirror/xgboost-cpu/" }).end();
      } else if (request.url === "/mirror/xgboost-cpu/") response.end(json);
      else if (request.url === "/mirror/files/xgboost.whl") response.writeHead(302, { location: "/moved" }).end();
      else response.end(content);
    });
    const result = await download(`${url}/simple/`);
    expect(Buffer.from(result.bytes)).toEqual(content);
    expect(result.source).toBe(`${url}/mirror/files/xgboost.whl`);
    expect(result.seen.at(-1)).toBe(content.length);
    expect(requests.at(-1)!.url).toBe("/moved");
  });

  it.each([
    ["absolute", (name: string) => `/p/${name}#sha256=00`],
    ["relative", (name: string) => `../../p/${name}?a=1&amp;b=2`],
    ["quoted", (name: string) => `/p/${name.replaceAll("_", "%5F")}`],
  ])("reads an index in HTML with %s addresses", async (_kind, href) => {
    const page = `<html><body><a href="/p/100%.whl">other</a>\n<a data-requires-python="&gt;=3" href="${href(wheel.filename)}">it</a></body></html>`;
    const url = await index(
      (request, response) => void (request.url!.startsWith("/p/") ? response.end(content) : response.end(page)),
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
              : response.end(json)),
      )
    ).replace("//", "//me:p%40ss@");
    const result = await download(`${url}/simple`);
    expect(result.source).not.toContain("me:");
    const pair = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([pair, pair]);
    await expect(download(`${url.replace("me:p%40ss@", "")}/simple`)).rejects.toThrow("401");
  });

  it.each<[string, RequestListener, string]>([
    ["has no such project", (_q, response) => void response.writeHead(404).end(), "404"],
    ["does not list the file", (_q, response) => void response.end("<html></html>"), "the index does not list"],
    ["returns something else", (_q, response) => void response.end("{"), "JSON"],
    ["redirects forever", (q, response) => void response.writeHead(301, { location: q.url }).end(), "redirects more"],
    ["hangs up", (_q, response) => void response.destroy(), "cannot be fetched: other side closed"],
  ])("reports an index that %s, and how to install without it", async (_what, respond, reason) => {
    const failed = download(`${await index(respond)}/simple`);
    await expect(failed).rejects.toMatchObject({
      kind: "failure",
      message: expect.stringContaining(reason) as string,
      hint: expect.stringContaining(`--from ${wheel.filename}`) as string,
    });
  });

  it("stops at once if the user aborts", async () => {
    const stop = new AbortController();
    const url = await index(() => stop.abort(new Error("called off"))); // never responds
    await expect(download(`${url}/simple`, stop.signal)).rejects.toThrow("called off");
  });
});

describe("packageIndex", () => {
  it("is that of PIP_INDEX_URL, else of pip's configuration, of which later files override earlier ones", () => {
    const [home, venv] = [temporaryFolder(), temporaryFolder()];
    const name = process.platform === "win32" ? "pip.ini" : "pip.conf";
    const files = { user: join(home, ".config", "pip", name), venv: join(venv, name), own: join(home, "own") };
    mkdirSync(join(home, ".config", "pip"), { recursive: true });
    for (const [host, path] of Object.entries(files))
      writeFileSync(path, `[global]\r\n# x\nIndex_URL: https://${host}\n`);
    const environment = { HOME: home };
    expect(packageIndex(environment)).toEqual({ url: "https://user", setBy: files.user });
    expect(packageIndex({ ...environment, VIRTUAL_ENV: venv })).toEqual({ url: "https://venv", setBy: files.venv });
    const all = { ...environment, VIRTUAL_ENV: venv, PIP_CONFIG_FILE: files.own };
    expect(packageIndex(all)).toEqual({ url: "https://own", setBy: files.own });
    expect(packageIndex({ ...all, PIP_INDEX_URL: "https://here" }).url).toBe("https://here");
  });
});
