-- The plans of these functions are made once per connection, not with every call, which would cost more than the work; and
-- one made while the tables were small must not scan them once they are large. Hence their settings.

-- Waits for the trail's turn, which lasts until the transaction ends, and sees to it that what is appended then is
-- acknowledged only when it is durable. A trail that has not begun is begun, or else answered with false. Runs with the
-- settings of whoever calls it, the functions below.
create function :schema.take_turn(for_trail text, wait_ms integer, may_begin boolean) returns boolean
language plpgsql
as $$
declare
  has_turn boolean;
  is_patient constant boolean := current_setting('lock_timeout') = '0';
begin
  -- What was appended while this transaction waited, it would not see, and would judge by what it saw before.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'append runs at read committed, and not at %', current_setting('transaction_isolation')
      using errcode = 'inappropriate_isolation_level_for_branch_transaction';
  end if;
  -- Nobody waits for a turn longer than a caller waits for the answer: a connection given up would stay, waiting.
  if is_patient then
    perform set_config('lock_timeout', wait_ms::text, true);
  end if;
  perform from :schema.turns t where t.trail = for_trail for update;
  if not found and may_begin then
    -- Of many who begin it at once, one does, and the others wait here.
    insert into :schema.turns values (for_trail) on conflict do nothing;
    perform from :schema.turns t where t.trail = for_trail for update;
  end if;
  has_turn := found;
  if is_patient then
    perform set_config('lock_timeout', '0', true);
  end if;
  -- An event is acknowledged once it is flushed, whatever the host prefers for its own transactions.
  if current_setting('synchronous_commit') in ('off', 'local') then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  -- That a wait for the synchronous standby was cancelled is told by a warning alone.
  if current_setting('client_min_messages') = 'error' then
    perform set_config('client_min_messages', 'warning', true);
  end if;
  return has_turn;
end
$$;

