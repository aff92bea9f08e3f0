/** Labels that differ only in case, blanks or Unicode form: most often one class that was written in several ways. */

/** Equal for labels that a person would read as the same. */
export function labelKey(label: string): string {
  return label.normalize("NFC").trim().toLowerCase();
}
