import { describe, expect, it } from "vitest";
import { blockLines, withBlock } from "./crontab.ts";

const others = "MAILTO=ops@example.org\n# backup\n5 4 * * * /usr/bin/backup 100\\%\n\n@daily true\n";

describe("withBlock", () => {
  it("appends the block, changes nothing the second time, and keeps the rest byte for byte", () => {
    const first = withBlock(others, "/srv/a/config.json", ["1 * * * * a"]);
    expect(first.changed).toBe(true);
    expect(first.text.startsWith(others)).toBe(true);
    expect(blockLines(first.text, "/srv/a/config.json")).toEqual(["1 * * * * a"]);
    expect(withBlock(first.text, "/srv/a/config.json", ["1 * * * * a"])).toEqual({ text: first.text, changed: false });
    expect(withBlock(first.text, "/srv/a/config.json", []).text).toBe(others);
  });

  it("replaces the lines in place, even with other lines after the block, and keeps workspaces apart", () => {
    const a = withBlock(others, "/srv/a/config.json", ["1 * * * * a"]).text;
    const both = withBlock(`${a}9 9 * * * later\n`, "/srv/b/config.json", ["2 * * * * b"]).text;
    const changed = withBlock(both, "/srv/a/config.json", ["3 * * * * a", "4 * * * * a"]).text;
    expect(changed.split("\n").filter((line) => !line.startsWith("#"))).toEqual([
      ...others
        .split("\n")
        .filter((line) => !line.startsWith("#"))
        .slice(0, -1),
      "3 * * * * a",
      "4 * * * * a",
      "9 9 * * * later",
      "2 * * * * b",
      "",
    ]);
    expect(withBlock(withBlock(changed, "/srv/a/config.json", []).text, "/srv/b/config.json", []).text).toBe(
      `${others}9 9 * * * later\n`,
    );
  });

  it("accepts an empty crontab, and leaves an empty one", () => {
    const { text } = withBlock("", "/c.json", ["1 * * * * a"]);
    expect(text.split("\n")).toHaveLength(4);
    expect(withBlock(text, "/c.json", [])).toEqual({ text: "", changed: true });
    expect(withBlock("", "/c.json", [])).toEqual({ text: "", changed: false });
  });

  it("rejects a block with a missing or repeated marker, so that no foreign line is lost", () => {
    const { text } = withBlock(others, "/c.json", ["1 * * * * a"]);
    const lines = text.split("\n");
    for (const cut of [lines.slice(0, -2).join("\n"), text.replace(/# >>>.*\n/, ""), `${text}${text}`]) {
      expect(() => withBlock(cut, "/c.json", [])).toThrow("it needs one begin and one end marker");
    }
  });
});
