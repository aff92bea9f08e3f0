/** serve below the path of a reverse proxy, which removes the path or passes it on: every link, form and cookie works. */
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { logisticWorkspace } from "./lifecycleWorkspace.ts";
import { expectProblem, served, type ServedWorkspace } from "./servedWorkspace.ts";

const TOKEN = "a-token-for-the-proxy";

let server: ServedWorkspace;
/** With serve.base_path. */
let based: ServedWorkspace;
const proxies: Server[] = [];
beforeAll(async () => {
  const workspace = logisticWorkspace();
  const config = JSON.parse(workspace.read("config.json")) as object;
  workspace.write({ "config.json": JSON.stringify({ ...config, serve: { token: TOKEN } }) });
  workspace.ok("monitor", "testdata/testdata.csv");
  const serve = { token: TOKEN, base_path: "/kept" };
  workspace.write({ "based.json": JSON.stringify({ ...config, serve }) });
  [server, based] = await Promise.all([served(workspace), served(workspace, "-c", "based.json")]);
});
afterAll(async () => {
  for (const proxy of proxies) proxy.close();
  await Promise.all([server?.stop(), based?.stop()]);
});

/** A proxy that knows only addresses below `prefix`. */
async function proxied(prefix: string, isRemoved: boolean): Promise<string> {
  const proxy = createServer((request, response) => {
    if (!request.url!.startsWith(`${prefix}/`)) return void response.writeHead(502).end("outside");
    const path = isRemoved ? request.url!.slice(prefix.length) : request.url!;
    const { method, headers } = request;
    const onward = httpRequest(`${(isRemoved ? server : based).url}${path}`, { method, headers }, (reply) => {
      response.writeHead(reply.statusCode!, reply.headers);
      reply.pipe(response);
    });
    request.pipe(onward);
  });
  proxies.push(proxy);
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${prefix}`;
}

describe.each([
  ["/ml", true],
  ["/kept", false],
] as const)("below %s", (prefix, isRemoved) => {
  it("a browser signs in and finds every page, style sheet and form", async () => {
    const base = await proxied(prefix, isRemoved);
    const redirect = "manual" as const;
    const moved = (reply: Response, from: string) => new URL(reply.headers.get("location")!, from).href;

    const root = await fetch(`${base}/`, { headers: { accept: "text/html,*/*" }, redirect });
    expect([root.status, moved(root, `${base}/`)]).toEqual([303, `${base}/ui`]);
    const closed = await fetch(`${base}/ui/runs?sort=trained`, { redirect });
    const login = moved(closed, `${base}/ui/runs?sort=trained`);
    expect(login).toBe(`${base}/ui/login?next=%2Fui%2Fruns%3Fsort%3Dtrained`);
    const form = await (await fetch(login)).text();
    const action = new URL(/<form[^>]*action="([^"]+)"/.exec(form)![1]!, login).href;
    const body = new URLSearchParams({ token: TOKEN, next: "/ui/runs?sort=trained" });
    const signedIn = await fetch(action, { method: "POST", body, redirect });
    expect(moved(signedIn, action)).toBe(`${base}/ui/runs?sort=trained`);
    const [value, ...attributes] = signedIn.headers.get("set-cookie")!.split("; ");
    // Without a path, a browser sends the cookie to all addresses below the folder of `action`, which is <base>/ui.
    expect(attributes.some((each) => each.startsWith("Path"))).toBe(false);
    expect(action.replace(/[/][^/]*$/, "")).toBe(`${base}/ui`);

    const seen = new Set<string>();
    const waiting = [`${base}/ui`, `${base}/ui/`];
    while (waiting.length > 0 && seen.size < 60) {
      const address = waiting.pop()!;
      if (seen.has(address)) continue;
      seen.add(address);
      const reply = await fetch(address, { headers: { cookie: value! } });
      const text = await reply.text();
      expect([address, reply.status]).toEqual([address, 200]);
      if (reply.headers.get("content-type")?.includes("text/html") !== true) continue;
      for (const [, kind, link] of text.matchAll(/\s(href|src|action)="([^"]*)"/g)) {
        if (link!.startsWith("data:") || link!.startsWith("#")) continue;
        const target = new URL(link!.replaceAll("&amp;", "&"), reply.url);
        expect(target.href, `${link} of ${address}`).toMatch(new RegExp(`^${base}/(ui|docs)`));
        if (kind !== "action") waiting.push(target.href.split("#")[0]!);
      }
    }
    // The cookie opens pages, not the API.
    expect((await fetch(`${base}/openapi.json`, { headers: { cookie: value! } })).status).toBe(401);
    const paths = [...seen].map((each) => each.slice(base.length));
    expect(paths).toEqual(
      expect.arrayContaining(["/docs", "/ui/runs", "/ui/live", "/ui/monitoring", "/ui/predictions"]),
    );
    expect(paths.filter((each) => /^[/]ui[/](runs|monitoring)[/]\w+/.test(each)).length).toBeGreaterThan(2);
    expect(paths.some((each) => each.endsWith(".css"))).toBe(true);
    const out = new URL(
      /action="([^"]*logout)"/.exec(
        await (await fetch(`${base}/ui/runs`, { headers: { cookie: value! } })).text(),
      )![1]!,
      `${base}/ui/runs`,
    );
    expect(moved(await fetch(out, { method: "POST", redirect, body: new URLSearchParams() }), out.href)).toBe(
      `${base}/ui/login`,
    );
  });
});

it("a browser at / is sent to the pages, a program gets 405", async () => {
  const at = (accept: string) => fetch(`${server.url}/`, { headers: { accept }, redirect: "manual" });
  expect([(await at("text/html")).status, (await at("*/*")).status]).toEqual([303, 405]);
});

type Paths = Readonly<Record<string, { readonly get?: { readonly responses: object } }>>;

it("a query parameter that is not known is refused, by probes and pages too", async () => {
  const auth = { authorization: `Bearer ${TOKEN}` };
  const wrong = ["/predict?model=v1", "/predict?explain=true&limit=2", "/invocations?log=false", "/?dry_run=1"];
  for (const path of wrong) {
    const { status, body } = await server.post(path, [{}], auth);
    expect([path, status, body["detail"]]).toEqual([path, 400, expect.stringMatching(/^unknown query parameter "/)]);
  }
  expect((await server.get("/score?model=v1", auth)).body).toMatchObject({
    status: 400,
    hint: "this address has no query parameters",
  });
  expect((await server.get("/model?", auth)).status).toBe(200);
  const document = (await server.get("/openapi.json", auth)).body as { info: { description: string }; paths: Paths };
  expect(document.info.description).toContain("that are not described are refused");
  const read = Object.entries(document.paths).flatMap(([path, { get }]) =>
    get === undefined ? [] : [[path, get] as const],
  );
  expect(read.length).toBeGreaterThan(8);
  for (const [path, { responses }] of read) {
    expect(responses).toHaveProperty("400");
    expectProblem(await server.get(`${path}?x=1`, auth), 400, /this address has no query parameters/);
  }
  const pages = {
    "/ui": "this address has no",
    "/ui/runs": "known: metric, family",
    "/ui/login": "known: next",
    "/docs": "",
  };
  for (const [path, hint] of Object.entries(pages)) {
    const { status, text } = await server.get(`${path}?x=1`, auth);
    expect([path, status, text]).toEqual([path, 400, expect.stringContaining(hint)]);
  }
  for (const path of [
    "/ui/runs?page=1&sort=trained",
    "/ui/monitoring?from=&to=",
    "/ui/predictions?truth=known&before=",
  ])
    expect([path, (await server.get(path, auth)).status]).toEqual([path, 200]);
});
