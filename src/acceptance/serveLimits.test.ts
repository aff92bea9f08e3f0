/** serve against callers that send bodies slowly or never, guess tokens, use other host names, or send huge values. */
import { readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { logisticWorkspace } from "./lifecycleWorkspace.ts";
import { expectProblem, served, type ServedWorkspace } from "./servedWorkspace.ts";

const TOKEN = "token of this test";
const row = { lastmonth_activity: 73, lastyear_activity: 955, number_of_employees: 14 };
const header = "lastmonth_activity,lastyear_activity,number_of_employees\n";
const csv = { "content-type": "text/csv" };
const form = { "content-type": "application/x-www-form-urlencoded" };
const limits = { body_seconds: 1, bodies_per_caller: 50, concurrent: 100, cell_bytes: 1000 };

/** Without tokens, and with one. */
let open: ServedWorkspace;
let closed: ServedWorkspace;
beforeAll(async () => {
  const workspace = logisticWorkspace();
  workspace.configure({ id_columns: ["corporation"], serve: { limits, hosts: ["mlctl"] } });
  const other = workspace.copy();
  other.configure({ serve: { limits, token: TOKEN.replaceAll(" ", "-"), cors: ["https://example.org"] } });
  [open, closed] = await Promise.all([served(workspace), served(other)]);
});

const bearer = { authorization: `Bearer ${TOKEN.replaceAll(" ", "-")}` };

interface Talk {
  readonly socket: Socket;
  /** All that came so far. */
  text(): string;
}

function talk({ url }: ServedWorkspace, line: string, type: string, length = "content-length: 100"): Talk {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString())).on("error", () => {});
  socket.write(`${line} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\n${length}\r\n\r\n`);
  return { socket, text: () => text };
}

async function until(condition: () => boolean | Promise<boolean>, seconds = 5): Promise<void> {
  for (let i = 0; i < 40 * seconds; i++) {
    if (await condition()) return;
    await sleep(25);
  }
  throw new Error(`it did not happen within ${seconds} seconds`);
}

const statusOf = (text: string): number => Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1]);
const inFlight = async (): Promise<number> =>
  Number(/^mlctl_http_requests_in_flight (\d+)$/m.exec((await open.get("/metrics")).text)?.[1]);

describe("a body that never comes", () => {
  const types = [
    "application/json",
    "application/x-www-form-urlencoded",
    "text/csv",
    "application/x-ndjson",
    "image/png",
  ];
  const posts = ["/", "/predict", "/models/v1/predict", "/labels", "/invocations", "/docs", "/ui/login", "/ui/logout"];

  it("ends at every address, of every type", async () => {
    const { paths } = (await open.get("/openapi.json")).body as { paths: Record<string, object> };
    const addresses = new Set([...Object.keys(paths), ...posts, "/ui", "/ui/nowhere", "/nowhere"]);
    const sent = [...addresses].flatMap((address) =>
      ["POST", "PUT", "GET"].flatMap((method) => types.map((type) => talk(open, `${method} ${address}`, type))),
    );
    expect(sent.length).toBeGreaterThan(200);
    await until(() => sent.every(({ text }) => statusOf(text()) > 0));
    const statuses = new Set(sent.map(({ text }) => statusOf(text())));
    expect(statuses).toContain(408);
    expect([...statuses].every((status) => status < 500 || status === 503)).toBe(true);
    await until(async () => (await inFlight()) === 1);
    for (const { socket } of sent) socket.destroy();
  });

  it("has no other address: these are all that the sources register, and only http.ts adds parsers", () => {
    const folder = join(import.meta.dirname, "..", "server");
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => [name, readFileSync(join(folder, name), "utf8")] as const);
    const found = sources.flatMap(([, text]) => [
      ...text.matchAll(/\b(?:app|ui)\.(?:post|put|patch|delete|all|route)\(([^,]+),/g),
    ]);
    expect(found.map(([, address]) => address).toSorted()).toEqual(
      ["/", "/docs", "/invocations", "/labels", "/login", "/logout", "/models/:version/predict", "/predict"].map(
        (each) => JSON.stringify(each),
      ),
    );
    const parsing = sources.filter(([, text]) => /addContentTypeParser|parseAs|bodyLimit/.test(text));
    expect(parsing.map(([name]) => name)).toEqual([join("http", "http.ts")]);
  });

  it("takes no room from callers with a token, and is reported once", async () => {
    const type = "application/x-www-form-urlencoded";
    const silent = Array.from({ length: 300 }, () => talk(closed, "POST /ui/login", type));
    for (let i = 0; i < 12; i++) {
      expect((await closed.post("/predict", row, bearer)).status).toBe(200);
      await sleep(150);
    }
    await until(() => silent.every(({ text }) => statusOf(text()) > 0));
    const statuses = silent.map(({ text }) => statusOf(text()));
    expect(new Set(statuses)).toEqual(new Set([408, 429]));
    expect(statuses.filter((status) => status === 408).length).toBeGreaterThanOrEqual(50);
    const metrics = (await closed.get("/metrics", bearer)).text;
    expect(metrics).toMatch(/^mlctl_http_requests_rejected_total\{reason="slow_body"\} \d+$/m);
    for (const { socket } of silent) socket.destroy();
  });
});

