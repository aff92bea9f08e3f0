import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MlctlError } from "../../core/errors.ts";
import type { Model } from "../../core/records/model.ts";
import { temporaryFolder } from "../../testing/exampleRecords.ts";
import { formatJson, parseModel, readModel, serializeModel } from "./modelFile.ts";

function model(change: Partial<Model> = {}): Omit<Model, "sha256"> {
  return {
    format: "mlctl-model",
    version: 1,
    codeVersion: "0.1.0",
    signature: {
      inputs: [{ name: 'say "}"', kind: "number", missingShare: 0.1, minimum: -0.5, maximum: 1e300 }],
      target: { name: "exited", task: "binary", classes: ["0", "1"] },
      reading: { nullValues: [""], normalizeNames: false },
    },
    transforms: [{ type: "standardize", state: { mean: [1 / 3], scale: [5e-324] } }],
    estimator: {
      family: "xgboost",
      params: {},
      featureNames: ["a"],
      task: "binary",
      classCount: 2,
      state: { left: Array.from({ length: 40 }, (_, i) => i), empty: [], none: {} },
    },
    baseline: {
      family: "baseline",
      params: {},
      featureNames: ["a"],
      task: "binary",
      classCount: 2,
      state: {},
    },
    threshold: 0.5,
    metrics: { f1: 0.5, roc_auc: null },
    importance: [["a", 1]],
    lineage: {
      datasetSha256: "d",
      configSha256: "c",
      seed: 42,
      featureSet: "all",
      trainingRows: 20,
      validationRows: 6,
    },
    reference: { rows: 26, columns: {}, prediction: null },
    ...change,
  };
}

function failure(text: string): MlctlError {
  try {
    parseModel(text, "m.json");
  } catch (error) {
    if (error instanceof MlctlError) return error;
  }
  throw new Error("no MlctlError was thrown");
}

describe("the model file", () => {
  it("has the same bytes for the same model, and reads back unchanged", () => {
    const text = serializeModel(model());
    expect(serializeModel(structuredClone(model()))).toBe(text);
    const path = join(temporaryFolder(), "m.json");
    writeFileSync(path, text);
    const { sha256, ...rest } = readModel(path);
    expect(rest).toEqual(model());
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    // A model that was read, including its checksum, is written unchanged.
    expect(serializeModel(readModel(path))).toBe(text);
  });

  it("has lists of numbers in rows of sixteen, and the checksum last", () => {
    const lines = serializeModel(model()).split("\n");
    expect(lines).toContain("        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,");
    expect(lines).toContain("        32, 33, 34, 35, 36, 37, 38, 39");
    expect(lines).toContain('      "classes": ["0", "1"]');
    expect(lines.at(-3)).toMatch(/^ {2}"sha256": "[0-9a-f]{64}"$/);
  });

  it("can still be read if spaces or line ends were changed, because only the content counts", () => {
    const text = serializeModel(model());
    expect(parseModel(text.replaceAll("\n", "\r\n"), "m.json").threshold).toBe(0.5);
    expect(parseModel(JSON.stringify(JSON.parse(text)), "m.json").threshold).toBe(0.5);
  });

  it("is rejected after any edit of a value", () => {
    const text = serializeModel(model());
    expect(failure(text.replace('"threshold": 0.5', '"threshold": 0.4'))).toMatchObject({
      kind: "data",
      message: "the model m.json was edited: its content does not match its checksum",
      hint: "restore the file from a backup, or run `mlctl train`",
    });
    expect(failure(text.replace('  "sha256": "', '  "sha256": "0')).message).toContain("was edited");
    expect(failure(text.replace(/,\n {2}"sha256".*\n/, "\n")).message).toContain("was edited");
    expect(failure(text.replace('"threshold": 0.5', '"note": 1,\n  "threshold": 0.5')).message).toContain("was edited");
  });

  it("is reported as truncated at every length", () => {
    const text = serializeModel(model());
    for (let length = 1; length < text.length - 2; length++) {
      expect(failure(text.slice(0, length)).message).toBe(`the model m.json is truncated after ${length} characters`);
    }
  });

  it("is reported as changed if bytes follow it", () => {
    expect(failure(`${serializeModel(model())}x`)).toMatchObject({
      message: "the model m.json was changed: it is not JSON any more",
      hint: "restore the file from a backup, or run `mlctl train`",
    });
  });

  it("has different errors for a missing file, an empty one, another file and a newer version", () => {
    expect(() => readModel("/nowhere/m.json")).toThrow("there is no model /nowhere/m.json");
    expect(failure("\n").message).toBe("the model m.json is empty");
    expect(failure("a,b\n1,2\n").message).toBe("m.json is not an mlctl model: it is not JSON");
    expect(failure('{"kind": "run"}').message).toBe("m.json is not an mlctl model");
    expect(failure("[1]").message).toBe("m.json is not an mlctl model");
    expect(failure("null").message).toBe("m.json is not an mlctl model");
    expect(failure('{"format": "mlctl-model", "version": 2, "codeVersion": "9.1.0", "more": 1}')).toMatchObject({
      kind: "data",
      message: "the model m.json was written by mlctl 9.1.0, format version 2; this mlctl reads up to 1",
      hint: "update mlctl",
    });
  });
});

describe("formatJson", () => {
  it("writes nested values that JSON.parse reads back", () => {
    const value = {
      numbers: [0, -1.5, 1e21, 2 ** -1074],
      texts: ['a "quoted" one', "ü\n", "x".repeat(120)],
      pairs: [
        ["a", 3],
        ["b", 4],
      ],
      objects: [{ a: [{}] }, {}],
      "1": null,
      long: Array.from({ length: 100 }, (_, i) => i / 7),
    };
    expect(JSON.parse(formatJson(value))).toEqual(value);
    expect(formatJson({ pairs: value.pairs })).toBe('{\n  "pairs": [\n    ["a", 3],\n    ["b", 4]\n  ]\n}\n');
    expect(formatJson({ a: undefined, b: 1 })).toBe('{\n  "b": 1\n}\n');
  });

  it("rejects a number that JSON cannot hold, with its path", () => {
    expect(() => formatJson({ a: [{ b: Number.NaN }] })).toThrow("a.0.b is NaN, which JSON cannot hold");
    expect(() => formatJson({ a: [1, Infinity] })).toThrow(TypeError);
  });
});
