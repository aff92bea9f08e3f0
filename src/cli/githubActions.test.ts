import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { random } from "../core/random.ts";
import { brokenText, hostileText } from "../testing/hostileText.ts";
import { githubActions } from "./githubActions.ts";

const folder = mkdtempSync(join(tmpdir(), "mlctl-runner-"));
afterAll(() => rmSync(folder, { recursive: true }));

const chance = random(3);
const texts = Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? brokenText(chance) : hostileText(chance)));

it("an annotation is one workflow command with the exact title and message", () => {
  const unescaped = (text: string): string =>
    text.replace(/%(25|0D|0A|3A|2C)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  for (const text of texts) {
    const written: string[] = [];
    const environment = { GITHUB_ACTIONS: "true" };
    githubActions({ environment, title: text, write: (line) => written.push(line) }).fail(text);
    expect(written).toHaveLength(1);
    // As the runner reads it: properties are separated by commas, and end at the first `::`.
    const [, level, properties, data] = /^::(\w+) ([^\n\r]*?)::([^\n\r]*)$/.exec(written[0]!)!;
    expect([level, unescaped(data!)]).toEqual(["error", text]);
    expect(properties!.split(",").map((property) => unescaped(property))).toEqual([`title=${text}`]);
  }
});

it("a summary has the same lines and cells for every string, and no HTML, code or link", () => {
  const summary = (text: string): string => {
    const path = join(folder, "summary.md");
    rmSync(path, { force: true });
    const view = {
      title: `t ${text}`,
      fields: [[text, text]] as const,
      tables: [{ title: text, columns: [text, "b"], rows: [[text, 1]] }],
      notes: [text],
    };
    githubActions({ environment: { GITHUB_STEP_SUMMARY: path }, title: "mlctl score", write: () => {} }).summarize(
      view,
    );
    return readFileSync(path, "utf8");
  };
  const shape = (markdown: string): (string | number)[] =>
    markdown
      .split("\n")
      .map((line) => (line.startsWith("| ") ? (line.match(/(?<!\\)(\\\\)*\|/g) ?? []).length : line.slice(0, 2)));
  const harmless = shape(summary("x"));
  expect(harmless.filter((each) => each === 3)).toHaveLength(6);
  for (const text of texts) {
    const written = summary(text);
    const lines = shape(written);
    expect(lines.filter((each) => each === 3)).toHaveLength(6);
    expect(lines.length, JSON.stringify(written)).toBe(harmless.length);
    const active = written
      .replace(/\\[\\`*<&|\]]/g, "")
      .replaceAll("**", "")
      .match(/[`<&*]|\]\(/g);
    expect(active).toBeNull();
  }
});
