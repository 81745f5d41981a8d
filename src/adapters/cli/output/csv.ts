/** A record of CSV (RFC 4180), without its line end. */
export function csvLine(cells: readonly string[]): string {
  return cells.map(cell).join(',');
}

/** A spreadsheet takes what begins like this for a formula; behind an apostrophe it is a text. */
const formula = /^[=+\-@\t\r]/;

function cell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
