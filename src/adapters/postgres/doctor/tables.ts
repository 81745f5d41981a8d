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

/** $1 the schema, $2 the tables, $3 the domains. */
const ours = `
  ours as (
    select c.* from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = any (string_to_array($2, ','))
  ), domains as (
    select t.* from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where n.nspname = $1 and t.typtype = 'd' and t.typname = any (string_to_array($3, ','))
  )`;

const traits = `
  with ${ours}, things as (
    select 'table ' || relname as thing, relowner as owner from ours union all select 'domain ' || typname, typowner from domains
  )
  select 'table ' || o.relname as thing, 'is not an ordinary table any more' as trait from ours o where o.relkind <> 'r'
  union all
  select 'table ' || o.relname, 'is unlogged: a crash of the server empties it' from ours o where o.relpersistence <> 'p'
  union all
  select 'table ' || o.relname, 'has row-level security, which hides rows' from ours o where o.relrowsecurity
  union all
  select 'table ' || o.relname, format('has the rule %I, which rewrites statements', r.rulename)
  from ours o join pg_rewrite r on r.ev_class = o.oid
  union all
  select 'table ' || o.relname, format('has the child table %s, whose rows it shows as its own', i.inhrelid::regclass)
  from ours o join pg_inherits i on i.inhparent = o.oid
  union all
  select t.thing, format('belongs to %I, and table events to %I', t.owner::regrole, e.relowner::regrole)
  from things t join ours e on e.relname = 'events' and e.relowner <> t.owner
  order by 1, 2`;

/** $4 the indexes. One that only lists columns can do no harm, whoever added it; one that computes runs code as the owner. */
const parts = `
  with ${ours}, parts as (
    select 'domain' as kind, '' as table, t.typname::text as name, format_type(t.typbasetype, t.typtypmod)
      || coalesce(' collate ' || quote_ident(k.collname), '') || (
        select coalesce(string_agg(' ' || pg_get_constraintdef(r.oid), '' order by r.conname), '')
        from pg_constraint r where r.contypid = t.oid and r.contype = 'c') as text
    from domains t left join pg_collation k on k.oid = t.typcollation
    union all
    select 'column', o.relname, a.attname, format_type(a.atttypid, a.atttypmod)
      || case when a.attnotnull then ' not null' else '' end || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
    from ours o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    union all
    select 'constraint', o.relname, r.conname, pg_get_constraintdef(r.oid)
    from ours o join pg_constraint r on r.conrelid = o.oid where r.contype <> 'n'
    union all
    select 'index', o.relname, c.relname, pg_get_indexdef(i.indexrelid)
    from ours o join pg_index i on i.indrelid = o.oid join pg_class c on c.oid = i.indexrelid
    where not exists (select from pg_constraint r where r.conindid = i.indexrelid and r.conrelid = o.oid)
      and (i.indexprs is not null or i.indpred is not null or c.relname = any (string_to_array($4, ',')))
  )
  select kind, "table", name, replace(text, quote_ident($1) || '.', '') as text from parts order by 1, 2, 3`;

/** Tables and domains are as the migrations make them, and nothing stands between them and what is written or read. */
export async function checkTables(examined: Examined): Promise<Finding[]> {
  const { connection, schema, made } = examined;
  const tables = made.tables.join(',');
  const gone = (await query(connection, missing, [schema, tables])).map((row) => row['name'] ?? '');
  const present = await query(connection, traits, [schema, tables, made.domains.join(',')]);
  return [
    ...gone.map(
      (name): Finding => ({
        code: 'TABLE_MISSING',
        message: `There is no table ${name} in schema "${schema}".`,
        cure: 'Find out who dropped it, and restore the database from a backup.',
      }),
    ),
    ...present.map(({ thing, trait }) => changed(schema, `${thing} ${trait}`)),
    ...(await checkParts(examined, new Set(gone))),
  ];
}

async function checkParts({ connection, schema, made }: Examined, gone: ReadonlySet<string>): Promise<Finding[]> {
  const expected = (await readDefinitions()).filter(({ kind, table }) => kind !== 'trigger' && !gone.has(table));
  const indexes = expected.filter(({ kind }) => kind === 'index').map(({ name }) => name);
  const names = [made.tables, made.domains, indexes].map((list) => list.join(','));
  const rows = await query(connection, parts, [schema, ...names]);
  const lost = expected.filter((wanted) => !rows.some((row) => isSame(row, wanted)));
  return [
    ...lost.map((part) => changed(schema, `${describe(part)} is not there any more`)),
    ...rows.flatMap((row) => {
      const wanted = expected.find((one) => isSame(row, one));
      if (wanted?.text === row['text']) return [];
      const how = wanted === undefined ? 'is not ours' : 'is not as it was';
      return [changed(schema, `${describe(row)} ${how}: ${row['text']}`)];
    }),
  ];
}

function isSame(row: PgRow, { kind, table, name }: Definition): boolean {
  return row['kind'] === kind && row['table'] === table && row['name'] === name;
}

function describe({ kind, table, name }: PgRow | Definition): string {
  return table === '' ? `${kind} ${name}` : `${kind} ${name} of table ${table}`;
}

function changed(schema: string, what: string): Finding {
  return { code: 'TABLE_CHANGED', message: `In schema "${schema}", ${what}.`, cure: restoreCure };
}
