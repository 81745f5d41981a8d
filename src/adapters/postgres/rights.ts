import type { Made } from './migrations.ts';
import type { PgConnection } from './pool.ts';
import { query } from './query.ts';
import type { RoleNames } from './roleNames.ts';

/** Functions the app may call. */
export const appendFunctions: readonly string[] = ['append', 'append_one'];
/** Functions the app and the reader may call. */
export const readFunctions: readonly string[] = ['instant'];
/** What the app may do with a table, besides reading it, as `table:PRIVILEGE`. Never with the events or the heads. */
export const writeRights: readonly string[] = [
  ...['leases', 'cursors', 'generations', 'documents', 'subscriptions'].flatMap((table) =>
    ['INSERT', 'UPDATE', 'DELETE'].map((privilege) => `${table}:${privilege}`),
  ),
  'skipped_events:INSERT',
  ...['INSERT', 'UPDATE'].map((privilege) => `customer_keys:${privilege}`),
];

/**
 * The rights on a schema ($1), on the tables named in $2, their columns, and the functions named in $3, that others
 * than the object's owner hold: kind, object (as GRANT names it), name, its owner, privilege, grantee (0 is PUBLIC).
 */
export const grantedRights = `
  select 'schema' as kind, format('%I', n.nspname) as object, n.nspname::text as name, n.nspowner as owner,
    a.privilege_type as privilege, a.grantee
  from pg_namespace n cross join aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
  where n.nspname = $1 and a.grantee <> n.nspowner
  union
  select 'table', format('%I.%I', n.nspname, c.relname), c.relname::text, c.relowner, a.privilege_type, a.grantee
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  left join pg_attribute t on t.attrelid = c.oid and t.attacl is not null
  cross join lateral (
    select * from aclexplode(coalesce(c.relacl, acldefault('r', c.relowner)))
    union all
    select * from aclexplode(t.attacl)
  ) a
  where n.nspname = $1 and c.relname = any (string_to_array($2, ',')) and a.grantee <> c.relowner
  union
  select 'routine', p.oid::regprocedure::text, p.proname::text, p.proowner, a.privilege_type, a.grantee
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
  where n.nspname = $1 and p.proname = any (string_to_array($3, ',')) and a.grantee <> p.proowner`;

/** Who only reads has no business with keys. $4 the owner, $5 the app, $6 the reader, $7 functions of the app, $8 functions of both, $9 write rights of the app. */
const wantedRights = `
  select 'schema' as kind, format('%I', $1::text) as object, 'USAGE' as privilege, role
  from unnest(array[$5, $6]::text[]) role
  union all
  select 'table', format('%I.%I', $1::text, name), 'SELECT', role
  from unnest(string_to_array($2, ',')) name, unnest(array[$5, $6]::text[]) role
  where not (role = $6 and name = 'customer_keys')
  union all
  select 'table', format('%I.%I', $1::text, split_part(pair, ':', 1)), split_part(pair, ':', 2), $5::text
  from unnest(string_to_array($9, ',')) pair
  union all
  select 'routine', p.oid::regprocedure::text, 'EXECUTE', role
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles o on o.oid = p.proowner,
    unnest(array[$5, $6]::text[]) role
  where n.nspname = $1 and o.rolname = $4
    and (p.proname = any (string_to_array($8, ',')) or (p.proname = any (string_to_array($7, ',')) and role = $5))`;

/** What belongs to somebody else is left alone: it is not the owner's to grant, nor made to be trusted by a grant. */
const statements = `
  with granted as (${grantedRights}), wanted as (${wantedRights})
  select 1 as step, format('revoke %s on %s %s from %s cascade', g.privilege, g.kind, g.object,
    coalesce(quote_ident(r.rolname), 'public')) as statement
  from granted g join pg_roles o on o.oid = g.owner left join pg_roles r on r.oid = g.grantee
  where o.rolname = $4 and not exists (
    select from wanted w where (w.kind, w.object, w.privilege, w.role) = (g.kind, g.object, g.privilege, r.rolname)
  )
  union all
  select 2, format('grant %s on %s %s to %I', w.privilege, w.kind, w.object, w.role)
  from wanted w
  where not exists (
    select from granted g join pg_roles r on r.oid = g.grantee
    where (w.kind, w.object, w.privilege, w.role) = (g.kind, g.object, g.privilege, r.rolname)
  )
  order by 1, 2`;

/** The statements that make the rights what they should be: the app's, the reader's, nobody else's. None if they are. */
export async function rightsToChange(
  connection: PgConnection,
  schema: string,
  made: Made,
  { owner, app, reader }: RoleNames,
): Promise<string[]> {
  const [tables = '', functions = '', ...granted] = [
    made.tables,
    made.functions,
    appendFunctions,
    readFunctions,
    writeRights,
  ].map((names) => names.join(','));
  const rows = await query(connection, statements, [schema, tables, functions, owner, app, reader, ...granted]);
  return rows.map((row) => row['statement'] ?? '');
}
