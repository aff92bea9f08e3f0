import { describe, expect, it } from "vitest";
import { configJsonSchema, secrecyOf, secretSettings, type SchemaNode } from "./configJsonSchema.ts";
import { configSchema } from "./schema.ts";

/** Path of every string setting, "*" for any key or position. */
function stringPaths(node: SchemaNode, path: readonly string[] = []): string[][] {
  const { properties = {}, additionalProperties, items, anyOf = [], oneOf = [] } = node;
  return [
    ...(node.type === "string" && node.enum === undefined && node.const === undefined ? [[...path]] : []),
    ...Object.entries(properties).flatMap(([key, child]) => stringPaths(child, [...path, key])),
    ...[additionalProperties, items].flatMap((child) =>
      typeof child === "object" ? stringPaths(child, [...path, "*"]) : [],
    ),
    ...[...anyOf, ...oneOf].flatMap((branch) => stringPaths(branch, path)),
  ];
}

const settings = secretSettings(configSchema());

describe("secretSettings", () => {
  it("has every setting whose name is that of a secret: mark a new one with `secret` where it is defined", () => {
    const names =
      /token|password|secret|(^|_)key$|credential|authorization|header|url|smtp|command|source|address|^args$/i;
    // The key of a prediction in a response, and the command of mlctl that a job runs.
    const known = new Set(["serve.response_key", "watch.response_key", "schedule.*.command"]);
    const all = [...new Set(stringPaths(configJsonSchema()).map((path) => path.join(".")))];
    const alike = all.filter((path) => !known.has(path) && path.split(".").some((name) => names.test(name)));
    const open = alike.filter((path) => secrecyOf(settings, path.split(".")) === undefined);
    expect(alike.length).toBeGreaterThan(7);
    expect(open.filter((path) => !/^serve\.tokens\.\*\.(name|scopes)/.test(path))).toEqual([]);
  });

  it("makes a secret string writeOnly in the JSON Schema", () => {
    const json = JSON.stringify(configJsonSchema());
    const strings = settings.filter(({ secrecy }) => secrecy !== "arguments");
    expect(json.match(/"writeOnly":true/g)).toHaveLength(strings.length);
    expect(json).not.toContain('"secret":');
  });
});
