import { describe, expect, it } from 'vitest';
import { RecoveryWorker } from '../../src/application/recovery/recoveryWorker.ts';
import { ManualTime, testPaymentMethods } from '../../src/testing/index.ts';

const ana = { paymentMethodId: 'pm_1', customer: 'cus_Ana', actor: 'user-7' };

describe('a time that stands still', () => {
  it('wakes those who wait at their own instants, in order, and lets them wait again', async () => {
    const time = new ManualTime(new Date(0));
    const woken: string[] = [];
    const wait = async (name: string, ...pauses: readonly number[]) => {
      for (const ms of pauses) {
        await time.sleep(ms);
        woken.push(`${name} at ${time.now().getTime()}`);
      }
    };
    void wait('a', 30, 30);
    void wait('b', 10, 40);
    void wait('c', 30);
    await time.advance(59);
    expect(woken).toEqual(['b at 10', 'a at 30', 'c at 30', 'b at 50']);
    expect([time.now().getTime(), time.waiting]).toEqual([59, 1]);
    await time.advance(1);
    expect(woken.at(-1)).toBe('a at 60');
    expect(time.waiting).toBe(0);
  });

  it('ends a wait by its signal, at once where it is aborted already, and keeps nothing of it', async () => {
    const time = new ManualTime();
    const controller = new AbortController();
    const waiting = time.sleep(1_000, controller.signal);
    expect(time.waiting).toBe(1);
    controller.abort();
    await waiting;
    expect(time.waiting).toBe(0);
    await time.sleep(1_000, controller.signal);
    await time.sleep(0);
    expect(time.waiting).toBe(0);
  });

  it('goes back for nobody', async () => {
    await expect(new ManualTime().advance(-1)).rejects.toThrow(RangeError);
    await expect(new ManualTime().advance(Number.NaN)).rejects.toThrow(RangeError);
  });
});

describe('with a time that stands still', () => {
  it('a slow attach is attached when the test says so, and not before', async () => {
    const { paymentMethods, gateway, time } = testPaymentMethods();
    gateway.isSlow(2_000);
    let outcome = 'none';
    const attaching = paymentMethods.attach(ana).then((result) => {
      outcome = result.outcome;
    });
    await time.advance(1_999);
    expect([outcome, gateway.account.effects.length]).toEqual(['none', 0]);
    await time.advance(1);
    await attaching;
    expect([outcome, gateway.account.effects.length]).toEqual(['attached', 1]);
  });

  it('who gives up on a slow attach learns that nobody knows; it takes effect at its time all the same', async () => {
    const { paymentMethods, gateway, time } = testPaymentMethods();
    gateway.isSlow(2_000);
    const controller = new AbortController();
    const attaching = paymentMethods.attach(ana, { signal: controller.signal });
    await time.advance(1_000);
    controller.abort();
    expect(await attaching).toMatchObject({ outcome: 'unknown', cause: 'aborted' });
    await time.advance(1_000);
    expect(gateway.account.effects).toHaveLength(1);
  });

  it('a recovery worker finishes what a flaky line left open, minutes later, in no time', async () => {
    const { paymentMethods, gateway, time } = testPaymentMethods();
    gateway.isFlaky(4);
    gateway.isUnreachable({ of: 'lookUp', times: 4 });
    expect((await paymentMethods.attach(ana)).outcome).toBe('unknown');
    const passes: number[] = [];
    const worker = new RecoveryWorker({
      paymentMethods,
      timers: time,
      chance: { next: () => 1 },
      intervalMs: 60_000,
      onPass: () => passes.push(time.now().getTime()),
    });
    worker.start();
    for (let minute = 0; minute < 60; minute += 1) await time.advance(60_000);
    await worker.stop();
    expect((await paymentMethods.history('pm_1')).state.status).toBe('attached');
    expect(gateway.account.effects).toHaveLength(1);
    expect(passes.length).toBeGreaterThan(30);
    expect(time.waiting).toBe(0);
  });
});

describe('a flaky line', () => {
  it('fails as often as was said, each time in another way and without effect, and then no more', async () => {
    const { gateway, paymentMethods } = testPaymentMethods();
    gateway.isFlaky(5);
    const request = { paymentMethodId: 'pm_1', idempotencyKey: 'key-1', apiVersion: gateway.apiVersion };
    const customer = { kind: 'customer', id: 'cus_Ana' };
    const causes = [];
    for (let count = 0; count < 5; count += 1) {
      const answer = await gateway.attach({ ...request, customer } as Parameters<typeof gateway.attach>[0]);
      causes.push('cause' in answer ? answer.cause : answer.answer);
    }
    expect(causes).toEqual(['unreachable', 'connectionLost', 'connectionLost', 'rateLimited', 'unreachable']);
    expect(gateway.account.effects).toEqual([]);
    expect((await paymentMethods.attach(ana)).outcome).toBe('attached');
  });
});
