import { describe, expect, it } from "vitest";
import { configJsonSchema, schemaNodesAt, type SchemaNode } from "./configJsonSchema.ts";
import { templateText, templates } from "../configTemplate.ts";
import { settingPaths } from "../environmentSettings.ts";
import { parseJsonc } from "../jsonc.ts";
import { configSchema } from "./schema.ts";
import { variableOf } from "../variablesFile.ts";

const known = { families: ["xgboost"], metrics: ["f1"], features: ["one_hot"] };

/** Paths of keys without a description. */
function undescribed(node: SchemaNode, path = ""): string[] {
  const branches = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.items ? [node.items] : [])];
  const values = typeof node.additionalProperties === "object" ? [node.additionalProperties] : [];
  const properties = Object.entries(node.properties ?? {});
  return [
    ...properties.filter(([key, child]) => !child.description && key !== "type").map(([key]) => `${path}.${key}`),
    ...properties.flatMap(([key, child]) => undescribed(child, `${path}.${key}`)),
    ...[...branches, ...values].flatMap((child) => undescribed(child, path)),
  ];
}

describe("configJsonSchema", () => {
  it("describes every key", () => {
    expect(undescribed(configJsonSchema())).toEqual([]);
  });

  it("requires only the target, allows no unknown key and lists the known names", () => {
    const schema = configJsonSchema(known) as SchemaNode & { required: string[] };
    expect(schema.required).toEqual(["target"]);
    expect(schema.additionalProperties).toBe(false);
    expect(schemaNodesAt(schema, ["train", "models", 0, "family"])[0]?.enum).toEqual(["xgboost"]);
    expect(schemaNodesAt(schema, ["train", "metric"]).map(({ enum: names, type }) => names ?? type)).toEqual([
      ["f1"],
      "null",
    ]);
  });

  it("gives every key a unique environment variable", () => {
    const variables = settingPaths(configJsonSchema()).map((path) => variableOf(path.join(".")));
    expect(variables).toContain("MLCTL_INPUT_FOLDER_PATH");
    expect(variables).toContain("MLCTL_PROMOTION_BEAT_BASELINE");
    expect(new Set(variables).size).toBe(variables.length);
  });
});

describe("configTemplate", () => {
  it.each(templates)("%s passes the schema", (template) => {
    expect(configSchema().safeParse(parseJsonc(templateText(template), template).value).error).toBeUndefined();
  });
});