-- Appends one event to one stream that has the expected version (0 for none), with the event last_id there if that is
-- not null: the usual call, and the cheapest. Waits so many milliseconds for its turn, unless the host has a lock_timeout of its own. Answers what "append" answers.
create function :schema.append_one(
  for_trail text, for_stream text, expected bigint, last_id uuid, id uuid, type text, data json, metadata json,
  wait_ms integer
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
  recorded_at timestamptz;
  new_position bigint;
  new_hash bytea;
begin
  if :schema.take_turn(for_trail, wait_ms, false) then
    recorded_at := clock_timestamp();
    -- A statement of its own behind the lock, so that it sees what the last holder of the lock wrote.
    insert into :schema.events (trail, position, stream, version, event_id, type, data, metadata, recorded_at, hash)
    select for_trail, head.position + 1, for_stream, expected + 1, id, type, data, metadata, recorded_at,
      sha256(head.hash || convert_to(concat_ws(e'\x1f', 'attach-payment-method/1', for_trail, head.position + 1,
        for_stream, expected + 1, id, type, :schema.instant(recorded_at), data, metadata), 'UTF8'))
    from (
      select t.position, t.hash from :schema.trails t where t.trail = for_trail order by t.position desc limit 1
    ) head
    where expected = coalesce((
      select e.version from :schema.events e
      where e.trail = for_trail and e.stream = for_stream order by e.version desc limit 1
    ), 0) and (last_id is null or last_id = (
      select e.event_id from :schema.events e
      where e.trail = for_trail and e.stream = for_stream and e.version >= expected order by e.version limit 1
    ))
    returning position, hash into new_position, new_hash;
  end if;
  if new_position is null then
    return :schema.append(for_trail, array[0], array[for_stream], array[expected], array[last_id], array[1], array[id],
      array[type], data::text, metadata::text, wait_ms);
  end if;
  update :schema.trails t set position = new_position, hash = new_hash
  where t.trail = for_trail and t.position = new_position - 1;
  return to_json(new_position);
end
$$;

-- Appends any number of events in one call, in one order, and never raises for a wrong expected version.
--
-- An element per event in each array, and in datas and metadatas, where U+001F stands between them. Events of one stream
-- are an item: they stand together, are numbered 1, 2, 3 … by nths, and have one unit and one expected version: 0 for
-- none; -1 for any; -2 for any but none. The items of a unit are appended all or none. last_ids: the event that the caller
-- saw at the expected version, or null; with another one there, or none, the expected version is wrong.
--
-- Answers the position of the first event, where every item was appended at its expected version; else an array with an
-- outcome for each item: see "judge". Only an appended item uses up positions.
create function :schema.append(
  for_trail text, units integer[], streams text[], expected bigint[], last_ids uuid[], nths integer[], ids uuid[],
  types text[], datas text, metadatas text, wait_ms integer
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
  recorded_at timestamptz;
  recorded_text text;
  -- Per event: its stream's version before the call; null where it is not to be written.
  versions bigint[];
  positions bigint[];
  hashes bytea[];
  outcomes json;
begin
  -- Whoever may append need not be this module: what would be stored as it came, and break the chain, is refused.
  if array[array_dims(units), array_dims(streams), array_dims(expected), array_dims(last_ids), array_dims(nths),
    array_dims(ids), array_dims(types)] <> array_fill('[1:' || cardinality(streams) || ']', array[7])
  then
    raise exception 'append takes arrays of one length, from 1' using errcode = 'invalid_parameter_value';
  end if;

  perform :schema.take_turn(for_trail, wait_ms, true);
  select t.position, t.hash into head_position, head_hash
  from :schema.trails t where t.trail = for_trail order by t.position desc limit 1;
  if not found then
    insert into :schema.trails as t values (for_trail, 0, decode(repeat('00', 32), 'hex'))
    returning t.position, t.hash into head_position, head_hash;
  end if;
  first_position := head_position + 1;

  -- After the lock, so that instants never run backwards along the trail while the clock does not.
  recorded_at := clock_timestamp();
  recorded_text := :schema.instant(recorded_at);

  -- Negative where another event stands at the expected version than the caller saw, or none.
  versions := array(
    select case when nths[n] > 1 then expected[n] else coalesce((
      select e.version from :schema.events e
      where e.trail = for_trail and e.stream = streams[n] order by e.version desc limit 1
    ), 0) * case when last_ids[n] is null or expected[n] < 0 or last_ids[n] = (
      select e.event_id from :schema.events e
      where e.trail = for_trail and e.stream = streams[n] and e.version >= expected[n] order by e.version limit 1
    ) then 1 else -1 end end
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
    update :schema.trails t set position = head_position, hash = head_hash
    where t.trail = for_trail and t.position = first_position - 1;
  end if;
  return coalesce(outcomes, to_json(first_position));
end
$$;

-- Decides what becomes of each item of a call of "append", behind its lock.
--
-- outcomes: [{"outcome", "version", "position", "missed"}, ...], in the order of the items. "appended"; "repeated", when
-- its events are there from an earlier call (with expected -1 or -2: among the stream's last 1000); "wrong", when its
-- expected version is, with the events after that one (all, where another event stood there than the caller saw), or null
-- where they are over 100: others wait meanwhile, so they are left to be read later; or "held", when another item of its unit is wrong. version: the stream's, once the call is done. position: that of the
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
    select i.*, abs(present[i.first]) as version, present[i.first] < 0 as is_other,
      -- Subqueries, not joins: joined, the whole trail would be read to look up a few events.
      case when present[i.first] = 0 then null
        when i.expected >= 0 then (
          select e.version from :schema.events e
          where e.trail = for_trail and e.stream = i.stream and e.version = i.expected + i.length
            and e.event_id = ids[i.last]
        )
        else (
          select e.version
          from (
            select e.version, e.event_id from :schema.events e
            where e.trail = for_trail and e.stream = i.stream order by e.version desc limit 1000
          ) e
          where e.event_id = ids[i.last]
        )
      end as repeated
    from items i
  ), compared as (
    select a.*,
      a.repeated is null
        and (a.is_other or case a.expected when -1 then false when -2 then a.version = 0 else a.version <> a.expected end)
        as wrong
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
      when n.wrong then json_build_object('outcome', 'wrong', 'version', n.version, 'missed', case
        when n.expected >= 0 and not n.is_other and n.version - n.expected > 100 then null
        else coalesce((
          select json_agg(json_build_object('trail', e.trail, 'position', e.position, 'stream', e.stream,
            'version', e.version, 'eventId', e.event_id, 'type', e.type, 'data', e.data::text,
            'metadata', e.metadata::text, 'recordedAt', :schema.instant(e.recorded_at), 'hash', encode(e.hash, 'hex'))
            order by e.version)
          from :schema.events e
          where e.trail = for_trail and e.stream = n.stream and n.expected >= 0
            and e.version > case when n.is_other then 0 else n.expected end), '[]')
        end)
      else json_build_object('outcome', 'held', 'version', n.version)
    end order by n.first)
  into versions, outcomes
  from numbered n;
end
$$;
