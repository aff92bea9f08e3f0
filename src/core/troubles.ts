/** Reports what does not work in a program that keeps running: once when it begins, once when it ends, or at exit. */
import type { Context } from "./context.ts";
import { messageOf, MlctlError } from "./errors.ts";

export type Troubles = ReturnType<typeof reportTroubles>;

export function reportTroubles({ emit }: Pick<Context, "emit">, stage: string) {
  const open = new Map<string, { readonly message: string; times: number }>();
  const warn = (message: string, hint?: string): void =>
    emit({ type: "warning", stage, message, again: true, ...(hint !== undefined && { hint }) });
  return {
    /** Reports `what` with the error, unless the trouble `key` has been reported and has not ended. */
    begin(key: string, what: string, error: unknown): void {
      const known = open.get(key);
      if (known !== undefined) return void known.times++;
      const message = `${what}: ${messageOf(error)}`;
      open.set(key, { message, times: 1 });
      warn(message, error instanceof MlctlError ? error.hint : undefined);
    },
    end(key: string, message: (times: number) => string): void {
      const known = open.get(key);
      if (known === undefined) return;
      open.delete(key);
      warn(message(known.times));
    },
    has: (key: string) => open.has(key),
    /** At exit: reports what has not ended. */
    close(): void {
      for (const { message, times } of open.values())
        if (times > 1) warn(`still so at the end, met ${times} times: ${message}`);
    },
  };
}
