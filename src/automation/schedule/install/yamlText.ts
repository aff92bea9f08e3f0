/** Writes YAML with comment lines above it. The only file that imports yaml. */
import { Document, isNode } from "yaml";

/** @param remarks comment lines above the document, without the leading "# "; they have no line breaks */
export function yamlText(content: object, remarks: readonly string[], options: { separated?: boolean } = {}): string {
  // Kubernetes reads YAML 1.1, where a job's name such as `on` or 2026-01-01 is no string.
  const document = new Document(content, { compat: "yaml-1.1", aliasDuplicateObjects: false });
  if (options.separated === true && document.directives !== undefined) document.directives.docStart = true;
  const comment = remarks.map((line) => ` ${line}`).join("\n");
  if (isNode(document.contents)) document.contents.commentBefore = comment;
  return document.toString({ lineWidth: 0, nullStr: "" });
}
