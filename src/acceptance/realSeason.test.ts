/** The traffic system's 2017 in windows of two weeks: what belongs to the time of the year is told from what is broken. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyWorkspace, repository, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

/** It stays where it is: the workspace points to it. */
const data = join(repository, "../shared/data/traffic");
const absent = !existsSync(data);
if (absent) console.warn(`skipped: ${data} is not there`);

const year = join(data, "Metro_Interstate_Traffic_Volume_2017.csv");

interface Monitored {
  readonly reference: { readonly name: string; readonly rows: number };
  readonly drift: {
    readonly dataset: { readonly share: number };
    readonly columns: Readonly<Record<string, { readonly drifted: boolean; readonly note?: string }>>;
  };
  readonly findings: readonly { readonly name: string; readonly message: string }[];
}

function trained(): LifecycleWorkspace {
  const settings = {
    input_folder_path: data,
    task: "regression",
    target: "traffic_volume",
    time_column: "date_time",
    drop_columns: ["weather_description"],
    train: { models: [{ family: "linear_regression" }], split: { method: "time", cutoff: "2015-12-31 23:59:59" } },
    monitor: { window: "14d", reference: "same_season" },
  };
  const month = { month: "month(date_time)" };
  const workspace = emptyWorkspace({
    ...settings,
    ingest: { select: month, where: "date_time < TIMESTAMP '2017-01-01'" },
  });
  workspace.ok("ingest");
  workspace.ok("train");
  workspace.write({ "config.json": JSON.stringify({ ...settings, ingest: { select: month } }) });
  return workspace;
}

const isSeasonal = ({ note = "" }: { readonly note?: string }): boolean =>
  note.endsWith("seasonal: drifted compared with all training rows, but not with the same season");

describe.skipIf(absent)("the year 2017 of the traffic system", () => {
  it("has months and temperatures of their season, and temperatures in Celsius are no season", () => {
    const workspace = trained();
    const span = ["--since", "2017-01-01", "--until", "2017-12-30"];
    const monitor = (file: string, ...args: string[]): Monitored =>
      workspace.json<Monitored>("monitor", file, "--model", "latest", ...args);
    monitor(year, ...span);
    const records = workspace.names("models/monitoring");
    const seasons = records.map((name) => JSON.parse(workspace.read(`models/monitoring/${name}`)) as Monitored);
    expect(seasons).toHaveLength(26);
    const drifted = (column: string): number => seasons.filter(({ drift }) => drift.columns[column]!.drifted).length;
    expect([drifted("month"), seasons.filter(({ drift }) => isSeasonal(drift.columns["month"]!)).length]).toEqual([
      0, 26,
    ]);
    // Late January 2017 was warmer than any such fortnight of the years before; one window of 26 may be by chance, too.
    expect(drifted("temp")).toBeLessThanOrEqual(2);
    expect(seasons.filter(({ drift }) => isSeasonal(drift.columns["temp"]!)).length).toBeGreaterThanOrEqual(23);
    // The days of 2012 to 2016: five years lack some months.
    for (const { reference, drift } of seasons) {
      expect(reference).toMatchObject({ name: "same_season" });
      expect(drift.dataset.share).toBeLessThan(0.5);
    }
    expect(seasons[0]!.findings.find(({ name }) => name === "drifted columns")!.message).toMatch(
      /seasonal, as in earlier years: .*"month"/,
    );

    const [header, ...rows] = readFileSync(year, "utf8").trim().split(/\r?\n/);
    const inJuly = rows.filter((row) => row.includes(",2017-07-"));
    const celsius = inJuly.map((row) =>
      row.replace(/^([^,]*),([\d.]+)/, (_, day, kelvin) => `${day},${kelvin - 273.15}`),
    );
    workspace.write({ "july.csv": [header, ...inJuly].join("\n"), "celsius.csv": [header, ...celsius].join("\n") });
    const temperature = (file: string, ...args: string[]) => monitor(file, "--dry-run", ...args).drift.columns["temp"]!;
    expect(temperature("july.csv")).toMatchObject({ drifted: false });
    expect(temperature("july.csv", "--reference", "training")).toMatchObject({ drifted: true });
    expect(temperature("celsius.csv")).toMatchObject({ drifted: true });
  });

  it("cannot be compared by season if the model has no time column", () => {
    const workspace = emptyWorkspace({ target: "y", train: { models: [{ family: "linear_regression" }] } });
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${(i % 7) * 2 + (i % 2)}`);
    workspace.write({ "sourcedata/a.csv": ["x,y", ...rows].join("\n") });
    workspace.ok("ingest");
    workspace.ok("train");
    const { status, stderr } = workspace.run([
      "monitor",
      "sourcedata/a.csv",
      "--model",
      "latest",
      "--reference",
      "same_season",
    ]);
    expect(status).toBe(2);
    expect(stderr).toContain("same_season needs a time column");
    expect(stderr).toContain("time_column");
  });
});
