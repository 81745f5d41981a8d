-- What the migrations make. Written by "npm run schema"; never edited.

table events
  trail text not null
  position bigint not null
  stream text not null
  version bigint not null
  event_id uuid not null
  type text not null
  data json not null
  metadata json not null
  recorded_at timestamp with time zone not null
  hash bytea not null

table migrations
  name text not null
  checksum text not null
  applied_at timestamp with time zone not null default clock_timestamp()

table trails with (fillfactor=50)
  trail text not null
  position bigint not null
  hash bytea not null

on payment_trail.events: constraint events_pkey PRIMARY KEY (trail, "position")

on payment_trail.events: constraint events_stream_check CHECK ((POSITION((chr(31)) IN (stream)) = 0))

on payment_trail.events: constraint events_trail_stream_version_key UNIQUE (trail, stream, version)

on payment_trail.events: constraint events_type_check CHECK ((POSITION((chr(31)) IN (type)) = 0))

on payment_trail.migrations: constraint migrations_pkey PRIMARY KEY (name)

on payment_trail.trails: constraint trails_hash_check CHECK ((octet_length(hash) = 32))

on payment_trail.trails: constraint trails_pkey PRIMARY KEY (trail)

on payment_trail.trails: constraint trails_trail_check CHECK ((trail ~ '^[A-Za-z0-9._:-]{1,200}$'::text))

CREATE UNIQUE INDEX events_pkey ON payment_trail.events USING btree (trail, "position")

CREATE UNIQUE INDEX events_trail_stream_version_key ON payment_trail.events USING btree (trail, stream, version)

CREATE UNIQUE INDEX migrations_pkey ON payment_trail.migrations USING btree (name)

CREATE UNIQUE INDEX trails_pkey ON payment_trail.trails USING btree (trail)

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON payment_trail.events FOR EACH STATEMENT EXECUTE FUNCTION payment_trail.refuse_change() -- enabled: A

CREATE TRIGGER keep_heads BEFORE DELETE OR TRUNCATE ON payment_trail.trails FOR EACH STATEMENT EXECUTE FUNCTION payment_trail.refuse_change() -- enabled: A

CREATE TRIGGER move_forward BEFORE UPDATE ON payment_trail.trails FOR EACH ROW WHEN (((new.trail IS DISTINCT FROM old.trail) OR (new."position" <= old."position"))) EXECUTE FUNCTION payment_trail.refuse_change() -- enabled: A

CREATE OR REPLACE FUNCTION payment_trail.append(for_trail text, items json)
 RETURNS TABLE(item integer, outcome text, version text, "position" text, missed text)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
AS $function$
#variable_conflict use_column
declare
  head_position bigint;
  head_hash bytea;
  recorded_at timestamptz;
  recorded_text text;
begin
  select t.position, t.hash into head_position, head_hash from "payment_trail".trails t where t.trail = for_trail for update;
  if not found then
    insert into "payment_trail".trails values (for_trail, 0, decode(repeat('00', 32), 'hex')) on conflict do nothing;
    select t.position, t.hash into head_position, head_hash from "payment_trail".trails t where t.trail = for_trail for update;
  end if;

  -- An event is acknowledged once it is flushed, whatever the host prefers for its own transactions.
  if current_setting('synchronous_commit') in ('off', 'local') then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  -- After the lock, so that instants never run backwards along the trail while the clock does not.
  recorded_at := clock_timestamp();
  recorded_text := "payment_trail".instant(recorded_at);

  return query
  with asked as materialized (
    select i.item, i.unit, i.stream, i.expected, i.events, coalesce(now.version, 0) as version,
      -- Subqueries, not joins: joined, the whole trail would be read to look up a few events.
      case when now.version is null then null
        when i.expected >= 0 then (
          select e.version from "payment_trail".events e
          where e.trail = for_trail and e.stream = i.stream and e.version = i.expected + json_array_length(i.events)
            and e.event_id = (i.events -> -1 ->> 'id')::uuid
        )
        else (
          select e.version from "payment_trail".events e
          where e.trail = for_trail and e.stream = i.stream and e.event_id = (i.events -> -1 ->> 'id')::uuid
          limit 1
        )
      end as repeated
    from json_to_recordset(items) as i (item integer, unit integer, stream text, expected bigint, events json)
    left join lateral (
      select e.version from "payment_trail".events e
      where e.trail = for_trail and e.stream = i.stream order by e.version desc limit 1
    ) now on true
  ), compared as (
    select a.*,
      a.repeated is null
        and case a.expected when -1 then false when -2 then a.version = 0 else a.version <> a.expected end as wrong
    from asked a
  ), judged as materialized (
    select c.*, bool_or(c.wrong) over (partition by c.unit) as refused
    from compared c
  ), numbered as (
    select j.item, j.stream, j.version + n.ordinality as version, n.id, n.type, n.data, n.metadata,
      head_position + row_number() over (order by j.item, n.ordinality) as position
    from judged j
    cross join lateral rows from (
      json_to_recordset(j.events) as (id uuid, type text, data json, metadata json)
    ) with ordinality n
    where not j.refused and j.repeated is null
  ), chained as (
    select n.*, "payment_trail".chain(head_hash, concat_ws(e'\x1f', 'attach-payment-method/1', for_trail, n.position, n.stream,
      n.version, n.id, n.type, recorded_text, n.data, n.metadata)) over (order by n.position) as hash
    from numbered n
  ), written as (
    insert into "payment_trail".events (trail, position, stream, version, event_id, type, data, metadata, recorded_at, hash)
    select for_trail, c.position, c.stream, c.version, c.id, c.type, c.data, c.metadata, recorded_at, c.hash
    from chained c
    returning stream, version, position, hash
  ), moved as (
    update "payment_trail".trails t set position = last.position, hash = last.hash
    from (select w.position, w.hash from written w order by w.position desc limit 1) last
    where t.trail = for_trail
  )
  select j.item,
    case when j.wrong then 'wrong' when j.repeated is not null then 'repeated' when j.refused then 'held' else 'appended' end,
    coalesce(w.version, j.repeated, j.version)::text,
    case when j.repeated is null then w.position else (
      select e.position from "payment_trail".events e
      where e.trail = for_trail and e.stream = j.stream and e.version = j.repeated
    ) end::text,
    case when j.wrong and j.version > j.expected then (
      select json_agg(json_build_object('trail', e.trail, 'position', e.position, 'stream', e.stream,
        'version', e.version, 'eventId', e.event_id, 'type', e.type, 'data', e.data::text,
        'metadata', e.metadata::text, 'recordedAt', "payment_trail".instant(e.recorded_at), 'hash', encode(e.hash, 'hex'))
        order by e.version)::text
      from "payment_trail".events e
      where e.trail = for_trail and e.stream = j.stream and e.version > j.expected
    ) end
  from judged j
  left join (
    select w.stream, max(w.version) as version, max(w.position) as position from written w group by w.stream
  ) w on w.stream = j.stream;
