/** The statements of checkpoints, in a quoted schema. In each, $1 is the trail and $2 the consumer. */
export function checkpointTexts(quoted: string) {
  const mine = 'trail = $1 and consumer = $2';
  // A decision is about the event it stopped at and no other: the next one behind its position. "stopped" says that too, but
  // its fields cannot be asked for where a handler's words hold what no text of Postgres can.
  const stoppedThere = `${mine} and stopped is not null and position = $3::bigint - 1`;
  return {
    read: `select position::text, stopped::text from ${quoted}.subscriptions where ${mine}`,

    open: `insert into ${quoted}.subscriptions (trail, consumer, position) values ($1, $2, $3::bigint)
      on conflict (trail, consumer) do nothing`,

    // Nobody else is at $3 once the row is locked: whoever waited for it finds it moved, and changes nothing.
    advance: `update ${quoted}.subscriptions set position = $4::bigint
      where ${mine} and position = $3::bigint and stopped is null returning consumer`,

    stop: `update ${quoted}.subscriptions set position = $4::bigint, stopped = $5::json
      where ${mine} and position = $3::bigint and stopped is null returning consumer`,

    resume: `update ${quoted}.subscriptions set stopped = null where ${stoppedThere} returning consumer`,

    skip: `with there as (
        select s.stopped from ${quoted}.subscriptions s where ${stoppedThere} for update
      ), decided as (
        insert into ${quoted}.skipped_events (trail, consumer, position, stopped, actor, reason, skipped_at)
        select $1, $2, $3::bigint, there.stopped, $4, $5, pg_catalog.clock_timestamp() from there
      )
      update ${quoted}.subscriptions set position = $3::bigint, stopped = null from there
      where ${mine} returning consumer`,

    skipped: `select position::text, stopped::text, actor, reason, ${quoted}.instant(skipped_at) as skipped_at
      from ${quoted}.skipped_events where ${mine} order by position, skipped_at`,
  };
}
