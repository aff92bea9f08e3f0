import { describe, expect, it } from "vitest";
import { consistencyProblems } from "./consistencyProblems.ts";
import { configSchema } from "../schema/schema.ts";

const problems = (changes: object): string[] =>
  consistencyProblems(configSchema().parse({ target: "y", ...changes })).map(
    ({ path, message }) => `${path}: ${message}`,
  );

describe("costs", () => {
  it("are needed wherever the metric cost is asked for", () => {
    const asked = {
      train: { metric: "cost" },
      promotion: { require: { cost: { max: 5 } } },
      monitor: { require: { cost: { max: 5 } } },
    };
    const message = 'found "cost", but "costs" says nothing of what answers cost';
    expect(problems(asked)).toEqual([
      `train.metric: ${message}`,
      `promotion.require.cost: ${message}`,
      `monitor.require.cost: ${message}`,
    ]);
    expect(problems({ ...asked, costs: { false_negative: 50 } })).toEqual([]);
  });

  it("that are all 0 would make every model equal", () => {
    expect(problems({ costs: { currency: "EUR" } })).toEqual([
      'costs: found no figure but 0; give "false_positive", "false_negative", …',
    ]);
  });
});

describe("aliases", () => {
  it("mean one run each: a name stands in one list once", () => {
    const promotion = { aliases: ["champion"], top: ["best", "champion", "best"], always_alias: ["best"] };
    expect(problems({ promotion })).toEqual([
      'promotion.top.1: found "champion", which promotion.aliases has already',
      'promotion.top.2: found "best", which promotion.top has already',
      'promotion.always_alias.0: found "best", which promotion.top has already',
    ]);
  });
});
