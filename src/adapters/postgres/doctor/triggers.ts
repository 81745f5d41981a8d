import { query } from '../query.ts';
import { tables } from '../rights.ts';
import type { Examined, Finding } from './findings.ts';
import { restoreCure } from './findings.ts';

/** As Postgres describes the triggers of the migrations, with the schema left out of the names. */
const expected: Readonly<Record<string, string>> = {
  append_only:
    'CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
  keep_heads:
    'CREATE TRIGGER keep_heads BEFORE DELETE OR TRUNCATE ON trails FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
  move_forward:
    'CREATE TRIGGER move_forward BEFORE UPDATE ON trails FOR EACH ROW WHEN (((new.trail IS DISTINCT FROM old.trail) OR (new."position" <= old."position"))) EXECUTE FUNCTION refuse_change()',
};

const found = `
  select t.tgname::text as name, c.relname::text as table, t.tgenabled::text as enabled,
    replace(pg_get_triggerdef(t.oid), quote_ident($1) || '.', '') as definition
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = any (string_to_array($2, ',')) and not t.tgisinternal
  order by 1`;

/** The append-only triggers are there, are ours, and fire always; no other trigger interferes. */
export async function checkTriggers({ connection, schema, quoted }: Examined): Promise<Finding[]> {
  const rows = await query(connection, found, [schema, tables.join(',')]);
  const findings: Finding[] = [];
  const names = new Set(rows.map(({ name }) => name));
  for (const name of Object.keys(expected).filter((wanted) => !names.has(wanted))) {
    findings.push({
      code: 'TRIGGER_MISSING',
      message: `Schema "${schema}" has no trigger ${name}: nothing keeps the owner and superusers from changing events.`,
      cure: restoreCure,
    });
  }
  for (const { name, table, enabled, definition } of rows) {
    const wanted = expected[name ?? ''];
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
    if (definition !== wanted) {
      findings.push({
        code: 'TRIGGER_CHANGED',
        message: `Trigger ${name} on ${quoted}.${table} is now: ${definition}`,
        cure: restoreCure,
      });
    }
  }
  return findings;
}
