/** SHA-256 of what is in memory. */
import { createHash } from "node:crypto";

/** A text is hashed as UTF-8. @returns 64 hexadecimal digits */
export function sha256Text(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
