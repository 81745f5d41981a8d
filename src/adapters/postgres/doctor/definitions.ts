import { readFile } from 'node:fs/promises';
import { migrationsFolder } from '../migrations.ts';

/** A domain or a part of a table, as Postgres describes it, with the schema left out of the names. */
export type Definition = {
  readonly kind: 'domain' | 'column' | 'constraint' | 'index' | 'trigger';
  /** empty for a domain */
  readonly table: string;
  readonly name: string;
  readonly text: string;
};

const file = new URL('schema.sql', migrationsFolder);

/** What the migrations make: read from `schema.sql`, which is the dump of just that. */
export async function readDefinitions(): Promise<Definition[]> {
  const text = (await readFile(file, 'utf8')).replaceAll('\r\n', '\n').replaceAll('payment_trail.', '');
  const constraints = find(text, 'constraint', /^on (?<table>\w+): constraint (?<name>\w+) (?<text>.*)$/gm);
  const names = new Set(constraints.map(({ name }) => name));
  return [
    ...find(text, 'domain', /^domain (?<name>\w+) (?<text>.*)$/gm),
    ...[...text.matchAll(/^table (\w+).*\n((?: {2}.*\n)+)/gm)].flatMap(([, table = '', columns = '']) =>
      find(columns, 'column', /^ {2}(?<name>\S+) (?<text>.*)$/gm, table),
    ),
    ...constraints,
    // A constraint's own index comes and goes with it.
    ...find(text, 'index', /^(?<text>CREATE (?:UNIQUE )?INDEX (?<name>\w+) ON (?<table>\w+) .*)$/gm).filter(
      ({ name }) => !names.has(name),
    ),
    ...find(text, 'trigger', /^(?<text>CREATE TRIGGER (?<name>\w+) .* ON (?<table>\w+) .*) -- enabled: A$/gm),
  ];
}

function find(text: string, kind: Definition['kind'], pattern: RegExp, inTable = ''): Definition[] {
  return [...text.matchAll(pattern)].map(({ groups = {} }) => ({
    kind,
    table: groups['table'] ?? inTable,
    name: groups['name'] ?? '',
    text: groups['text'] ?? '',
  }));
}
