-- What the migrations make. Written by "npm run schema"; never edited.

domain name text collate "C" CHECK ((POSITION((chr(31)) IN (VALUE)) = 0))

domain trail_name text collate "C" CHECK ((VALUE ~ '^[A-Za-z0-9._:-]{1,200}$'::text))

table cursors
  trail payment_trail.trail_name not null
  name payment_trail.name not null
  value json not null

table customer_keys
  trail payment_trail.trail_name not null
  customer payment_trail.name not null
  key_id text
  master_key_id text
  wrapped_key text
  made_at timestamp with time zone not null
  destroyed_at timestamp with time zone

table documents
  trail text not null
  generation bigint not null
  key text not null
  document json not null

table events
  trail text not null
  position bigint not null
  stream payment_trail.name not null
  version bigint not null
  event_id uuid not null
  type payment_trail.name not null
  data json not null
  metadata json not null
  recorded_at timestamp with time zone not null
  hash bytea not null

table generations with (fillfactor=50)
  trail text not null
  generation bigint not null
  projection payment_trail.name not null
  version integer not null
  state text not null
  position bigint not null

table leases
  trail payment_trail.trail_name not null
  name payment_trail.name not null
  owner payment_trail.name not null
  ends_at timestamp with time zone not null

table migrations
  name text not null
  checksum text not null
  applied_at timestamp with time zone not null default clock_timestamp()

table skipped_events
  trail text not null
  consumer payment_trail.name not null
  position bigint not null
  stopped json not null
  actor text not null
  reason text not null
  skipped_at timestamp with time zone not null

table subscriptions with (fillfactor=50)
  trail text not null
  consumer payment_trail.name not null
  position bigint not null
  stopped json

table trails
  trail payment_trail.trail_name not null
  position bigint not null
  hash bytea not null

table turns
  trail payment_trail.trail_name not null

on payment_trail.cursors: constraint cursors_pkey PRIMARY KEY (trail, name)

on payment_trail.customer_keys: constraint customer_keys_check CHECK ((((destroyed_at IS NULL) = (wrapped_key IS NOT NULL)) AND ((wrapped_key IS NULL) = (master_key_id IS NULL)) AND ((wrapped_key IS NULL) = (key_id IS NULL))))

on payment_trail.customer_keys: constraint customer_keys_pkey PRIMARY KEY (trail, customer)

on payment_trail.documents: constraint documents_pkey PRIMARY KEY (trail, generation, key)

on payment_trail.events: constraint events_pkey PRIMARY KEY (trail, "position")

on payment_trail.events: constraint events_trail_stream_version_key UNIQUE (trail, stream, version)

on payment_trail.generations: constraint generations_pkey PRIMARY KEY (trail, generation)

on payment_trail.generations: constraint generations_state_check CHECK ((state = ANY (ARRAY['building'::text, 'active'::text, 'dropped'::text])))

on payment_trail.leases: constraint leases_pkey PRIMARY KEY (trail, name)

on payment_trail.migrations: constraint migrations_pkey PRIMARY KEY (name)

on payment_trail.skipped_events: constraint skipped_events_pkey PRIMARY KEY (trail, consumer, "position", skipped_at)

on payment_trail.subscriptions: constraint subscriptions_pkey PRIMARY KEY (trail, consumer)

on payment_trail.trails: constraint trails_hash_check CHECK ((octet_length(hash) = 32))

on payment_trail.trails: constraint trails_pkey PRIMARY KEY (trail, "position")

on payment_trail.turns: constraint turns_pkey PRIMARY KEY (trail)

CREATE UNIQUE INDEX cursors_pkey ON payment_trail.cursors USING btree (trail, name)

CREATE UNIQUE INDEX customer_keys_pkey ON payment_trail.customer_keys USING btree (trail, customer)

CREATE UNIQUE INDEX documents_pkey ON payment_trail.documents USING btree (trail, generation, key)

CREATE UNIQUE INDEX events_pkey ON payment_trail.events USING btree (trail, "position")

CREATE UNIQUE INDEX events_trail_stream_version_key ON payment_trail.events USING btree (trail, stream, version)

CREATE UNIQUE INDEX generations_pkey ON payment_trail.generations USING btree (trail, generation)

CREATE INDEX leases_ends_at ON payment_trail.leases USING btree (trail, ends_at)

CREATE UNIQUE INDEX leases_pkey ON payment_trail.leases USING btree (trail, name)

CREATE UNIQUE INDEX migrations_pkey ON payment_trail.migrations USING btree (name)

