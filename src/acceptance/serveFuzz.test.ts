/** Hostile requests: each is refused with a problem document, memory stays flat, and the server goes on. */
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { random } from "../core/random.ts";
import { logisticWorkspace } from "./lifecycleWorkspace.ts";
import { expectProblem, replyOf, served, type Reply, type ServedWorkspace } from "./servedWorkspace.ts";

const REQUESTS = 500;
const SEED = 20_240_731;
const row = { lastmonth_activity: 73, lastyear_activity: 955, number_of_employees: 14 };
const REFUSED = [400, 404, 405, 408, 413, 415, 422];

let server: ServedWorkspace;
beforeAll(async () => {
  const workspace = logisticWorkspace();
  workspace.configure({
    serve: { limits: { body_seconds: 1 }, validation: { extra: "error", range: "error" } },
  });
  server = await served(workspace);
});

type Random = ReturnType<typeof random>;

function pick<T>({ uniform }: Random, list: readonly T[]): T {
  return list[Math.floor(uniform() * list.length)]!;
}

function bytes({ uniform }: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(uniform() * 256)));
}

/** No number, whatever way it is read. */
const values = (chance: Random): unknown =>
  pick(chance, [
    "x",
    "12,5",
    "0x10",
    "1e",
    true,
    [],
    [1],
    {},
    { valueOf: 1 },
    "\u0000",
    "NaN1",
    "١٢",
    "9".repeat(500) + "a",
    JSON.parse("[".repeat(500) + "]".repeat(500)) as unknown,
  ]);

/** Each makes one bad request. */
const makers: ((chance: Random) => { path?: string; body: string | Buffer; headers?: Record<string, string> })[] = [
  // Wrong types.
  (chance) => ({ body: JSON.stringify({ ...row, [pick(chance, Object.keys(row))]: values(chance) }) }),
  (chance) => ({ body: JSON.stringify([row, { ...row, lastyear_activity: values(chance) }]) }),
  // Missing, misspelt and unknown columns.
  (chance) => ({ body: JSON.stringify({ [pick(chance, Object.keys(row))]: 1 }) }),
  () => ({ body: JSON.stringify({ ...row, colour: "red" }) }),
  (chance) => ({ body: JSON.stringify({ data: pick(chance, [null, 1, "x", [1], [null], [[1]], { a: 1 }]) }) }),
  (chance) => ({ body: pick(chance, ["null", "1", '"x"', "true", "[1]", "[null]", "[[]]", "[[1,2]]", "{}"]) }),
  // Prototype keys.
  (chance) => ({
    body: `{"${pick(chance, ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"])}": {"lastmonth_activity": 1, "isAdmin": true}, "lastyear_activity": 2}`,
  }),
  () => ({ body: `[${JSON.stringify(row)}, {"__proto__": ${JSON.stringify(row)}}]` }),
  // Huge numbers.
  (chance) => ({
    body: `{"lastmonth_activity": ${pick(chance, ["1e999", "-1e999", "1".repeat(400), "1e308"])}, "lastyear_activity": 1, "number_of_employees": 2}`,
  }),
  // Deep nesting.
  (chance) => {
    const depth = 10_000 + Math.floor(chance.uniform() * 90_000);
    const [open, close] = pick(chance, [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const);
    return { body: `${open.repeat(depth)}1${close.repeat(depth)}` };
  },
  (chance) => {
    const depth = 10_000 + Math.floor(chance.uniform() * 90_000);
    return { body: `{"lastmonth_activity": ${"[".repeat(depth)}${"]".repeat(depth)}}` };
  },
  // Not UTF-8, not JSON, cut off.
  (chance) => ({
    body: Buffer.concat([Buffer.from('{"lastmonth_activity": "'), bytes(chance, 40), Buffer.from([0xff, 0xfe])]),
  }),
  (chance) => ({ body: bytes(chance, 1 + Math.floor(chance.uniform() * 200)) }),
  (chance) => ({ body: JSON.stringify(row).slice(0, 1 + Math.floor(chance.uniform() * 60)) }),
  () => ({ body: '{"lastmonth_activity": NaN}' }),
  () => ({ body: "" }),
  // Other formats and addresses.
  (chance) => ({
    body: bytes(chance, 100),
    headers: {
      "content-type": pick(chance, [
        "text/plain",
        "application/xml",
        "multipart/form-data",
        "",
        "a/b;;=",
        "application/json; charset=utf-16",
      ]),
    },
  }),
  (chance) => ({
    body: Buffer.concat([Buffer.from([0xff]), bytes(chance, 300)]),
    headers: { "content-type": "text/csv" },
  }),
  (chance) => ({
    body: pick(chance, ["", "a,b\n1,2\n", "a,a\n1,2\n", '"open', "\n\n", "{}"]),
    headers: { "content-type": "text/csv" },
  }),
  (chance) => ({
    body: pick(chance, ["nope\n", "[1]\n", "1\n{}\n"]),
    headers: { "content-type": "application/x-ndjson" },
  }),
  (chance) => ({
    path: "/invocations",
    body: JSON.stringify(
      pick(chance, [
        {},
        [],
        { inputs: 1 },
        { instances: [1] },
        { dataframe_split: { columns: 1 } },
        { inputs: { a: [1], b: [1, 2] } },
      ]),
    ),
  }),
  (chance) => ({
    path: pick(chance, ["/predict/../x", "/%zz", "/predict/x", "/__proto__", "/score", "//", "/predict%00"]),
    body: "{}",
  }),
  (chance) => ({
    path: `/predict?explain=${pick(chance, ["x", "%00", "true&explain=1", "[]"])}`,
    body: JSON.stringify(row),
  }),
  () => ({ body: JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`column ${i}`, i]))) }),
  () => ({ body: JSON.stringify(Array.from({ length: 10_001 }, () => row)) }),
];

