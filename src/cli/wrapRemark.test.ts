import { describe, expect, it } from "vitest";
import { wrapRemark } from "./wrapRemark.ts";

describe("wrapRemark", () => {
  it("is a remark on one line where it fits", () => {
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

  it("gives a command that fits no line one of its own, which is the command and nothing else", () => {
    const command = "cd demo && mlctl schedule install --systemd --output units";
    expect(wrapRemark(`set the target, then \`${command}\`, and look`, 40, "next: ")).toEqual([
      "next: set the target, then",
      command,
      "      and look",
    ]);
    expect(wrapRemark(`\`${command}\``, 40, "next: ")).toEqual(["next:", command]);
  });

  it("knows commands behind a backtick that belongs to the name of a file", () => {
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

  it("takes a backtick without a second one for text", () => {
    expect(wrapRemark("a `b c d", 4, "")).toEqual(["a `b", "c d"]);
  });
});
