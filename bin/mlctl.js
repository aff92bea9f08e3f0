#!/usr/bin/env node
/** Starts mlctl: the compile cache makes the second start faster where Node has it (22.1 and later). */
import * as nodeModule from "node:module";

if (Number(process.versions.node.split(".")[0]) < 20) {
  process.stderr.write(`error: mlctl needs Node.js 20 or newer, this is ${process.version}\n`);
  process.exit(1);
}
nodeModule.enableCompileCache?.();
try {
  // The bundle opens far fewer files; without it the compiled files do the same.
  const { main } = await import("../dist/app/main.js").catch(orCompiled);
  await main(process.argv.slice(2));
} catch (error) {
  if (!isMissing(error, "dist/cli/main.js")) throw error;
  process.stderr.write("error: mlctl is not built\nhint: run `npm install` or `npm run build` in its folder\n");
  process.exit(1);
}

function orCompiled(error) {
  if (!isMissing(error, "dist/app/main.js")) throw error;
  return import("../dist/cli/main.js");
}

function isMissing(error, file) {
  return error.code === "ERR_MODULE_NOT_FOUND" && error.message.includes(file);
}
