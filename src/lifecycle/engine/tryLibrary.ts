/** Loads a library in a separate process, because it may crash. */
import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { projectRoot } from "../../core/projectRoot.ts";

/** Maximum time to load a library. */
const TRIAL_MILLISECONDS = 60_000;

interface Trial {
  /** Null if it cannot be used. */
  readonly version: string | null;
  readonly reason: string;
}

/** Runs in the library's folder, so that nothing in the current folder is loaded with it. */
export function tryLibrary(library: string): Promise<Trial> {
  const module = new URL("dist/estimators/xgboost/engines/native/nativeLibrary.js", projectRoot).href;
  const code = `const [module, library] = process.argv.slice(1);
    import(module).then(({ libraryVersion }) => process.stdout.write(libraryVersion(library)));`;
  const args = ["--input-type=module", "-e", code, module, library];
  const options = { timeout: TRIAL_MILLISECONDS, cwd: dirname(library) };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve({ version: stdout, reason: "" });
      const words = /^\w*Error: (.*)$/m.exec(stderr)?.[1];
      resolve({ version: null, reason: words ?? (error.signal ? `it crashes (${error.signal})` : error.message) });
    });
  });
}

export function unusable(reason: string, platform = process.platform): MlctlError {
  let hint = "nothing was installed; the WebAssembly engine needs no library";
  if (platform === "darwin" && /libomp/.test(reason)) {
    hint = "it needs OpenMP: run `brew install libomp`, then try again";
  } else if (platform === "win32") {
    hint = "it needs the Microsoft Visual C++ Redistributable (https://aka.ms/vc14): install it, then try again";
  }
  return new MlctlError("failure", `the library in the wheel cannot be used on this machine: ${reason}`, { hint });
}
