-- Takes events that an export kept back into a trail, as they were: positions, instants and hashes included. The chain is
-- recomputed here, so that only what follows from the trail's own last event gets in.
--
-- events: [{"trail", "position", "stream", "version", "eventId", "type", "data", "metadata", "recordedAt", "hash"}, ...] in
-- the order of their positions; data and metadata are texts. What the trail has already is compared and passed over.
--
-- Answers the trail's head, and the first event that does not fit, with what is wrong; all before it is in the trail then.
-- Runs with the rights of who calls it: the owner of the tables, and nobody who may only append.
create function :schema.import_events(for_trail text, events json)
returns table (head bigint, refused bigint, problem text, expected text, actual text)
language plpgsql
set search_path = pg_catalog, pg_temp
-- Its plans are kept per connection, and one made while the tables were small must not scan them once they are large.
set enable_seqscan = off
set enable_bitmapscan = off
as $$
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
  -- First in turn, then the row: see append_one.
  perform pg_advisory_xact_lock(':schema.trails'::regclass::oid::integer, hashtext(for_trail));
  select t.position, t.hash into head_position, head_hash
  from :schema.trails t where t.trail = for_trail order by t.position desc limit 1 for update;
  if not found then
    insert into :schema.trails as t values (for_trail, 0, decode(repeat('00', 32), 'hex'))
    returning t.position, t.hash into head_position, head_hash;
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
      select e.hash into last_hash from :schema.events e where e.trail = for_trail and e.position = last_position;
      last_hash := coalesce(last_hash, decode(repeat('00', 32), 'hex'));
    end if;
    found_hash := sha256(last_hash || convert_to(concat_ws(e'\x1f', 'attach-payment-method/1', for_trail, event.position,
      event.stream, event.version, event."eventId", event.type, :schema.instant(event."recordedAt"), event.data,
      event.metadata), 'UTF8'));
    if event.trail <> for_trail then
      select 'trailMismatch', for_trail, event.trail into problem, expected, actual;
    elsif event.position <> last_position + 1 then
      select 'positionOutOfOrder', last_position + 1, event.position into problem, expected, actual;
    elsif found_hash <> decode(event.hash, 'hex') then
      select 'hashMismatch', encode(found_hash, 'hex'), event.hash into problem, expected, actual;
    elsif event.position <= head_position then
      select e.hash into found_hash from :schema.events e where e.trail = for_trail and e.position = event.position;
      if found_hash is distinct from decode(event.hash, 'hex') then
        select 'eventDiffers', encode(found_hash, 'hex'), event.hash into problem, expected, actual;
      end if;
    else
      select e.version into found_version from :schema.events e
      where e.trail = for_trail and e.stream = event.stream order by e.version desc limit 1;
      if event.version <> coalesce(found_version, 0) + 1 then
        select 'versionOutOfOrder', coalesce(found_version, 0) + 1, event.version into problem, expected, actual;
      else
        insert into :schema.events (trail, position, stream, version, event_id, type, data, metadata, recorded_at, hash)
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
    update :schema.trails t set position = last_position, hash = last_hash where t.trail = for_trail;
  end if;
  head := greatest(last_position, head_position);
  return next;
end
$$;

revoke execute on function :schema.import_events from public;
