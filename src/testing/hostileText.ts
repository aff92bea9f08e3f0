/** Seeded strings that could add a directive, break the syntax or be executed in a file of another program. */
import type { Random } from "../core/random.ts";

const pieces = [
  ..."\"'`\\%$#!&|;<>()[]{}*?~=:,@^- \u00fc",
  "${{ secrets.X }}",
  "${{",
  "}}",
  "%n",
  "$HOME",
  "$(touch pwned)",
  "`touch pwned`",
  "; touch pwned",
  "' ; touch pwned ; '",
  '" && touch pwned "',
  "\\\\",
  "\\%",
  "\\n",
  "\\'",
  "--",
  "---",
  ": ",
  " #",
  "* *",
  "::error::x",
  ":(glob)",
  "<img src=x>",
  "[x](http://example.org)",
  "on",
  "x".repeat(40),
];

/** What no path in another program's file may have. */
const breaks = [
  "\n",
  "\r",
  "\r\n[Service]\nExecStartPre=/bin/touch pwned\n",
  "\u2028",
  "\u0085",
  "\t",
  "\u0001",
  "\ud800",
];

const pick = <T>(chance: Random, from: readonly T[]): T => from[chance.integer(from.length)]!;

export function hostileText(chance: Random): string {
  const count = 1 + chance.integer(6);
  return Array.from({ length: count }, () => pick(chance, pieces)).join("");
}

/** A text with a line break or another control character in it. */
export function brokenText(chance: Random): string {
  return `${hostileText(chance)}${pick(chance, breaks)}${hostileText(chance)}`;
}

/** One component of a path on this machine: no slash, neither . nor .., at most 255 bytes. */
export function hostileName(chance: Random): string {
  const name = hostileText(chance).replaceAll("/", "_");
  return Buffer.byteLength(name) > 200 ? "long" : name;
}
