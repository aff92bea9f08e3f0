import type { ParamSpec } from "../core/paramSpec.ts";
import { describe, expect, it } from "vitest";
import { MlctlError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { resolveParams } from "./fittedState.ts";

const specs: readonly ParamSpec[] = [
  { name: "depth", type: "integer", default: 6, minimum: 1, maximum: 9, description: "" },
  { name: "rate", type: "number", default: 0.3, minimum: 0, exclusiveMinimum: true, maximum: 1, description: "" },
  { name: "method", type: "choice", default: "exact", choices: ["exact", "hist"], description: "" },
  { name: "weight", type: "choice", default: null, choices: ["balanced"], description: "" },
  { name: "intercept", type: "boolean", default: true, description: "" },
];

function errorFor(given: JsonObject): MlctlError {
  try {
    resolveParams(specs, given, "forest");
  } catch (error) {
    if (error instanceof MlctlError) return error;
  }
  throw new Error("no error was thrown");
}

describe("resolveParams", () => {
  it("fills in the defaults, in the order of the specs", () => {
    const resolved = resolveParams(specs, { rate: 1, depth: 2 }, "forest");
    expect(JSON.stringify(resolved)).toBe('{"depth":2,"rate":1,"method":"exact","weight":null,"intercept":true}');
  });

  it("suggests the closest parameter", () => {
    const error = errorFor({ dept: 3 });
    expect(error).toMatchObject({ kind: "usage", message: 'unknown parameter "dept" for forest' });
    expect(error.hint).toBe('did you mean "depth"?');
  });

  it("lists all parameters if none is close", () => {
    expect(errorFor({ zzz: 3 }).hint).toBe("known: depth, rate, method, weight, intercept");
  });

  it.each([
    [{ depth: 0 }, 'parameter "depth" of forest is 0', "allowed: a whole number at least 1, at most 9"],
    [{ depth: 2.5 }, 'parameter "depth" of forest is 2.5', "allowed: a whole number at least 1, at most 9"],
    [{ depth: "3" }, 'parameter "depth" of forest is "3"', "allowed: a whole number at least 1, at most 9"],
    [{ rate: 0 }, 'parameter "rate" of forest is 0', "allowed: a number above 0, at most 1"],
    [{ rate: null }, 'parameter "rate" of forest is null', "allowed: a number above 0, at most 1"],
    [{ method: "hits" }, 'parameter "method" of forest is "hits"', 'did you mean "hist"?'],
    [{ weight: 2 }, 'parameter "weight" of forest is 2', 'allowed: "balanced" or null'],
    [{ intercept: 1 }, 'parameter "intercept" of forest is 1', "allowed: true or false"],
  ])("rejects %j and names the allowed values", (given, message, hint) => {
    expect(errorFor(given)).toMatchObject({ kind: "usage", message, hint });
  });

  it("reports all problems at once", () => {
    const error = errorFor({ depth: 0, rat: 1 });
    expect(error.message).toBe("2 invalid parameters for forest");
    expect(error.details).toEqual([
      'unknown parameter "rat" for forest: did you mean "rate"?',
      'parameter "depth" of forest is 0: allowed: a whole number at least 1, at most 9',
    ]);
  });
});
