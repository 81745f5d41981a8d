import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { onTestFinished } from 'vitest';
import type { ExpectedVersion } from '../../../src/application/ports/eventStore.ts';
import type { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';

export const anEvent = () => ({ eventId: randomUUID(), type: 'SomethingHappened', data: '{}', metadata: '{}' });

export const append = (store: PostgresEventStore, stream = 'a-1', expectedVersion: ExpectedVersion = 0) =>
  store.append([{ stream, expectedVersion, events: [anEvent()] }]);

/** What the first append to the stream `a-1` answers, in a trail that has one event already. */
export const appendedBehindOne = { result: 'appended', streams: [{ stream: 'a-1', version: 1, position: 2 }] };

/** Holds the turn of every trail, so that an append is in flight for certain, until the answer is called, or the test ends. */
export async function holdTurns(pool: pg.Pool): Promise<() => Promise<void>> {
  const holder = await pool.connect();
  // It may go down with its server.
  holder.on('error', () => {});
  await holder.query('begin; select from payment_trail.turns for update');
  let isHeld = true;
  const letGo = async () => {
    if (!isHeld) return;
    isHeld = false;
    await holder.query('rollback').catch(() => {});
    holder.release();
  };
  onTestFinished(letGo);
  return letGo;
}

/**
 * The process id of a backend of this application that waits for a lock, or for a synchronous standby, once there is one
 * that is not `except`.
 */
export async function untilWaiting(
  pool: pg.Pool,
  application: string,
  waitingFor: 'Lock' | 'SyncRep' = 'Lock',
  except = 0,
): Promise<number> {
  const text = `select pid from pg_stat_activity
    where application_name = $1 and $2 in (wait_event_type, wait_event) and pid <> $3`;
  for (let tries = 0; tries < 500; tries += 1) {
    const { rows } = await pool.query<{ pid: number }>(text, [application, waitingFor, except]);
    if (rows[0] !== undefined) return rows[0].pid;
    await sleep(10);
  }
  throw new Error(`no backend of ${application} waited for ${waitingFor}`);
}
