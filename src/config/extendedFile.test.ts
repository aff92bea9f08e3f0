import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { describeSettings } from "./describeSettings.ts";
import { loadConfig, type LoadedConfig } from "./loadConfig.ts";

let folder: string;
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Loads prod/config.json of the given files. */
function load(files: Readonly<Record<string, object | string>>, environment = {}): Promise<LoadedConfig> {
  folder = mkdtempSync(join(tmpdir(), "mlctl-extends-"));
  for (const [path, content] of Object.entries(files)) {
    const text = typeof content === "string" ? content : JSON.stringify(content, null, 1);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return loadConfig({ directory: join(folder, "prod"), environment });
}

const refusal = (files: Readonly<Record<string, object | string>>): Promise<unknown> =>
  load(files).then(
    () => "loaded",
    (error: { message: string; details: readonly string[] }) => [error.message, ...error.details].join("\n"),
  );

it("merges objects, replaces lists, and names the file and line of each value", async () => {
  const loaded = await load({
    "common/all.json":
      '{\n "target": "y",\n "train": { "seed": 1, "metric": "f1" },\n "id_columns": ["a", "b"],\n "name": "all" }',
    "base.json": '{\n "extends": "common/all.json",\n "train": {\n  "seed": 2 },\n "output_model_path": "m" }',
    "prod/config.json":
      '{\n "extends": "../base.json", "id_columns": ["c"],\n\n "name": "prod",\n "serve": { "port": 9 } }',
  });
  const { config, bases, directory } = loaded;
  expect(config).toMatchObject({ target: "y", train: { seed: 2, metric: "f1" }, id_columns: ["c"], name: "prod" });
  expect(config).not.toHaveProperty("extends");
  expect(bases).toEqual([join(folder, "base.json"), join(folder, "common/all.json")]);
  // A folder that the base names is a folder of this workspace.
  expect([directory, config.output_model_path]).toEqual([join(folder, "prod"), "m"]);
  const source = Object.fromEntries(describeSettings(loaded).map(({ key, source: from }) => [key, from]));
  expect(source).toMatchObject({
    target: "../common/all.json:2",
    "train.metric": "../common/all.json:3",
    "train.seed": "../base.json:4",
    id_columns: "config.json:2",
    name: "config.json:4",
    "serve.port": "config.json:5",
    "serve.host": "default",
  });
});

it("names the place of an error in a base, and takes variables before it", async () => {
  const files = {
    "base.json": '{\n "target": "y",\n "train": { "seed": "one" } }',
    "prod/config.json": { extends: "../base.json" },
  };
  expect(await refusal(files)).toContain("../base.json:3: train.seed:");
  const { config } = await load({ ...files, "base.json": { target: "y" } }, { MLCTL_TARGET: "z" });
  expect(config.target).toBe("z");
});

it("refuses a missing base, a circle and what is no path", async () => {
  expect(await refusal({ "prod/config.json": { target: "y", extends: "../base.json" } })).toMatch(
    /^config\.json:3: extends: there is no file .*base\.json/,
  );
  const circle = { "a.json": { extends: "prod/config.json" }, "prod/config.json": { extends: "../a.json" } };
  expect(await refusal(circle)).toContain("config.json → ../a.json → config.json");
  expect(await refusal({ "prod/config.json": { target: "y", extends: 3 } })).toContain("extends: expected the path");
  expect(await refusal({ "base.json": "{", "prod/config.json": { extends: "../base.json" } })).toContain(
    "../base.json is not valid JSON",
  );
});

it("asks for trust again when the base calls something else", async () => {
  const hashOf = async (url: string): Promise<string[]> => {
    const base = { target: "y", alerts: [{ type: "webhook", url }] };
    const { trust } = await load({ "base.json": base, "prod/config.json": { extends: "../base.json" } });
    expect(trust.refusal("alerts.0")?.message).toContain("not trusted");
    // Another XDG_STATE_HOME remembers nothing of it.
    expect(trust.refusal("alerts.0")?.hint).toMatch(/what you allow is remembered in .*trusted$/);
    return trust.hooks.map(({ sha256 }) => sha256);
  };
  const [first, same, other] = [await hashOf("http://a/"), await hashOf("http://a/"), await hashOf("http://b/")];
  expect(first).toHaveLength(1);
  expect([same, other]).toEqual([first, expect.not.arrayContaining(first)]);
});
