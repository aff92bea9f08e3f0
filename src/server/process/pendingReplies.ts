/** Questions to another process, by id. */
export function pendingReplies<Reply>(timeoutMs: number) {
  const open = new Map<number, (reply: Reply) => void>();
  let last = 0;
  return {
    /** @param fallback gives the reply if none arrives in time */
    async ask(question: (id: number) => void, fallback: () => Reply): Promise<Reply> {
      const id = ++last;
      const { promise, resolve } = Promise.withResolvers<Reply>();
      const timeout = setTimeout(() => resolve(fallback()), timeoutMs);
      open.set(id, resolve);
      question(id);
      const reply = await promise;
      clearTimeout(timeout);
      open.delete(id);
      return reply;
    },
    resolve: (id: number, reply: Reply): void => open.get(id)?.(reply),
  };
}
