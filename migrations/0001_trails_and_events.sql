-- ":schema" stands for the schema the host chose; it is replaced, quoted, before a migration runs.

-- Collation "C" orders bytes: the unique keys do not depend on a locale, which an upgrade of the system may change.
-- U+001F separates the fields in an event's hash input, so no name may contain it; JSON never does.
create domain :schema.name as text collate "C" check (position(chr(31) in value) = 0);
-- A domain, where a check of the table would be made again whenever its head moves.
create domain :schema.trail_name as text collate "C" check (value ~ '^[A-Za-z0-9._:-]{1,200}$');

-- The head of each trail, one row: its last position and that event's hash. Locking it is what puts appends in order. The
-- key leads to the newest version of the row at once: by the trail alone, every version would be looked at that an old
-- transaction, such as a dump, may still want to see. That there is one row is up to those who append, under their lock.
create table :schema.trails (
  trail :schema.trail_name,
  position bigint not null,
  hash bytea not null check (octet_length(hash) = 32),
  primary key (trail, position)
);

-- data and metadata are json, not jsonb: their bytes stay as they came, so that the hash is over what was written.
create table :schema.events (
  trail text collate "C" not null,
  position bigint not null,
  stream :schema.name not null,
  version bigint not null,
  event_id uuid not null,
  type :schema.name not null,
  data json not null,
  metadata json not null,
  recorded_at timestamptz not null,
  hash bytea not null,
  primary key (trail, position),
  unique (trail, stream, version)
);

-- An instant as the hash input and every reader spell it: RFC 3339, UTC, microseconds.
create function :schema.instant(at timestamptz) returns text
language sql stable parallel safe as $$
  select pg_catalog.to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
