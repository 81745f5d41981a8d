-- Postgres lets everybody call a new function. Here nobody but the owner may, until it is granted: migrate grants what its
-- roles need, each time it runs, because the roles are named by the host.
revoke all on function :schema.append, :schema.append_one, :schema.judge, :schema.take_turn, :schema.instant, :schema.refuse_change
from public;
