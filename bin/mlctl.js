#!/usr/bin/env node
/** Starts mlctl: the compile cache makes the second start faster where Node has it (22.1 and later). */
import * as nodeModule from "node:module";
import { loadBundle } from "./loadBundle.cjs";

if (Number(process.versions.node.split(".")[0]) < 20) {
  process.stderr.write(`error: mlctl needs Node.js 20 or newer, this is ${process.version}\n`);
  process.exit(1);
}
nodeModule.enableCompileCache?.();
try {
  // The bundle opens far fewer files; without it the compiled files do the same.
  const { main } = loadBundle("main") ?? (await import("../dist/cli/main.js"));
  await main(process.argv.slice(2));
} catch (error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND" || !error.message.includes("dist/cli/main.js")) throw error;
  process.stderr.write("error: mlctl is not built\nhint: run `npm install` or `npm run build` in its folder\n");
  process.exit(1);
}
