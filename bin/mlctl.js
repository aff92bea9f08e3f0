#!/usr/bin/env node
/** Starts mlctl. Must load on Node 12 and newer, to report the required one before any native module is loaded. */
import { fileURLToPath } from "node:url";
import { isTooOld, OLDEST_NODE, runWithNodeOfClone } from "./nodeVersion.js";

const args = process.argv.slice(2);
if (!isTooOld()) {
  void import("./start.js").then(({ start }) => start(args));
} else if (!runWithNodeOfClone(fileURLToPath(import.meta.url), args)) {
  process.stderr.write(`error: mlctl needs Node.js ${OLDEST_NODE} or newer, this is ${process.version}\n`);
  process.stderr.write(
    "hint: install a newer one (https://nodejs.org), or run `npm start` in a clone, which installs it\n",
  );
  process.exit(1);
}
