import type pg from 'pg';

/** All that a schema holds, by Postgres' own descriptions of it, in an order that does not change. */
const statement = `
  select 0 as kind, t.typname as name, 'domain ' || t.typname || ' ' || format_type(t.typbasetype, t.typtypmod)
    || coalesce(' collate ' || quote_ident(k.collname), '') || (
      select coalesce(string_agg(' ' || pg_get_constraintdef(r.oid), '' order by r.conname), '')
      from pg_constraint r where r.contypid = t.oid and r.contype = 'c') as text
  from pg_type t left join pg_collation k on k.oid = t.typcollation
  where t.typnamespace = $1::regnamespace and t.typtype = 'd'
  union all
  select 1, c.relname, 'table ' || c.relname || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '')
    || e'\\n' || (
      select string_agg('  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        || case when a.attnotnull then ' not null' else '' end
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''), e'\\n' order by a.attnum)
      from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
  from pg_class c where c.relnamespace = $1::regnamespace and c.relkind = 'r'
  union all
  select 2, r.conrelid::regclass::text || r.conname, 'on ' || r.conrelid::regclass || ': constraint ' || r.conname || ' ' || pg_get_constraintdef(r.oid)
  from pg_constraint r where r.connamespace = $1::regnamespace and r.contype <> 'n' and r.conrelid <> 0
  union all
  select 3, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
  from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = $1::regnamespace
  union all
  select 4, t.tgrelid::regclass::text || t.tgname, pg_get_triggerdef(t.oid) || ' -- enabled: ' || t.tgenabled::text
  from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = $1::regnamespace and not t.tgisinternal
  union all
  select 5, p.oid::regprocedure::text, pg_get_functiondef(p.oid)
  from pg_proc p where p.pronamespace = $1::regnamespace and p.prokind = 'f'
  union all
  select 6, p.oid::regprocedure::text, 'aggregate ' || p.oid::regprocedure || ' sfunc ' || a.aggtransfn::regprocedure || ' stype ' || format_type(a.aggtranstype, null)
  from pg_proc p join pg_aggregate a on a.aggfnoid = p.oid where p.pronamespace = $1::regnamespace
  order by 1, 2`;

/** The schema as one reviewed text: domains, tables, constraints, indexes, triggers, functions. */
export async function describeSchema(pool: pg.Pool, schema: string): Promise<string> {
  const { rows } = await pool.query<{ text: string }>({ text: statement, values: [schema] });
  const parts = rows.map(({ text }) => text.trimEnd());
  return `-- What the migrations make. Written by "npm run schema"; never edited.\n\n${parts.join('\n\n')}\n`;
}
