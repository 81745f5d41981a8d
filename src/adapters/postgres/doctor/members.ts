import { query } from '../query.ts';
import { owners, ownersOf } from './connectedRole.ts';
import type { Examined, Finding } from './findings.ts';

/**
 * Who can log in, is no superuser, and is a member of an owner, be it through others; and through which direct member.
 * Since Postgres 16 a membership says what it is for, and one that is for nothing counts for none. Nor does one that is for
 * granting alone, of a role with CREATEROLE: it comes with having created the owner, and only a superuser can end it.
 * Whoever is connected is told by its own findings.
 */
const members = `
  with recursive owners as (${owners}), memberships as (
    select m.roleid, m.member
    from pg_auth_members m join pg_roles r on r.oid = m.member,
      lateral (select to_jsonb(m) ->> 'inherit_option' as inherit, to_jsonb(m) ->> 'set_option' as set) o
    where coalesce(o.inherit, 'true') = 'true' or coalesce(o.set, 'true') = 'true'
      or (m.admin_option and not r.rolcreaterole)
  ), members as (
    select o.oid as member, o.oid as owner, null::oid as via from owners o
    union
    select m.member, b.owner, coalesce(b.via, m.member) from members b join memberships m on m.roleid = b.member
  )
  select r.rolname::text as role, o.rolname::text as owner, v.rolname::text as via
  from members m join pg_roles r on r.oid = m.member join pg_roles o on o.oid = m.owner join pg_roles v on v.oid = m.via
  where r.rolcanlogin and not r.rolsuper and r.rolname not in (current_user, session_user)
  order by r.rolname, o.rolname, v.rolname`;

/** Who else can act as the owner: nobody, once the migrations have run. */
export async function checkMembers(examined: Examined): Promise<Finding[]> {
  const rows = await query(examined.connection, members, ownersOf(examined));
  return rows.map(({ role, owner, via }) => ({
    code: 'OWNER_HAS_MEMBER',
    message: `"${role}" can log in, and make itself the owner of the trail in schema "${examined.schema}"${via === role ? '' : ` through "${via}"`}: it can then disable the append-only triggers and change any event.`,
    cure: `revoke "${owner}" from "${via}"; and grant it again only for the time that a migration takes.`,
  }));
}
