import { query } from '../query.ts';
import type { Examined, Finding } from './findings.ts';

/** $1 the schema, $2 tables, $3 functions, $4 domains: whoever owns any of them can change what it does. */
export const owners = `
  select n.nspowner as oid from pg_namespace n where n.nspname = $1
  union
  select c.relowner from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = any (string_to_array($2, ','))
  union
  select t.typowner from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where n.nspname = $1 and t.typname = any (string_to_array($4, ','))
  union
  select p.proowner from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = $1 and p.proname = any (string_to_array($3, ','))`;

/**
 * What the session's own role, and the one it acts as, can become. A superuser is reported as that alone. Until
 * Postgres 15, CREATEROLE lets a role give itself every other; after that, it comes with membership.
 */
const powers = `
  with owners as (${owners}), connected as (
    select r.oid, r.rolname, r.rolsuper from pg_roles r where r.rolname in (current_user, session_user)
  ), powers as (
    select c.rolname::text as role, r.rolname::text as via,
      case
        when r.rolsuper or r.rolname in ('pg_execute_server_program', 'pg_write_server_files') then 'superuser'
        when r.oid in (select oid from owners) then case when r.oid = c.oid then 'owner' else 'member' end
        when r.rolname = 'pg_write_all_data' then 'writer'
        when r.oid = (select d.datdba from pg_database d where d.datname = current_database()) then 'databaseOwner'
        when r.rolcreaterole and current_setting('server_version_num')::integer < 160000 then 'member'
      end as power
    from connected c join pg_roles r on case when c.rolsuper then r.oid = c.oid else pg_has_role(c.oid, r.oid, 'MEMBER') end
  )
  select role, via, power, current_database()::text as database from powers where power is not null order by role, via`;

const ownersThatLogIn = `
  with owners as (${owners})
  select r.rolname::text as role, r.rolcanlogin::text as can_login, r.rolsuper::text as is_superuser
  from owners o join pg_roles r on r.oid = o.oid where r.rolcanlogin or r.rolsuper order by r.rolname`;

const connectAsApp =
  'Connect as a login role of its own, which has no power but the app role that migrate({ pool, schema, roles }) was given.';

/** Who the host connects as: nobody who could take the append-only guard away. */
export async function checkConnectedRole(examined: Examined): Promise<Finding[]> {
  const rows = await query(examined.connection, powers, ownersOf(examined));
  return rows.map(({ role, via, power, database }) => {
    const through = role === via ? '' : ` through "${via}"`;
    if (power === 'superuser') {
      return {
        code: 'CONNECTED_AS_SUPERUSER',
        message: `"${role}" has the powers of a superuser${through}: it can switch the append-only triggers off and change any event.`,
        cure: connectAsApp,
      };
    }
    if (power === 'owner') {
      return {
        code: 'CONNECTED_AS_OWNER',
        message: `"${role}" owns the trail in schema "${examined.schema}": it can drop the append-only triggers and change any event.`,
        cure: `Run migrate({ pool, schema, roles }) once, which hands the trail to an owner nobody logs in as. ${connectAsApp}`,
      };
    }
    if (power === 'member') {
      return {
        code: 'MAY_BECOME_OWNER',
        message: `"${role}" can make itself the owner of the trail in schema "${examined.schema}"${through}, and then change any event.`,
        cure: `Take membership in "${via}" (or, before Postgres 16, CREATEROLE) away from "${role}". ${connectAsApp}`,
      };
    }
    if (power === 'databaseOwner') {
      return {
        code: 'CONNECTED_AS_DATABASE_OWNER',
        message: `"${role}" owns the database "${database}"${through}: it can drop it with the trail, or rename it and put another in its place.`,
        cure: `alter database "${database}" owner to a role that the backend does not connect as. ${connectAsApp}`,
      };
    }
    return {
      code: 'MAY_WRITE_ALL_TABLES',
      message: `"${role}" may write into every table of the database${through}: it can add events without append.`,
      cure: `revoke pg_write_all_data from "${role}". ${connectAsApp}`,
    };
  });
}

/** Who owns the trail: a role that nobody can log in as, and that can do nothing else. */
export async function checkOwners(examined: Examined): Promise<Finding[]> {
  const { schema } = examined;
  const rows = await query(examined.connection, ownersThatLogIn, ownersOf(examined));
  return rows.flatMap((row) => {
    const findings: Finding[] = [];
    if (row['can_login'] === 'true') {
      findings.push({
        code: 'OWNER_CAN_LOGIN',
        message: `"${row['role']}" owns the trail in schema "${schema}", or part of it, and can log in: whoever has its password can change any event.`,
        cure: `Run migrate({ pool, schema, roles }) with an owner of its own; or, if nobody needs to log in as this one: alter role "${row['role']}" nologin;`,
      });
    }
    if (row['is_superuser'] === 'true') {
      findings.push({
        code: 'OWNER_IS_SUPERUSER',
        message: `"${row['role']}" owns the trail in schema "${schema}", or part of it, and is a superuser: append runs with all its powers.`,
        cure: 'Run migrate({ pool, schema, roles }) with an owner that can do nothing else.',
      });
    }
    return findings;
  });
}

/** The values that `owners` takes. */
export function ownersOf({ schema, made }: Examined): string[] {
  return [schema, made.tables.join(','), made.functions.join(','), made.domains.join(',')];
}
