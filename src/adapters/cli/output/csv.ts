/** A record of CSV (RFC 4180), without its line end. */
export function csvLine(cells: readonly string[]): string {
  return cells.map(cell).join(',');
}

/**
 * A spreadsheet takes what begins like this for a formula, and so behind a semicolon where that parts the cells; behind an
 * apostrophe it is a text.
 */
const formula = /(^|;)(?=[=+\-@\t\r＝＋－＠])/g;

function cell(text: string): string {
  const safe = text.replace(formula, "$1'");
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
