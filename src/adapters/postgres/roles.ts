import type { Made } from './migrations.ts';
import type { PgConnection } from './pool.ts';
import { query } from './query.ts';
import { rightsToChange } from './rights.ts';
import type { RoleNames } from './roleNames.ts';

/** SQL for the kind of membership that SET ROLE asks for: since Postgres 16, one can be a member without it. */
export const memberToActAs = `case when current_setting('server_version_num')::integer < 160000 then 'MEMBER' else 'SET' end`;

/** A schema, what the migrations make in it, and whose it is to be. */
type Trail = { readonly schema: string; readonly made: Made; readonly roles: RoleNames };

/** True if the roles are there, the owner owns all that is ours, and everybody has the rights that are theirs and no other. */
export async function areRolesSet(connection: PgConnection, { schema, made, roles }: Trail): Promise<boolean> {
  const found = await query(connection, 'select from pg_roles where rolname = any (array[$1, $2, $3]::name[])', [
    roles.owner,
    roles.app,
    roles.reader,
  ]);
  if (found.length < 3 || (await ownersToChange(connection, schema, made, roles.owner)).length > 0) return false;
  return (await rightsToChange(connection, schema, made, roles)).length === 0;
}

/**
 * Makes the roles, hands the schema to the owner (if it is missing, it is made), and goes on as the owner. Whoever
 * migrates is made its member for that; the answer ends it.
 */
export async function becomeOwner(
  connection: PgConnection,
  { schema, made, roles }: Trail,
): Promise<() => Promise<void>> {
  for (const role of [roles.owner, roles.app, roles.reader]) await createRole(connection, role);
  const leave = await joinOwner(connection, roles.owner);
  const found = await query(connection, 'select from pg_namespace where nspname = $1', [schema]);
  if (found.length === 0) await query(connection, `create schema "${schema}" authorization "${roles.owner}"`);
  for (const statement of await ownersToChange(connection, schema, made, roles.owner))
    await query(connection, statement);
  await setRole(connection, roles.owner);
  return leave;
}

/** Gives everybody the rights that are theirs, and takes away all others. To be called as the owner. */
export async function applyRights(connection: PgConnection, { schema, made, roles }: Trail): Promise<void> {
  for (const statement of await rightsToChange(connection, schema, made, roles)) await query(connection, statement);
}

/** For the rest of the transaction. */
export async function setRole(connection: PgConnection, role: string): Promise<void> {
  await query(connection, `select set_config('role', $1, true)`, [role]);
}

async function createRole(connection: PgConnection, role: string): Promise<void> {
  const found = await query(connection, 'select from pg_roles where rolname = $1', [role]);
  if (found.length === 0) await query(connection, `create role "${role}" nologin`);
}

/** Makes the present role a member of the owner, unless it may act as it already; the answer undoes that. */
async function joinOwner(connection: PgConnection, owner: string): Promise<() => Promise<void>> {
  // SET ROLE asks whether the session's own role may; to hand something over, the present one must be able to.
  const [session] = await query(
    connection,
    `select current_setting('role') as role, bool_and(pg_has_role(name, $1::name, ${memberToActAs}))::text as may_act
     from unnest(array[current_user, session_user]) name`,
    [owner],
  );
  if (session?.['may_act'] === 'true') return async () => {};
  await query(connection, `grant "${owner}" to current_user`);
  return async () => {
    await setRole(connection, session?.['role'] ?? 'none');
    await query(connection, `revoke "${owner}" from current_user`);
  };
}

/**
 * $1 the schema, $2 tables, $3 domains, $4 functions, $5 the owner. A function is moved only if it was the trail's owner's: one of
 * the same name that somebody slipped in would else run with the new owner's powers. The schema comes last: until then
 * the old owner needs its rights on it, and the new one needs some to be given more.
 */
const owners = `
  select 1 as step, format('grant all on schema %I to %I', n.nspname, $5::text) as statement
  from pg_namespace n join pg_roles r on r.oid = n.nspowner where n.nspname = $1 and r.rolname <> $5
  union all
  select 2, format('alter table %I.%I owner to %I', n.nspname, c.relname, $5::text)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
  where n.nspname = $1 and c.relname = any (string_to_array($2, ',')) and r.rolname <> $5
  union all
  select 2, format('alter domain %I.%I owner to %I', n.nspname, t.typname, $5::text)
  from pg_type t join pg_namespace n on n.oid = t.typnamespace join pg_roles r on r.oid = t.typowner
  where n.nspname = $1 and t.typname = any (string_to_array($3, ',')) and r.rolname <> $5
  union all
  select 2, format('alter routine %s owner to %I', p.oid::regprocedure, $5::text)
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles r on r.oid = p.proowner
  join pg_class c on c.relnamespace = n.oid and c.relname = 'events' and c.relowner = p.proowner
  where n.nspname = $1 and p.proname = any (string_to_array($4, ',')) and r.rolname <> $5
  union all
  select 3, format('alter schema %I owner to %I', n.nspname, $5::text)
  from pg_namespace n join pg_roles r on r.oid = n.nspowner where n.nspname = $1 and r.rolname <> $5
  order by 1, 2`;

async function ownersToChange(
  connection: PgConnection,
  schema: string,
  { tables, domains, functions }: Made,
  owner: string,
): Promise<string[]> {
  const rows = await query(connection, owners, [
    schema,
    ...[tables, domains, functions].map((names) => names.join(',')),
    owner,
  ]);
  return rows.map((row) => row['statement'] ?? '');
}
