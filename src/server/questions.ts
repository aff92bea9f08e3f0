/** Questions to another process, told apart by numbers. */

export interface Questions<Answer> {
  /** @param otherwise the answer where none comes in time */
  ask(send: (id: number) => void, otherwise: () => Answer): Promise<Answer>;
  answer(id: number, answer: Answer): void;
}

/** How long an answer is waited for. */
const PATIENCE_MS = 1000;

export function questions<Answer>(): Questions<Answer> {
  const open = new Map<number, (answer: Answer) => void>();
  let last = 0;
  return {
    ask: (send, otherwise) =>
      new Promise((resolve) => {
        const id = ++last;
        const finish = (answer: Answer): void => {
          clearTimeout(late);
          open.delete(id);
          resolve(answer);
        };
        const late = setTimeout(() => finish(otherwise()), PATIENCE_MS);
        open.set(id, finish);
        send(id);
      }),
    answer: (id, answer) => open.get(id)?.(answer),
  };
}
