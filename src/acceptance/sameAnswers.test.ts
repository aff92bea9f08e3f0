/** predict, serve and score give the same numbers for the same rows. */
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { parseJsonc } from "../config/jsonc.ts";
import { deployedWorkspace, emptyWorkspace, templateWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";
import { expectProblem, served } from "./servedWorkspace.ts";

interface Serve {
  readonly response_key?: string;
  readonly round?: number;
}

const requests = {
  attrition: "testdata/testdata.csv",
  crs: "requests/dates.csv",
  traffic: "requests/hours.csv",
  churn: "testdata/customer_churn_holdout.csv",
  course: "requests/learners.csv",
} as const;

/** Templates whose requests are their test data, with the column that holds the truth; their metric is F1. */
const truths: Readonly<Record<string, string>> = { attrition: "exited", churn: "Churn" };

it.each(Object.entries(requests))(
  "%s",
  async (template, file) => {
    const workspace = template === "attrition" ? deployedWorkspace() : templateWorkspace(template);
    const { response_key: key = "prediction", round } = serveOf(workspace);
    const predicted = column(workspace.ok("predict", file), "prediction");
    const server = await served(workspace);
    const reply = await server.post("/predict", workspace.read(file), { "content-type": "text/csv" });
    await server.stop();
    expect(reply.status, reply.text).toBe(200);
    const answers = column(reply.text, key);
    expect(answers).toEqual(predicted.map((value) => rounded(value, round)));
    expect(answers.length).toBeGreaterThan(1);
    const truth = truths[template];
    if (truth === undefined) return;
    const { metrics } = workspace.json<{ metrics: { f1: number } }>("score");
    expect(f1(column(workspace.read(file), truth), answers)).toBeCloseTo(metrics.f1, 12); // one rounding of a division
  },
  180_000,
);

function serveOf(workspace: LifecycleWorkspace): Serve {
  const { value } = parseJsonc(workspace.read("config.json"), "config.json");
  return (value as { serve?: Serve }).serve ?? {};
}

/** Of a CSV without quotes. */
function column(csv: string, name: string): string[] {
  const [header, ...rows] = csv.trim().split("\n");
  const at = header!.split(",").indexOf(name);
  expect(at, `${name} in ${header!}`).toBeGreaterThanOrEqual(0);
  return rows.map((row) => row.split(",")[at]!);
}

function rounded(value: string, digits: number | undefined): string {
  return digits === undefined ? value : String(Number(Number(value).toFixed(digits)));
}

/** 2 TP / (2 TP + FP + FN), class 1 the positive one. */
function f1(truth: readonly string[], answers: readonly string[]): number {
  const count = (t: string, a: string): number => truth.filter((value, i) => value === t && answers[i] === a).length;
  const hits = 2 * count("1", "1");
  return hits / (hits + count("0", "1") + count("1", "0"));
}

it("rows after the end of the history look back on the predictions before them, in a file and in every kind of request", async () => {
  const day = (i: number): string => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
  const sold = (i: number): string => (100 + 10 * Math.sin((i * 2 * Math.PI) / 7) + (i % 11) / 5).toFixed(2);
  const workspace = emptyWorkspace({
    target: "sold",
    time_column: "day",
    features: [{ type: "lag", lags: [1, 2, 7], by: ["store"] }],
    train: { models: [{ family: "linear_regression" }] },
  });
  const known = Array.from({ length: 100 }, (_, i) => [`${day(i)},a,${sold(i)}\n`, `${day(i)},b,${sold(i + 3)}\n`]);
  const later = Array.from({ length: 5 }, (_, i) => ["a", "b"].map((store) => ({ day: day(100 + i), store }))).flat();
  const csv = (rows: typeof later): string =>
    ["day,store", ...rows.map((row) => Object.values(row).join()), ""].join("\n");
  workspace.write({ "sourcedata/a.csv": `day,store,sold\n${known.flat().join("")}`, "later.csv": csv(later) });
  for (const step of [["ingest"], ["train"], ["deploy", "--force"]]) workspace.ok(...step);
  const predicted = column(workspace.ok("predict", "later.csv"), "prediction").map(Number);
  const alone = workspace.run(["predict", "-"], { input: csv([later[2]!]) });
  expect(new Set(predicted).size).toBe(later.length);
  const server = await served(workspace);
  const list = await server.post("/predict", later);
  expect(list.body["predictions"]).toEqual(predicted);
  const warned = list.body["warnings"] as { row: number; check: string; message: string }[];
  expect(warned.map(({ row, check }) => [row, check])).toEqual(later.slice(2).map((_, i) => [i + 2, "history"]));
  expect(warned[0]!.message).toMatch(
    /^2024-04-11, store "a": .* 2 days old .*; it looks back on the predictions before/,
  );
  const table = await server.post("/predict", csv(later), { "content-type": "text/csv" });
  expect(column(table.text, "prediction").map(Number)).toEqual(predicted);
  const mlflow = await server.post("/invocations", csv(later), { "content-type": "text/csv" });
  expect(mlflow.body["predictions"]).toEqual(predicted);
  expect((await server.post("/predict", later[2])).body["prediction"]).toBe(
    Number(column(alone.stdout, "prediction")[0]),
  );
  for (const cut of [1, 2, 3, 9])
    expect(await streamed(server.url, [later.slice(0, cut), later.slice(cut)])).toEqual(predicted);
  expect(
    await streamed(
      server.url,
      Array.from(later, (row) => [row]),
    ),
  ).toEqual(predicted);
  // More rows than are predicted at once.
  const between = Array.from({ length: 3000 }, () => ({ day: day(50), store: "a" }));
  workspace.write({ "long.csv": csv([...later.slice(0, 1), ...between, ...later.slice(1)]) });
  const long = column(workspace.ok("predict", "long.csv"), "prediction").map(Number);
  expect([long[0], ...long.slice(3001)]).toEqual(predicted);
  const explained = await server.post("/predict?explain=1", later);
  type Explanation = { base_value: number; contributions: Record<string, number> };
  for (const [i, { base_value, contributions }] of (explained.body["explanations"] as Explanation[]).entries())
    expect(Object.values(contributions).reduce((sum, each) => sum + each, base_value)).toBeCloseTo(predicted[i]!, 8);
  await server.stop();
  workspace.configure({ serve: { validation: { history: "ignore" } } });
  const silent = await served(workspace);
  expect((await silent.post("/predict", later)).body).toMatchObject({ predictions: predicted, warnings: [] });
  await silent.stop();
  workspace.configure({ serve: { validation: { history: "error" } } });
  const strict = await served(workspace);
  expectProblem(await strict.post("/predict", later), 422, /"error_count":8/);
  await strict.stop();
});

/** Predictions of JSON Lines that are sent in parts, each after the answer to the one before. */
async function streamed(url: string, parts: readonly (readonly object[])[]): Promise<number[]> {
  const request = httpRequest(`${url}/predict`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
  });
  const answered = once(request, "response");
  const predictions: number[] = [];
  let response: AsyncIterator<Buffer> | undefined;
  let text = "";
  for (const part of parts) {
    request.write(part.map((row) => `${JSON.stringify(row)}\n`).join(""));
    response ??= ((await answered) as [IncomingMessage])[0][Symbol.asyncIterator]();
    for (let left = part.length; left > 0;) {
      text += ((await response.next()).value as Buffer).toString();
      const lines = text.split("\n");
      text = lines.pop()!;
      left -= lines.length;
      predictions.push(...lines.map((line) => (JSON.parse(line) as { prediction: number }).prediction));
    }
  }
  request.end();
  return predictions;
}
