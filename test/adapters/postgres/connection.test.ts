import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onConnection, runQuery } from '../../../src/adapters/postgres/connection.ts';
import type { PgConnection, PgRow } from '../../../src/adapters/postgres/pool.ts';
import { backoffMs, retrying } from '../../../src/adapters/postgres/retry.ts';

/** A connection that remembers how it was given back. */
class Connection extends EventEmitter implements PgConnection {
  readonly released: (Error | undefined)[] = [];
  query: () => Promise<{ rows: PgRow[] }> = () => Promise.resolve({ rows: [] });
  release(error?: Error) {
    this.released.push(error);
  }
}

const poolOf = (connection: PgConnection) => ({ connect: () => Promise.resolve(connection) });
const reset = () => Object.assign(new Error('reset'), { code: 'ECONNRESET' });
const refused = () => Object.assign(new Error('no'), { severity: 'ERROR', code: '42501' });

describe('a connection', () => {
  it('is given back when the work is done, with nothing left listening', async () => {
    const connection = new Connection();
    expect(await onConnection(poolOf(connection), 1000, () => Promise.resolve(7))).toBe(7);
    expect(connection.released).toEqual([undefined]);
    expect(connection.listenerCount('error')).toBe(0);
  });

  it('P12: that breaks while it is used does not end the process', async () => {
    const connection = new Connection();
    const work = async () => {
      connection.emit('error', reset());
      throw reset();
    };
    await expect(onConnection(poolOf(connection), 1000, work)).rejects.toThrow('reset');
  });

  it('is discarded when its state is not known, and kept when the server just said no', async () => {
    const connection = new Connection();
    await expect(onConnection(poolOf(connection), 1000, () => Promise.reject(reset()))).rejects.toThrow('reset');
    await expect(onConnection(poolOf(connection), 1000, () => Promise.reject(refused()))).rejects.toThrow('no');
    expect(connection.released).toEqual([expect.objectContaining({ code: 'ECONNRESET' }), undefined]);
  });

  it('that comes too late is given back at once', async () => {
    const connection = new Connection();
    const pool = { connect: () => new Promise<PgConnection>((resolve) => setTimeout(resolve, 40, connection)) };
    await expect(onConnection(pool, 10, () => Promise.resolve())).rejects.toThrow('no connection');
    await expect.poll(() => connection.released).toHaveLength(1);
    expect(connection.released).toEqual([undefined]);
  });

  it('and the work on it have one limit together', async () => {
    const connection = new Connection();
    const pool = { connect: () => new Promise<PgConnection>((resolve) => setTimeout(resolve, 300, connection)) };
    const startedAt = performance.now();
    await expect(onConnection(pool, 400, () => new Promise(() => {}))).rejects.toThrow('no answer');
    expect(performance.now() - startedAt).toBeLessThan(600);
    expect(connection.released).toEqual([expect.any(Error)]);
  });

  it('that a pool fails to give was sent nothing, whichever way it fails', async () => {
    const pool = {
      connect: () => {
        throw new TypeError('not a URL');
      },
    };
    await expect(onConnection(pool, 10, () => Promise.resolve())).rejects.toThrow('no connection');
  });
});

describe('a query', () => {
  const notice = (routine: string) => ({ message: 'canceling wait', code: '01000', routine });
  const noticing = (routine: string) => {
    const connection = new Connection();
    connection.query = async () => {
      connection.emit('notice', notice(routine));
      return { rows: [{ answer: '1' }] };
    };
    return connection;
  };

  it('whose wait for a synchronous standby was cancelled is no success', async () => {
    const connection = noticing('SyncRepWaitForLSN');
    const error = runQuery(connection, { text: '' });
    await expect(error).rejects.toThrow('perhaps on no standby: canceling wait');
    expect(connection.listenerCount('notice')).toBe(0);
  });

  it('that draws any other notice is one, and the host hears of it', async () => {
    const connection = noticing('exec_stmt_raise');
    const heard: unknown[] = [];
    connection.on('notice', (said) => heard.push(said));
    expect(await runQuery(connection, { text: '' })).toEqual([{ answer: '1' }]);
    expect(heard).toHaveLength(1);
    expect(connection.listenerCount('notice')).toBe(1);
  });
});

describe('a call that is repeated', () => {
  const unreachable = () => Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
  const failing = (...errors: Error[]) => {
    let call = 0;
    return () => Promise.reject(errors[Math.min(call++, errors.length - 1)] ?? new Error('x'));
  };
  const limits = { schema: 's', deadlineMs: 200 };

  it('may have been committed when any of its tries may have been', async () => {
    const tries = failing(reset(), unreachable());
    await expect(retrying({ ...limits, writes: true }, tries)).rejects.toMatchObject({ code: 'STORE_COMMIT_UNKNOWN' });
  });

  it('was committed by none of them when it only reads, or never got through', async () => {
    const read = retrying({ ...limits, writes: false }, failing(reset()));
    await expect(read).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const write = retrying({ ...limits, writes: true }, failing(unreachable()));
    await expect(write).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('ends at once when a repeat would fail again', async () => {
    let calls = 0;
    const call = () => {
      calls += 1;
      return Promise.reject(refused());
    };
    await expect(retrying({ ...limits, writes: true }, call)).rejects.toMatchObject({ code: 'STORE_REFUSED' });
    expect(calls).toBe(1);
  });

  it('is repeated for as long as the deadline allows, and no longer', async () => {
    let calls = 0;
    const call = (limitMs: number) => {
      calls += 1;
      expect(limitMs).toBeLessThanOrEqual(800);
      return Promise.reject(unreachable());
    };
    const startedAt = performance.now();
    await expect(retrying({ schema: 's', writes: true, deadlineMs: 1200 }, call)).rejects.toThrow(
      'nothing was written',
    );
    expect(performance.now() - startedAt).toBeLessThan(1500);
    expect(calls).toBeGreaterThan(2);
  });

  it('waits between tries with full jitter, from nothing up to a bound that doubles from 50 ms to 1 s', () => {
    expect([1, 2, 3, 4, 5, 6, 99].map((tries) => backoffMs(tries, () => 1))).toEqual([
      50, 100, 200, 400, 800, 1000, 1000,
    ]);
    expect([0, 0.25, 0.5].map((chance) => backoffMs(2, () => chance))).toEqual([0, 25, 50]);
  });
});
