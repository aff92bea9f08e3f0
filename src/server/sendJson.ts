/** Answers with JSON that is already text, so that fastify has nothing to serialize. */
import type { Reply } from "./http.ts";

export const JSON_TYPE = "application/json; charset=utf-8";

export function sendText(reply: Reply, text: string): Reply {
  return reply.header("content-type", JSON_TYPE).send(text);
}

export function sendJson(reply: Reply, document: unknown): Reply {
  return sendText(reply, JSON.stringify(document));
}
