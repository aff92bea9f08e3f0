/** The version of mlctl, as package.json has it. */
import { readFileSync } from "node:fs";
import { projectRoot } from "../core/projectRoot.ts";

/** Two levels up from src/config and from dist/config alike. */
export function codeVersion(): string {
  const text = readFileSync(new URL("package.json", projectRoot), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
