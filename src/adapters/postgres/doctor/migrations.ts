import { compareMigrations, findMigrationsTable } from '../migrations.ts';
import type { Examined, Finding } from './findings.ts';

/** The schema is there, and at the version of this package. */
export async function checkMigrations({ connection, schema, quoted, migrations }: Examined): Promise<Finding[]> {
  const table = await findMigrationsTable(connection, schema);
  if (table === 'missing') {
    return [
      {
        code: 'SCHEMA_MISSING',
        message: `The database has no event store in schema "${schema}".`,
        cure: 'Run migrate({ pool, schema }); or name the schema that it was run with.',
      },
    ];
  }
  // That right is among those that are reported as missing.
  if (table === 'unreadable') return [];
  const { pending, unknown, changed } = await compareMigrations(connection, migrations, quoted);
  return [
    ...pending.map(
      ({ name }): Finding => ({
        code: 'MIGRATION_PENDING',
        message: `Migration ${name} has not been run in schema "${schema}".`,
        cure: 'Run migrate({ pool, schema }), with the roles that it was run with before.',
      }),
    ),
    ...unknown.map(
      (name): Finding => ({
        code: 'MIGRATION_AHEAD',
        message: `Schema "${schema}" has migration ${name}, which this version of the package does not know.`,
        cure: 'Upgrade the package.',
      }),
    ),
    ...changed.map(
      ({ name, applied, file }): Finding => ({
        code: 'MIGRATION_CHANGED',
        message: `Migration ${name} was run in schema "${schema}" with checksum ${applied}, and the file now has ${file}.`,
        cure: 'Restore the file as it was released; a change belongs in a new migration.',
      }),
    ),
  ];
}
