/** What a server has used of the processors so far. */
import { readFileSync } from "node:fs";

/** Of a process and its children; Linux counts in hundredths of a second. */
export function cpuSeconds(pid) {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ")
    .slice(11, 13);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  return (Number(user) + Number(system)) / 100 + children.reduce((sum, each) => sum + cpuSeconds(each), 0);
}
