/** Calls between the primary process and a worker: each side has functions that the other calls by their names. */
import type { Worker } from "node:cluster";

type Functions = Readonly<Record<string, (...given: never[]) => unknown>>;

/** A call that wants no reply has no id. */
type Message =
  | { readonly id?: number; readonly call: string; readonly given: readonly never[] }
  | { readonly id: number; readonly reply: unknown };

/** @param worker the other side; in a worker, `cluster.worker` @param own what the other side may call */
export function processCalls<Theirs extends Functions>(worker: Worker, own: Functions) {
  const open = new Map<number, (reply: never) => void>();
  let last = 0;
  const send = (message: Message): Promise<void> =>
    new Promise((resolve) => {
      if (worker.isConnected()) worker.send(message, () => resolve());
      else resolve();
    });
  worker.on("message", async (message: Message) => {
    if ("reply" in message) return open.get(message.id)?.(message.reply as never);
    const reply = (await own[message.call]!(...message.given)) ?? null;
    if (message.id !== undefined) await send({ id: message.id, reply });
  });
  // Sending fails if the other side exits meanwhile: its "exit" or "disconnect" tells.
  worker.on("error", () => {});
  return {
    /** Resolves when the call is on its way. */
    tell: <Name extends keyof Theirs & string>(call: Name, ...given: Parameters<Theirs[Name]>): Promise<void> =>
      send({ call, given }),
    /** Undefined if no reply arrives in time. */
    async ask<Name extends keyof Theirs & string>(
      milliseconds: number,
      call: Name,
      ...given: Parameters<Theirs[Name]>
    ): Promise<Awaited<ReturnType<Theirs[Name]>> | undefined> {
      const id = ++last;
      const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<Theirs[Name]>> | undefined>();
      const timeout = setTimeout(resolve, milliseconds, undefined);
      open.set(id, resolve);
      await send({ id, call, given });
      const reply = await promise;
      clearTimeout(timeout);
      open.delete(id);
      return reply;
    },
  };
}
