/** Every path setting that validation accepts works in all commands: training, verify, prune, backup and restore. */
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyWorkspace, temporaryFolder, workspaceIn, type LifecycleWorkspace } from "../lifecycleWorkspace.ts";

const keys = [
  "input_folder_path",
  "test_data_path",
  "output_folder_path",
  "output_model_path",
  "prod_deployment_path",
  "watch.folder",
  "database",
] as const;
type Key = (typeof keys)[number];
type Paths = Readonly<Record<Key, string>>;

const usual: Paths = {
  input_folder_path: "sourcedata",
  test_data_path: "testdata",
  output_folder_path: "ingesteddata",
  output_model_path: "models",
  prod_deployment_path: "production",
  "watch.folder": "drops",
  database: "mlctl.db",
};

const styles: readonly (readonly [name: string, path: (key: Key) => string])[] = [
  ["blanks", (key) => `a b/ ${key} c`],
  ["letters beyond ASCII", (key) => `Größe/数${key}`],
  ["quotes", (key) => `it's "${key}"`],
  ["a line break", (key) => `two\nlines/${key}`],
  ["patterns of the shell", (key) => `[ab]*{x,y}/${key}?`],
  ["signs of the shell", (key) => `$(HOME) & ~/%41;${key}`],
  ["a dash in front", (key) => `-rf/${key}`],
  ["dots", (key) => `./a/../b/./${key}/`],
  ["dots in front", (key) => `.hidden/.${key}`],
  ["folders outside", (key) => `../outside/${key}`],
  ["deep folders", (key) => `1/2/3/4/5/6/7/8/${key}`],
];

const folders = keys.filter((key) => key !== "database");
/** Each folder inside the one before it. */
const chains = folders.flatMap((_, shift) => {
  const order = [...folders.slice(shift), ...folders.slice(0, shift)];
  return [order, order.toReversed()];
});
const nested = (order: readonly Key[]): Paths => {
  const places = order.map((key, depth) => [
    key,
    order
      .slice(0, depth + 1)
      .map((each) => usual[each])
      .join("/"),
  ]);
  return { ...usual, ...(Object.fromEntries(places) as Partial<Paths>) };
};

const single = keys.flatMap((key) =>
  [".", "..", "../beside/own", usual.output_model_path, `${usual.output_model_path}/inside`, "config.json"].map(
    (path) => [key, path] as const,
  ),
);

const rows = (count: number, start: number): string =>
  [
    "x,word,y",
    ...Array.from(
      { length: count },
      (_, i) => `${(i * 7 + start) % 50},${i % 3 ? "a" : "b"},${(i * 7 + start) % 50 > 25 ? 1 : 0}`,
    ),
  ].join("\n");

function made(paths: Paths, folder: string): LifecycleWorkspace {
  const workspace = workspaceIn(join(folder, "workspace"));
  const { "watch.folder": watched, ...others } = paths;
  const config = { ...others, watch: { folder: watched }, target: "y", promotion: { beat_baseline: false } };
  const train = { models: [{ family: "logistic_regression" }] };
  workspace.write({ "config.json": JSON.stringify({ ...config, train, ingest: { accumulate: false } }) });
  return workspace;
}

/** Uses the workspace in every way, and makes a second one out of its backup. */
function round(paths: Paths): void {
  const folder = temporaryFolder();
  const workspace = made(paths, folder);
  const validated = workspace.run(["config", "validate"]);
  if (validated.status !== 0) {
    expect(validated.status).toBe(2);
    const named = keys.filter((key) => validated.stderr.includes(`${key}: found`));
    expect(named, validated.stderr).not.toEqual([]);
    return;
  }
  workspace.write({
    [`${paths.input_folder_path}/in.csv`]: rows(120, 0),
    [`${paths.test_data_path}/test.csv`]: rows(60, 3.5),
    [`${paths["watch.folder"]}/input/drop.csv`]: rows(5, 1),
  });
  const ingestedRows = (): number => workspace.json<{ dataset: { rows: number } }>("ingest", "--force").dataset.rows;
  expect(ingestedRows()).toBe(120);
  workspace.ok("fullprocess", "--force", "-q");
  // Nothing that the first run wrote is read as rows by the second.
  expect(ingestedRows()).toBe(120);
  workspace.ok("fullprocess", "--force", "-q");
  workspace.ok("watch", "--once");
  expect(existsSync(join(workspace.folder, paths["watch.folder"], "processed"))).toBe(true);
  workspace.ok("verify");
  workspace.ok("prune");
  workspace.ok("verify");
  const archive = join(temporaryFolder(), "backup.tar.gz");
  workspace.ok("backup", archive, "--inputs");
  const isOutside = keys.some((key) =>
    relative(workspace.folder, resolve(workspace.folder, paths[key])).startsWith(".."),
  );
  const other = workspaceIn(join(temporaryFolder(), "workspace"));
  const restored = emptyWorkspace().run(["restore", archive, other.folder]);
  expect([restored.status, restored.stderr]).toEqual(
    isOutside ? [2, expect.stringContaining("has folders outside the workspace")] : [0, expect.any(String)],
  );
  for (const each of isOutside ? [] : [other]) {
    each.ok("verify");
    expect(each.json<{ runs: unknown[] }>("runs", "list").runs.length).toBeGreaterThan(0);
    expect(each.read(join(paths.test_data_path, "test.csv"))).toBe(rows(60, 3.5));
    expect(each.run(["predict", "-"], { input: "x,word\n1,a\n" }).stdout).toMatch(
      /^x,word,prediction,probability\n1,a,0,/,
    );
    each.ok("fullprocess", "--force", "-q");
    each.ok("verify");
  }
  expect(dirname(archive)).not.toBe(workspace.folder);
}

describe("path settings work in every command, or are refused by name", () => {
  it.each(styles)("with %s", (_, path) => {
    round(Object.fromEntries(keys.map((key) => [key, path(key)])) as Paths);
  });

  it.each(chains.map((order) => [order.map((key) => usual[key]).join(" > "), order] as const))(
    "nested as %s",
    (_, order) => {
      round(nested(order));
    },
  );

  it.each(single)("%s set to %s", (key, path) => {
    round({ ...usual, [key]: path });
  });
});
