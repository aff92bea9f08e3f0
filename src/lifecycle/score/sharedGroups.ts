/** Test rows of groups that training rows have, too: a model that only recognises a patient looks good on them. */
import type { Config } from "../../config/schema/schema.ts";
import { cellText, findColumn, selectRows, type Signature, type Table } from "../../core/table/table.ts";
import { numbersGroups } from "../../pipeline/leakage/groupColumn.ts";
import { encodeLabels } from "../../pipeline/rows/encodeLabels.ts";

/** @returns a warning for each id or group column that both tables have, if rows of one value have the same target */
export function sharedGroups(
  { id_columns: ids, train }: Config,
  signature: Signature,
  { ingested, test }: { readonly ingested: Table; readonly test: Table },
): string[] {
  const names = new Set([...ids, train.selection.group_column]);
  const columns = ingested.columns.flatMap(({ name }) => (names.has(name) && findColumn(test, name) ? [name] : []));
  if (columns.length === 0) return [];
  const { y, rows } = encodeLabels(ingested, signature);
  const labelled = selectRows(ingested, rows);
  return columns.flatMap((name) => {
    const column = findColumn(labelled, name)!;
    const own = findColumn(test, name)!;
    const isAlike = numbersGroups(column, y, signature.target.task);
    if (!isAlike && name !== train.selection.group_column) return [];
    const known = new Set(Array.from(rows, (_, row) => cellText(column, row)));
    const shared = Array.from({ length: test.rowCount }, (_, row) => cellText(own, row)).filter(
      (text) => text !== null && known.has(text),
    );
    if (shared.length === 0) return [];
    const of = JSON.stringify(name);
    return [
      `${shared.length} of ${test.rowCount} test rows have a ${of} that training rows have, too${isAlike ? `, and rows of one ${of} have nearly the same target` : ""}, so the score is too good: test on others, see \`mlctl split FILE --group ${of}\``,
    ];
  });
}
