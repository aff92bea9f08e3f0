import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** Streams the file, in chunks of one megabyte. @returns 64 hexadecimal digits */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** A string is hashed as UTF-8. @returns 64 hexadecimal digits */
export function sha256Text(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
