/** Formats the help of a command: description, usage, commands, flags, examples. */
import { pad, textWidth, wrap, type Colours } from "./textWidth.ts";

export interface Help {
  readonly description: string;
  readonly usage: string;
  readonly sections: readonly {
    readonly title: string;
    readonly items: readonly (readonly [term: string, description: string])[];
  }[];
  readonly examples: readonly (readonly [line: string, meaning: string])[];
}

const WIDEST_TERM = 30;

export function helpText({ description, usage, sections, examples }: Help, width: number, colours: Colours): string {
  const shown = sections.filter(({ items }) => items.length > 0);
  const terms = shown.flatMap(({ items }) => items.map(([term]) => textWidth(term)));
  const termWidth = Math.max(0, ...terms.filter((each) => each <= Math.min(WIDEST_TERM, width / 2)));
  const parts = [
    description.split("\n").flatMap((line) => wrap(line, width)),
    [`${colours.bold("Usage:")} ${usage}`],
    ...shown.map(({ title, items }) => {
      const lines = items.flatMap(([term, meaning]) => itemLines(term, meaning, termWidth, width));
      return [colours.bold(`${title}:`)].concat(lines);
    }),
    [colours.bold("Examples:"), ...exampleLines(examples, width, colours)],
  ];
  return `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function itemLines(term: string, description: string, termWidth: number, width: number): string[] {
  const lines = wrap(description, Math.max(20, width - termWidth - 4)).map((line) => " ".repeat(termWidth + 4) + line);
  if (textWidth(term) > termWidth) return [`  ${term}`, ...lines];
  return [`  ${pad(term, termWidth, "left")}  ${lines[0]!.trimStart()}`, ...lines.slice(1)];
}

/** The meaning is a shell comment, so that a pasted line runs; it goes on the line before if both do not fit on one. */
function exampleLines(examples: Help["examples"], width: number, colours: Colours): string[] {
  const widest = Math.max(...examples.map(([line]) => line.length));
  const fits = examples.every(([, meaning]) => widest + meaning.length + 6 <= width);
  return examples.flatMap(([line, meaning]) => {
    const comment = colours.dim(`# ${meaning}`);
    return fits ? [`  ${line.padEnd(widest)}  ${comment}`] : [`  ${comment}`, `  ${line}`];
  });
}
