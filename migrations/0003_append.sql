-- An event's hash: SHA-256 over the hash before it (32 bytes) and its own fields (UTF-8).
create function :schema.next_hash(present bytea, head bytea, input text) returns bytea
language plpgsql immutable parallel safe as $$
begin
  return pg_catalog.sha256(coalesce(present, head) || pg_catalog.convert_to(input, 'UTF8'));
end
$$;

-- Chains hashes over rows in order; "head" is the hash that stands before the first of them.
create aggregate :schema.chain(head bytea, input text) (sfunc = :schema.next_hash, stype = bytea);

-- Appends any number of items in one call, in one order, and never raises for a wrong expected version.
--
-- items: [{"item": n, "unit": n, "stream": s, "expected": v, "events": [{"id", "type", "data", "metadata"}, ...]}, ...]
-- A stream stands in one item at most. The items of a unit are appended all or none.
-- expected: a version, 0 for none; -1 for any; -2 for any but none.
--
-- Answers a row per item: "appended"; "repeated", when its events are there from an earlier call; "wrong", when its
-- expected version is, with the stream's version now and the events after the expected one; or "held", when another
-- item of its unit is wrong. Only an appended item uses up positions.
create function :schema.append(for_trail text, items json)
returns table (item integer, outcome text, version text, "position" text, missed text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
-- Its plans are kept per connection, and one made while the tables were small must not scan them once they are large.
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
  head_position bigint;
  head_hash bytea;
  recorded_at timestamptz;
  recorded_text text;
begin
  select t.position, t.hash into head_position, head_hash from :schema.trails t where t.trail = for_trail for update;
  if not found then
    insert into :schema.trails values (for_trail, 0, decode(repeat('00', 32), 'hex')) on conflict do nothing;
    select t.position, t.hash into head_position, head_hash from :schema.trails t where t.trail = for_trail for update;
  end if;

  -- An event is acknowledged once it is flushed, whatever the host prefers for its own transactions.
  if current_setting('synchronous_commit') in ('off', 'local') then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  -- After the lock, so that instants never run backwards along the trail while the clock does not.
  recorded_at := clock_timestamp();
  recorded_text := :schema.instant(recorded_at);

  return query
  with asked as materialized (
    select i.item, i.unit, i.stream, i.expected, i.events, coalesce(now.version, 0) as version,
      -- Subqueries, not joins: joined, the whole trail would be read to look up a few events.
      case when now.version is null then null
        when i.expected >= 0 then (
          select e.version from :schema.events e
          where e.trail = for_trail and e.stream = i.stream and e.version = i.expected + json_array_length(i.events)
            and e.event_id = (i.events -> -1 ->> 'id')::uuid
        )
        else (
          select e.version from :schema.events e
          where e.trail = for_trail and e.stream = i.stream and e.event_id = (i.events -> -1 ->> 'id')::uuid
          limit 1
        )
      end as repeated
    from json_to_recordset(items) as i (item integer, unit integer, stream text, expected bigint, events json)
    left join lateral (
      select e.version from :schema.events e
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
    select n.*, :schema.chain(head_hash, concat_ws(e'\x1f', 'attach-payment-method/1', for_trail, n.position, n.stream,
      n.version, n.id, n.type, recorded_text, n.data, n.metadata)) over (order by n.position) as hash
    from numbered n
  ), written as (
    insert into :schema.events (trail, position, stream, version, event_id, type, data, metadata, recorded_at, hash)
    select for_trail, c.position, c.stream, c.version, c.id, c.type, c.data, c.metadata, recorded_at, c.hash
    from chained c
    returning stream, version, position, hash
  ), moved as (
    update :schema.trails t set position = last.position, hash = last.hash
    from (select w.position, w.hash from written w order by w.position desc limit 1) last
    where t.trail = for_trail
  )
  select j.item,
    case when j.wrong then 'wrong' when j.repeated is not null then 'repeated' when j.refused then 'held' else 'appended' end,
    coalesce(w.version, j.repeated, j.version)::text,
    case when j.repeated is null then w.position else (
      select e.position from :schema.events e
      where e.trail = for_trail and e.stream = j.stream and e.version = j.repeated
    ) end::text,
    case when j.wrong and j.version > j.expected then (
      select json_agg(json_build_object('trail', e.trail, 'position', e.position, 'stream', e.stream,
        'version', e.version, 'eventId', e.event_id, 'type', e.type, 'data', e.data::text,
        'metadata', e.metadata::text, 'recordedAt', :schema.instant(e.recorded_at), 'hash', encode(e.hash, 'hex'))
        order by e.version)::text
      from :schema.events e
      where e.trail = for_trail and e.stream = j.stream and e.version > j.expected
    ) end
  from judged j
  left join (
    select w.stream, max(w.version) as version, max(w.position) as position from written w group by w.stream
  ) w on w.stream = j.stream;
end
$$;
