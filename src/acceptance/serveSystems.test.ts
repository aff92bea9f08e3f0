/** The requests of the systems that mlctl replaces, by configuration alone [systems.md, "Serving"]. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { crsServed } from "./crsSystem.ts";
import { emptyWorkspace, repository } from "./lifecycleWorkspace.ts";
import { expectProblem, served } from "./servedWorkspace.ts";

/** They stay where they are: the workspaces point to them. */
const data = join(repository, "../shared/data");
const absent = !existsSync(data);
if (absent) console.warn(`skipped: ${data} is not there`);

describe.skipIf(absent)("serve speaks as", () => {
  it("the crs system: a date is enough, and one that the history does not reach is refused", async () => {
    const workspace = emptyWorkspace({
      ...crsServed,
      serve: { response_key: "CRS_pred", round: 0, request_aliases: { query_date: "date" }, echo: ["query_date"] },
    });
    workspace.ok("ingest");
    workspace.ok("train");
    workspace.ok("deploy", "--force");
    const server = await served(workspace);
    const ask = (date: unknown) => server.post("/predict", { query_date: date });
    // 535 and 530 are what the system itself answers [systems.md 000, recorded and computed again].
    expect((await ask("31-Jul-2024")).body).toMatchObject({ CRS_pred: 535, query_date: "31-Jul-2024", warnings: [] });
    expect((await ask("01-Jan-2024")).body).toMatchObject({ CRS_pred: 530 });
    expect((await ask("2024-07-31")).body).toMatchObject({ CRS_pred: 535 });
    // The system gave another round's answer for these.
    expectProblem(await ask("01-Jan-2030"), 422, /no value of/);
    expectProblem(await ask("01-Jan-2010"), 422, /history goes from/);
    expectProblem(await ask("31-Feb-2024"), 422, /is not a date/);
    expectProblem(await ask(null), 422, /no date/);
    await server.stop();
  });

  it("the traffic system: numbers as text, model_version, three decimals", async () => {
    const workspace = emptyWorkspace({
      input_folder_path: join(data, "traffic"),
      task: "regression",
      target: "traffic_volume",
      time_column: "date_time",
      drop_columns: ["weather_description"],
      ingest: { where: "date_time >= TIMESTAMP '2015-06-01' AND date_time < TIMESTAMP '2016-01-01'" },
      features: [
        { type: "map", column: "holiday", values: { None: 0 }, otherwise: 1, missing: 0 },
        { type: "one_hot", column: "weather_main" },
        { type: "date_parts", parts: ["hour", "month", "day_of_week"] },
      ],
      train: { models: [{ family: "xgboost", params: { n_estimators: 40, max_depth: 6, learning_rate: 0.2 } }] },
      serve: { response_key: "traffic-volume", round: 3 },
    });
    workspace.ok("ingest");
    const { run_id: runId } = workspace.json<{ run_id: string }>("train");
    workspace.ok("deploy", "--force");
    const server = await served(workspace);
    const request = {
      holiday: "None",
      temp: "288.28",
      rain_1h: "0",
      snow_1h: "0",
      clouds_all: "40",
      weather_main: "Clouds",
      date_time: "2024-10-02 09:00:00",
    };
    const { body } = await server.post("/predict", request);
    // The system's own model says 5140.5; this one has half a year and fewer trees, and still knows nine in the morning.
    expect(body["traffic-volume"]).toBeGreaterThan(4500);
    expect(body["traffic-volume"]).toBeLessThan(5800);
    expect(String(body["traffic-volume"])).toMatch(/^\d+\.\d{1,3}$/);
    // That the time is after that of every training row is how it is, and no warning.
    expect(body).toMatchObject({ model_version: runId, warnings: [] });
    const misspelt = await server.post("/predict", { ...request, weather_main: "Cloud" });
    expect(misspelt.body["warnings"]).toMatchObject([{ column: "weather_main", suggestion: "Clouds" }]);
    const csv = `${Object.keys(request).join(",")}\n${Object.values(request).join(",")}\n`;
    workspace.write({ "row.csv": csv });
    const predicted = JSON.parse(workspace.ok("predict", "row.csv", "--format", "jsonl")) as { prediction: number };
    expect(body["traffic-volume"]).toBe(Number(predicted.prediction.toFixed(3)));
    await server.stop();
  });

  it("the course system: POST /, a class as a number, and a probability that it never gave", async () => {
    const workspace = emptyWorkspace({
      input_folder_path: join(data, "course"),
      target: "CourseCompletion",
      id_columns: ["UserID"],
      // Known only when the course is over: the system left them out too.
      drop_columns: ["QuizScores", "CompletionRate"],
      train: { models: [{ family: "logistic_regression" }] },
      serve: { response_key: "CourseCompletion", validation: { unseen: "error" } },
    });
    workspace.ok("ingest");
    workspace.ok("train");
    workspace.ok("deploy", "--force");
    const server = await served(workspace);
    const request = {
      UserID: 6001,
      CourseCategory: "Science",
      DeviceType: 1,
      TimeSpentOnCourse: 42.238989,
      NumberOfVideosWatched: 8,
      NumberOfQuizzesTaken: 7,
    };
    const { body } = await server.post("/", request);
    expect([0, 1]).toContain(body["CourseCompletion"]);
    expect(body).toMatchObject({ probability: expect.any(Number), warnings: [] });
    expectProblem(await server.post("/", { ...request, CourseCategory: "Sciense" }), 422, /did you mean \\"Science\\"/);
    await server.stop();
  });
});
