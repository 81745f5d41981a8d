import { printable } from '../parts/printable.ts';
import type { Terminal } from '../parts/terminal.ts';

/** Rows with their cells padded to columns. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = widthsOf(rows);
  return rows.map((row) => padded(row, widths));
}

/** A table for a person: a heading, and rows whose texts come from outside. */
export function table(terminal: Terminal, heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const [first = '', ...others] = columns([heading, ...rows.map((row) => row.map(printable))]);
  return [terminal.style('bold', first), ...others];
}

const rowsMeasured = 200;

/** Prints a table of any length in constant memory: the first rows tell how wide the columns are. */
export async function printTable(
  terminal: Terminal,
  heading: readonly string[],
  rows: AsyncIterable<readonly string[]>,
): Promise<number> {
  let measured: (readonly string[])[] | null = [heading];
  let widths: readonly number[] = [];
  let count = 0;
  const printMeasured = async () => {
    widths = widthsOf(measured ?? []);
    for (const [index, row] of (measured ?? []).entries()) {
      const line = padded(row, widths);
      await terminal.print(index === 0 ? terminal.style('bold', line) : line);
    }
    measured = null;
  };
  for await (const row of rows) {
    count += 1;
    const cells = row.map(printable);
    if (measured === null) await terminal.print(padded(cells, widths));
    else if (measured.push(cells) > rowsMeasured) await printMeasured();
  }
  if (measured !== null && count > 0) await printMeasured();
  return count;
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  return widths;
}

function padded(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join('  ')
    .trimEnd();
}
