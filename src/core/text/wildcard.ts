/** Name patterns: * matches any sequence of characters. */

/** @returns a function that tests whether a name matches the whole pattern */
export function wildcard(pattern: string): (name: string) => boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join(".*")}$`, "s");
  return (name) => expression.test(name);
}
