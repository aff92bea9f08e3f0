/** Finds users and passwords in ~/.netrc, which pip reads too. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { homeFolder, type Environment } from "../../core/userFolder.ts";

/** The address with the user and password of its host; unchanged if it has some, or the file has none for it. */
export function withNetrc(address: string, environment: Environment): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.username !== "") return address;
  for (const entry of read(environment).split(/(?:^|\s)(?=(?:machine|default)\s)/)) {
    const words = entry.trim().split(/\s+/);
    if (words[0] !== "machine" || words[1] !== url.hostname) continue;
    const after = (word: string): string => encodeURIComponent(words[words.indexOf(word, 2) + 1] ?? "");
    if (!words.includes("login", 2) || !words.includes("password", 2)) continue;
    [url.username, url.password] = [after("login"), after("password")];
    return url.href;
  }
  return address;
}

function read(environment: Environment): string {
  const named = environment.NETRC ?? "";
  const home = homeFolder(environment);
  const paths = named !== "" ? [named] : home === null ? [] : [join(home, ".netrc"), join(home, "_netrc")];
  for (const path of paths) {
    try {
      return readFileSync(path, "utf8").replace(/^\s*#.*$/gm, "");
    } catch {
      // The next one may be there.
    }
  }
  return "";
}
