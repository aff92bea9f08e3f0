/** JSON with comments and trailing commas: parses it with the position of every value, and edits it in place. */
import { applyEdits, createScanner, modify, parseTree, printParseErrorCode } from "jsonc-parser";
import type { Node, ParseError } from "jsonc-parser";
import { MlctlError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface ParsedJson {
  readonly value: Json;
  /** Position of each value, by its path joined with dots ("train.models.0.family"); "" is the root. */
  readonly positions: ReadonlyMap<string, Position>;
}

/** More than any real configuration needs; keeps a malicious file from overflowing the stack. */
const MAX_DEPTH = 100;

const problems: Readonly<Record<string, string>> = {
  InvalidSymbol: "expected a value or a key in double quotes",
  InvalidNumberFormat: "expected a number",
  ValueExpected: "expected a value",
  PropertyNameExpected: 'expected a key in double quotes or "}"',
  ColonExpected: 'expected ":" after the key',
  CommaExpected: "expected a comma",
  CloseBraceExpected: 'expected a comma or "}"',
  CloseBracketExpected: 'expected a comma or "]"',
  EndOfFileExpected: "expected the end of the file",
  UnexpectedEndOfComment: "a comment is not closed",
  UnexpectedEndOfString: "a string is not closed",
  UnexpectedEndOfNumber: "a number is not complete",
  InvalidUnicode: "\\u needs four hexadecimal digits",
  InvalidEscapeCharacter: "this is not a valid escape (a backslash is written \\\\)",
  InvalidCharacter: "this character must be escaped (a tab is written \\t)",
};

/** @param name for messages @throws {MlctlError} kind "usage" with line and column */
export function parseJsonc(text: string, name: string): ParsedJson {
  const json = text.replace(/^\uFEFF/, "");
  const positionOf = positions(json);
  const fail = (message: string, offset: number): never => {
    const { line, column } = positionOf(offset);
    throw new MlctlError("usage", `${name} is not valid JSON: ${message}, line ${line}, column ${column}`, {
      hint: "// and /* */ comments and a comma after the last entry are allowed; keys and strings need double quotes",
    });
  };
  requireShallow(json, fail);
  const errors: ParseError[] = [];
  const root = parseTree(json, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) fail(describe(first, json), first.offset);
  const places = new Map<string, Position>();
  const value = root === undefined ? fail("expected a value", 0) : valueOf(root, [], { fail, places, positionOf });
  return { value, positions: places };
}

/** Sets values, in order; everything else, comments, order and formatting are kept. */
export function withSettings(
  text: string,
  settings: readonly { readonly path: readonly (string | number)[]; readonly value: Json }[],
): string {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? "  ";
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const formattingOptions = { insertSpaces: !indent.startsWith("\t"), tabSize: indent.length, eol };
  return settings.reduce(
    (current, { path, value }) => applyEdits(current, modify(current, [...path], value, { formattingOptions })),
    text,
  );
}

type Fail = (message: string, offset: number) => never;

/** Runs before the parser, which recurses once per level; this check does not recurse. */
function requireShallow(json: string, fail: Fail): void {
  const scanner = createScanner(json, true);
  let depth = 0;
  for (let token = scanner.scan(); token !== END; token = scanner.scan()) {
    if (token === OPEN_BRACE || token === OPEN_BRACKET) depth++;
    if (token === CLOSE_BRACE || token === CLOSE_BRACKET) depth--;
    if (depth > MAX_DEPTH) fail(`more than ${MAX_DEPTH} levels deep`, scanner.getTokenOffset());
  }
}

/** SyntaxKind of jsonc-parser: a const enum, which exists only in its type declarations. */
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET, END] = [1, 2, 3, 4, 17] as const;

function describe({ error, offset }: ParseError, json: string): string {
  const code = printParseErrorCode(error);
  const problem = problems[code] ?? code;
  if (!problem.startsWith("expected")) return problem;
  const found = /^(\w+|[^\s])/.exec(json.slice(offset, offset + 30))?.[0];
  if (found === undefined) return `found the end of the file, ${problem}`;
  // Such as True or None. Anything else may be a secret.
  const isShown = /^([A-Za-z_]{1,9}|\d{1,3}|\W)$/.test(found);
  return `found ${isShown ? JSON.stringify(found) : "a value without quotes"}, ${problem}`;
}

interface Reading {
  readonly fail: Fail;
  readonly places: Map<string, Position>;
  readonly positionOf: (offset: number) => Position;
}

/** Replaces jsonc-parser's getNodeValue, which silently keeps the last of two equal keys and mishandles "__proto__". */
function valueOf(node: Node, path: readonly string[], reading: Reading): Json {
  const { fail, places, positionOf } = reading;
  places.set(path.join("."), positionOf(node.offset));
  if (node.type === "array") {
    return (node.children ?? []).map((child, i) => valueOf(child, [...path, String(i)], reading));
  }
  if (node.type !== "object") return node.value as Json;
  const entries = new Map<string, Json>();
  for (const { children = [] } of node.children ?? []) {
    const [keyNode, valueNode] = children;
    const key = keyNode!.value as string;
    if (entries.has(key)) fail(`duplicate key "${key}" in an object`, keyNode!.offset);
    entries.set(key, valueOf(valueNode!, [...path, key], reading));
  }
  return Object.fromEntries(entries);
}

function positions(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    const line = starts.findLastIndex((start) => start <= offset);
    return { line: line + 1, column: offset - starts[line]! + 1 };
  };
}
