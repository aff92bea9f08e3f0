import { describe, expect, it } from "vitest";
import { wrapRemark } from "./terminal.ts";

describe("wrapRemark", () => {
  it("returns one line if the remark fits", () => {
    expect(wrapRemark("`mlctl train`", 40, "next: ")).toEqual(["next: `mlctl train`"]);
    expect(wrapRemark("", 40, "note: ")).toEqual(["note: "]);
  });

  it("breaks between words, and before a command rather than in it", () => {
    expect(wrapRemark("`mlctl schedule install` hands them to cron, `mlctl schedule run` runs", 36, "next: ")).toEqual([
      "next: `mlctl schedule install` hands",
      "      them to cron,",
      "      `mlctl schedule run` runs",
    ]);
  });

  it("puts a command that fits on no line on a separate line, without anything else", () => {
    const command = "cd demo && mlctl schedule install --systemd --output units";
    expect(wrapRemark(`set the target, then \`${command}\`, and look`, 40, "next: ")).toEqual([
      "next: set the target, then",
      command,
      "      and look",
    ]);
    expect(wrapRemark(`\`${command}\``, 40, "next: ")).toEqual(["next:", command]);
  });

  it("recognises commands after a backtick that belongs to a file name", () => {
    const command = "mlctl doctor --json";
    for (const name of ["a`b.csv", "`b.csv", "a`.csv"]) {
      expect(wrapRemark(`${name} is bad: \`${command}\` or (\`mlctl prune\`) helps`, 18, "")).toEqual([
        `${name} is bad:`,
        command,
        "or (`mlctl prune`)",
        "helps",
      ]);
    }
  });

  it("treats a single backtick as text", () => {
    expect(wrapRemark("a `b c d", 4, "")).toEqual(["a `b", "c d"]);
  });
});
