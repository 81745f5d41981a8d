-- What is made of the trail, and can be made anew: unlike the events, all of it may change and go away.

-- One building of a projection's documents. Its number is never used again. A dropped one is there until its documents are
-- gone, and takes no more of them.
create table :schema.generations (
  trail text collate "C" not null,
  generation bigint generated always as identity,
  projection :schema.name not null,
  version integer not null,
  state text not null check (state in ('building', 'active', 'dropped')),
  -- The last event that is in the documents: they change in the transaction that moves it.
  position bigint not null,
  primary key (trail, generation)
) with (fillfactor = 50);

-- However many processes begin to build a version, they build one generation; and one of a version is read.
create unique index one_of_each_state on :schema.generations (trail, projection, version, state)
where state <> 'dropped';

create table :schema.documents (
  trail text collate "C" not null,
  generation bigint not null,
  key text collate "C" not null,
  document json not null,
  primary key (trail, generation, key)
);

-- How far each consumer of a trail has come.
create table :schema.subscriptions (
  trail text collate "C" not null,
  consumer :schema.name not null,
  -- The last event that it handled, or that it was told to skip.
  position bigint not null,
  -- {"position", "eventId", "type", "error"} of the event that it stopped at; null while it goes on.
  stopped json,
  primary key (trail, consumer)
) with (fillfactor = 50);

-- Who decided that a consumer goes on without an event, and why. Kept, like the events: the app may add one and no more.
create table :schema.skipped_events (
  trail text collate "C" not null,
  consumer :schema.name not null,
  position bigint not null,
  stopped json not null,
  actor text not null,
  reason text not null,
  skipped_at timestamptz not null,
  -- A consumer that is made to start over may come to the same event, and to another decision.
  primary key (trail, consumer, position, skipped_at)
);

create trigger append_only before update or delete or truncate on :schema.skipped_events
  for each statement execute function :schema.refuse_change();
alter table :schema.skipped_events enable always trigger append_only;
