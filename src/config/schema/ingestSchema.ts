/** The `ingest` section of config.json. */
import { z } from "zod";
import { between, byName, choice, duration, flag, httpHeaders, matching } from "./values.ts";
import { orNull, secret, section, text, whole } from "./values.ts";

const sqlExpressions = () => byName(text());

export function ingestSchema() {
  return z.strictObject({
    // The object first, so that its headers are secret as a whole.
    sources: z
      .array(z.union([source(), address()]))
      .default([])
      .describe(
        "where rows come from beside the folders, which keep what came as files: https://…, s3://bucket/prefix or postgres://user@host/database, as a string or as an object with settings",
      ),
    download: section("settings for all sources", {
      timeout: duration("60s").default("60s").describe("how long a source may send nothing"),
      retries: whole(0).max(100).default(3).describe("number of retries after a failure that may pass"),
      retry_delay: duration("5s").default("5s").describe("wait before each retry"),
    }),
    pattern: text()
      .default("**/*.{csv,csv.gz,tsv,tsv.gz,json,json.gz,jsonl,jsonl.gz,ndjson,ndjson.gz,parquet}")
      .describe("files of the input folder to read"),
    records: orNull(text()).describe("path of the array of rows in a JSON file"),
    delimiter: orNull(oneCharacter()).describe(
      "character between the cells of CSV; null: the one of , ; tab | that the first rows agree on",
    ),
    quote: z
      .union([oneCharacter(), z.literal("")])
      .default('"')
      .describe("character around cells of CSV that contain delimiters; an empty string: no character"),
    encoding: orNull(
      text().refine(isEncoding, "is not an encoding; examples: utf-8, windows-1252, shift_jis, utf-16le"),
    ).describe("encoding of CSV and JSON; null: UTF-8, UTF-16 with a byte order mark, else windows-1252 with a note"),
    skip_lines: orNull(whole(0)).describe("number of lines above the header of CSV, such as titles; null: none"),
    names: orNull(z.array(text()).min(1)).describe(
      "names of the columns of CSV files without a header; a file whose first line has only these names has a header; null: the first line has the names",
    ),
    trim: flag(true).describe("remove blanks around the names and unquoted cells of CSV; blanks in quotes are kept"),
    normalize_names: flag(false).describe("convert column names to lower_snake_case"),
    null_values: z
      .array(z.string())
      .default([""])
      .describe(
        "further strings that mean a missing value in any column. The empty string always does; in columns of numbers or dates also NA, n/a, NaN, null, None, ?, -, . and blanks. A model that was trained without one of them reads it so in columns of numbers and dates, with a warning",
      ),
    decimal: orNull(z.enum([".", ","])).describe(
      "decimal separator of numbers that can be read in two ways, such as 1,005",
    ),
    thousands: orNull(z.enum([".", ",", " ", "'"])).describe(
      "thousands separator of numbers that can be read in two ways, such as 4.172",
    ),
    types: sqlExpressions().describe(
      'type by column, to override the detected one: number, category, date, how its numbers or dates are written ("1.234,5 €", "%d.%m.%Y", "%Y" for years), or an SQL type',
    ),
    select: sqlExpressions().describe(
      "SQL expression by column: adds the column or replaces the one of that name; applied to files of ingest, score, monitor, explain, predict and watch, and to requests to serve; rows without the columns of an expression must contain its result",
    ),
    where: orNull(text()).describe(
      "SQL condition on rows to keep; rows given to predict, watch and explain --rows are never dropped",
    ),
    dedupe: z
      .union([z.enum(["first", "last"]), z.literal(false)])
      .default(false)
      .describe(
        "which of several identical rows to keep, e.g. if files overlap; false keeps all: without an id, equal rows may be different cases",
      ),
    other_columns: choice(["reject", "fill"], "reject").describe(
      "a file without the target, or without most of the columns that the other files share: reject it, or fill what it lacks with missing values",
    ),
    accumulate: flag(true).describe("keep rows of earlier files from the same input folder"),
    expect: section("requirements on the dataset; if it violates one, ingest fails and writes nothing", {
      min_rows: whole(0).default(0).describe("minimum number of rows"),
      columns: byName(columnExpectation()).describe("limits by column"),
    }),
  });
}

const address = () => secret(text(), "credentials");

function source() {
  return z.strictObject({
    url: address().describe(
      "https://… (CSV, JSON, JSON lines, Parquet; also .gz), s3://bucket/prefix or postgres://user@host/database; passwords as ${NAME}, in PGPASSWORD or ~/.pgpass, in AWS_SECRET_ACCESS_KEY",
    ),
    for: z.enum(["train", "test"]).default("train").describe("train: input_folder_path; test: test_data_path"),
    headers: httpHeaders(),
    paging: orNull(paging()).describe("https: how the address of the next page is found; null: there is one page"),
    pattern: orNull(text()).describe("s3: objects to read, relative to the prefix; null: ingest.pattern"),
    query: orNull(text()).describe("postgres: the SELECT whose rows are read"),
    watermark: orNull(text()).describe(
      "postgres: a column of the query that only grows, such as an id: rows above its last value are added; null: each result replaces the one before",
    ),
  });
}

function paging() {
  return z.union([
    z.literal("link").describe('by the header `Link: <…>; rel="next"`'),
    z.strictObject({ next: text().describe("path of the next page's address in the JSON, such as links.next") }),
    z.strictObject({
      cursor: text().describe("path of the cursor of the next page in the JSON, such as meta.cursor"),
      parameter: text().describe("name of the query parameter that receives it"),
    }),
  ]);
}

const oneCharacter = () => matching(/^[^\r\n]$/, "must be one character");

export function isEncoding(label: string): boolean {
  try {
    void new TextDecoder(label);
    return true;
  } catch {
    return false;
  }
}

function columnExpectation() {
  return z.strictObject({
    min: z.number().optional().describe("smallest allowed value"),
    max: z.number().optional().describe("largest allowed value"),
    missing_share: between(0, 1).optional().describe("largest allowed share of missing values"),
  });
}
