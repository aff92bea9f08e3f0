/** On GitHub Actions: writes a Markdown job summary, and warnings and errors as annotations. */
import { appendFileSync, existsSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import type { ProgressEvent } from "../core/context.ts";
import { messageOf, MlctlError } from "../core/errors.ts";
import { present } from "../core/text/format.ts";
import { maskSecrets } from "../core/text/maskSecrets.ts";
import type { Environment } from "../core/userFolder.ts";
import type { View, ViewTable } from "../core/view.ts";
import { cellText, markdownInline, markdownText } from "./listingText.ts";

interface GithubOptions {
  readonly environment: Environment;
  readonly title: string;
  /** Writes to stderr: the runner reads both streams, and stdout is for data. */
  readonly write: (line: string) => void;
}

/** Does nothing unless the variables of the runner are set. */
export function githubActions({ environment, title, write }: GithubOptions) {
  const { GITHUB_ACTIONS, GITHUB_WORKSPACE: root = process.cwd() } = environment;
  const annotate = (level: "warning" | "error", text: string): void => {
    if (GITHUB_ACTIONS !== "true") return;
    // Before the escape, by which a secret with "%" would be missed.
    const message = maskSecrets(text);
    const properties = [...placeOf(message, root), `title=${property(title)}`].join(",");
    write(`::${level} ${properties}::${data(message)}`);
  };
  return {
    warn(event: ProgressEvent): void {
      if (event.type === "warning") annotate("warning", event.message);
    },
    fail: (message: string): void => annotate("error", message),
    summarize(view: View): void {
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

export function errorText(error: unknown): string {
  if (!(error instanceof MlctlError)) return messageOf(error);
  return [error.message, ...error.details, ...(error.hint === undefined ? [] : [`hint: ${error.hint}`])].join("\n");
}

function viewMarkdown({ title, fields = [], tables = [], notes = [] }: View, command: string): string {
  const shown = [{ columns: ["name", "value"], rows: present(fields) }, ...tables].filter(
    ({ rows }) => rows.length > 0,
  );
  const parts = present([
    `### ${command}`,
    title && markdownInline(title),
    ...shown.flatMap((table: ViewTable) => [table.title && `**${markdownInline(table.title)}**`, markdownText(table)]),
    ...notes.map((note) => note && `> ${markdownInline(cellText(note))}`),
  ]);
  return `${parts.map((part) => part.trimEnd()).join("\n\n")}\n\n`;
}

/** Puts the annotation of `sourcedata/a.csv, line 3: …` at that line of that file. */
function placeOf(message: string, root: string): string[] {
  const [, path, line] =
    /^(?:error: )?([^\s:,]+\.[A-Za-z]{1,8})(?: was rejected)?(?:, line (\d+))?\b/.exec(message) ?? [];
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
