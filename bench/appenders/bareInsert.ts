import { randomUUID } from 'node:crypto';
import type { Appender } from './appender.ts';
import { makePool, sample } from './appender.ts';

/**
 * The floor: one prepared INSERT into a table of our columns and keys. No hash chain, no order between transactions (a
 * reader by position loses events), and of a wrong version only the unique key knows.
 */
export async function startBareInsert(url: string): Promise<Appender> {
  const pool = makePool(url);
  await pool.query(`
    create table events (
      trail text not null,
      position bigint generated always as identity,
      stream text not null,
      version bigint not null,
      event_id uuid not null,
      type text not null,
      data json not null,
      metadata json not null,
      recorded_at timestamptz not null default clock_timestamp(),
      hash bytea,
      primary key (trail, position),
      unique (trail, stream, version)
    )`);
  return {
    name: 'bare INSERT',
    append: async (stream, version) => {
      await pool.query({
        name: 'append',
        text: `insert into events (trail, stream, version, event_id, type, data, metadata)
          values ($1, $2, $3, $4, $5, $6, $7)`,
        values: ['default', stream, version + 1, randomUUID(), sample.type, sample.data, sample.metadata],
      });
    },
    close: () => pool.end(),
  };
}