function post(path: string, body: string | Buffer, headers: Record<string, string>): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { method: "POST", path, headers: { "content-length": Buffer.byteLength(body), ...headers } };
    const asked = httpRequest(server.url, options, (response) => void replyOf(response).then(resolve, reject));
    asked.on("error", reject);
    asked.end(body);
  });
}

/** Megabytes that the server's process has in memory. */
function memory(): number {
  const pages = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.child.pid}/status`, "utf8"))?.[1];
  return Number(pages) / 1024;
}

it("responds to 500 bad requests of a seeded fuzzer with 4xx and a problem document", async () => {
  const chance = random(SEED);
  const made = Array.from({ length: REQUESTS }, (_, i) => makers[i % makers.length]!(chance));
  const ask = async ({
    path = "/predict",
    body,
    headers = { "content-type": "application/json" },
  }: (typeof made)[number]) => {
    const reply = await post(path, body, headers);
    const shown = `${path} ${JSON.stringify(headers)} ${String(body).slice(0, 200)}`;
    expect(REFUSED, `${shown}\n${reply.text.slice(0, 300)}`).toContain(reply.status);
    expectProblem(reply, REFUSED);
  };
  // The first round makes the process as large as such requests make it.
  for (const each of made.slice(0, 100)) await ask(each);
  const before = memory();
  for (let i = 100; i < REQUESTS; i += 10) await Promise.all(made.slice(i, i + 10).map(ask));
  expect((await server.post("/predict", row)).status).toBe(200);
  expect({}).not.toHaveProperty("isAdmin");
  // A garbage collector takes its time; 500 requests that were kept would be several hundred megabytes.
  expect(memory() - before).toBeLessThan(200);
});

it("refuses bodies of 100 MB without keeping them", async () => {
  const before = memory();
  const big = Buffer.alloc(100 << 20, "1");
  for (const headers of [
    { "content-type": "application/json" },
    { "content-type": "application/json", "transfer-encoding": "chunked" },
  ]) {
    const { "transfer-encoding": chunked } = headers as Record<string, string>;
    const reply = await new Promise<Reply>((resolve, reject) => {
      const length = chunked === undefined ? { "content-length": big.length } : {};
      const asked = httpRequest(
        `${server.url}/predict`,
        { method: "POST", headers: { ...headers, ...length } },
        (response) => void replyOf(response).then(resolve, reject),
      );
      asked.on("error", reject);
      asked.end(big);
    });
    expectProblem(reply, 413, /larger than/);
  }
  expect(memory() - before).toBeLessThan(100);
  expect((await server.post("/predict", row)).status).toBe(200);
});

it("refuses a header of more columns than any model has before it looks at them", async () => {
  const header = Array.from({ length: 100_000 }, (_, i) => `column_${i}`).join(",");
  const reply = await server.post("/predict", `${header}\n1\n`, { "content-type": "text/csv" });
  expectProblem(reply, 413, /100000 columns, at most 20000 are read/);
});

it("ends slow bodies, slow streams and bytes that are no HTTP", async () => {
  const head = (type: string): string =>
    `POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\ncontent-length: 1000\r\n\r\n`;
  const answerTo = (sent: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = "";
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () => socket.write(sent));
      socket.on("data", (chunk) => (text += chunk.toString()));
      socket.on("error", reject).on("close", () => resolve(text));
    });
  const slow = await Promise.all([
    answerTo(`${head("application/json")}{"lastmonth_activity":`),
    answerTo(`${head("text/csv")}lastmonth_activity,lastyear`),
    answerTo(`${head("application/x-ndjson")}{"lastmonth_activity"`),
  ]);
  for (const text of slow) {
    expect(text).toMatch(/^HTTP\/1.1 408 /);
    expect(text).toContain("application/problem+json");
    expect(text).toContain("urn:mlctl:problem:too-slow");
  }
  expect(await answerTo("nonsense\r\n\r\n")).toMatch(/^HTTP\/1.1 400 [\s\S]*urn:mlctl:problem:bad-request/);
  const gone = connect(Number(new URL(server.url).port), "127.0.0.1", () => {
    gone.write(`${head("application/json")}{`);
    gone.destroy();
  });
  await sleep(100);
  expect((await server.post("/predict", row)).status).toBe(200);
  const { status, stderr } = await server.stop();
  const lines = stderr.split("\n");
  expect(lines.filter((line) => /^warning: .* requests whose body did not arrive in time/.test(line))).toHaveLength(2);
  const others = lines.filter((line) => !line.includes("did not arrive in time")).join("\n");
  expect([status, others]).toEqual([143, expect.not.stringMatching(/bug|TypeError|RangeError|warning/)]);
});
