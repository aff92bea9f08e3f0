/** The version of mlctl in package.json. */
import { readFileSync } from "node:fs";
import { projectRoot } from "../core/projectRoot.ts";

export function codeVersion(): string {
  const text = readFileSync(new URL("package.json", projectRoot), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
