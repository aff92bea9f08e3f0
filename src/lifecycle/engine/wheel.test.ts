/** Tests downloads from a local server that behaves like a package index. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import http, { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Wheel } from "../../estimators/xgboost/engines/native/releases.ts";
import { temporaryFolder } from "../../testing/exampleRecords.ts";
import { downloadWheel, pipSetting } from "./wheel.ts";

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

describe("pipSetting", () => {
  it("is that of the variable, else of pip's configuration, of which later files override earlier ones", () => {
    const [home, venv] = [temporaryFolder(), temporaryFolder()];
    const name = process.platform === "win32" ? "pip.ini" : "pip.conf";
    const files = { user: join(home, ".config", "pip", name), venv: join(venv, name), own: join(home, "own") };
    mkdirSync(join(home, ".config", "pip"), { recursive: true });
    for (const [host, path] of Object.entries(files))
      writeFileSync(path, `[global]\r\n# x\nIndex_URL: https://${host}\nproxy = \ncert = /a b/${host}.pem\r\n`);
    const environment = { HOME: home };
    const urlOf = (more: object) => pipSetting("index-url", { ...environment, ...more });
    expect(urlOf({})).toEqual({ value: "https://user", setBy: files.user });
    expect(urlOf({ VIRTUAL_ENV: venv })).toEqual({ value: "https://venv", setBy: files.venv });
    const all = { VIRTUAL_ENV: venv, PIP_CONFIG_FILE: files.own };
    expect(urlOf(all)).toEqual({ value: "https://own", setBy: files.own });
    expect(urlOf({ ...all, PIP_INDEX_URL: "https://here" })).toEqual({ value: "https://here", setBy: "PIP_INDEX_URL" });
    expect(pipSetting("cert", environment)).toEqual({ value: "/a b/user.pem", setBy: files.user });
    expect(pipSetting("proxy", environment)?.setBy).not.toBe(files.user);
  });
});

function withoutProxies(): void {
  const names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE"];
  for (const name of names) vi.stubEnv(name, "");
}

describe.skipIf(!("setGlobalProxyFromEnv" in http))("a network behind a proxy with its own certificates", () => {
  it("is reached as pip reaches it; without, the error names what can be set", async ({ skip }) => {
    const folder = temporaryFolder();
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const options = `-x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=index.test -addext subjectAltName=DNS:index.test`;
    const made = spawnSync("openssl", ["req", ...options.split(" "), "-keyout", key, "-out", cert]);
    if (made.status !== 0) return skip("no openssl");
    const secure = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      response.end(request.url!.endsWith(".whl") ? content : json);
    });
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    const asked: string[] = [];
    const proxy = await index((_request, response) => void response.writeHead(500).end());
    server!.on("connect", ({ url }: IncomingMessage, socket: Socket) => {
      asked.push(url!);
      const through = connect((secure.address() as AddressInfo).port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        through.pipe(socket).pipe(through);
      });
      for (const each of [socket, through]) each.on("error", () => {});
    });
    withoutProxies();
    const configuration = join(folder, "pip.conf");
    writeFileSync(configuration, `[global]\nproxy = ${proxy.replace("http://", "")}\n`);
    vi.stubEnv("PIP_CONFIG_FILE", configuration);
    vi.stubEnv("PIP_CERT", cert);
    const address = "https://index.test/simple";
    expect(Buffer.from((await download(address)).bytes)).toEqual(content);
    expect(asked[0]).toBe("index.test:443");
    vi.stubEnv("PIP_CERT", join(folder, "none.pem"));
    await expect(download(address)).rejects.toThrow(/none\.pem/);
    vi.stubEnv("PIP_CERT", "");
    await expect(download(address)).rejects.toMatchObject({
      message: expect.stringContaining("self-signed certificate"),
      hint: expect.stringContaining(
        `the proxy by ${configuration} (PIP_PROXY, pip.conf, HTTPS_PROXY), certificates by`,
      ),
    });
    secure.closeAllConnections();
    secure.close();
  });

  it.each([
    ["http", { HTTP_PROXY: "PROXY", HTTPS_PROXY: "127.0.0.1:1" }, "HTTP_PROXY"],
    ["https", { HTTP_PROXY: "127.0.0.1:1", https_proxy: "PROXY" }, "https_proxy"],
    ["http", { HTTPS_PROXY: "PROXY" }, "nothing"],
    ["https", { HTTP_PROXY: "PROXY" }, "nothing"],
    ["http", { PIP_PROXY: "PROXY", HTTP_PROXY: "127.0.0.1:1" }, "PIP_PROXY"],
  ])("is reached by %s with %j through the proxy of %s", async (scheme, variables, setBy) => {
    // Node.js 26 sends http to a proxy as it is, earlier ones through a tunnel.
    const asked = new Set<string>();
    const proxy = await index(({ url }, response) => {
      asked.add(new URL(url!).hostname);
      response.end();
    });
    server!.on("connect", ({ url }: IncomingMessage, socket: Socket) => {
      asked.add(url!.split(":")[0]!);
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    withoutProxies();
    for (const [name, value] of Object.entries(variables))
      vi.stubEnv(name, value!.replace("PROXY", proxy.replace("http://", "")));
    const hint = expect.stringContaining(`the proxy by ${setBy} (`) as string;
    await expect(download(`${scheme}://index.invalid/simple`)).rejects.toMatchObject({ hint });
    expect(asked).toEqual(new Set(setBy === "nothing" ? [] : ["index.invalid"]));
  });
});
