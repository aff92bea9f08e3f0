/** Output of a call: data on stdout, everything else on stderr, each with its own colours. */
import { firstLines, present } from "../core/text/format.ts";
import type { Outcome } from "../commands/command.ts";
import type { Environment } from "../core/userFolder.ts";
import type { Cell, View } from "../core/view.ts";
import { tableText } from "./tableText.ts";
import { coloursFor, pad, textWidth, wrap, type Colours } from "./textWidth.ts";
import { cellText, csvText, markdownText, tabSeparated } from "./listingText.ts";
import { toJson } from "../core/text/toJson.ts";

export type OutputForm = "auto" | "json" | "csv" | "csvSafe" | "md";

type Stream = Pick<NodeJS.WriteStream, "write"> & Partial<Pick<NodeJS.WriteStream, "isTTY" | "columns" | "hasColors">>;

interface TerminalOptions {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly environment: Environment;
  readonly colour: boolean;
  readonly quiet: boolean;
}

export type Terminal = ReturnType<typeof terminal>;

export function terminal(options: TerminalOptions) {
  const { stdout, stderr, environment, quiet } = options;
  const outColours = coloursFor(stdout, environment, options.colour);
  const colours = coloursFor(stderr, environment, options.colour);
  const width = (): number => {
    const columns = Number(environment["COLUMNS"]);
    return Math.max(20, stdout.columns ?? stderr.columns ?? (columns > 0 ? columns : 80));
  };
  const remark = (view: View): void => {
    const text = quiet ? "" : remarkText(view, colours);
    const gap = stdout.isTTY === true ? "\n" : "";
    if (text !== "") stderr.write(gap + text);
  };
  return {
    width,
    outColours,
    colours,
    show(outcome: Outcome, form: OutputForm): void {
      if ("text" in outcome) return void stdout.write(outcome.text);
      const { result, view, streamed = false } = outcome;
      const isPerson = stdout.isTTY === true;
      if (streamed) stderr.write(quiet ? "" : viewText(view, width(), colours));
      else if (form === "json") stdout.write(`${JSON.stringify(toJson(result), null, isPerson ? 2 : 0)}\n`);
      else if (form !== "auto") {
        const table = view.tables?.[0] ?? { columns: ["name", "value"], rows: present(view.fields ?? []) };
        stdout.write(form === "md" ? markdownText(table) : csvText(table, form === "csvSafe"));
      } else if (isPerson) stdout.write(viewText(view, width(), outColours));
      else stdout.write(tabSeparated(view));
      // In a pipe, the title goes to stderr, because stdout is for data.
      if (form === "auto" && !isPerson && !streamed && !quiet && view.title !== undefined)
        stderr.write(`${view.title}\n`);
      if (form === "auto" || streamed) remark(view);
    },
  };
}

/** Title, fields and tables, separated by empty lines. Notes and the next step go to stderr, see `remarkText`. */
export function viewText({ title, tables = [], ...view }: View, width: number, colours: Colours): string {
  const parts: string[][] = [];
  const fields = present(view.fields ?? []);
  if (title !== undefined) parts.push(wrap(title, width).map((line) => colours.bold(line)));
  if (fields.length > 0) parts.push(fieldLines(fields, width, colours));
  for (const table of tables) {
    const rows = table.rows.slice(0, table.most);
    const more = table.rows.length > rows.length ? `, ${table.rows.length - rows.length} more with --json` : "";
    const head = table.title === undefined ? [] : [colours.bold(table.title + more)];
    if (rows.length > 0) parts.push([...head, ...tableText({ ...table, rows }, width, colours)]);
  }
  return parts.length === 0 ? "" : `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** Left to the terminal to wrap, so that commands and paths can be copied. */
export function remarkText({ notes = [], next }: View, colours: Colours): string {
  const lines = firstLines(present(notes)).map((note) => `note: ${note}`);
  if (next) lines.push(colours.bold(`next: ${next}`));
  return lines.map((line) => `${line}\n`).join("");
}

function fieldLines(fields: readonly (readonly [string, Cell])[], width: number, colours: Colours): string[] {
  const labelWidth = Math.max(...fields.map(([label]) => textWidth(label)));
  return fields.flatMap(([label, value]) => {
    const lines = wrap(cellText(value), width - labelWidth - 2);
    return lines.map((line, i) => `${colours.dim(pad(i === 0 ? label : "", labelWidth, "left"))}  ${line}`);
  });
}
