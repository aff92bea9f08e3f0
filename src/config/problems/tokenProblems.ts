/** Tokens of `serve`: hard to guess, and such that a header can carry them. Only `serve` and `config validate` need them. */
import type { Config, ConfigProblem } from "../schema/schema.ts";

const HOW = "make one with `openssl rand -hex 32`";

/** No message contains a token. */
export function tokenProblems({ serve: { token, tokens } }: Pick<Config, "serve">): ConfigProblem[] {
  const given = [
    ["serve.token", token] as const,
    ...tokens.map((each, i) => [`serve.tokens.${i}.token`, each.token] as const),
  ];
  return given.flatMap(([path, text], i) => {
    if (text === null) return [];
    const twin = given.findIndex(([, other]) => other === text);
    const message =
      twin < i ? `the same token as ${given[twin]![0]}; each caller needs one of its own` : weakness(text);
    return message === undefined ? [] : [{ path, message }];
  });
}

function weakness(text: string): string | undefined {
  if (/^\$\w+$/.test(text)) return `found the name of a variable; write it as "\${${text.slice(1)}}"`;
  if (/^[!-~]{16,}$/.test(text)) return undefined;
  const found = text.length < 16 ? `found ${text.length} characters` : "found blanks or other characters than ASCII";
  return `${found}; a token has at least 16 letters, digits and signs: ${HOW}`;
}
