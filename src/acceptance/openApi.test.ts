/** Every response is one that /openapi.json describes: probabilities, thresholds, pinned models, labels, ids of requests. */
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, expect, it } from "vitest";
import { openLogReader } from "../storage/predictionLog/sqliteReader.ts";
import { logisticWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";
import { expectProblem, served, type Reply, type ServedWorkspace } from "./servedWorkspace.ts";

const row = { lastmonth_activity: 73, lastyear_activity: 955, number_of_employees: 14 };
const csv = { "content-type": "text/csv" };
const header = `${Object.keys(row).join(",")}\n`;
const master = { authorization: "Bearer master-token-of-the-test" };
const predicts = { authorization: "Bearer caller-of-the-test" };

type Operation = { operationId: string; summary: string; responses: Record<string, object> };
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: { Row: { required: string[]; properties: Record<string, { description: string }> } } };
};

let workspace: LifecycleWorkspace;
let server: ServedWorkspace;
let described: Document;
const ajv = new Ajv2020({ strict: false });

beforeAll(async () => {
  workspace = logisticWorkspace();
  workspace.configure({
    id_columns: ["customer"],
    serve: {
      token: "master-token-of-the-test",
      tokens: [{ name: "caller", token: "caller-of-the-test", scopes: ["predict"] }],
    },
  });
  server = await served(workspace, "--verbose");
  described = (await server.get("/openapi.json", predicts)).body as Document;
  ajv.addSchema({ $id: "openapi", ...described });
});

/** Fails unless the document has the status and the media type, and the body is valid. */
function expectDescribed(path: string, method: "get" | "post", reply: Reply): Reply {
  const type = reply.type.split(";")[0]!;
  const place = ["paths", path, method, "responses", String(reply.status), "content", type, "schema"];
  const pointer = place.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).join("/");
  const validate = ajv.getSchema(`openapi#/${pointer}`);
  expect(validate, `${method} ${path} ${reply.status} ${type}`).toBeDefined();
  validate!(/[/+]json$/.test(type) ? reply.body : reply.text);
  expect(validate!.errors, `${method} ${path}: ${reply.text.slice(0, 500)}`).toBeNull();
  expect(reply.headers["x-request-id"]).toBeDefined();
  return reply;
}

const post = async (path: string, body: unknown, { template = path.split("?")[0]!, headers = {} } = {}) =>
  expectDescribed(template, "post", await server.post(path, body, { ...predicts, ...headers }));

it("describes every address, with an operationId each and the errors that it can have", async () => {
  const operations = Object.values(described.paths).flatMap((path) => Object.values(path));
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(Object.keys(described.paths)).toEqual(
    expect.arrayContaining(["/", "/predict", "/models/{version}/predict", "/labels", "/invocations", "/metrics"]),
  );
  const { required, properties } = described.components.schemas.Row;
  expect(required).toEqual(Object.keys(row));
  expect(Object.keys(properties)).toEqual([...Object.keys(row), "customer"]);
  expect(properties["number_of_employees"]).toMatchObject({ format: "int64", "x-training-range": [1, 2201] });
  expect(properties["customer"]!.description).toMatch(/^names the row: .* kept in the prediction log/);
  for (const { responses } of operations)
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(["200", "500", "503"]));
  for (const path of Object.keys(described.paths).filter((each) => "get" in described.paths[each]!)) {
    const reply = expectDescribed(path, "get", await server.get(path, master));
    expect(reply.status).toBe(200);
    // Rows of people are with the model, and not for whoever may predict.
    const allowed = ["/model", "/openapi.json", "/health", "/ready", "/ping", "/version"].includes(path);
    expectDescribed(path, "get", await server.get(path, predicts));
    expect((await server.get(path, predicts)).status, path).toBe(allowed ? 200 : 403);
  }
});

it("predicts with the probabilities of all classes, at another threshold, explained, in every format", async () => {
  const { body } = await post("/predict", row);
  const { probability } = body as { probability: number };
  expect(body["probabilities"]).toEqual({ 0: 1 - probability, 1: probability });
  const many = (await post("/predict", [row, row])).body;
  expect(many["class_probabilities"]).toEqual([body["probabilities"], body["probabilities"]]);
  const lines = await post("/predict?threshold=0.3", JSON.stringify(row), {
    headers: { "content-type": "application/x-ndjson" },
  });
  expect(JSON.parse(lines.text)).toMatchObject({ prediction: 1, probabilities: body["probabilities"] });
  expect(body["prediction"]).toBe(0);
  expect((await post("/predict?threshold=0.3", row)).body["prediction"]).toBe(1);
  expect((await post("/predict?threshold=0.3", `${header}73,955,14\n`, { headers: csv })).text).toContain("14,1,0.37");
  expect((await post(`/predict?threshold=${probability}&explain=true`, row)).body["prediction"]).toBe(1);
  await post("/invocations", { instances: [row] });
});

it("predicts with a pinned model, and says of another that it is not there", async () => {
  const { run_id: runId } = workspace.json<{ runs: { run_id: string }[] }>("runs", "list").runs[0]!;
  const template = "/models/{version}/predict";
  for (const version of ["v1", runId, "%40champion", "latest"])
    expect((await post(`/models/${version}/predict`, row, { template })).body["model_version"]).toBe(runId);
  for (const version of ["v7", "%40staging", runId.slice(0, 8)])
    expect((await post(`/models/${version}/predict`, row, { template })).status, version).toBe(404);
});

