/** What has to be equal on two machines so that the same task has the same result, to the last bit. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { codeVersion } from "../../config/codeVersion.ts";
import { nativeLibraries } from "../../estimators/xgboost/engines/chooseEngine.ts";
import { searchThread } from "../../pipeline/search/trialPool.ts";

/** The version of mlctl, and a hash of its code, of the JavaScript engine, and of libxgboost: "0.1.0-3fa2c1". */
export async function computeVersion(): Promise<string> {
  const { used } = await nativeLibraries();
  // Builds of one version differ in size, and a hash of 200 MB would take a second.
  const library = used === null ? null : [used.version, statSync(used.path).size];
  const { arch, platform, versions } = process;
  const parts = [readFileSync(searchThread, "base64"), arch, platform, versions.v8, library];
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return `${codeVersion()}-${hash.slice(0, 6)}`;
}