end
$function$

CREATE OR REPLACE FUNCTION payment_trail.import_events(for_trail text, events json)
 RETURNS TABLE(head bigint, refused bigint, problem text, expected text, actual text)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
AS $function$
#variable_conflict use_column
declare
  head_position bigint;
  head_hash bytea;
  last_position bigint;
  last_hash bytea;
  found_hash bytea;
  found_version bigint;
  event record;
begin
  select t.position, t.hash into head_position, head_hash from "payment_trail".trails t where t.trail = for_trail for update;
  if not found then
    insert into "payment_trail".trails values (for_trail, 0, decode(repeat('00', 32), 'hex')) on conflict do nothing;
    select t.position, t.hash into head_position, head_hash from "payment_trail".trails t where t.trail = for_trail for update;
  end if;
  if current_setting('synchronous_commit') in ('off', 'local') then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  for event in
    select e.*
    from rows from (
      json_to_recordset(events) as (
        trail text, "position" bigint, stream text, version bigint, "eventId" uuid, type text, data text, metadata text,
        "recordedAt" timestamptz, hash text
      )
    ) with ordinality e
    order by e.ordinality
  loop
    if last_position is null then
      last_position := least(greatest(event.position - 1, 0), head_position);
      select e.hash into last_hash from "payment_trail".events e where e.trail = for_trail and e.position = last_position;
      last_hash := coalesce(last_hash, decode(repeat('00', 32), 'hex'));
    end if;
    found_hash := sha256(last_hash || convert_to(concat_ws(e'\x1f', 'attach-payment-method/1', for_trail, event.position,
      event.stream, event.version, event."eventId", event.type, "payment_trail".instant(event."recordedAt"), event.data,
      event.metadata), 'UTF8'));
    if event.trail <> for_trail then
      select 'trailMismatch', for_trail, event.trail into problem, expected, actual;
    elsif event.position <> last_position + 1 then
      select 'positionOutOfOrder', last_position + 1, event.position into problem, expected, actual;
    elsif found_hash <> decode(event.hash, 'hex') then
      select 'hashMismatch', encode(found_hash, 'hex'), event.hash into problem, expected, actual;
    elsif event.position <= head_position then
      select e.hash into found_hash from "payment_trail".events e where e.trail = for_trail and e.position = event.position;
      if found_hash is distinct from decode(event.hash, 'hex') then
        select 'eventDiffers', encode(found_hash, 'hex'), event.hash into problem, expected, actual;
      end if;
    else
      select e.version into found_version from "payment_trail".events e
      where e.trail = for_trail and e.stream = event.stream order by e.version desc limit 1;
      if event.version <> coalesce(found_version, 0) + 1 then
        select 'versionOutOfOrder', coalesce(found_version, 0) + 1, event.version into problem, expected, actual;
      else
        insert into "payment_trail".events (trail, position, stream, version, event_id, type, data, metadata, recorded_at, hash)
        values (for_trail, event.position, event.stream, event.version, event."eventId", event.type, event.data::json,
          event.metadata::json, event."recordedAt", found_hash);
      end if;
    end if;
    if problem is not null then
      refused := event.position;
      exit;
    end if;
    last_position := event.position;
    last_hash := decode(event.hash, 'hex');
  end loop;

  if last_position > head_position then
    update "payment_trail".trails t set position = last_position, hash = last_hash where t.trail = for_trail;
  end if;
  head := greatest(last_position, head_position);
  return next;
end
$function$

CREATE OR REPLACE FUNCTION payment_trail.instant(at timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select pg_catalog.to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$function$

CREATE OR REPLACE FUNCTION payment_trail.next_hash(present bytea, head bytea, input text)
 RETURNS bytea
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
begin
  return pg_catalog.sha256(coalesce(present, head) || pg_catalog.convert_to(input, 'UTF8'));
end
$function$

CREATE OR REPLACE FUNCTION payment_trail.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  raise exception '% on %.% is refused: the audit trail is append-only', tg_op, tg_table_schema, tg_table_name
    using errcode = 'insufficient_privilege';
end
$function$

aggregate payment_trail.chain(bytea,text) sfunc payment_trail.next_hash(bytea,bytea,text) stype bytea