describe("a stream", () => {
  const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
  const streamed = (): Talk => talk(open, "POST /predict", "text/csv", "transfer-encoding: chunked");

  it("that sends a byte now and then gets 408 and the reason; a slow producer gets its predictions", async () => {
    const [slow, steady] = [streamed(), streamed()];
    steady.socket.write(chunk(header));
    for (let i = 0; i < 12; i++) {
      slow.socket.write(chunk("l"));
      steady.socket.write(chunk("73,955,14\n".repeat(50)));
      await sleep(200);
    }
    expect(statusOf(slow.text())).toBe(408);
    expect(slow.text()).toMatch(/the stream sent \d bytes in 1 s, less than 1024 a second/);
    steady.socket.write("0\r\n\r\n");
    await until(() => steady.text().includes("\r\n0\r\n\r\n"));
    expect([statusOf(steady.text()), steady.text().match(/^73,955,14,/gm)]).toEqual([
      200,
      expect.objectContaining({ length: 600 }),
    ]);
    for (const { socket } of [slow, steady]) socket.destroy();
  });

  it("is read to its end although the client reads only then, as most clients do", async () => {
    const line = `73,955,14,${"x".repeat(900)}\n`;
    const count = 12_000;
    const body = `${header.trimEnd()},note\n${line.repeat(count)}`;
    const { socket, text } = talk(open, "POST /predict", "text/csv", `content-length: ${body.length}`);
    await new Promise((resolve) => socket.pause().write(body, resolve));
    socket.resume();
    await until(() => text().endsWith("\r\n0\r\n\r\n"), 30);
    expect(text().match(/^73,955,14,x{900},/gm)).toHaveLength(count);
    socket.destroy();
  });

  it("whose response nobody reads is cut off", async () => {
    const { socket } = streamed();
    socket.pause();
    socket.write(chunk(header));
    let isClosed = false;
    socket.on("close", () => (isClosed = true));
    for (let i = 0; i < 400 && socket.writableLength < 1 << 24; i++) socket.write(chunk("73,955,14\n".repeat(20_000)));
    await until(async () => (await inFlight()) === 2);
    // A single slow reader gets ten times body_seconds.
    await until(async () => (await inFlight()) === 1, 20);
    socket.resume();
    await until(() => isClosed);
  });
});

