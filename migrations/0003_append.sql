-- The plans of these functions are made once per connection, not with every call, which would cost more than the work; and
-- one made while the tables were small must not scan them once they are large. Hence their settings.

-- Appends one event to one stream that has the expected version (0 for none): the usual call, and the cheapest.
-- Answers what "append" answers.
create function :schema.append_one(
  for_trail text, for_stream text, expected bigint, id uuid, type text, data json, metadata json
) returns json
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_variable
declare
  head_position bigint;
  head_hash bytea;
  head_row tid;
  recorded_at timestamptz;
begin
  -- Nobody waits for the lock longer than a caller waits for the answer: a connection given up would stay, waiting.
  if current_setting('lock_timeout') = '0' then
    perform set_config('lock_timeout', '10s', true);
  end if;
  -- Who waits here gets in in turn. Waiting for the row alone, all wake at every commit, and some starve.
  perform pg_advisory_xact_lock(':schema.trails'::regclass::oid::integer, hashtext(for_trail));
  select t.position + 1, t.hash, t.ctid into head_position, head_hash, head_row
  from :schema.trails t where t.trail = for_trail order by t.position desc limit 1 for update;

  -- An event is acknowledged once it is flushed, whatever the host prefers for its own transactions.
  if current_setting('synchronous_commit') in ('off', 'local') then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  recorded_at := clock_timestamp();
  head_hash := sha256(head_hash || convert_to(concat_ws(e'\x1f', 'attach-payment-method/1', for_trail, head_position,
    for_stream, expected + 1, id, type, :schema.instant(recorded_at), data, metadata), 'UTF8'));

  -- A statement of its own behind the lock, so that it sees what the last holder of the lock wrote.
  insert into :schema.events (trail, position, stream, version, event_id, type, data, metadata, recorded_at, hash)
  select for_trail, head_position, for_stream, expected + 1, id, type, data, metadata, recorded_at, head_hash
  where head_hash is not null and expected = coalesce((
    select e.version from :schema.events e
    where e.trail = for_trail and e.stream = for_stream order by e.version desc limit 1
  ), 0);
  if not found then
    return :schema.append(for_trail, array[0], array[for_stream], array[expected], array[1], array[id], array[type],
      data::text, metadata::text);
  end if;

  update :schema.trails t set position = head_position, hash = head_hash where t.ctid = head_row;
  return to_json(head_position);
end
$$;

-- Appends any number of events in one call, in one order, and never raises for a wrong expected version.
--
-- An element per event in each array, and in datas and metadatas, where U+001F stands between them. Events of one stream
-- are an item: they stand together, are numbered 1, 2, 3 … by nths, and have one unit and one expected version: 0 for
-- none; -1 for any; -2 for any but none. The items of a unit are appended all or none.
--
-- Answers the position of the first event, where every item was appended at its expected version; else an array with an
-- outcome for each item: see "judge". Only an appended item uses up positions.
create function :schema.append(
  for_trail text, units integer[], streams text[], expected bigint[], nths integer[], ids uuid[], types text[],
  datas text, metadatas text
) returns json
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_variable
declare
  -- Split before the lock, which others wait for.
  data_texts constant text[] := string_to_array(datas, e'\x1f');
  metadata_texts constant text[] := string_to_array(metadatas, e'\x1f');
  first_position bigint;
  head_position bigint;
  head_hash bytea;
  head_row tid;
  recorded_at timestamptz;
  recorded_text text;
  -- Per event: its stream's version before the call; null where it is not to be written.
  versions bigint[];
  positions bigint[];
  hashes bytea[];
  outcomes json;
