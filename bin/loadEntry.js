/** Loads an entry point from the bundle, which opens far fewer files, or else from the compiled files. */
import { existsSync } from "node:fs";

/**
 * @param {string} name name of the entry point in the bundle, e.g. "main"
 * @param {string} compiled its path below dist/, e.g. "cli/main.js"
 */
export function loadEntry(name, compiled) {
  const bundled = new URL(`../dist/app/${name}.js`, import.meta.url);
  return import(existsSync(bundled) ? bundled : new URL(`../dist/${compiled}`, import.meta.url));
}
