import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { systemChance, systemTimers } from '../../../src/adapters/system/system.ts';
import type { RecoveryReport } from '../../../src/application/recovery/recoveryReport.ts';
import { RecoveryWorker } from '../../../src/application/recovery/recoveryWorker.ts';
import { until } from '../../support/until.ts';
import { aMonolith, ana, dying, settled } from '../support.ts';

const emptyReport: RecoveryReport = { looked: 0, settled: [], stillOpen: [], putOff: 0, stuck: [], errors: [] };
const never = { sleep: () => new Promise<never>(() => {}) };
const fast = { timers: systemTimers, chance: systemChance, intervalMs: 2 };

/** The machine's timers, and how many waits are under way. */
function countedTimers() {
  const counted = {
    waiting: 0,
    sleep: async (ms: number, signal?: AbortSignal) => {
      counted.waiting += 1;
      await systemTimers.sleep(ms, signal);
      counted.waiting -= 1;
    },
  };
  return counted;
}

describe('the recovery worker', () => {
  it.each([0, 0.5, 0.999])('settles within a minute what a crash left, by its defaults (chance %s)', async (luck) => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    await settled();
    let elapsedMs = 0;
    const sleep = async (ms: number) => {
      elapsedMs += ms;
      monolith.passes(ms);
    };
    const { paymentMethods } = monolith;
    const tookMs = await new Promise<number>((resolve) => {
      const worker: RecoveryWorker = new RecoveryWorker({
        paymentMethods,
        timers: { sleep },
        chance: { next: () => luck },
        onPass: (report) => {
          if (report.settled.length === 0) return;
          void worker.stop();
          resolve(elapsedMs);
        },
      });
      worker.start();
    });
    expect(tookMs).toBeGreaterThan(30_000);
    expect(tookMs).toBeLessThanOrEqual(41_000);
  });

  it('settles within a minute of its crash what a process left that died while it recovered', async () => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    await settled();
    monolith.passes(40_000);
    const { leases } = monolith;
    void monolith.process({ gateway: dying(monolith, true), leases }).recover();
    await settled();
    const other = monolith.process({ leases });
    let waitedMs = 0;
    while ((await other.recover()).settled.length === 0) {
      monolith.passes(10_000);
      waitedMs += 10_000;
    }
    expect(waitedMs).toBe(30_000);
    expect(monolith.effects()).toEqual(['attached']);
  });

  it('waits between half an interval and a whole one, and first up to one', async () => {
    const waits: number[] = [];
    const lots = [0.5, 0, 0.999];
    const worker = new RecoveryWorker({
      paymentMethods: { recover: async () => emptyReport },
      timers: {
        sleep: async (ms) => {
          waits.push(ms);
          if (waits.length === 3) await never.sleep();
        },
      },
      chance: { next: () => lots.shift() ?? 0 },
      intervalMs: 1000,
    });
    worker.start();
    await until('a third wait', () => waits.length === 3);
    expect(waits).toEqual([500, 500, 999.5]);
  });

  it('stops: waits for the pass under way, and leaves nothing behind', async () => {
    const timers = countedTimers();
    let [passes, isDone] = [0, false];
    const worker = new RecoveryWorker({
      ...fast,
      timers,
      paymentMethods: {
        recover: async (options) => {
          passes += 1;
          await new Promise<void>((resolve) => options?.signal?.addEventListener('abort', () => resolve()));
          await settled();
          isDone = true;
          return emptyReport;
        },
      },
    });
    worker.start();
    worker.start();
    await until('a pass', () => passes === 1);
    await worker.stop();
    expect([passes, isDone, timers.waiting]).toEqual([1, true, 0]);
    await worker.stop();
  });

  it('stops in the middle of a pause, at once', async () => {
    const timers = countedTimers();
    const worker = new RecoveryWorker({
      ...fast,
      timers,
      intervalMs: 60_000,
      chance: { next: () => 0.9 },
      paymentMethods: { recover: async () => emptyReport },
    });
    worker.start();
    await until('a pause', () => timers.waiting === 1);
    await worker.stop();
    expect(timers.waiting).toBe(0);
  });

  it('goes on after a pass that failed, and after hooks that throw', async () => {
    const errors: unknown[] = [];
    let passes = 0;
    const worker = new RecoveryWorker({
      ...fast,
      paymentMethods: {
        recover: async () => {
          passes += 1;
          if (passes === 1) throw new Error('the store is down');
          return emptyReport;
        },
      },
      onPass: async () => {
        if (passes === 2) throw new Error('the hook is broken');
      },
      onError: (error) => {
        errors.push(error);
        throw new Error('this hook too');
      },
    });
    worker.start();
    await until('a fourth pass', () => passes > 3);
    await worker.stop();
    expect(errors).toMatchObject([{ message: 'the store is down' }, { message: 'the hook is broken' }]);
  });

  it('tells nobody of a pass that failed once it was to stop, nor of a hook that is not there', async () => {
    const errors: unknown[] = [];
    let passes = 0;
    const worker = new RecoveryWorker({
      ...fast,
      paymentMethods: {
        recover: async (options) => {
          passes += 1;
          if (passes < 3) return emptyReport;
          await new Promise<void>((resolve) => options?.signal?.addEventListener('abort', () => resolve()));
          throw new Error('aborted');
        },
      },
      onError: (error) => errors.push(error),
    });
    worker.start();
    await until('a third pass', () => passes === 3);
    await worker.stop();
    expect(errors).toEqual([]);
  });

  it('may be started again', async () => {
    let passes = 0;
    const recover = async () => {
      passes += 1;
      return emptyReport;
    };
    const worker = new RecoveryWorker({ ...fast, paymentMethods: { recover } });
    worker.start();
    void worker.stop();
    worker.start();
    await until('a second pass', () => passes > 1);
    await worker.stop();
    const after = passes;
    await settled();
    expect(passes).toBe(after);
  });

  it('ends by itself where the payment methods are closed', async () => {
    const { paymentMethods } = aMonolith();
    const errors: unknown[] = [];
    const worker = new RecoveryWorker({ ...fast, paymentMethods, onError: (error) => errors.push(error) });
    await paymentMethods.close();
    worker.start();
    await until('an error', () => errors.length > 0);
    await settled();
    expect(errors).toMatchObject([{ code: 'CLOSED' }]);
    await worker.stop();
  });

  it.each([0, 1.5, 2 ** 31])('an interval of %s ms is refused', (intervalMs) => {
    const { paymentMethods } = aMonolith();
    expect(() => new RecoveryWorker({ ...fast, paymentMethods, intervalMs })).toThrow(/intervalMs/);
  });
});

describe('the machine’s timers', () => {
  it('wake at a signal, and leave no listener behind, whether it comes or not', async () => {
    const signal = new AbortController();
    await systemTimers.sleep(1, signal.signal);
    const sleeping = systemTimers.sleep(60_000, signal.signal);
    expect(getEventListeners(signal.signal, 'abort')).toHaveLength(1);
    signal.abort();
    await sleeping;
    expect(getEventListeners(signal.signal, 'abort')).toHaveLength(0);
    await systemTimers.sleep(60_000, signal.signal);
  });

  it('P12: a process whose worker is stopped ends', { timeout: 30_000 }, async () => {
    const program = `
      import { RecoveryWorker, systemChance, systemTimers } from './src/index.ts';
      const paymentMethods = { recover: async () => ({}) };
      const worker = new RecoveryWorker({ paymentMethods, timers: systemTimers, chance: systemChance, intervalMs: 1e9 });
      worker.start();
      setTimeout(() => void worker.stop(), 50);`;
    const flags = ['--import', 'tsx', '--input-type=module', '--eval', program];
    await promisify(execFile)(process.execPath, flags, { timeout: 20_000 });
  });
});
