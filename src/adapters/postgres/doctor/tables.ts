import type { PgRow } from '../pool.ts';
import { query } from '../query.ts';
import type { Definition } from './definitions.ts';
import { readDefinitions } from './definitions.ts';
import type { Examined, Finding } from './findings.ts';
import { restoreCure } from './findings.ts';

/** $1 the schema, $2 the tables. */
const missing = `
  select name from unnest(string_to_array($2, ',')) name
  where not exists (
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = name
  )`;

const ours = `
  select c.*, n.nspowner from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = any (string_to_array($2, ','))`;

const traits = `
  with ours as (${ours})
  select o.relname::text as name, 'is not an ordinary table any more' as trait from ours o where o.relkind <> 'r'
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
  union all
  select o.relname::text, format('belongs to %I, and table events to %I', o.relowner::regrole, e.relowner::regrole)
  from ours o join ours e on e.relname = 'events' and e.relowner <> o.relowner
  order by 1, 2`;

/** An index that only lists columns can do no harm, whoever added it; one that computes runs code as the owner. */
const parts = `
  with ours as (${ours})
  select 'column' as kind, o.relname::text as table, a.attname::text as name, format_type(a.atttypid, a.atttypmod)
    || case when a.attnotnull then ' not null' else '' end || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as text
  from ours o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  union all
  select 'constraint', o.relname::text, r.conname::text, pg_get_constraintdef(r.oid)
  from ours o join pg_constraint r on r.conrelid = o.oid where r.contype <> 'n'
  union all
  select 'index', o.relname::text, c.relname::text, replace(pg_get_indexdef(i.indexrelid), quote_ident($1) || '.', '')
  from ours o join pg_index i on i.indrelid = o.oid join pg_class c on c.oid = i.indexrelid
  where not exists (select from pg_constraint r where r.conindid = i.indexrelid and r.conrelid = o.oid)
    and (i.indexprs is not null or i.indpred is not null or c.relname = any (string_to_array($3, ',')))
  order by 1, 2, 3`;

/** The tables are as the migrations make them, and nothing stands between them and what is written or read. */
export async function checkTables(examined: Examined): Promise<Finding[]> {
  const { connection, schema, quoted, made } = examined;
  const values = [schema, made.tables.join(',')];
  const gone = (await query(connection, missing, values)).map((row) => row['name'] ?? '');
  const present = await query(connection, traits, values);
  return [
    ...gone.map(
      (name): Finding => ({
        code: 'TABLE_MISSING',
        message: `There is no table ${quoted}.${name}.`,
        cure: 'Find out who dropped it, and restore the database from a backup.',
      }),
    ),
    ...present.map(({ name, trait }) => changed(quoted, name, trait)),
    ...(await checkParts(examined, new Set(gone))),
  ];
}

async function checkParts({ connection, schema, quoted, made }: Examined, gone: Set<string>): Promise<Finding[]> {
  const expected = (await readDefinitions()).filter(({ kind, table }) => kind !== 'trigger' && !gone.has(table));
  const indexes = expected.filter(({ kind }) => kind === 'index').map(({ name }) => name);
  const rows = await query(connection, parts, [schema, made.tables.join(','), indexes.join(',')]);
  const lost = expected.filter((wanted) => !rows.some((row) => isSame(row, wanted)));
  return [
    ...lost.map(({ kind, table, name }) => changed(quoted, table, `has no ${kind} ${name} any more`)),
    ...rows.flatMap((row) => {
      const wanted = expected.find((one) => isSame(row, one));
      if (wanted?.text === row['text']) return [];
      const how = wanted === undefined ? 'that is not ours' : 'that is not as it was';
      return [changed(quoted, row['table'], `has the ${row['kind']} ${row['name']} ${how}: ${row['text']}`)];
    }),
  ];
}

function isSame(row: PgRow, { kind, table, name }: Definition): boolean {
  return row['kind'] === kind && row['table'] === table && row['name'] === name;
}

function changed(quoted: string, table: string | null | undefined, how: string | null | undefined): Finding {
  return { code: 'TABLE_CHANGED', message: `Table ${quoted}.${table} ${how}.`, cure: restoreCure };
}
