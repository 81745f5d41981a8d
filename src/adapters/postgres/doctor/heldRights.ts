import { query } from '../query.ts';
import { appendFunctions, grantedRights, mutableTables, readFunctions } from '../rights.ts';
import type { Examined, Finding } from './findings.ts';

/** $1 the schema, $2 tables, $3 functions, $4 tables to change; what the present role may not do of what the app has to do. */
const missing = `
  with needed as (
    select format('usage on schema %I', n.nspname) as needs, has_schema_privilege(n.oid, 'USAGE') as held
    from pg_namespace n where n.nspname = $1
    union all
    select format('select on %I.%I', n.nspname, c.relname), has_table_privilege(c.oid, 'SELECT')
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = any (string_to_array($2, ','))
    union all
    select format('%s on %I.%I', privilege, n.nspname, c.relname), has_table_privilege(c.oid, privilege)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace, unnest(array['insert', 'update', 'delete']) privilege
    where n.nspname = $1 and c.relname = any (string_to_array($4, ','))
    union all
    select format('execute on function %s', p.oid::regprocedure), has_function_privilege(p.oid, 'EXECUTE')
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = $1 and p.proname = any (string_to_array($3, ','))
  )
  select needs, current_user::text as role from needed where not held order by 1`;

/** $1 the schema, $2 tables, $3 functions, $4 tables to change; who holds what only the owner should, and what everybody does. */
const excessive = `
  with granted as (${grantedRights})
  select g.kind, g.object, lower(g.privilege) as privilege, coalesce(quote_ident(r.rolname), 'public') as grantee
  from granted g left join pg_roles r on r.oid = g.grantee
  where case g.kind
    when 'schema' then g.privilege = 'CREATE'
    when 'table' then g.grantee = 0 or not (
      g.privilege = 'SELECT'
      or g.name = any (string_to_array($4, ',')) and g.privilege in ('INSERT', 'UPDATE', 'DELETE')
    )
    else g.grantee = 0
  end
  order by 1, 2, 3, 4`;

/** The connected role can append and read. */
export async function checkMissingRights({ connection, schema, made }: Examined): Promise<Finding[]> {
  const functions = [...appendFunctions, ...readFunctions].join(',');
  const rows = await query(connection, missing, [schema, made.tables.join(','), functions, mutableTables.join(',')]);
  return rows.map(({ needs, role }) => ({
    code: 'RIGHT_MISSING',
    message: `"${role}" lacks ${needs}.`,
    cure: `Grant "${role}" the app role that migrate({ pool, schema, roles }) was given; if it has it, run that migrate again. Without roles: grant ${needs} to "${role}".`,
  }));
}

/** Nobody but the owner can write, by whatever grant; and everybody can do nothing. */
export async function checkExcessiveRights({ connection, schema, made }: Examined): Promise<Finding[]> {
  const rows = await query(connection, excessive, [
    schema,
    made.tables.join(','),
    made.functions.join(','),
    mutableTables.join(','),
  ]);
  return rows.map(({ kind, object, privilege, grantee }) => ({
    code: kind === 'schema' ? 'CREATE_GRANTED' : 'RIGHT_EXCESSIVE',
    message: `${grantee} has ${privilege} on ${kind} ${object}, which no role but the owner should have.`,
    cure: `Run migrate({ pool, schema, roles }), which takes it away; or: revoke ${privilege} on ${kind} ${object} from ${grantee} cascade.`,
  }));
}