it("a wrong token is refused at a rate; the right one always passes", async () => {
  expect((await closed.get("/model", bearer)).status).toBe(200);
  const guess = { authorization: "Bearer wrong" };
  const replies = await Promise.all(Array.from({ length: 15 }, () => closed.get("/model", guess)));
  expect(replies.filter(({ status }) => status === 401)).toHaveLength(10);
  const late = replies.find(({ status }) => status === 429)!;
  expectProblem(late, 429, /wrong tokens from 127\.0\.0\.1 \(serve\.limits\.wrong_tokens\)/);
  expect(Number(late.headers["retry-after"])).toBeGreaterThan(0);
  const login = await closed.post("/ui/login", "token=wrong", form);
  expect([login.status, Number(login.headers["retry-after"]) > 0]).toEqual([429, true]);
  expect((await closed.get("/model", bearer)).status).toBe(200);
});

it("another host name is refused where no token is set", async () => {
  const at = (host: string, server = open, headers = {}) => server.get("/ui/predictions", { host, ...headers });
  const refused = await at("evil.example:8000");
  expectProblem(refused, 421, /"serve": \{ \\"?"?hosts|serve.*hosts/);
  expect((await open.post("/predict", row, { host: "evil.example" })).status).toBe(421);
  expect([(await at("mlctl:80")).status, (await at("LOCALHOST")).status]).toEqual([200, 200]);
  expect((await at("evil.example", closed, bearer)).status).toBe(200);
});

it("an unknown address is 404 where cors is set", async () => {
  expectProblem(await closed.get("/nowhere", bearer), 404);
  expectProblem(await closed.get("/predict", bearer), 405, /only POST/);
});

describe("a value", () => {
  it("that is too large is refused by name, also as an id, and never logged", async () => {
    const huge = "9".repeat(1001);
    const name = /lastmonth_activity\\": the value is larger than 1000 bytes \(serve\.limits\.cell_bytes\)/;
    expectProblem(await open.post("/predict", { ...row, lastmonth_activity: huge }), 422, name);
    expectProblem(await open.post("/predict", { ...row, corporation: "ä".repeat(501) }), 422, /corporation/);
    expectProblem(await open.post("/predict", { ...row, corporation: { a: [huge] } }), 422, /corporation/);
    expect((await open.post("/predict", { ...row, corporation: "ä".repeat(500) })).status).toBe(200);
    const { text } = await open.post("/predict", `${header}73,955,14\n${huge},955,14\n`, csv);
    expect(text.match(/larger than 1000 bytes/g)).toHaveLength(1);
    expect((await open.get("/ui/predictions")).status).toBe(200);
  });

  it("that is infinite or too large for a number is refused however it is written", async () => {
    const json = (value: string) =>
      open.post("/predict", JSON.stringify({ ...row, lastmonth_activity: "#" }).replace('"#"', value));
    for (const value of ["1e400", '"1e400"', '"Infinity"', '"-inf"']) {
      const reply = await json(value);
      expectProblem(reply, 422, /lastmonth_activity.*too large/);
      expect(reply.body["error_count"]).toBe(1);
    }
    const { text } = await open.post("/predict", `${header}1e400,955,14\n-Infinity,955,14\n`, csv);
    expect(text.match(/is infinite or too large for a number/g)).toHaveLength(2);
    const lines = JSON.stringify({ ...row, lastmonth_activity: "#" }).replace('"#"', "1e400");
    const streamed = await open.post("/predict", lines, { "content-type": "application/x-ndjson" });
    expect(streamed.text).toContain(String.raw`\"1e400\" is infinite or too large for a number`);
  });
});

it("what was refused is one line on stderr for each reason, not one for each request", async () => {
  const { stderr } = await closed.stop();
  const warnings = stderr.split("\n").filter((line) => /wrong token/.test(line));
  expect(warnings).toEqual([
    "warning: refuses requests with a wrong token, from 127.0.0.1; the next ones are counted for a minute",
    "warning: 15 more requests with a wrong token, from 127.0.0.1",
  ]);
  expect(stderr.match(/^warning: refuses/gm)!.length).toBeLessThanOrEqual(3);
  expect((await open.stop()).stderr).toMatch(/^warning: refuses connections that did not read their response .*64 MB/m);
});
