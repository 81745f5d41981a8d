import type { TrailRecord } from '../../../application/events/eventCodec.ts';
import { toJson } from '../parts/cli.ts';
import { printable } from '../parts/printable.ts';
import type { Terminal } from '../parts/terminal.ts';
import { csvLine } from './csv.ts';
import { describeData, eventHeading, eventRow } from './describe.ts';
import { printTable } from './table.ts';

export const formats = ['table', 'json', 'jsonl', 'csv'] as const;
export type Format = (typeof formats)[number];

/** Prints records as they come, in constant memory; answers how many. */
export async function printRecords(
  terminal: Terminal,
  format: Format,
  records: AsyncIterable<TrailRecord>,
): Promise<number> {
  switch (format) {
    case 'table':
      return printTable(terminal, eventHeading, mapped(records, eventRow));
    case 'json':
      return printJson(terminal, records);
    case 'jsonl':
      return printLines(
        terminal,
        mapped(records, (record) => toJson(record)),
      );
    case 'csv':
      await terminal.print(csvHeading.join(','));
      return printLines(terminal, mapped(records, csvRecord));
    default:
      return format satisfies never;
  }
}

const csvHeading = ['position', 'recordedAt', 'stream', 'version', 'type', 'actor', 'what', 'evidence', 'data', 'hash'];

function csvRecord({ position, recordedAt, stream, version, event, metadata, hash }: TrailRecord): string {
  const evidence = 'evidence' in event.data ? event.data.evidence.source : '';
  const data = toJson(event.data);
  const start = [`${position}`, recordedAt, stream, `${version}`, event.type, metadata.actor];
  return csvLine([...start, describeData(event), evidence, data, hash].map(printable));
}

/** One array, so that the whole is JSON, also where it is stopped by nothing but its end. */
async function printJson(terminal: Terminal, records: AsyncIterable<TrailRecord>): Promise<number> {
  let count = 0;
  let last: string | null = null;
  await terminal.print('[');
  for await (const record of records) {
    if (last !== null) await terminal.print(`${last},`);
    last = toJson(record);
    count += 1;
  }
  if (last !== null) await terminal.print(last);
  await terminal.print(']');
  return count;
}

async function printLines(terminal: Terminal, lines: AsyncIterable<string>): Promise<number> {
  let count = 0;
  for await (const line of lines) {
    await terminal.print(line);
    count += 1;
  }
  return count;
}

async function* mapped<From, To>(from: AsyncIterable<From>, map: (item: From) => To): AsyncGenerator<To> {
  for await (const item of from) yield map(item);
}
