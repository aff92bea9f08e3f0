import { describe, expect, it } from "vitest";
import { withBlock } from "./crontab.ts";

const others = "MAILTO=ops@example.org\n# backup\n5 4 * * * /usr/bin/backup 100\\%\n\n@daily true\n";

describe("withBlock", () => {
  it("puts the block first, changes nothing the second time, and keeps the rest byte for byte", () => {
    const first = withBlock(others, "/srv/a/config.json", ["1 * * * * a"]);
    expect(first.changed).toBe(true);
    expect(first.text.endsWith(others)).toBe(true);
    const before = ["1 * * * * a"];
    expect(withBlock(first.text, "/srv/a/config.json", before)).toEqual({ text: first.text, changed: false, before });
    expect(withBlock(first.text, "/srv/a/config.json", []).text).toBe(others);
  });

  it("replaces the lines in place, even with other lines after the block, and keeps workspaces apart", () => {
    const a = withBlock(others, "/srv/a/config.json", ["1 * * * * a"]).text;
    const both = withBlock(`${a}9 9 * * * later\n`, "/srv/b/config.json", ["2 * * * * b"]).text;
    const changed = withBlock(both, "/srv/a/config.json", ["3 * * * * a", "4 * * * * a"]).text;
    expect(changed.split("\n").filter((line) => !line.startsWith("#"))).toEqual([
      "2 * * * * b",
      "3 * * * * a",
      "4 * * * * a",
      ...others
        .split("\n")
        .filter((line) => !line.startsWith("#"))
        .slice(0, -1),
      "9 9 * * * later",
      "",
    ]);
    expect(withBlock(withBlock(changed, "/srv/a/config.json", []).text, "/srv/b/config.json", []).text).toBe(
      `${others}9 9 * * * later\n`,
    );
  });

  it("accepts an empty crontab, and leaves an empty one", () => {
    const { text } = withBlock("", "/c.json", ["1 * * * * a"]);
    expect(text.split("\n")).toHaveLength(4);
    expect(withBlock(text, "/c.json", [])).toEqual({ text: "", changed: true, before: ["1 * * * * a"] });
    expect(withBlock("", "/c.json", [])).toEqual({ text: "", changed: false, before: [] });
  });

  it("rejects a block with a missing or repeated marker, so that no foreign line is lost", () => {
    const { text } = withBlock(others, "/c.json", ["1 * * * * a"]);
    for (const cut of [text.replace(/# <<<.*\n/, ""), text.replace(/# >>>.*\n/, ""), `${text}${text}`]) {
      expect(() => withBlock(cut, "/c.json", [])).toThrow("it needs one begin and one end marker");
    }
  });
});
