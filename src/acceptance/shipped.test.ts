/** Files of the repository that the program can make itself are the ones it makes. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

it("ships the JSON Schema that `mlctl config schema` prints (else: npm run docs)", () => {
  const printed = execFileSync(process.execPath, [join(root, "bin/mlctl.js"), "config", "schema"], {
    encoding: "utf8",
  });
  expect(readFileSync(join(root, "config.schema.json"), "utf8")).toBe(printed);
});