begin
  -- Whoever may append need not be this module: what would be stored as it came, and break the chain, is refused.
  if array[array_dims(units), array_dims(streams), array_dims(expected), array_dims(nths), array_dims(ids),
    array_dims(types)] <> array_fill('[1:' || cardinality(streams) || ']', array[6])
  then
    raise exception 'append takes arrays of one length, from 1' using errcode = 'invalid_parameter_value';
  end if;

  -- Nobody waits for the lock longer than a caller waits for the answer: a connection given up would stay, waiting.
  if current_setting('lock_timeout') = '0' then
    perform set_config('lock_timeout', '10s', true);
  end if;
  -- First in turn, then the row: see append_one.
  perform pg_advisory_xact_lock(':schema.trails'::regclass::oid::integer, hashtext(for_trail));
  select t.position, t.hash, t.ctid into head_position, head_hash, head_row
  from :schema.trails t where t.trail = for_trail order by t.position desc limit 1 for update;
  if not found then
    begin
      insert into :schema.trails values (for_trail, 0, decode(repeat('00', 32), 'hex'));
      return :schema.append(for_trail, units, streams, expected, nths, ids, types, datas, metadatas);
    exception when unique_violation then
      raise exception 'trail % was begun by a transaction that this one cannot see', for_trail
        using errcode = 'serialization_failure';
    end;
  end if;
  first_position := head_position + 1;

  -- An event is acknowledged once it is flushed, whatever the host prefers for its own transactions.
  if current_setting('synchronous_commit') in ('off', 'local') then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  -- After the lock, so that instants never run backwards along the trail while the clock does not.
  recorded_at := clock_timestamp();
  recorded_text := :schema.instant(recorded_at);

  versions := array(
    select case when nths[n] > 1 then expected[n] else coalesce((
      select e.version from :schema.events e
      where e.trail = for_trail and e.stream = streams[n] order by e.version desc limit 1
    ), 0) end
    from generate_series(1, cardinality(streams)) n order by n
  );
  if versions <> expected then
    select j.versions, j.outcomes into versions, outcomes
    from :schema.judge(for_trail, head_position, units, streams, expected, nths, ids, versions) j;
  end if;

  for n in 1 .. cardinality(streams) loop
    if nths[n] <> 1 and ((nths[n], units[n], streams[n], expected[n])
      = (nths[n - 1] + 1, units[n - 1], streams[n - 1], expected[n - 1])) is not true
    then
      raise exception 'append takes the events of an item one behind another' using errcode = 'invalid_parameter_value';
    end if;
    continue when versions[n] is null;
    head_position := head_position + 1;
    head_hash := sha256(head_hash || convert_to(concat_ws(e'\x1f', 'attach-payment-method/1', for_trail, head_position,
      streams[n], versions[n] + nths[n], ids[n], types[n], recorded_text, data_texts[n], metadata_texts[n]), 'UTF8'));
    positions[n] := head_position;
    hashes[n] := head_hash;
  end loop;

  if head_position >= first_position then
    insert into :schema.events (trail, position, stream, version, event_id, type, data, metadata, recorded_at, hash)
    select for_trail, positions[n], streams[n], versions[n] + nths[n], ids[n], types[n], data_texts[n]::json,
      metadata_texts[n]::json, recorded_at, hashes[n]
    from generate_series(1, cardinality(streams)) n where positions[n] is not null;
    update :schema.trails t set position = head_position, hash = head_hash where t.ctid = head_row;
  end if;
  return coalesce(outcomes, to_json(first_position));
end
$$;

-- Decides what becomes of each item of a call of "append", behind its lock.
--
-- outcomes: [{"outcome", "version", "position", "missed"}, ...], in the order of the items. "appended"; "repeated", when
-- its events are there from an earlier call; "wrong", when its expected version is, with the events after that one; or
-- "held", when another item of its unit is wrong. version: the stream's, once the call is done. position: that of the
-- item's last event. versions: per event, its stream's version before the call; null unless it is to be appended.
create function :schema.judge(
  for_trail text, head_position bigint, units integer[], streams text[], expected bigint[], nths integer[], ids uuid[],
  present bigint[], out versions bigint[], out outcomes json
)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
  with items as (
    select min(e.n) as first, max(e.n) as last, count(*) as length, e.unit, e.stream, e.expected
    from unnest(units, streams, expected) with ordinality e (unit, stream, expected, n)
    group by e.unit, e.stream, e.expected
  ), asked as materialized (
    select i.*, present[i.first] as version,
      -- Subqueries, not joins: joined, the whole trail would be read to look up a few events.
      case when present[i.first] = 0 then null
        when i.expected >= 0 then (
          select e.version from :schema.events e
          where e.trail = for_trail and e.stream = i.stream and e.version = i.expected + i.length
            and e.event_id = ids[i.last]
        )
        else (
          select e.version from :schema.events e
          where e.trail = for_trail and e.stream = i.stream and e.event_id = ids[i.last]
          limit 1
        )
      end as repeated
    from items i
  ), compared as (
    select a.*,
      a.repeated is null
        and case a.expected when -1 then false when -2 then a.version = 0 else a.version <> a.expected end as wrong
    from asked a
  ), judged as (
    select c.*, c.repeated is null and not bool_or(c.wrong) over (partition by c.unit) as appended
    from compared c
  ), numbered as materialized (
    select j.*, head_position + (sum(j.length) filter (where j.appended) over (order by j.first))::bigint as position
    from judged j
  )
  select
    array(
      select case when n.appended then n.version end
      from unnest(units, streams, judge.expected) with ordinality e (unit, stream, expected, n)
      left join numbered n on (n.unit, n.stream, n.expected) = (e.unit, e.stream, e.expected) order by e.n
    ),
    json_agg(case
      when n.appended then json_build_object(
        'outcome', 'appended', 'version', n.version + n.length, 'position', n.position)
      when n.repeated is not null then json_build_object('outcome', 'repeated', 'version', n.repeated, 'position', (
        select e.position from :schema.events e
        where e.trail = for_trail and e.stream = n.stream and e.version = n.repeated))
      when n.wrong then json_build_object('outcome', 'wrong', 'version', n.version, 'missed', coalesce((
        select json_agg(json_build_object('trail', e.trail, 'position', e.position, 'stream', e.stream,
          'version', e.version, 'eventId', e.event_id, 'type', e.type, 'data', e.data::text,
          'metadata', e.metadata::text, 'recordedAt', :schema.instant(e.recorded_at), 'hash', encode(e.hash, 'hex'))
          order by e.version)
        from :schema.events e
        where e.trail = for_trail and e.stream = n.stream and e.version > n.expected and n.expected >= 0), '[]'))
      else json_build_object('outcome', 'held', 'version', n.version)
    end order by n.first)
  into versions, outcomes
  from numbered n;
end
$$;
