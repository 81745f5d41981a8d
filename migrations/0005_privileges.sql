-- Postgres lets everybody call a new function. Here nobody but the owner may, until it is granted: migrate grants what its
-- roles need, each time it runs, because the roles are named by the host.
revoke all on function
  :schema.append(text, json),
  :schema.chain(bytea, text),
  :schema.instant(timestamptz),
  :schema.next_hash(bytea, bytea, text),
  :schema.refuse_change()
from public;
