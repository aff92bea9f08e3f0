/** docs/ and the README: reference pages are those of this program, every command line is valid, every link leads somewhere. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { referencePages } from "../../scripts/docs/docs.ts";
import { usageError } from "../cli/commandLine.ts";
import { commands } from "../commands/index.ts";
import type { MlctlError } from "../core/errors.ts";

const root = resolve(import.meta.dirname, "../..");
const docs = join(root, "docs");
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(docs, { recursive: true, encoding: "utf8" }).map((path) => `docs/${path}`),
]
  .filter((path) => path.endsWith(".md"))
  .toSorted();

function textOf(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

describe("reference pages", () => {
  const expected = referencePages();

  it.each([...expected])("docs/%s is what `npm run docs` writes", (path, text) => {
    const committed = existsSync(join(docs, path)) ? readFileSync(join(docs, path), "utf8") : "";
    if (committed !== text) throw new Error(`docs/${path} differs from the program: run \`npm run docs\``);
  });

  it("has no page of a command that is gone", () => {
    const found = readdirSync(join(docs, "commands")).map((name) => `commands/${name}`);
    expect(
      found.filter((path) => !expected.has(path)),
      "run `npm run docs`",
    ).toEqual([]);
  });
});

it("messages of the program contain only valid command lines", async () => {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".ts") && !path.endsWith(".test.ts"),
  );
  const lines = sources.flatMap((path) => commandsInCode(textOf(join("src", path))));
  expect(lines.length).toBeGreaterThan(100);
  expect(await invalidLines(lines)).toEqual([]);
});

describe.each(pages)("%s", (page) => {
  it("contains only valid command lines", async () => {
    expect(await invalidLines(commandLines(textOf(page)))).toEqual([]);
  });

  it("links to pages and headings that exist", () => {
    const links = [...withoutBlocks(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
    const broken = links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(page, link));
    expect(broken).toEqual([]);
  });
});

async function invalidLines(lines: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const line of lines) {
    const words = line.split(/\s+/);
    // A command with subcommands alone, as in "`mlctl runs` lists …", is a mention.
    if (words.length === 1 && commands.some(({ name, subcommands }) => name === words[0] && subcommands)) continue;
    const error = await usageError(words);
    if (error !== undefined && !isMention(error)) problems.push(`mlctl ${line}: ${error.message}`);
  }
  return problems;
}

/** Between backticks, escaped in a template, or in <code>; what a template fills in becomes one word, and no command. */
function commandsInCode(source: string): string[] {
  const code = source.replace(/^\s*(\/?\*|\/\/).*$/gm, "");
  const spans = code.matchAll(/(?<!\\)`(mlctl [^`$\n]*)(?<!\\)`|\\`(mlctl [^`\n]*)\\`|<code>(mlctl [^<]*)<\/code>/g);
  const lines = Array.from(spans, ([, ...found]) =>
    found
      .join("")
      .replace(/^mlctl \$.*/, "")
      .replace(/\$\{[^}]*\}/g, "1"),
  );
  return commandLines(lines.map((line) => `\`${line}\``).join("\n"));
}

/** `mlctl <command> --help`, and a command that is named without its arguments. */
function isMention({ message }: MlctlError): boolean {
  return /only prints help|missing required argument|argument missing/.test(message);
}

/** What follows "mlctl" in code, up to the end of the command. Placeholders such as `mlctl <command>` are left out. */
function commandLines(text: string): string[] {
  const blocks = [...text.matchAll(/^```(?:sh|console)\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    block!.split("\n").filter((line) => !/^\s*#/.test(line) && (!block!.includes("$ ") || line.startsWith("$ "))),
  );
  const spans = [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!);
  const lines = [...blocks, ...spans].flatMap((line) => [
    ...withoutQuotes(line).matchAll(/(?<![\w./-])mlctl ((?:(?!\s\d*[<>])[^|;&()#])*)/g),
  ]);
  return lines.map(([, words]) => words!.trim()).filter((words) => words !== "" && !/[<[…]|\.\.\./.test(words));
}

/** A quoted string becomes one word. */
function withoutQuotes(line: string): string {
  return line.replace(/"[^"]*"|'[^']*'/g, (quoted) => quoted.slice(1, -1).replace(/[^\w=.,:@-]/g, "_"));
}

function withoutBlocks(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, "");
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", heading] = link.split("#");
  const target = path === "" ? page : relative(root, join(root, dirname(page), path));
  if (!existsSync(join(root, target))) return false;
  return heading === undefined || headingsOf(textOf(target)).includes(heading);
}

/** Headings as GitHub names them in links. */
function headingsOf(text: string): string[] {
  const titles = [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, title]) => title!.toLowerCase());
  return titles.map((title) => title.replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-"));
}
