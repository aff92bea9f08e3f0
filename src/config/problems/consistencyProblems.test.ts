import { describe, expect, it } from "vitest";
import { consistencyProblems, tokenProblems } from "./consistencyProblems.ts";
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
    expect(problems({ costs: { false_positive: -8, false_negative: -120 } })).toEqual([
      "costs: both mistakes are gains (-8 and -120); write what they cost as positive numbers",
    ]);
    expect(problems({ costs: { false_positive: 8, false_negative: 120, true_positive: -40 } })).toEqual([]);
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

describe("tokens", () => {
  const messages = (serve: object): string[] =>
    tokenProblems(configSchema().parse({ target: "y", serve })).map(({ path, message }) => `${path}: ${message}`);
  const withTokens = (token: string | null, ...tokens: readonly string[]): object => ({
    token,
    tokens: tokens.map((each) => ({ name: "n", token: each, scopes: ["read"] })),
  });

  it("have at least 16 signs that a header can carry; the message does not contain them", () => {
    const tokens = ["short", "words with blanks in it", "tab\tand-line-break", "umlauts-äöü-äöü-äöü"];
    const found = messages(withTokens("x", ...tokens));
    expect(found[0]).toBe(
      "serve.token: found 1 characters; a token has at least 16 letters, digits and special characters: make one with `openssl rand -hex 32`",
    );
    expect(found.filter((each) => each.includes("openssl rand -hex 32"))).toHaveLength(5);
    expect(tokens.filter((token) => found.some((each) => each.includes(token)))).toEqual([]);
    expect(messages(withTokens("a1!~/+=._-{}|\\:;"))).toEqual([]);
  });

  it("are not the name of a variable, and differ", () => {
    expect(messages(withTokens("$TOKEN_OF_THE_SERVER"))).toEqual([
      'serve.token: found the name of a variable; write it as "${TOKEN_OF_THE_SERVER}"',
    ]);
    const twice = "0123456789abcdef";
    expect(messages(withTokens(twice, "fedcba9876543210", twice))).toEqual([
      "serve.tokens.1.token: the same token as serve.token; each caller needs one of its own",
    ]);
  });
});
