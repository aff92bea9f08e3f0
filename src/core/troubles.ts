/** Reports what does not work in a program that keeps running: once when it begins, once when it ends, or at exit. */
import type { Context } from "./context.ts";
import { messageOf, MlctlError } from "./errors.ts";

export interface Troubles {
  begin(key: string, what: string, error: unknown): void;
  end(key: string, message: (times: number) => string): void;
  has(key: string): boolean;
  /** At exit: reports what has not ended. */
  close(): void;
}

export function reportTroubles({ emit }: Pick<Context, "emit">, stage: string): Troubles {
  const open = new Map<string, { readonly message: string; times: number }>();
  const warn = (message: string, hint?: string): void =>
    emit({ type: "warning", stage, message, again: true, ...(hint !== undefined && { hint }) });
  return {
    begin(key, what, error) {
      const known = open.get(key);
      if (known !== undefined) return void known.times++;
      const message = `${what}: ${messageOf(error)}`;
      open.set(key, { message, times: 1 });
      warn(message, error instanceof MlctlError ? error.hint : undefined);
    },
    end(key, message) {
      const known = open.get(key);
      if (known === undefined) return;
      open.delete(key);
      warn(message(known.times));
    },
    has: (key) => open.has(key),
    close() {
      for (const { message, times } of open.values())
        if (times > 1) warn(`still so at the end, met ${times} times: ${message}`);
    },
  };
}
