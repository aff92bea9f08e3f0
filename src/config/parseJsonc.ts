/** JSON with comments and trailing commas, as editors know it; every value keeps its line, every error its column. */
import { MlctlError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface ParsedJson {
  readonly value: Json;
  /** Where each value stands, by its path joined with dots ("train.models.0.family"); "" is the whole. */
  readonly positions: ReadonlyMap<string, Position>;
}

/** Deeper than any configuration; keeps a hostile file from exhausting the stack. */
const MAX_DEPTH = 100;

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * @param name what to call the text in an error, e.g. "config.json"
 * @throws {MlctlError} kind "usage" with line and column
 */
export function parseJsonc(text: string, name: string): ParsedJson {
  const reader = new JsoncReader(text.replace(/^\uFEFF/, ""), name);
  return { value: reader.document(), positions: reader.positions };
}

/** Recursive descent; holds the place in the text. */
class JsoncReader {
  readonly positions = new Map<string, Position>();
  readonly #text: string;
  readonly #name: string;
  #at = 0;

  constructor(text: string, name: string) {
    this.#text = text;
    this.#name = name;
  }

  document(): Json {
    const value = this.#value([]);
    this.#skip();
    if (this.#at < this.#text.length) throw this.#unexpected("the end of the file");
    return value;
  }

  #value(path: readonly string[]): Json {
    this.#skip();
    if (path.length > MAX_DEPTH) throw this.#error(`more than ${MAX_DEPTH} levels deep`);
    this.positions.set(path.join("."), this.#position());
    const character = this.#text[this.#at];
    if (character === "{") return this.#object(path);
    if (character === "[") return this.#array(path);
    if (character === '"') return this.#string();
    return this.#scalar();
  }

  #object(path: readonly string[]): Json {
    const entries: [string, Json][] = [];
    const keys = new Set<string>();
    this.#at++;
    while (!this.#closes("}")) {
      if (this.#text[this.#at] !== '"') throw this.#unexpected('a key in double quotes or "}"');
      const start = this.#at;
      const key = this.#string();
      if (keys.has(key)) throw this.#error(`the key "${key}" stands twice in one object`, start);
      keys.add(key);
      this.#skip();
      if (this.#text[this.#at] !== ":") throw this.#unexpected(`":" after the key "${key}"`);
      this.#at++;
      entries.push([key, this.#value([...path, key])]);
      this.#separator("}");
    }
    this.#at++;
    return Object.fromEntries(entries);
  }

  #array(path: readonly string[]): Json {
    const items: Json[] = [];
    this.#at++;
    while (!this.#closes("]")) {
      items.push(this.#value([...path, String(items.length)]));
      this.#separator("]");
    }
    this.#at++;
    return items;
  }

  #closes(bracket: string): boolean {
    this.#skip();
    return this.#text[this.#at] === bracket;
  }

  /** A comma, which may also stand after the last one. */
  #separator(bracket: string): void {
    this.#skip();
    if (this.#text[this.#at] === ",") this.#at++;
    else if (this.#text[this.#at] !== bracket) throw this.#unexpected(`"," or "${bracket}"`);
  }

  #string(): string {
    const start = this.#at++;
    let result = "";
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined || character === "\n") throw this.#error("a text is not closed", start);
      if (character < " ") throw this.#unexpected("a printable character (tab is written \\t)");
      this.#at++;
      if (character === '"') return result;
      result += character === "\\" ? this.#escape() : character;
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at] ?? "";
    const hex = /^u([0-9a-fA-F]{4})/.exec(this.#text.slice(this.#at, this.#at + 5))?.[1];
    const escaped = hex === undefined ? escapes[letter] : String.fromCharCode(Number.parseInt(hex, 16));
    if (escaped === undefined)
      throw this.#error(`"\\${letter}" is no escape (a backslash is written \\\\)`, this.#at - 1);
    this.#at += hex === undefined ? 1 : 5;
    return escaped;
  }

  #scalar(): Json {
    const word = /^[^\s,\]}:"/]+/.exec(this.#text.slice(this.#at, this.#at + 400))?.[0] ?? "";
    const known = { true: true, false: false, null: null }[word];
    if (known === undefined && !/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(word)) throw this.#unexpected("a value");
    this.#at += word.length;
    return known === undefined ? Number(word) : known;
  }

  /** White space and comments. */
  #skip(): void {
    const blank = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
    blank.lastIndex = this.#at;
    blank.exec(this.#text);
    this.#at = blank.lastIndex;
    if (this.#text.startsWith("/*", this.#at)) throw this.#error("a comment is not closed");
  }

  #unexpected(wanted: string): MlctlError {
    const rest = /^(\w+|[^\s])/.exec(this.#text.slice(this.#at, this.#at + 30))?.[0];
    return this.#error(
      `found ${rest === undefined ? "the end of the file" : JSON.stringify(rest)}, expected ${wanted}`,
    );
  }

  #error(message: string, at = this.#at): MlctlError {
    const { line, column } = this.#position(at);
    return new MlctlError("usage", `${this.#name} is not JSON: ${message}, line ${line}, column ${column}`, {
      hint: "// and /* */ comments and a comma after the last entry are allowed; keys and texts need double quotes",
    });
  }

  #position(at = this.#at): Position {
    const before = this.#text.slice(0, at);
    return { line: before.split("\n").length, column: at - before.lastIndexOf("\n") };
  }
}
