/** Writes YAML with comment lines above it. The only file that imports yaml. */
import { Document, isNode } from "yaml";

/** @param remarks comment lines above the document, without the leading "# " */
export function yamlText(content: object, remarks: readonly string[], options: { separated?: boolean } = {}): string {
  const document = new Document(content);
  if (options.separated === true && document.directives !== undefined) document.directives.docStart = true;
  // A line break would end the comment.
  const comment = remarks.map((line) => ` ${line.replace(/[\r\n\u0085\u2028\u2029]+/g, " ")}`).join("\n");
  if (isNode(document.contents)) document.contents.commentBefore = comment;
  return document.toString({ lineWidth: 0, nullStr: "" });
}
