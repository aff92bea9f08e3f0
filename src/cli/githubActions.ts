/** On GitHub Actions: writes a Markdown job summary, and warnings and errors as annotations. */
import { appendFileSync, existsSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import type { ProgressEvent } from "../core/context.ts";
import { MlctlError } from "../core/errors.ts";
import { maskSecrets } from "../core/text/maskSecrets.ts";
import type { View } from "../core/view.ts";
import { cellText } from "./cellText.ts";
import { markdownInline, markdownText } from "./listingText.ts";

export interface GithubActions {
  /** Annotates warnings; ignores other events. */
  readonly warn: (event: ProgressEvent) => void;
  /** Annotates an error or a failed gate. */
  readonly fail: (message: string) => void;
  /** Appends a view to the job summary. */
  readonly summarize: (view: View) => void;
}

export interface GithubOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** "mlctl score" */
  readonly title: string;
  /** Writes to stderr: the runner reads both streams, and stdout is for data. */
  readonly write: (line: string) => void;
}

/** Does nothing unless the variables of the runner are set. */
export function githubActions({ environment, title, write }: GithubOptions): GithubActions {
  const isRunner = environment["GITHUB_ACTIONS"] === "true";
  const annotate = (level: "warning" | "error", message: string): void => {
    // Before the escape, by which a secret with "%" would be missed.
    if (isRunner) write(annotation(level, maskSecrets(message), { title, root: environment["GITHUB_WORKSPACE"] }));
  };
  return {
    warn(event) {
      if (event.type === "warning") annotate("warning", event.message);
    },
    fail: (message) => annotate("error", message),
    summarize(view) {
      const path = environment["GITHUB_STEP_SUMMARY"];
      if (path === undefined || path === "") return;
      try {
        appendFileSync(path, viewMarkdown(view, title));
      } catch (error) {
        write(`warning: cannot write the job summary to ${path}: ${String(error)}`);
      }
    },
  };
}

/** Message, details and hint of an MlctlError; message of any other error. */
export function errorText(error: unknown): string {
  if (!(error instanceof MlctlError)) return error instanceof Error ? error.message : String(error);
  return [error.message, ...error.details, ...(error.hint === undefined ? [] : [`hint: ${error.hint}`])].join("\n");
}

/** A heading, then the content that the terminal would show. */
function viewMarkdown({ title, fields = [], tables = [], notes = [] }: View, command: string): string {
  const parts = [
    `### ${command}`,
    ...(title === undefined ? [] : [markdownInline(title)]),
    ...(fields.length === 0 ? [] : [markdownText({ columns: ["name", "value"], rows: fields })]),
    ...tables.flatMap((table) => [
      ...(table.title === undefined ? [] : [`**${markdownInline(table.title)}**`]),
      ...(table.rows.length === 0 ? [] : [markdownText(table)]),
    ]),
    ...notes.map((note) => `> ${markdownInline(cellText(note))}`),
  ];
  return `${parts.map((part) => part.trimEnd()).join("\n\n")}\n\n`;
}

function annotation(
  level: "warning" | "error",
  message: string,
  { title, root }: { readonly title: string; readonly root: string | undefined },
): string {
  const place = placeOf(message, root ?? process.cwd());
  const properties = [...place, `title=${property(title)}`].join(",");
  return `::${level} ${properties}::${data(message)}`;
}

/** Puts the annotation of `sourcedata/a.csv, line 3: …` at that line of that file. */
function placeOf(message: string, root: string): string[] {
  const [, path, line] = /^(?:error: )?([^\s:,]+\.[A-Za-z]{1,8})(?:, line (\d+))?\b/.exec(message) ?? [];
  if (path === undefined || !existsSync(path)) return [];
  const file = `file=${property(relative(root, resolve(path)).split(sep).join("/"))}`;
  return line === undefined ? [file] : [file, `line=${line}`];
}

/** Escapes as in actions/toolkit: a line break would end the workflow command. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
