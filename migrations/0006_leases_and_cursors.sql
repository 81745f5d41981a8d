-- Who is at what, for a while. No event, and nothing that an audit needs: these rows change and go away. They save calls
-- where several processes do the same work; nothing depends on them for safety.
create table :schema.leases (
  trail :schema.trail_name not null,
  name :schema.name not null,
  owner :schema.name not null,
  ends_at timestamptz not null,
  primary key (trail, name)
);
-- By which those that ended are found, and removed.
create index leases_ends_at on :schema.leases (trail, ends_at);

-- How far the readers of something outside the trail have come, such as a sweep of a Stripe account.
create table :schema.cursors (
  trail :schema.trail_name not null,
  name :schema.name not null,
  value json not null,
  primary key (trail, name)
);
