/** Loads an entry of the program: from the bundle, which opens far fewer files, else the compiled file itself. */
import { existsSync } from "node:fs";

/**
 * @param {string} name of the bundle's entry, e.g. "main"
 * @param {string} compiled the same below dist/, e.g. "cli/main.js"
 */
export function loadEntry(name, compiled) {
  const bundled = new URL(`../dist/app/${name}.js`, import.meta.url);
  return import(existsSync(bundled) ? bundled : new URL(`../dist/${compiled}`, import.meta.url));
}
