import { describe, expect, it } from "vitest";
import { consistencyProblems } from "./consistencyProblems.ts";
import { configSchema } from "../schema/schema.ts";

const problems = (changes: object): string[] =>
  consistencyProblems(configSchema().parse({ target: "y", ...changes }), "/home/me/work/config.json").map(
    ({ path, message }) => `${path}: ${message}`,
  );

describe("costs", () => {
  it("are required if the metric cost is used", () => {
    const changes = {
      train: { metric: "cost" },
      promotion: { require: { cost: { max: 5 } } },
      monitor: { require: { cost: { max: 5 } } },
    };
    const message = 'found "cost", but "costs" is not set';
    expect(problems(changes)).toEqual([
      `train.metric: ${message}`,
      `promotion.require.cost: ${message}`,
      `monitor.require.cost: ${message}`,
    ]);
    expect(problems({ ...changes, costs: { false_negative: 50 } })).toEqual([]);
  });

  it("must not all be 0, which would make all models equal", () => {
    expect(problems({ costs: { currency: "EUR" } })).toEqual([
      'costs: all costs are 0; set "false_positive", "false_negative", …',
    ]);
  });
});

describe("aliases", () => {
  it("must be unique across and within the lists", () => {
    const promotion = { aliases: ["champion"], top: ["best", "champion", "best"], always_alias: ["best"] };
    expect(problems({ promotion })).toEqual([
      'promotion.top.1: found "champion", which promotion.aliases already uses',
      'promotion.top.2: found "best", which promotion.top already uses',
      'promotion.always_alias.0: found "best", which promotion.top already uses',
    ]);
  });
});
