/** Text that a spreadsheet would run as a formula when it opens the file. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;
const decimalNumber = /^-?\d+(\.\d+)?$/;

/**
 * Rows as CSV (RFC 4180) with a line of names first. Nothing is an empty cell; text that a spreadsheet would
 * take for a formula gets an apostrophe in front, numbers stay as they are.
 */
export function writeCsv(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  const harmless = formula.test(text) && !decimalNumber.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
