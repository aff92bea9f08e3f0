/** The bytes of offered work in a table, for workspaces without a bucket. */
import type { WorkBytes } from "../records/work.ts";
import { SCHEMA_LOCK } from "./keys.ts";
import type { WorkSession } from "./workSession.ts";

/** Of a row: larger ones take the memory of the server several times. */
const PART_BYTES = 8_000_000;

/** @param schema exists before the first call */
export function tableOfWorkBytes(session: WorkSession, schema: string): WorkBytes {
  const table = `${schema}.work_bytes`;
  const create = `BEGIN; SELECT pg_advisory_xact_lock(${SCHEMA_LOCK}, 1);
    CREATE TABLE IF NOT EXISTS ${table} (offer text, part int, bytes bytea NOT NULL, PRIMARY KEY (offer, part)); COMMIT`;
  return {
    async put(offer, bytes) {
      await session.query(create);
      for (let part = 0; part === 0 || part * PART_BYTES < bytes.length; part++) {
        const piece = bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
        await session.query(`INSERT INTO ${table} VALUES ($1, $2, $3)`, [offer, part, piece]);
      }
    },
    async get(offer) {
      const parts: Buffer[] = [];
      for (;;) {
        const sql = `SELECT bytes FROM ${table} WHERE offer = $1 AND part = $2`;
        const [row] = await session.query<{ bytes: Buffer }>(sql, [offer, parts.length]);
        if (row === undefined) return parts.length === 0 ? undefined : Buffer.concat(parts);
        parts.push(row.bytes);
      }
    },
    async remove(offer) {
      await session.query(create);
      await session.query(`DELETE FROM ${table} WHERE offer = $1`, [offer]);
    },
  };
}
