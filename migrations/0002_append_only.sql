-- Nothing that was recorded changes or goes away. Privileges are the first line; these triggers are the second.

create function :schema.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception '% on %.% is refused: the audit trail is append-only', tg_op, tg_table_schema, tg_table_name
    using errcode = 'insufficient_privilege';
end
$$;

create trigger append_only before update or delete or truncate on :schema.events
  for each statement execute function :schema.refuse_change();

create trigger append_only before update or delete or truncate on :schema.turns
  for each statement execute function :schema.refuse_change();

-- A head moves forward with every append; it can never be moved back, renamed or removed.
create trigger keep_heads before delete or truncate on :schema.trails
  for each statement execute function :schema.refuse_change();
create trigger move_forward before update on :schema.trails
  for each row when (new.trail is distinct from old.trail or new.position <= old.position)
  execute function :schema.refuse_change();

-- "always", so that session_replication_role = replica does not switch them off.
alter table :schema.events enable always trigger append_only;
alter table :schema.turns enable always trigger append_only;
alter table :schema.trails enable always trigger keep_heads;
alter table :schema.trails enable always trigger move_forward;
