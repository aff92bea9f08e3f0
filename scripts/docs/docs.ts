/**
 * `npm run docs`: writes the reference pages of docs/ and config.schema.json from the program itself, the source of
 * --help. Needs Node.js 22.18, which runs TypeScript.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { commands } from "../../src/commands/index.ts";
import { configJsonSchema } from "../../src/config/schema/configJsonSchema.ts";
import { knownNames } from "../../src/lifecycle/knownNames.ts";
import { commandIndex, commandPage } from "./commandPages.ts";
import { configurationPage } from "./configurationPage.ts";
import { modelsPage } from "./modelsPage.ts";

/** Text by path in docs/. */
export function referencePages(): ReadonlyMap<string, string> {
  const pages: [path: string, blocks: string[]][] = [
    ["commands/README.md", commandIndex()],
    ...commands.map((command): [string, string[]] => [`commands/${command.name}.md`, commandPage(command)]),
    ["configuration.md", configurationPage()],
    ["models-and-metrics.md", modelsPage()],
  ];
  const notice = "<!-- Written by `npm run docs`: change the source, not this page. -->";
  return new Map(pages.map(([path, blocks]) => [path, `${[notice, ...blocks].join("\n\n")}\n`]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const docs = fileURLToPath(new URL("../../docs", import.meta.url));
  rmSync(join(docs, "commands"), { recursive: true, force: true });
  for (const [path, text] of referencePages()) {
    mkdirSync(dirname(join(docs, path)), { recursive: true });
    writeFileSync(join(docs, path), text);
  }
  writeFileSync(join(docs, "../config.schema.json"), `${JSON.stringify(configJsonSchema(knownNames()), null, 2)}\n`);
}
