import { randomUUID } from 'node:crypto';
import type { Appender } from './appender.ts';
import { makePool, sample } from './appender.ts';

/**
 * How message-db 1.3 appends, in our words: a function takes the lock of the stream's category until the transaction
 * ends, compares the stream's last position, and inserts one row; its table, its three indexes.
 */
const schema = `
  create schema message_db;
  create function message_db.category(stream text) returns text language sql immutable as
    $$ select split_part(stream, '-', 1) $$;
  create table message_db.messages (
    global_position bigserial primary key,
    position bigint not null,
    time timestamp not null default (now() at time zone 'utc'),
    stream_name text not null,
    type text not null,
    data jsonb,
    metadata jsonb,
    id uuid not null
  );
  create unique index on message_db.messages (id);
  create unique index on message_db.messages (stream_name, position);
  create index on message_db.messages
    (message_db.category(stream_name), global_position, message_db.category(metadata ->> 'correlationStreamName'));
  create function message_db.write_message(
    id text, stream text, type text, data jsonb, metadata jsonb, expected bigint
  ) returns bigint language plpgsql as $$
  declare
    last bigint;
  begin
    perform pg_advisory_xact_lock(hashtextextended(message_db.category(stream), 0));
    select coalesce(max(m.position), -1) into last from message_db.messages m where m.stream_name = stream;
    if last <> expected then
      raise exception 'Wrong expected version: % (stream %, stream version %)', expected, stream, last;
    end if;
    insert into message_db.messages (id, stream_name, position, type, data, metadata)
    values (id::uuid, stream, last + 1, type, data, metadata);
    return last + 1;
  end
  $$;`;

/** The shape of message-db's append, as its clients call it. Its versions begin at 0, so none is -1. */
export async function startMessageDbShape(url: string): Promise<Appender> {
  const pool = makePool(url);
  await pool.query(schema);
  return {
    name: 'message-db shape',
    append: async (stream, version) => {
      await pool.query({
        name: 'write_message',
        text: 'select message_db.write_message($1, $2, $3, $4, $5, $6)',
        values: [randomUUID(), stream, sample.type, sample.data, sample.metadata, version - 1],
      });
    },
    close: () => pool.end(),
  };
}
