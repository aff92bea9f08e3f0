/** The `ingest` section of config.json. */
import { z } from "zod";

const sqlExpressions = () => z.record(z.string(), z.string().min(1)).default({});

export function ingestSchema() {
  return z.strictObject({
    pattern: z
      .string()
      .min(1)
      .default("**/*.{csv,csv.gz,tsv,json,jsonl,parquet}")
      .describe("which files of the input folder are read"),
    records: z.string().min(1).nullable().default(null).describe("path of the array of rows inside a JSON file"),
    normalize_names: z.boolean().default(false).describe("column names to lower_snake_case"),
    null_values: z.array(z.string()).default([""]).describe("texts that mean missing; all others are kept"),
    types: sqlExpressions().describe("SQL type by column, where the detected one is wrong"),
    select: sqlExpressions().describe(
      "SQL expression by column: added, or in place of one of the same name; in files of ingest, score, monitor, explain, predict and watch, while serve takes the columns that it makes",
    ),
    where: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        "SQL condition; rows that fail it are left out, but none that predict, watch or explain --rows is asked about",
      ),
    dedupe: z
      .union([z.enum(["first", "last"]), z.literal(false)])
      .default("first")
      .describe("which of several equal rows stays; false keeps all"),
    accumulate: z.boolean().default(true).describe("rows of earlier files of the same input folder stay"),
    expect: z
      .strictObject({
        min_rows: z.number().int().min(0).default(0).describe("fewer rows are an error"),
        columns: z.record(z.string(), columnExpectation()).default({}).describe("limits by column"),
      })
      .prefault({})
      .describe("what a dataset must look like; otherwise ingest fails and writes nothing"),
  });
}

function columnExpectation() {
  return z.strictObject({
    min: z.number().optional().describe("smallest value allowed"),
    max: z.number().optional().describe("largest value allowed"),
    missing_share: z.number().min(0).max(1).optional().describe("largest share of rows without a value"),
  });
}
