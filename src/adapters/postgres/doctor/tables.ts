import { query } from '../query.ts';
import { tables } from '../rights.ts';
import type { Examined, Finding } from './findings.ts';
import { restoreCure } from './findings.ts';

/** $1 the schema, $2 the tables. */
const missing = `
  select name from unnest(string_to_array($2, ',')) name
  where not exists (
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = name
  )`;

const changed = `
  with ours as (
    select c.* from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = any (string_to_array($2, ','))
  )
  select o.relname::text as name, 'is not an ordinary table any more' as how from ours o where o.relkind <> 'r'
  union all
  select o.relname::text, 'is unlogged: a crash of the server empties it' from ours o where o.relpersistence <> 'p'
  union all
  select o.relname::text, 'has row-level security, which hides rows' from ours o where o.relrowsecurity
  union all
  select o.relname::text, format('has the rule %I, which rewrites statements', r.rulename)
  from ours o join pg_rewrite r on r.ev_class = o.oid
  union all
  select o.relname::text, format('has the child table %s, whose rows it shows as its own', i.inhrelid::regclass)
  from ours o join pg_inherits i on i.inhparent = o.oid
  order by 1, 2`;

/** The tables are there, and nothing stands between them and what is written or read. */
export async function checkTables({ connection, schema, quoted }: Examined): Promise<Finding[]> {
  const values = [schema, tables.join(',')];
  const gone = await query(connection, missing, values);
  const altered = await query(connection, changed, values);
  return [
    ...gone.map(
      ({ name }): Finding => ({
        code: 'TABLE_MISSING',
        message: `There is no table ${quoted}.${name}.`,
        cure: 'Find out who dropped it, and restore the database from a backup.',
      }),
    ),
    ...altered.map(
      ({ name, how }): Finding => ({
        code: 'TABLE_CHANGED',
        message: `Table ${quoted}.${name} ${how}.`,
        cure: restoreCure,
      }),
    ),
  ];
}
