import { describe, expect, it } from "vitest";
import { terminal, type OutputForm } from "./terminal.ts";

const outcome = {
  result: { modelPath: "models/m.json", f1: NaN },
  view: {
    title: "trained",
    tables: [{ columns: ["family", "f1"], rows: [["xgboost", 0.123456]] }],
    next: "run `mlctl score`",
  },
};

function shown(form: OutputForm, { isTTY = false, quiet = false, streamed = false } = {}) {
  const written = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    isTTY,
    columns: 80,
    write: (text: string | Uint8Array) => {
      written[name] += String(text);
      return true;
    },
  });
  const screen = terminal({ stdout: stream("stdout"), stderr: stream("stderr"), environment: {}, colour: true, quiet });
  screen.show({ ...outcome, streamed }, form);
  return written;
}

describe("terminal", () => {
  it("on a terminal, prints title and table on stdout and the next step on stderr", () => {
    expect(shown("auto", { isTTY: true })).toEqual({
      stdout: "trained\n\nfamily       f1\nxgboost  0.1235\n",
      stderr: "\nnext: run `mlctl score`\n",
    });
  });

  it("in a pipe, prints only data on stdout and the rest on stderr", () => {
    expect(shown("auto")).toEqual({
      stdout: "family\tf1\nxgboost\t0.123456\n",
      stderr: "trained\nnext: run `mlctl score`\n",
    });
    expect(shown("auto", { quiet: true })).toEqual({ stdout: "family\tf1\nxgboost\t0.123456\n", stderr: "" });
  });

  it("prints one JSON document with --json, on one line in a pipe", () => {
    expect(shown("json")).toEqual({ stdout: '{"model_path":"models/m.json","f1":null}\n', stderr: "" });
    expect(JSON.parse(shown("json", { isTTY: true }).stdout)).toEqual({ model_path: "models/m.json", f1: null });
  });

  it("prints nothing on stdout after a command streamed rows there", () => {
    const { stdout, stderr } = shown("json", { streamed: true });
    expect(stdout).toBe("");
    expect(stderr).toContain("trained\n");
  });
});
