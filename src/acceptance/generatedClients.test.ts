/** Clients that others generate from /openapi.json: TypeScript and Python; and requests of all kinds that schemathesis makes. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hasPython, PYTHON } from "../testing/python.ts";
import { logisticWorkspace } from "./lifecycleWorkspace.ts";
import { served, type ServedWorkspace } from "./servedWorkspace.ts";

const GENERATOR = ["openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "typescript@5.9.3"];
const TOKEN = "token-of-the-generated-client";
/** Of schemathesis, for each of 14 operations. */
const EXAMPLES = 170;

const folder = mkdtempSync(join(tmpdir(), "mlctl-clients-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let server: ServedWorkspace;
let document: string;

beforeAll(async () => {
  const workspace = logisticWorkspace();
  workspace.configure({ serve: { token: TOKEN } });
  server = await served(workspace);
  const { text } = await server.get("/openapi.json", { authorization: `Bearer ${TOKEN}` });
  document = join(folder, "openapi.json");
  writeFileSync(document, text);
});

function run(command: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8", timeout: 500_000 });
  return { status, stdout: stdout ?? "", stderr: stderr ?? "", output: `${stdout}${stderr}` };
}

const expected = {
  prediction: 1,
  labelled: 1,
  status: 404,
  problem: "urn:mlctl:problem:not-found",
  rows: 2,
  task: "binary",
};

const typescript = `
import createClient from "openapi-fetch";
import type { components, paths } from "./api";
const client = createClient<paths, "application/json" | "application/problem+json">({
  baseUrl: process.argv[2]!,
  headers: { authorization: "Bearer ${TOKEN}" },
});
const row: components["schemas"]["Row"] = { lastmonth_activity: 73, lastyear_activity: 955, number_of_employees: 14 };
const one = await client.POST("/predict", { body: row, params: { query: { threshold: 0.3 } } });
if (one.error !== undefined) throw new Error(one.error.detail);
if (!("prediction" in one.data)) throw new Error("one row came");
const share: number = one.data.probabilities["1"]!;
if (share !== one.data.probability) throw new Error("other probabilities");
const body = [{ prediction_id: one.data.prediction_id, label: 1 }];
const labels = await client.POST("/labels", { body });
const other = await client.POST("/models/{version}/predict", { params: { path: { version: "v99" } }, body: row });
const many = await client.POST("/predict", { body: [row, row] });
if (many.data === undefined || !("predictions" in many.data)) throw new Error("two rows came");
const model = await client.GET("/model");
// Without a column of the model it is no row, and there is no such parameter.
const isRow: { lastmonth_activity: number } extends components["schemas"]["Row"] ? true : false = false;
type Query = NonNullable<paths["/predict"]["post"]["parameters"]["query"]>;
const hasLimit: "limit" extends keyof Query ? true : false = false;
if (isRow || hasLimit) throw new Error("the types are too wide");
console.log(JSON.stringify({
  prediction: one.data.prediction,
  labelled: labels.data?.labelled,
  status: other.response.status,
  problem: other.error?.type,
  rows: many.data.prediction_ids.length,
  task: model.data?.task,
}));
`;

it("a generated TypeScript client passes the type check and works", ({ skip }) => {
  const npm = process.env["npm_execpath"];
  const [command, ...first] = npm === undefined ? ["npm"] : [process.execPath, npm];
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const installed = run(command!, [...first, "install", "--no-audit", "--no-fund", "--ignore-scripts", ...GENERATOR]);
  if (installed.status !== 0) skip(`the generator cannot be installed: ${installed.stderr.slice(0, 300)}`);
  const bin = (name: string): string => join(folder, "node_modules", name);
  const generated = run(process.execPath, [bin("openapi-typescript/bin/cli.js"), document, "-o", "api.d.ts"]);
  expect(generated.status, generated.output).toBe(0);
  writeFileSync(join(folder, "client.ts"), `${typescript}\ndeclare const process: { argv: string[] };\n`);
  const options = ["--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--lib", "es2022,dom,dom.iterable"];
  const modules = ["--module", "es2022", "--moduleResolution", "bundler", "--skipLibCheck", "false"];
  const checked = run(process.execPath, [bin("typescript/bin/tsc"), ...options, ...modules, "client.ts"]);
  expect(checked.output).toBe("");
  const { stdout, stderr } = run(process.execPath, ["client.js", server.url]);
  expect(JSON.parse(stdout || JSON.stringify(stderr))).toEqual(expected);
});

const python = `
import json, sys
from generated import AuthenticatedClient
from generated.api.labels import add_labels
from generated.api.model import get_model
from generated.api.predict import predict, predict_with_version
from generated.models import AddLabelsJsonBodyType0, Prediction, Predictions, Problem, Row
client = AuthenticatedClient(base_url=sys.argv[1], token="${TOKEN}")
row = Row(lastmonth_activity=73, lastyear_activity=955, number_of_employees=14)
one = predict.sync(client=client, body=row, threshold=0.3)
assert isinstance(one, Prediction) and one.probabilities["1"] == one.probability, one
labels = add_labels.sync(client=client, body=AddLabelsJsonBodyType0.from_dict({"prediction_id": one.prediction_id, "label": 1}))
other = predict_with_version.sync_detailed("v99", client=client, body=row)
many = predict.sync(client=client, body=[row, row])
assert isinstance(other.parsed, Problem) and isinstance(many, Predictions)
print(json.dumps({"prediction": one.prediction, "labelled": labels.labelled, "status": other.status_code.value,
  "problem": other.parsed.type_.value, "rows": len(many.prediction_ids), "task": get_model.sync(client=client).task.value}))
`;

const hasGenerator = hasPython("openapi_python_client");
it.skipIf(!hasGenerator)("a generated Python client works (needs openapi-python-client)", () => {
  const made = run(PYTHON, [
    "-m",
    "openapi_python_client",
    "generate",
    "--path",
    document,
    "--meta",
    "none",
    "--output-path",
    "generated",
  ]);
  expect(made.status, made.output).toBe(0);
  writeFileSync(join(folder, "client.py"), python);
  const { stdout, stderr } = run(PYTHON, ["client.py", server.url]);
  expect(JSON.parse(stdout || JSON.stringify(stderr))).toEqual(expected);
});

const hasFuzzer = hasPython("schemathesis");
it.skipIf(!hasFuzzer)(
  "2,000 property-based requests get no 500 and no undocumented response (needs schemathesis)",
  () => {
    const checks =
      "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method,allow_header_conformance,ignored_auth";
    const options = `--checks ${checks} --seed 1 --max-examples ${EXAMPLES} --phases examples,coverage,fuzzing`;
    const more = "--continue-on-failure --no-color --suppress-health-check all";
    const header = ["--header", `Authorization: Bearer ${TOKEN}`];
    const program = ["-m", "schemathesis.cli", "run", `${server.url}/openapi.json`];
    const { status, stdout } = run(PYTHON, [...program, ...header, ...`${options} ${more}`.split(" ")]);
    expect(status, stdout.slice(-5000)).toBe(0);
    const count = /([\d,]+) generated/.exec(stdout)?.[1]?.replaceAll(",", "");
    expect(Number(count)).toBeGreaterThan(2000);
  },
);
