/** Rows from a file or from stdin, as a stream of bytes. */
import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { MlctlError } from "../../core/errors.ts";
import { errorCode } from "../../storage/files/writeFailure.ts";

export type RowFormat = "csv" | "jsonl";

/** By the name of the file; CSV for stdin. */
export function formatOf(input: string): RowFormat {
  return /\.(jsonl|ndjson)(\.gz)?$/i.test(input) ? "jsonl" : "csv";
}

/**
 * @param input a path, or "-" for `stdin`
 * @throws {MlctlError} while it is read: kind "usage" for a format that cannot be streamed, "data" where it cannot be read
 */
export async function* openInput({
  input,
  stdin,
}: {
  input: string;
  stdin: Readable;
}): AsyncGenerator<Buffer | string> {
  if (input === "-") return yield* stdin as AsyncIterable<Buffer | string>;
  if (/\.(parquet|json|xlsx?)$/i.test(input)) {
    throw new MlctlError("usage", `${input}: only CSV and JSON lines are read as a stream`, {
      hint: "convert the file, e.g. to .csv or .jsonl",
    });
  }
  const file = createReadStream(input, { highWaterMark: 1 << 18 });
  const stream: AsyncIterable<Buffer> = input.endsWith(".gz")
    ? pipeline(file, createGunzip(), () => {
        // Errors of both reach the reader through the stream.
      })
    : file;
  try {
    yield* stream;
  } catch (error) {
    throw errorCode(error) === undefined ? error : unreadable(input, error as NodeJS.ErrnoException);
  }
}

function unreadable(input: string, error: NodeJS.ErrnoException): MlctlError {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EISDIR: "it is a folder",
    EACCES: "permission denied",
    Z_DATA_ERROR: "it is not a gzip file, or it is damaged",
    Z_BUF_ERROR: "the gzip file is truncated",
  };
  const reason = reasons[error.code ?? ""];
  return new MlctlError("data", `${input}: ${reason ?? error.message}`, { cause: error });
}
