-- ":schema" stands for the schema the host chose; it is replaced, quoted, before a migration runs.

-- The head of each trail: its last position and that event's hash. Locking this row is what puts appends in order.
create table :schema.trails (
  trail text primary key check (trail ~ '^[A-Za-z0-9._:-]{1,200}$'),
  position bigint not null,
  hash bytea not null check (octet_length(hash) = 32)
) with (fillfactor = 50);

-- data and metadata are json, not jsonb: their bytes stay as they came, so that the hash is over what was written.
-- U+001F separates the fields in an event's hash input, so no name may contain it; JSON never does.
create table :schema.events (
  trail text not null,
  position bigint not null,
  stream text not null check (position(chr(31) in stream) = 0),
  version bigint not null,
  event_id uuid not null,
  type text not null check (position(chr(31) in type) = 0),
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