CREATE UNIQUE INDEX one_of_each_state ON payment_trail.generations USING btree (trail, projection, version, state) WHERE (state <> 'dropped'::text)

CREATE UNIQUE INDEX skipped_events_pkey ON payment_trail.skipped_events USING btree (trail, consumer, "position", skipped_at)

CREATE UNIQUE INDEX subscriptions_pkey ON payment_trail.subscriptions USING btree (trail, consumer)

CREATE UNIQUE INDEX trails_pkey ON payment_trail.trails USING btree (trail, "position")

CREATE UNIQUE INDEX turns_pkey ON payment_trail.turns USING btree (trail)

CREATE TRIGGER keep_rows BEFORE DELETE OR TRUNCATE ON payment_trail.customer_keys FOR EACH STATEMENT EXECUTE FUNCTION payment_trail.refuse_change() -- enabled: A

CREATE TRIGGER stay_destroyed BEFORE UPDATE ON payment_trail.customer_keys FOR EACH ROW WHEN (((old.destroyed_at IS NOT NULL) OR ((new.trail)::text <> (old.trail)::text) OR ((new.customer)::text <> (old.customer)::text) OR (new.key_id <> old.key_id))) EXECUTE FUNCTION payment_trail.refuse_change() -- enabled: A

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON payment_trail.events FOR EACH STATEMENT EXECUTE FUNCTION payment_trail.refuse_change() -- enabled: A

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON payment_trail.skipped_events FOR EACH STATEMENT EXECUTE FUNCTION payment_trail.refuse_change() -- enabled: A

CREATE TRIGGER keep_heads BEFORE DELETE OR TRUNCATE ON payment_trail.trails FOR EACH STATEMENT EXECUTE FUNCTION payment_trail.refuse_change() -- enabled: A

CREATE TRIGGER move_forward BEFORE UPDATE ON payment_trail.trails FOR EACH ROW WHEN ((((new.trail)::text IS DISTINCT FROM (old.trail)::text) OR (new."position" <= old."position"))) EXECUTE FUNCTION payment_trail.refuse_change() -- enabled: A

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON payment_trail.turns FOR EACH STATEMENT EXECUTE FUNCTION payment_trail.refuse_change() -- enabled: A

CREATE OR REPLACE FUNCTION payment_trail.append(for_trail text, units integer[], streams text[], expected bigint[], last_ids uuid[], nths integer[], ids uuid[], types text[], datas text, metadatas text, wait_ms integer)
 RETURNS json
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
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

  perform "payment_trail".take_turn(for_trail, wait_ms, true);
  select t.position, t.hash into head_position, head_hash
  from "payment_trail".trails t where t.trail = for_trail order by t.position desc limit 1;
  if not found then
    insert into "payment_trail".trails as t values (for_trail, 0, decode(repeat('00', 32), 'hex'))
    returning t.position, t.hash into head_position, head_hash;
  end if;
  first_position := head_position + 1;

  -- After the lock, so that instants never run backwards along the trail while the clock does not.
  recorded_at := clock_timestamp();
  recorded_text := "payment_trail".instant(recorded_at);

  -- Negative where another event stands at the expected version than the caller saw, or none.
  versions := array(
    select case when nths[n] > 1 then expected[n] else coalesce((
      select e.version from "payment_trail".events e
      where e.trail = for_trail and e.stream = streams[n] order by e.version desc limit 1
    ), 0) * case when last_ids[n] is null or expected[n] < 0 or last_ids[n] = (
      select e.event_id from "payment_trail".events e
      where e.trail = for_trail and e.stream = streams[n] and e.version >= expected[n] order by e.version limit 1
    ) then 1 else -1 end end
    from generate_series(1, cardinality(streams)) n order by n
  );
  if versions <> expected then
    select j.versions, j.outcomes into versions, outcomes
    from "payment_trail".judge(for_trail, head_position, units, streams, expected, nths, ids, versions) j;
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
    insert into "payment_trail".events (trail, position, stream, version, event_id, type, data, metadata, recorded_at, hash)
    select for_trail, positions[n], streams[n], versions[n] + nths[n], ids[n], types[n], data_texts[n]::json,
      metadata_texts[n]::json, recorded_at, hashes[n]
    from generate_series(1, cardinality(streams)) n where positions[n] is not null;
    update "payment_trail".trails t set position = head_position, hash = head_hash
    where t.trail = for_trail and t.position = first_position - 1;
  end if;
  return coalesce(outcomes, to_json(first_position));
end
$function$

