import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import { MlctlError } from "../core/errors.ts";
import { coloursFor } from "./textWidth.ts";
import { optionValue } from "./buildProgram.ts";
import { reportError } from "./reportError.ts";

const options = { colours: new Chalk({ level: 0 }), debug: false, version: "1.2.3" };

describe("reportError", () => {
  it("prints an error, its details and the next step", () => {
    const error = new MlctlError("notReady", "no model is deployed", {
      hint: "run `mlctl deploy`",
      details: ["a", "b"],
    });
    expect(reportError(error, options)).toEqual({
      text: "error: no model is deployed\n  a\n  b\nhint: run `mlctl deploy`\n",
      exitCode: 4,
    });
  });

  it("is one JSON object on one line with --json", () => {
    const error = new MlctlError("notReady", "no model is deployed", { hint: "run `mlctl deploy`", details: ["a\nb"] });
    const { text, exitCode } = reportError(error, { ...options, json: true });
    expect([exitCode, text.split("\n").length]).toEqual([4, 2]);
    expect(JSON.parse(text)).toEqual({
      error: "no model is deployed",
      kind: "notReady",
      details: ["a\nb"],
      hint: "run `mlctl deploy`",
      exit_code: 4,
    });
    const bug = JSON.parse(reportError(new TypeError("x"), { ...options, json: true, debug: true }).text) as object;
    expect(bug).toMatchObject({
      error: "TypeError: x",
      kind: "bug",
      exit_code: 1,
      stack: expect.stringContaining("at "),
    });
  });

  it("does not call a full disk a bug", () => {
    const error = Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
      syscall: "write",
    });
    expect(reportError(error, options)).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining("free some space"),
    });
  });

  it("calls anything else a bug with version and how to report, and shows the stack only with --debug", () => {
    const bug = new TypeError("x is undefined");
    const { text, exitCode } = reportError(bug, options);
    expect(exitCode).toBe(1);
    expect(text).toContain("error: TypeError: x is undefined\nthis is a bug in mlctl (mlctl 1.2.3, Node.js v");
    expect(text).not.toContain("    at ");
    expect(reportError(bug, { ...options, debug: true }).text).toContain("    at ");
  });

  it("reports the signal if a step stopped because of it", () => {
    const controller = new AbortController();
    controller.abort(new MlctlError("interrupted", "stopped by Ctrl-C"));
    const error = new DOMException("aborted", "AbortError");
    expect(reportError(error, { ...options, signal: controller.signal })).toMatchObject({ exitCode: 130 });
  });
});

const isColoured = (stream: object, environment: Record<string, string>, allowed = true) =>
  coloursFor(stream, environment, allowed).red("x") !== "x";

describe("coloursFor", () => {
  const screen = { isTTY: true, hasColors: () => true };
  it("is on for a terminal with colours", () => {
    expect(isColoured(screen, {})).toBe(true);
    expect(isColoured({ isTTY: true, hasColors: () => false }, {})).toBe(false);
    expect(isColoured({}, {})).toBe(false);
  });

  it("is off for NO_COLOR, TERM=dumb and --no-color, on for FORCE_COLOR even in a pipe", () => {
    expect(isColoured(screen, { NO_COLOR: "1" })).toBe(false);
    expect(isColoured(screen, { NO_COLOR: "" })).toBe(true);
    expect(isColoured(screen, { TERM: "dumb" })).toBe(false);
    expect(isColoured({}, { FORCE_COLOR: "1" })).toBe(true);
    expect(isColoured(screen, { FORCE_COLOR: "0" })).toBe(false);
    expect(isColoured(screen, { FORCE_COLOR: "1" }, false)).toBe(false);
  });
});

describe("optionValue", () => {
  it("reads durations in milliseconds and numbers as numbers", () => {
    const wait = ["--wait <time>", "", { type: "duration" }] as const;
    expect(["10m", "1.5s", "2h"].map((text) => optionValue(text, wait))).toEqual([600_000, 1500, 7_200_000]);
    expect(optionValue("0.5", ["--x <n>", "", { type: "number" }])).toBe(0.5);
  });

  it.each([
    [
      ["--wait <time>", "", { type: "duration" }],
      "10",
      '--wait: found "10", allowed a duration such as 30s, 10m or 2h',
    ],
    [["-n, --rows <n>", "", { type: "integer" }], "1.5", '--rows: found "1.5", allowed a whole number'],
    [["--x <n>", "", { type: "number" }], "", '--x: found "", allowed a number'],
    [["--format <f>", "", { choices: ["csv", "jsonl"] }], "cvs", '--format: found "cvs", allowed csv, jsonl'],
  ] as const)("rejects a value that does not fit %j", (option, text, message) => {
    expect(() => optionValue(text, option)).toThrow(message);
  });
});
