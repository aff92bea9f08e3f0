/** serve: every address, every shape of a request, what is refused, and how it stops. */
import { existsSync, readFileSync, renameSync } from "node:fs";
import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { sqliteReader } from "../storage/predictionLog/sqliteReader.ts";
import { logisticWorkspace, sampleWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";
import { ask, expectProblem, served, type ServedWorkspace } from "./servedWorkspace.ts";

const row = { lastmonth_activity: 73, lastyear_activity: 955, number_of_employees: 14 };
const csv = { "content-type": "text/csv" };
const lines = { "content-type": "application/x-ndjson" };

let workspace: LifecycleWorkspace;
let server: ServedWorkspace;
let runId: string;
/** What `mlctl predict` says of the test rows. */
let predicted: { prediction: number; probability: number }[];

beforeAll(async () => {
  workspace = logisticWorkspace();
  runId = workspace.json<{ runs: { run_id: string }[] }>("runs", "list").runs[0]!.run_id;
  predicted = workspace
    .ok("predict", "testdata/testdata.csv", "--format", "jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { prediction: number; probability: number });
  server = await served(workspace);
});

function testRows(): Record<string, string>[] {
  const [header, ...rest] = workspace.read("testdata/testdata.csv").trimEnd().split("\n");
  const names = header!.split(",");
  return rest.map((line) => Object.fromEntries(line.split(",").map((value, i) => [names[i]!, value])));
}

describe("POST /predict", () => {
  it("refuses an empty body alike in every format, as /labels does", async () => {
    // There is a log.
    await server.post("/predict", row);
    for (const path of ["/predict", "/predict?explain=1", "/labels"])
      for (const type of ["application/json", "text/csv", "application/x-ndjson"]) {
        if (path.includes("explain") && type !== "application/json") continue;
        const { body } = await server.post(path, "", { "content-type": type });
        expect({ ...body, request_id: "" }, `${path} ${type}`).toEqual({
          type: "urn:mlctl:problem:bad-request",
          title: "The request is not valid",
          status: 400,
          detail: "the body is empty",
          hint: "send rows as JSON, CSV or JSON lines",
          request_id: "",
        });
      }
  });

  it("refuses a compressed body in every format, as the OpenAPI document says", async () => {
    for (const type of ["application/json", "text/csv", "application/x-ndjson"]) {
      const reply = await server.post("/predict", gzipSync("{}"), { "content-type": type, "content-encoding": "gzip" });
      expectProblem(reply, 415, /content-encoding gzip is not supported/);
      expect(reply.headers["accept-encoding"]).toBe("identity");
    }
    const { paths } = (await server.get("/openapi.json")).body as { paths: Record<string, { post: object }> };
    expect(paths["/predict"]!.post).toMatchObject({ requestBody: { description: expect.stringContaining("415") } });
  });

  it("is found by the id of its request, and takes the alias of a model in the address", async () => {
    const trace = "0af7651916cd43dd8448eb211c80319c";
    const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01` };
    const one = await server.post("/models/@champion/predict", row, { "x-request-id": "order-42" });
    const many = await server.post("/predict?threshold=0.3", [row, row], headers);
    expect([one.body["model_version"], many.headers["x-request-id"]]).toEqual([runId, trace]);
    expectProblem(await server.post("/models/@nobody/predict", row), 404);
    const logged = () => workspace.run(["predictions", "list", "--request", trace, "--csv"]).stdout.trim().split("\n");
    // A heading and two rows.
    await until(async () => logged().length === 3);
    const { prediction } = workspace.json<{ prediction: object }>("predictions", "show", "order-42");
    const id = String(one.body["prediction_id"]);
    expect(prediction).toMatchObject({ prediction_id: id, request_id: "order-42", threshold: null });
    expect(workspace.ok("predictions", "show", "order-42")).not.toContain("threshold");
    const [asked] = workspace.json<{ predictions: { prediction_id: string; threshold: number }[] }>(
      "predictions",
      "list",
      "--request",
      trace,
    ).predictions;
    expect(asked!.threshold).toBe(0.3);
    expect(workspace.ok("predictions", "show", asked!.prediction_id)).toContain("threshold of the request\t0.3\n");
    expect(workspace.ok("lineage", asked!.prediction_id)).toContain("(the request asked for threshold 0.3)");
    expect((await server.get(`/ui/predictions/${asked!.prediction_id}`)).text).toMatch(
      /Threshold of the request<.dt>\s*<dd>0\.3/,
    );
    const traced = workspace.json<{ prediction: object; run: object }>("lineage", "order-42");
    expect(traced).toMatchObject({ prediction, run: { run_id: runId } });
    for (const command of [["predictions", "show"], ["lineage"]])
      expect(workspace.run([...command, trace]).stderr).toBe(
        `error: request ${trace} has 2 predictions\nhint: name one: \`mlctl predictions list --request ${trace}\` shows their ids\n`,
      );
    const listed = async (filter = "") => (await server.get(`/ui/predictions?id=order-42${filter}`)).text;
    expect(await listed()).toContain(String(one.body["prediction_id"]));
    expect(await listed("&truth=known")).toContain("No predictions match");
  });

  it("responds to one object with one object", async () => {
    const { status, body } = await server.post("/predict", row);
    expect(status).toBe(200);
    expect(body).toEqual({
      prediction: 0,
      probability: expect.closeTo(0.3788, 3),
      probabilities: { 0: expect.closeTo(0.6212, 3), 1: body["probability"] },
      model_version: runId,
      prediction_id: expect.stringMatching(/^[0-9a-f]{27}$/),
      warnings: [],
    });
    expect((await server.post("/", row)).body["probability"]).toBe(body["probability"]);
  });

  it("gives the numbers of `mlctl predict`, in every shape of a request", async () => {
    const rows = testRows();
    const names = Object.keys(rows[0]!);
    const table = {
      schema: { fields: [], primaryKey: ["index"] },
      data: rows.map((each, index) => ({ index, ...each })),
    };
    const split = { columns: names, data: rows.map((each) => names.map((name) => each[name]!)) };
    const shapes = [
      rows,
      { data: rows },
      { inputs: rows },
      { instances: rows },
      { dataframe_records: rows },
      { dataframe_split: split },
      { inputs: Object.fromEntries(names.map((name) => [name, rows.map((each) => each[name])])) },
      table,
    ];
    for (const shape of shapes) {
      const { status, body, text } = await server.post("/predict", shape);
      expect(status, text.slice(0, 300)).toBe(200);
      expect(body["predictions"]).toEqual(predicted.map(({ prediction }) => prediction));
      expect(body["probabilities"]).toEqual(predicted.map(({ probability }) => probability));
      expect(body["warnings"]).toEqual([]);
      expect(new Set(body["prediction_ids"] as string[]).size).toBe(rows.length);
    }
  });

  it("streams CSV and JSON lines with the same numbers", async () => {
    const table = (await server.post("/predict", workspace.read("testdata/testdata.csv"), csv)).text
      .trimEnd()
      .split("\n");
    const shares = ["probability", "probability_0", "probability_1"];
    const added = ["prediction", ...shares, "prediction_id", "prediction_warning", "prediction_error"];
    expect(table[0]!.split(",").slice(-7)).toEqual(added);
    expect(table.slice(1).map((line) => line.split(",").slice(-6, -3).map(Number))).toEqual(
      predicted.map(({ probability }) => [probability, 1 - probability, probability]),
    );
    const answer = await server.post(
      "/predict",
      testRows()
        .map((each) => JSON.stringify(each))
        .join("\n"),
      lines,
    );
    const answers = answer.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answers.map((each) => each["probability"])).toEqual(predicted.map((each) => each.probability));
    expect(answers[0]).toMatchObject({ ...testRows()[0], model_version: runId });
  });

  it("answers a line before the next one comes", async () => {
    const asked = request(`${server.url}/predict`, { method: "POST", headers: lines });
    asked.write(`${JSON.stringify(row)}\n`);
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    const [first] = (await once(response, "data")) as [Buffer];
    expect(JSON.parse(first.toString())).toMatchObject({ ...row, model_version: runId });
    asked.end(`${JSON.stringify(row)}\n`);
    const [second] = (await once(response, "data")) as [Buffer];
    expect(JSON.parse(second.toString())).toMatchObject(row);
  });

  it("answers rows of CSV before the next ones come, at a steady rate too", async () => {
    const asked = request(`${server.url}/predict`, { method: "POST", headers: csv });
    asked.write(`${Object.keys(row).join(";")}\n`);
    const sending = setInterval(() => asked.write("73;955;14\n"), 20);
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    const [first] = (await once(response, "data")) as [Buffer];
    const [second] = (await once(response, "data")) as [Buffer];
    clearInterval(sending);
    asked.end();
    const { 0: header, length } = `${first.toString()}${second.toString()}`.trim().split("\n");
    expect(header).toMatch(/^lastmonth_activity,lastyear_activity,number_of_employees,prediction,/);
    expect(length).toBeGreaterThan(2);
    expect(length).toBeLessThan(100);
  });

  it("reports in a streamed row why it has no prediction, and predicts the others", async () => {
    const bad = [JSON.stringify(row), "nope", '{"lastmonth_activity": "many"}', "", JSON.stringify(row)].join("\n");
    const answers = (await server.post("/predict", bad, lines)).text.trimEnd().split("\n");
    expect(answers.map((line) => (JSON.parse(line) as { prediction_error?: string }).prediction_error)).toEqual([
      undefined,
      expect.stringContaining("not JSON"),
      expect.stringContaining('"many" is not a number'),
      undefined,
    ]);
    const header = "lastmonth_activity,lastyear_activity,number_of_employees\n";
    const table = (await server.post("/predict", `${header}73,955,14\n73,x,14\n73,955\n`, csv)).text.split("\n");
    expect(table[1]).toMatch(/^73,955,14,0,0\.37/);
    expect(table[2]).toContain('"column ""lastyear_activity"": ""x"" is not a number"');
    const extra = (await server.post("/predict", `${header.trim()},colour\n73,955,14,red\n73,955,14,\n`, csv)).text;
    const warnings = extra.match(/,"column ""colour"": the model has no such column",\n/g);
    expect(warnings).toHaveLength(2);
    const wide = `${header.trim()},${Array.from({ length: 30 }, (_, i) => `c${i}`).join(",")}\n73,955,14${",".repeat(30)}\n`;
    expect((await server.post("/predict", wide, csv)).text).toMatch(/""c19"": the[^;]*; and 10 other such columns"/);
    expect(table[3]).toContain("2 values, but the header has 3 columns");
  });

  it("explains a prediction with ?explain=true", async () => {
    const { body } = await server.post("/predict?explain=true", row);
    const { base_value: base, contributions } = body["explanation"] as {
      base_value: number;
      contributions: Record<string, number>;
    };
    expect(Object.keys(contributions).filter((name) => !(name in row))).toEqual([]);
    const margin = base + Object.values(contributions).reduce((sum, value) => sum + value, 0);
    // Shapley values sum to the log-odds of the answer; 1e-12 is rounding.
    expect(1 / (1 + Math.exp(-margin))).toBeCloseTo(body["probability"] as number, 12);
    expect((await server.post("/predict?explain=1", [row, row])).body["explanations"]).toHaveLength(2);
    expectProblem(await server.post("/predict?explain=perhaps", row), 400, /must be true or false/);
    expectProblem(
      await server.post(
        "/predict?explain=true",
        Array.from({ length: 101 }, () => row),
      ),
      413,
    );
  });

  it("names column, value, row and what was meant", async () => {
    const { lastmonth_activity: value, ...rest } = row;
    const misspelt = await server.post("/predict", [row, { ...rest, lastmonth_activty: value }]);
    expectProblem(misspelt, 422);
    expect(misspelt.body["errors"]).toEqual([
      {
        row: 1,
        column: "lastmonth_activity",
        check: "missing",
        message: expect.stringContaining("lastmonth_activty"),
        suggestion: "lastmonth_activty",
      },
    ]);
    const mistyped = await server.post("/predict", { ...row, number_of_employees: { deep: [] } });
    expectProblem(mistyped, 422, /an object is not a number/);
    // JSON.stringify would write null for what JSON.parse makes of it.
    const huge = JSON.stringify(row).replace("955", "1e999");
    expectProblem(await server.post("/predict", huge), 422, /too large/);
    const twice = JSON.stringify(row).replace("{", '{"lastyear_activity":1,');
    expectProblem(await server.post("/predict", twice), 400, /duplicate key \\"lastyear_activity/);
    const odd = await server.post("/predict", { ...row, lastyear_activity: 1e9, colour: "red", exited: 1 });
    expect(odd.body["warnings"]).toEqual([
      { row: 0, column: "colour", check: "extra", message: "the model has no such column" },
      {
        row: 0,
        column: "lastyear_activity",
        check: "range",
        value: 1e9,
        message: expect.stringContaining("outside the training range"),
      },
    ]);
  });
});

describe("MLflow's protocol", () => {
  it("is spoken at /invocations, /ping and /version", async () => {
    const expected = { predictions: predicted.map(({ prediction }) => prediction) };
    const rows = testRows();
    expect((await server.post("/invocations", { dataframe_records: rows, params: {} })).body).toEqual(expected);
    expect((await server.post("/invocations", workspace.read("testdata/testdata.csv"), csv)).body).toEqual(expected);
    expect(await server.get("/ping")).toMatchObject({ status: 200, text: "\n" });
    expect((await server.get("/version")).text).toMatch(/^\d+\.\d+\.\d+/);
  });

  it("refuses what it refuses, with error_code and message beside the problem", async () => {
    const noForm = await server.post("/invocations", { rows: [] });
    expectProblem(noForm, 400, /exactly one of dataframe_split/);
    expect(noForm.body).toMatchObject({ error_code: "BAD_REQUEST", message: noForm.body["detail"] });
    expectProblem(await server.post("/invocations", { instances: [], inputs: [] }), 400);
    expectProblem(await server.post("/invocations", { instances: [{ a: 1 }] }), 400, /error_code/);
    expectProblem(await server.post("/invocations", "a", { "content-type": "text/plain" }), 415, /error_code/);
    expectProblem(await server.post("/invocations", "{}", lines), 415, /error_code/);
  });
});

describe("GET", () => {
  it("shows what was recorded and changes nothing", async () => {
    const recorded = workspace.json<{ value: number }>("score", "--data", "testdata").value;
    const before = workspace.names("models");
    expect((await server.get("/score")).body).toMatchObject({
      score: recorded,
      metric: "log_loss",
      model_version: runId,
    });
    const summary = (await server.get("/summarise")).body["summary"] as Record<
      string,
      { mean: number; median: number }
    >;
    expect(Object.keys(summary)).toEqual(Object.keys(row));
    expect(summary["lastyear_activity"]).toMatchObject({ mean: expect.any(Number), median: expect.any(Number) });
    const diagnosis = (await server.get("/diagnose")).body;
    expect(diagnosis).toMatchObject({ model_version: runId, execution_time: { train: expect.any(Number) } });
    const model = (await server.get("/model")).body as { signature: { inputs: { name: string }[] }; example: object };
    expect(model.signature.inputs.map(({ name }) => name)).toEqual(Object.keys(row));
    expect((await server.post("/predict", model.example)).status).toBe(200);
    expect(workspace.names("models")).toEqual(before);
  });

  it("has probes, metrics and an OpenAPI document with the model's columns", async () => {
    expect((await server.get("/health")).body).toMatchObject({ status: "ok", ready: true });
    expect((await server.get("/ready")).body).toMatchObject({ status: "ready", model_version: runId, refused: null });
    const before = predictionCount((await server.get("/metrics")).text);
    await server.post("/predict", [row, row, row]);
    const metrics = (await server.get("/metrics")).text;
    expect(predictionCount(metrics) - before).toBe(3);
    expect(metrics).toMatch(/mlctl_http_request_duration_seconds_bucket\{route="\/predict",le="\+Inf"\} \d+/);
    expect(metrics).toContain(`mlctl_model_info{run_id="${runId}"`);
    const document = (await server.get("/openapi.json")).body as {
      paths: Record<string, object>;
      components: { schemas: { Row: { properties: object } } };
    };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(["/predict", "/invocations", "/score", "/ready"]),
    );
    expect(Object.keys(document.components.schemas.Row.properties)).toEqual([...Object.keys(row), "corporation"]);
    expect((await server.get("/docs")).headers.location).toBe("ui/docs");
    const page = await server.get("/ui/docs");
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const tried = (await server.post("/ui/docs", "column0=73&column1=955&column2=14&threshold=0.3", form)).text;
    expect(tried).toMatch(/role="status">exited: 1<[\s\S]*probability&quot;: 0\.378/);
    expect((await server.post("/ui/docs", "column0=x", form)).text).toContain(
      "lastmonth_activity: &quot;x&quot; is not",
    );
  });

  it("has security headers and no CORS, and problem documents for every wrong address", async () => {
    const { headers } = await server.get("/score", { origin: "https://example.org" });
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expectProblem(await server.get("/nowhere"), 404);
    expectProblem(await server.get("/%zz"), 400);
    const wrong = await server.get("/predict");
    expectProblem(wrong, 405);
    expect(wrong.headers.allow).toBe("POST");
    expectProblem(await server.post("/predict", "a=1", { "content-type": "application/x-www-form-urlencoded" }), 415);
    expectProblem(await server.get("/score", { "x-long": "a".repeat(20_000) }), 431);
  });
});

function predictionCount(metrics: string): number {
  return [...metrics.matchAll(/^mlctl_predictions_total\{.*\} (\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
}

describe("settings", () => {
  it("name and round predictions, rename columns, and echo the requested columns", async () => {
    const other = workspace.copy();
    other.configure({
      serve: {
        response_key: "Exit",
        request_aliases: { last_month: "lastmonth_activity" },
        echo: ["customer"],
        validation: { extra: "error", range: "error", missing: "warn" },
      },
    });
    const own = await served(other);
    const { lastmonth_activity: last_month, ...rest } = row;
    const { body } = await own.post("/predict", { ...rest, last_month, customer: "c-1" });
    expect(body).toMatchObject({ Exit: 0, customer: "c-1", warnings: [] });
    const batch = await own.post("/predict", [{ ...row, customer: 7 }, row]);
    expect(batch.body).toMatchObject({ Exit: [0, 0], customer: [7, null] });
    expectProblem(await own.post("/predict", { ...row, colour: "red" }), 422, /colour/);
    expectProblem(await own.post("/predict", { ...row, lastyear_activity: 1e9 }), 422, /training range/);
    expectProblem(await own.post("/predict", { ...row, last_month }), 422, /given twice/);
    const lacking = await own.post("/predict", rest);
    expect(lacking.body["warnings"]).toMatchObject([{ column: "lastmonth_activity", check: "missing" }]);
    expect((await own.stop()).status).toBe(143);
  });

  it("limit concurrent requests: more are rejected with Retry-After, and probes still succeed", async () => {
    const other = workspace.copy();
    other.configure({ serve: { limits: { concurrent: 2, body_seconds: 20 } } });
    const own = await served(other);
    const open = [1, 2].map(() => {
      const asked = request(`${own.url}/predict`, { method: "POST", headers: { "content-type": "application/json" } });
      asked.on("error", () => {
        // Cut below.
      });
      asked.write("{");
      return asked;
    });
    const inFlight = async (): Promise<string> => (await own.get("/metrics")).text;
    // These two and the one that asks.
    await until(async () => /mlctl_http_requests_in_flight 3$/m.test(await inFlight()));
    const refused = await own.post("/predict", row);
    expectProblem(refused, 503, /already/);
    expect(refused.headers["retry-after"]).toBe("1");
    expect((await own.get("/health")).status).toBe(200);
    for (const asked of open) asked.destroy();
    await until(async () => /mlctl_http_requests_in_flight 1$/m.test(await inFlight()));
    expect((await own.post("/predict", row)).status).toBe(200);
    const idle = connect(Number(new URL(own.url).port), "127.0.0.1");
    await once(idle, "connect");
    expect((await own.stop()).status).toBe(143);
  });

  it("ask for tokens with scopes, at a rate", async () => {
    const other = workspace.copy();
    other.configure({
      serve: {
        token: "master-token-of-the-test",
        tokens: [
          { name: "reader", token: "reader-of-the-test", scopes: ["read"] },
          { name: "caller", token: "caller-of-the-test", scopes: ["predict"] },
        ],
        rate_limit: 5,
        cors: ["https://example.org"],
      },
    });
    const own = await served(other, "--host", "0.0.0.0", "-v");
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const at = own.url.replace("0.0.0.0", "127.0.0.1");
    expect(at).not.toBe(own.url);
    const missing = await own.post("/predict", row);
    expectProblem(missing, 401);
    // Pages ask to sign in.
    for (const [path, status] of [
      ["/score?x=1", 401],
      ["/ui/runs?x=1", 303],
    ] as const)
      expect((await own.get(path)).status, path).toBe(status);
    expectProblem(await own.post("/predict?explain=x", row), 401);
    expect(missing.headers["www-authenticate"]).toContain("Bearer");
    expectProblem(await own.get("/score", bearer("x")), 401);
    expectProblem(await own.get("/score", bearer("caller-of-the-test")), 403, /caller/);
    expectProblem(await own.post("/predict", row, bearer("reader-of-the-test")), 403);
    expect((await own.post("/predict", row, bearer("caller-of-the-test"))).status).toBe(200);
    expect((await own.get("/score", bearer("reader-of-the-test"))).status).toBe(200);
    expect((await own.get("/score", bearer("master-token-of-the-test"))).status).toBe(200);
    expect((await own.get("/health")).status).toBe(200);
    const replies = await Promise.all(Array.from({ length: 6 }, () => own.get("/score", bearer("reader-of-the-test"))));
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expectProblem(refused[0]!, 429);
    expect(Number(refused[0]!.headers["retry-after"])).toBeGreaterThan(0);
    const page = await own.get("/score", { ...bearer("master-token-of-the-test"), origin: "https://example.org" });
    expect(page.headers["access-control-allow-origin"]).toBe("https://example.org");
    expect(page.headers["access-control-expose-headers"]).toContain("traceparent");
    await own.get("/ui", bearer("reader-of-the-test"));
    const { stderr } = await own.stop();
    for (const line of [/GET \/score 200 .* token_name=reader$/m, /GET \/score 403 .* token_name=caller$/m])
      expect(stderr).toMatch(line);
    expect(stderr).toMatch(/GET \/ui .* token_name=reader$/m);
    expect(stderr).not.toMatch(/POST \/predict 401 .* token_name|-of-the-test/);
    expect(other.ok("config", "show")).not.toContain("master-token");
  });
});

describe("starting and stopping", () => {
  it("says what is wrong with an address", async () => {
    const port = new URL(server.url).port;
    const taken = workspace.run(["serve", "--port", port]);
    // Nothing answered, so nothing says that it does.
    expect([taken.status, taken.stderr]).toEqual([
      2,
      expect.stringMatching(`^error: port ${port} of 127\\.0\\.0\\.1 is already in use`),
    ]);
    const open = workspace.run(["serve", "--host", "0.0.0.0", "--port", "0"]);
    expect([open.status, open.stderr]).toEqual([2, expect.stringMatching(/no token is set[\s\S]*--anonymous/)]);
    const workers = workspace.run(["serve", "--workers", "2", "--port", port]);
    expect([workers.status, workers.stderr]).toEqual([2, expect.stringContaining("is already in use")]);
  });

  it("waits for a first deployment, and takes it up", async () => {
    const fresh = sampleWorkspace();
    const own = await served(fresh);
    expectProblem(await own.post("/predict", row), 503, /mlctl deploy/);
    expectProblem(await own.get("/ready"), 503);
    expectProblem(await own.get("/ping"), 503);
    expect((await own.get("/health")).status).toBe(200);
    fresh.configure({ train: { models: [{ family: "logistic_regression" }] } });
    fresh.ok("fullprocess");
    await until(async () => (await own.get("/ready")).status === 200);
    expect((await own.post("/predict", row)).status).toBe(200);
    await own.stop();
  });

  it("refuses a broken deployment and keeps the old one, until it is mended", async () => {
    const other = workspace.copy();
    const own = await served(other);
    const path = "production_deployment/deployment.json";
    const text = other.read(path);
    // At once, so that no half of it is seen.
    const replace = (content: string, file = path): void => {
      other.write({ [`${file}.new`]: content });
      renameSync(join(other.folder, `${file}.new`), join(other.folder, file));
    };
    replace(text.replace(/"sha256": "..../, '"sha256": "0000'));
    const refusal = async (): Promise<unknown> => (await own.get("/ready")).body["refused"];
    await until(async () => (await refusal()) !== null);
    const first = await refusal();
    expect((await own.post("/predict", row)).body["model_version"]).toBe(runId);
    replace("{");
    await until(async () => (await refusal()) !== first);
    expect((await own.post("/predict", row)).body["model_version"]).toBe(runId);
    replace(text);
    await until(async () => (await refusal()) === null);
    const { path: model } = (JSON.parse(text) as { model: { path: string } }).model;
    const bytes = other.read(model);
    replace(bytes.slice(0, 300), model);
    replace(text);
    await until(async () => (await refusal()) !== null);
    expect(await refusal()).toBe(`the model ${model} is truncated after 300 characters`);
    // No model is read again before it changes.
    const io = `/proc/${own.child.pid}/io`;
    const bytesRead = (): number => Number(/^rchar: (\d+)/.exec(readFileSync(io, "utf8"))?.[1]);
    const counts = existsSync(io);
    if (counts) {
      replace(bytes.slice(0, -300).padEnd(5_000_000), model);
      await until(async () => /is not JSON|truncated after 5000000/.test(String(await refusal())));
      const read = bytesRead();
      await sleep(2500);
      expect(bytesRead() - read).toBeLessThan(1_000_000);
    }
    replace(bytes, model);
    const repaired = performance.now();
    await until(async () => (await refusal()) === null);
    expect(performance.now() - repaired).toBeLessThan(3000);
    const { stderr } = await own.stop();
    expect(stderr.match(/is refused/g)).toHaveLength(counts ? 4 : 3);
    expect(stderr).toContain(`run ${runId} is still served`);
  });

  it.each(["SIGTERM", "SIGHUP"] as const)(
    "on %s finishes what it is answering, and all of it is logged",
    async (stopSignal) => {
      const other = workspace.copy();
      for (const name of other.names(".", /predictions/)) other.write({ [name]: null });
      const own = await served(other);
      const header = "lastmonth_activity,lastyear_activity,number_of_employees\n";
      const streaming = own.post("/predict", header + "73,955,14\n".repeat(20_000), csv);
      const single = await own.post("/predict", row);
      const finished = own.stop(stopSignal);
      const answered = await streaming;
      expect(answered.text.trimEnd().split("\n")).toHaveLength(20_001);
      const { status, stderr } = await finished;
      expect([status, stderr]).toEqual([143, expect.not.stringContaining("error")]);
      const logged = await sqliteReader(join(other.folder, "mlctl.db.predictions")).rows();
      expect(logged).toHaveLength(20_001);
      expect(logged.find(({ predictionId }) => predictionId === single.body["prediction_id"])).toMatchObject({
        runId,
        inputs: row,
        prediction: "0",
        probability: single.body["probability"],
        source: "serve",
      });
    },
  );

  it("resets no connection that is in use: the last response of each says that it closes", async () => {
    const own = await served(workspace.copy());
    const loop = async (): Promise<string[]> => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let connection: string | undefined; ;) {
        try {
          const body = JSON.stringify(row);
          const headers = { "content-type": "application/json" };
          const reply = await ask(`${own.url}/predict`, { method: "POST", headers, agent }, body);
          connection = reply.headers.connection;
        } catch (error) {
          return [connection ?? "", String((error as NodeJS.ErrnoException).code)];
        }
      }
    };
    const loops = Array.from({ length: 16 }, loop);
    await until(async () => predictionCount((await own.get("/metrics")).text) > 100);
    const { status } = await own.stop();
    expect(status).toBe(143);
    // A new connection may come just before the port closes.
    const ended = ["close", expect.stringMatching(/^ECONN(REFUSED|RESET)$/)];
    expect(await Promise.all(loops)).toEqual(loops.map(() => ended));
  });

  it("leaves no new connection waiting while workers drain", async () => {
    const other = workspace.copy();
    other.configure({ serve: { limits: { drain_seconds: 6 } } });
    const own = await served(other, "--workers", "2");
    const half = request(`${own.url}/predict`, { method: "POST", headers: csv }).on("error", () => {});
    half.write("lastmonth_activity");
    let count = 0;
    // The time of the last request, which finds the port closed.
    const loop = async (): Promise<number> => {
      for (;;) {
        const start = performance.now();
        try {
          await ask(`${own.url}/predict`, { method: "POST", headers: csv, agent: new Agent() }, "a\n1\n");
          count++;
        } catch {
          return performance.now() - start;
        }
      }
    };
    const loops = Array.from({ length: 8 }, loop);
    await until(() => Promise.resolve(count > 100));
    const finished = own.stop();
    expect(Math.max(...(await Promise.all(loops)))).toBeLessThan(3000);
    half.destroy();
    expect(await finished).toMatchObject({ status: 143 });
  });

  it("lets an open stream go on after SIGTERM, cuts it in the end, and says so", async () => {
    const other = workspace.copy();
    for (const name of other.names(".", /predictions/)) other.write({ [name]: null });
    other.configure({ serve: { limits: { drain_seconds: 2 } } });
    const own = await served(other, "-v");
    const idle = new Agent({ keepAlive: true });
    await ask(`${own.url}/health`, { method: "GET", headers: {}, agent: idle });
    const socket = Object.values(idle.freeSockets)[0]![0]!;
    const stream = request(`${own.url}/predict`, { method: "POST", headers: lines });
    const sending = setInterval(() => stream.write(`${JSON.stringify(row)}\n`.repeat(50)), 20);
    stream.on("error", () => {});
    const silent = request(`${own.url}/predict`, { method: "POST", headers: { ...csv, "x-request-id": "silent" } });
    silent.on("error", () => {});
    silent.write("lastmonth_activity");
    const [response] = (await once(stream, "response")) as [IncomingMessage];
    let text = "";
    response.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const cut = once(response, "error");
    const finished = own.stop();
    const start = performance.now();
    const seconds = (): number => (performance.now() - start) / 1000;
    await once(socket, "close");
    expect(seconds()).toBeLessThan(1.6);
    const sent = text.length;
    expect([await cut, response.complete]).toMatchObject([[{ code: "ECONNRESET" }], false]);
    clearInterval(sending);
    expect(seconds()).toBeGreaterThan(1.9);
    expect(text.length).toBeGreaterThan(sent);
    const { status, stderr } = await finished;
    expect([status, stderr]).toEqual([
      143,
      expect.stringMatching(/cut 2 responses after 2 s.*\n[^]*POST \/predict cut 2/),
    ]);
    expect(stderr).toMatch(/POST \/predict cut 2.* request_id=silent/);
    expect(stderr).not.toMatch(/not logged/);
    const logged = new Set(
      (await sqliteReader(join(other.folder, "mlctl.db.predictions")).rows()).map((each) => each.predictionId),
    );
    const answered = text.slice(0, text.lastIndexOf("\n")).split("\n");
    const ids = answered.map((line) => (JSON.parse(line) as { prediction_id: string }).prediction_id);
    expect(ids.length).toBeGreaterThan(100);
    expect(ids.filter((id) => !logged.has(id))).toEqual([]);
  });

  it("allows a caller the same rate on every worker", async () => {
    const other = workspace.copy();
    // A further request is allowed after fifteen seconds.
    other.configure({
      serve: { rate_limit: 4, workers: 2, tokens: [{ name: "a", token: "token-of-the-test", scopes: ["read"] }] },
    });
    const own = await served(other);
    const bearer = { authorization: "Bearer token-of-the-test" };
    const replies = await Promise.all(Array.from({ length: 12 }, () => own.get("/score", bearer)));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, ...Array(8).fill(429)]);
    const late = replies.find(({ status }) => status === 429)!;
    expectProblem(late, 429, /serve\.rate_limit\) is exceeded; retry in \d+ s/);
    expectProblem(await own.post("/predict", row, bearer), 429);
    expect((await own.get("/ui", bearer)).status).toBe(429);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect((await own.post("/ui/login", "token=token-of-the-test", form)).status).toBe(429);
    expectProblem(await own.get("/score"), 401);
    expect((await own.get("/health")).status).toBe(200);
    await own.stop();
  });

  it("runs several workers on one port, replaces a dead one and adds up what they count", async () => {
    const own = await served(workspace.copy(), "--workers", "2");
    const ids = await Promise.all(Array.from({ length: 20 }, () => own.post("/predict", row)));
    expect(new Set(ids.map(({ body }) => (body["prediction_id"] as string).slice(0, 19))).size).toBe(2);
    const metrics = (await own.get("/metrics")).text;
    expect([predictionCount(metrics), /^mlctl_workers (\d+)$/m.exec(metrics)?.[1]]).toEqual([20, "2"]);
    const children = `/proc/${own.child.pid}/task/${own.child.pid}/children`;
    if (existsSync(children)) {
      const pids = readFileSync(children, "utf8").trim().split(" ");
      process.kill(Number(pids[0]), "SIGKILL");
      const replaced = (now: string[]): boolean => now.length === 2 && !now.includes(pids[0]!);
      await until(async () => replaced(readFileSync(children, "utf8").trim().split(" ")));
      await until(async () => (await own.get("/metrics")).text.includes("mlctl_workers 2"));
    }
    const { status, stdout } = await own.stop("SIGINT");
    expect([status, stdout.trimEnd().split("\n")]).toEqual([130, [expect.stringContaining('"url"')]]);
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await condition()) return;
    await sleep(25);
  }
  throw new Error("it did not happen within ten seconds");
}