CREATE OR REPLACE FUNCTION payment_trail.append_one(for_trail text, for_stream text, expected bigint, last_id uuid, id uuid, type text, data json, metadata json, wait_ms integer)
 RETURNS json
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_variable
declare
  recorded_at timestamptz;
  new_position bigint;
  new_hash bytea;
begin
  if "payment_trail".take_turn(for_trail, wait_ms, false) then
    recorded_at := clock_timestamp();
    -- A statement of its own behind the lock, so that it sees what the last holder of the lock wrote.
    insert into "payment_trail".events (trail, position, stream, version, event_id, type, data, metadata, recorded_at, hash)
    select for_trail, head.position + 1, for_stream, expected + 1, id, type, data, metadata, recorded_at,
      sha256(head.hash || convert_to(concat_ws(e'\x1f', 'attach-payment-method/1', for_trail, head.position + 1,
        for_stream, expected + 1, id, type, "payment_trail".instant(recorded_at), data, metadata), 'UTF8'))
    from (
      select t.position, t.hash from "payment_trail".trails t where t.trail = for_trail order by t.position desc limit 1
    ) head
    where expected = coalesce((
      select e.version from "payment_trail".events e
      where e.trail = for_trail and e.stream = for_stream order by e.version desc limit 1
    ), 0) and (last_id is null or last_id = (
      select e.event_id from "payment_trail".events e
      where e.trail = for_trail and e.stream = for_stream and e.version >= expected order by e.version limit 1
    ))
    returning position, hash into new_position, new_hash;
  end if;
  if new_position is null then
    return "payment_trail".append(for_trail, array[0], array[for_stream], array[expected], array[last_id], array[1], array[id],
      array[type], data::text, metadata::text, wait_ms);
  end if;
  update "payment_trail".trails t set position = new_position, hash = new_hash
  where t.trail = for_trail and t.position = new_position - 1;
  return to_json(new_position);
end
$function$

CREATE OR REPLACE FUNCTION payment_trail.import_events(for_trail text, events json, wait_ms integer)
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
  perform "payment_trail".take_turn(for_trail, wait_ms, true);
  select t.position, t.hash into head_position, head_hash
  from "payment_trail".trails t where t.trail = for_trail order by t.position desc limit 1;
  if not found then
    insert into "payment_trail".trails as t values (for_trail, 0, decode(repeat('00', 32), 'hex'))
    returning t.position, t.hash into head_position, head_hash;
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
    update "payment_trail".trails t set position = last_position, hash = last_hash
    where t.trail = for_trail and t.position = head_position;
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
    || case when at < timestamptz '0001-01-01 00:00:00+00' then ' BC' else '' end
$function$

CREATE OR REPLACE FUNCTION payment_trail.judge(for_trail text, head_position bigint, units integer[], streams text[], expected bigint[], nths integer[], ids uuid[], present bigint[], OUT versions bigint[], OUT outcomes json)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
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
          select e.version from "payment_trail".events e
          where e.trail = for_trail and e.stream = i.stream and e.version = i.expected + i.length
            and e.event_id = ids[i.last]
        )
        else (
          select e.version
          from (
            select e.version, e.event_id from "payment_trail".events e
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
        select e.position from "payment_trail".events e
        where e.trail = for_trail and e.stream = n.stream and e.version = n.repeated))
      when n.wrong then json_build_object('outcome', 'wrong', 'version', n.version, 'missed', case
        when n.expected >= 0 and not n.is_other and n.version - n.expected > 100 then null
        else coalesce((
          select json_agg(json_build_object('trail', e.trail, 'position', e.position, 'stream', e.stream,
            'version', e.version, 'eventId', e.event_id, 'type', e.type, 'data', e.data::text,
            'metadata', e.metadata::text, 'recordedAt', "payment_trail".instant(e.recorded_at), 'hash', encode(e.hash, 'hex'))
            order by e.version)
          from "payment_trail".events e
          where e.trail = for_trail and e.stream = n.stream and n.expected >= 0
            and e.version > case when n.is_other then 0 else n.expected end), '[]')
        end)
      else json_build_object('outcome', 'held', 'version', n.version)
    end order by n.first)
  into versions, outcomes
  from numbered n;
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

CREATE OR REPLACE FUNCTION payment_trail.take_turn(for_trail text, wait_ms integer, may_begin boolean)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
  perform from "payment_trail".turns t where t.trail = for_trail for update;
  if not found and may_begin then
    -- Of many who begin it at once, one does, and the others wait here.
    insert into "payment_trail".turns values (for_trail) on conflict do nothing;
    perform from "payment_trail".turns t where t.trail = for_trail for update;
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
$function$