it("refuses query parameters that it does not know, with those that it does", async () => {
  expectProblem(await post("/predict?model=v1", row), 400, /known: explain, threshold/);
  expectProblem(await post("/labels?replace=1", row), 400, /known: id, label, force/);
  for (const threshold of ["2", "", "0x1", "half", "0.1&threshold=0.2"])
    expectProblem(await post(`/predict?threshold=${threshold}`, row), 400, /one number from 0 to 1/);
  expectDescribed("/score", "get", await server.get("/score?at=1", master));
});

it("names errors in the order of the rows, without the values of other columns", async () => {
  const { lastmonth_activity: value, ...rest } = row;
  const { status, body, text } = await post("/predict", [
    { ...row, lastyear_activity: "x" },
    { ...rest, lastmonth_activty: value },
    { ...row, number_of_employees: "y" },
  ]);
  expect(status).toBe(422);
  expect((body["errors"] as { row: number }[]).map((error) => error.row)).toEqual([0, 1, 2]);
  expect(text).toContain('you sent \\"lastmonth_activty\\"');
  // Not of the whole answer, whose random request id may have these digits.
  expect(JSON.stringify(body["errors"])).not.toContain("73");
});

it("joins labels to logged predictions once, with an error for each row that cannot be", async () => {
  const ids = (await post("/predict", [row, row, row, { ...row, customer: "c-1" }])).body["prediction_ids"] as string[];
  const [first, second, third] = ids as [string, string, string];
  const given = [
    { prediction_id: first, label: 1 },
    { prediction_id: "none", label: 1 },
    { prediction_id: second, label: "maybe" },
    { prediction_id: third, label: null },
    { prediction_id: null, label: 1 },
    { prediction_id: second, exited: "0.0" },
    { prediction_id: ids[3], label: 0 },
    { prediction_id: ids[3], label: 1 },
    { prediction_id: third, exited: 1, label: 0 },
  ];
  const { status, body, text } = await post("/labels", given);
  expect([status, body]).toEqual([
    200,
    expect.objectContaining({ rows: 9, matched: 3, labelled: 2, unmatched: 1, without_label: 1 }),
  ]);
  expect((body["errors"] as { row: number; check: string }[]).map((error) => [error.row, error.check])).toEqual([
    [1, "unmatched"],
    [2, "invalid"],
    [3, "row"],
    [4, "row"],
    [6, "conflict"],
    [7, "conflict"],
    [8, "row"],
  ]);
  expect(text).toContain("the row has two labels, 1 in exited and 0 in label; set the label column with ?label=COLUMN");
  expect(body).toMatchObject({ label: "exited and label", conflicts: 2, respelled: 1 });
  expect(body["warnings"]).toEqual([{ row: 5, message: '"0.0" was read as "0"' }]);
  expect((await post("/labels?force=1", given)).body).toMatchObject({ labelled: 0, unchanged: 2, conflicts: 2 });
  expectProblem(await post("/labels", given.slice(1, 3)), 422, /no label was joined: row 0: .* none, and 1 more/);
  expectProblem(await post("/labels", given.slice(6, 8)), 409, /2 labels contradict other rows/);
  expectProblem(await post("/labels", []), 422, /the body has no rows/);
  const conflict = await post("/labels", { prediction_id: first, label: 0 });
  expectProblem(conflict, 409, /no label was joined: 1 label contradicts those given before/);
  expect(conflict.body).toMatchObject({ error_count: 1, errors: [{ row: 0, check: "conflict" }] });
  expect((await post("/labels?force=true", { prediction_id: first, label: 0 })).body).toMatchObject({ replaced: 1 });
  const byCustomer = await post("/labels?label=left", "customer,left\nc-1,1\n", { headers: csv });
  expect(byCustomer.body).toMatchObject({ by: ["customer"], label: "left", labelled: 1, errors: [] });
  const unlabelled = await post("/labels", { customer: "c-1" });
  expect([unlabelled.status, unlabelled.body["hint"]]).toEqual([422, expect.stringContaining("?label=COLUMN")]);
  expect(unlabelled.text).not.toContain("--");
  const reader = openLogReader({ database: join(workspace.folder, "mlctl.db"), shared: undefined });
  const labels = (await Array.fromAsync(await reader.rows({}))).map((each) => [each.predictionId, each.label]);
  expect(Object.fromEntries(labels)).toMatchObject({ [first]: "0", [ids[3]!]: "1", [third]: null });
});

it("returns the id and the trace of a request, in its error and in the access log too", async () => {
  const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const own = { "x-request-id": "order:7/1", traceparent: trace };
  const reply = await post("/predict", {}, { headers: own });
  expect([reply.headers["x-request-id"], reply.headers["traceparent"]]).toEqual(["order:7/1", trace]);
  expect(reply.body["request_id"]).toBe("order:7/1");
  const odd = await post("/predict", row, { headers: { "x-request-id": "a\tb", traceparent: "00-x" } });
  expect(odd.headers["x-request-id"]).toMatch(/^[\da-f]{16}-\w+$/);
  expect(odd.headers["traceparent"]).toBeUndefined();
  const { stderr, stdout } = await server.stop();
  expect(stderr + stdout).toMatch(/POST \/predict 422 [\d.]+ ms request_id=order:7\/1 traceparent=00-0af7/);
});
