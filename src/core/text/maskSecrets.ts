/** Removes secrets from what is printed, logged or recorded: the only place that does. */

/** Of this process: the secrets of every configuration that it read. */
const known = new Set<string>();

const isLong = ({ length }: string): boolean => length >= 6;

const MIN_OWN_LENGTH = 4;

/** Makes `maskSecrets` remove these values and their random-looking parts; words stay, so that messages are readable. */
export function keepSecret(values: readonly string[]): void {
  for (const value of values) {
    const parts = secretParts(value).filter(looksRandom);
    for (const part of [...credentialsOf(value), ...parts].filter(isLong)) known.add(part);
  }
}

function looksLikeWords(text: string): boolean {
  return /^([a-z]+|[A-Z]+|[A-Z][a-z]+|\d{1,4})?([./_:;, -]+([a-z]+|[A-Z]+|[A-Z][a-z]+|\d{1,4})?)*$/.test(text);
}

/** As tokens and most passwords: letters and digits mixed, or very long. */
function looksRandom(text: string): boolean {
  return /^([^\s/]{16,}|\d{6,})$/.test(text) || (/[a-z]/i.test(text) && /\d/.test(text) && !looksLikeWords(text));
}

/**
 * @param own further secrets of what the text is about, in all their parts
 * @returns the text with "***"; longest first, so that a whole URL is masked before its password
 */
export function maskSecrets(text: string, own: readonly string[] = []): string {
  const parts = own.flatMap(secretParts).filter(({ length }) => length >= MIN_OWN_LENGTH);
  return [...known, ...parts]
    .filter((secret) => text.includes(secret))
    .toSorted((a, b) => b.length - a.length)
    .reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
}

/** User or password, and the query of an address, as written and decoded. */
export function credentialsOf(address: string): string[] {
  if (!address.includes("://") || !URL.canParse(address)) return [];
  const { username, password, search, hash, searchParams } = new URL(address);
  const plain = [password === "" ? username : password, search.slice(1), hash.slice(1)];
  return [...plain, ...plain.map(decoded), ...searchParams.values()];
}

/** What a message may quote of a secret: words after the first, and path and credentials of an address. */
function secretParts(value: string): string[] {
  const [, ...words] = value.split(/[\s"'`;|&<>()]+/).filter((word) => word !== "");
  const texts = [...words, ...words.map((word) => word.slice(word.indexOf("=") + 1))].filter(isLong);
  const paths = [value, ...texts].filter((text) => text.includes("://") && URL.canParse(text));
  return [value, ...texts, ...paths.flatMap((text) => [new URL(text).pathname, ...credentialsOf(text)])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray "%"
  }
}
