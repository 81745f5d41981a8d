-- The keys that customers' personal fields are encrypted under, where the host chose that: wrapped by a master key that is not
-- here. Unlike the events they go away: a destroyed key leaves its row, without the key, so that nobody makes another. A key
-- has an id, which every text that is encrypted under it names: under the same id there is never another key.
create table :schema.customer_keys (
  trail :schema.trail_name not null,
  customer :schema.name not null,
  key_id text,
  master_key_id text,
  wrapped_key text,
  made_at timestamptz not null,
  destroyed_at timestamptz,
  primary key (trail, customer),
  check ((destroyed_at is null) = (wrapped_key is not null) and (wrapped_key is null) = (master_key_id is null)
    and (wrapped_key is null) = (key_id is null))
);

-- The planner's statistics hold samples of what is in a column, also of what was there before.
alter table :schema.customer_keys alter column wrapped_key set statistics 0;

create trigger stay_destroyed before update on :schema.customer_keys
  for each row when (
    old.destroyed_at is not null or new.trail <> old.trail or new.customer <> old.customer or new.key_id <> old.key_id
  )
  execute function :schema.refuse_change();
create trigger keep_rows before delete or truncate on :schema.customer_keys
  for each statement execute function :schema.refuse_change();
alter table :schema.customer_keys enable always trigger stay_destroyed;
alter table :schema.customer_keys enable always trigger keep_rows;
