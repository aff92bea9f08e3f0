/** The traffic system's own files: what a holiday is worth that lasts the whole day. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyWorkspace, repository } from "./lifecycleWorkspace.ts";

/** It stays where it is: the workspace points to it. */
const data = join(repository, "../shared/data/traffic");
const absent = !existsSync(data);
if (absent) console.warn(`skipped: ${data} is not there`);

/** The parameters that the system shipped, found by its own search. */
const shipped = {
  n_estimators: 100,
  max_depth: 6,
  learning_rate: 0.0511,
  subsample: 0.945,
  colsample_bytree: 0.809,
  gamma: 0.967,
  reg_alpha: 0.29,
  reg_lambda: 0.882,
};

const features = [
  { type: "map", column: "holiday", values: { None: 0 }, otherwise: 1, missing: 0 },
  { type: "group", column: "weather_main", groups: { Fog_Smoke_Squall: ["Fog", "Smoke", "Squall"] } },
  { type: "one_hot", column: "weather_main" },
  { type: "date_parts", parts: ["hour", "month", "day_of_week"] },
];

function trainedWith(...first: readonly object[]) {
  const workspace = emptyWorkspace({
    input_folder_path: data,
    task: "regression",
    target: "traffic_volume",
    time_column: "date_time",
    drop_columns: ["weather_description"],
    ingest: { where: "date_time < TIMESTAMP '2017-01-01'" },
    features: [...first, ...features],
    train: {
      split: { method: "time", cutoff: "2015-12-31 23:59:59" },
      models: [{ family: "xgboost", params: shipped }],
    },
  });
  workspace.ok("ingest");
  const { value } = workspace.json<{ value: number }>("train");
  return { workspace, rmse: value };
}

const header = "holiday,temp,rain_1h,snow_1h,clouds_all,weather_main,date_time";

describe.skipIf(absent)("the files of the traffic system", () => {
  it("2012 to 2015 predict 2016 as well as the system did, and far better where a holiday lasts the whole day", () => {
    // RMSE 566.30 is the system's own; 528.9 is what a holiday of the whole day was found to reach [systems.md 002].
    expect(trainedWith().rmse).toBeLessThan(566.3);
    const { workspace, rmse } = trainedWith({ type: "flag_day", column: "holiday" });
    expect(rmse).toBeLessThan(528.9);

    // Nine in the morning of a Monday: July 4 of 2016 is in the history, July 3 of 2017 a day after it.
    const answer = (holiday: string, day: string): number => {
      const input = `${header}\n${holiday},295,0,0,1,Clear,${day} 09:00:00\n`;
      const { stdout } = workspace.run(["predict", "-", "--model", "latest"], { input });
      return Number(stdout.trim().split(",").at(-1));
    };
    expect(answer("None", "2016-07-04")).toBe(answer("Independence Day", "2016-07-04"));
    expect(answer("Independence Day", "2017-07-03")).toBeLessThan(answer("None", "2017-07-03") - 1000);
  });
});
