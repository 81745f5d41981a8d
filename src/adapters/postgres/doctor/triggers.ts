import { query } from '../query.ts';
import { readDefinitions } from './definitions.ts';
import type { Examined, Finding } from './findings.ts';
import { restoreCure } from './findings.ts';

const found = `
  select t.tgname::text as name, c.relname::text as table, t.tgenabled::text as enabled,
    replace(pg_get_triggerdef(t.oid), quote_ident($1) || '.', '') as definition
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = any (string_to_array($2, ',')) and not t.tgisinternal
  order by 1`;

/** The append-only triggers are there, are ours, and fire always; no other trigger interferes. */
export async function checkTriggers({ connection, schema, quoted, made }: Examined): Promise<Finding[]> {
  const expected = (await readDefinitions()).filter(({ kind }) => kind === 'trigger');
  const rows = await query(connection, found, [schema, made.tables.join(',')]);
  const findings: Finding[] = [];
  for (const { name, table } of expected) {
    if (rows.some((row) => row['name'] === name && row['table'] === table)) continue;
    findings.push({
      code: 'TRIGGER_MISSING',
      message: `Table ${quoted}.${table} has no trigger ${name}: nothing keeps the owner and superusers from changing it.`,
      cure: restoreCure,
    });
  }
  for (const { name, table, enabled, definition } of rows) {
    const wanted = expected.find((one) => one.name === name && one.table === table);
    if (wanted === undefined) {
      findings.push({
        code: 'TRIGGER_UNKNOWN',
        message: `Table ${quoted}.${table} has a trigger "${name}" that is not ours: it can change, or swallow, what is appended.`,
        cure: `drop trigger "${name}" on ${quoted}.${table};`,
      });
      continue;
    }
    if (enabled !== 'A') {
      findings.push({
        code: 'TRIGGER_NOT_ALWAYS',
        message: `Trigger ${name} on ${quoted}.${table} is disabled, or does not fire where session_replication_role is replica.`,
        cure: `Verify the trail, then: alter table ${quoted}.${table} enable always trigger ${name};`,
      });
    }
    if (definition !== wanted.text) {
      findings.push({
        code: 'TRIGGER_CHANGED',
        message: `Trigger ${name} on ${quoted}.${table} is now: ${definition}`,
        cure: restoreCure,
      });
    }
  }
  return findings;
}
