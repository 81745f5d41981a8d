import { describe, expect, it } from 'vitest';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import { causeCodeOf } from '../../../src/application/observing/causeCode.ts';
import { endOfRecovery, endOfSettling, endOfSweep } from '../../../src/application/observing/endings.ts';
import type { UseCaseEnded } from '../../../src/application/ports/observer.ts';
import { aMonolith, ana } from '../support.ts';

const attemptId = 'attempt-1';
const of = <Item>(count: number, item: object = {}) => Array.from({ length: count }, () => item as Item);

/** A monolith, and what its observer is told of how the calls ended. */
function aWatched(ends: UseCaseEnded[] = []) {
  const monolith = aMonolith();
  const useCase = () => ({ ended: (how: UseCaseEnded) => void ends.push(how), failed: () => {} });
  return { ...monolith, ends, paymentMethods: monolith.process({ observer: { useCase } }) };
}

describe('an observer is told, of a call that ended', () => {
  it('whose attempt it was, and how it went to make it the default', async () => {
    const { ends, paymentMethods } = aWatched();
    await paymentMethods.attach({ ...ana, attemptId, setAsDefault: true });
    const ofAttempt = { attemptId, paymentMethodId: 'pm_1', reason: null };
    expect(ends).toEqual([{ ...ofAttempt, outcome: 'attached', setAsDefault: 'set' }]);
  });

  it('why Stripe said no, or why nobody knows what it said', async () => {
    const { ends, gateway, paymentMethods } = aWatched();
    gateway.declines('pm_1');
    await paymentMethods.attach({ ...ana, attemptId });
    gateway.losesRequest({ times: 2 });
    await paymentMethods.attach({ ...ana, attemptId, paymentMethodId: 'pm_2' });
    expect(ends).toEqual([
      { outcome: 'rejected', reason: 'cardDeclined', attemptId, paymentMethodId: 'pm_1' },
      { outcome: 'unknown', reason: 'connectionLost', attemptId, paymentMethodId: 'pm_2' },
    ]);
  });

  it('whether a notification was news', async () => {
    const { ends, notifications, process, paymentMethods } = aWatched();
    await process().attach(ana);
    const [attached] = await notifications();
    const elsewhere = aWatched(ends).paymentMethods;
    for (const told of [paymentMethods, elsewhere]) if (attached !== undefined) await told.ingest(attached);
    expect(ends).toEqual([
      { outcome: 'known', reason: null },
      { outcome: 'recorded', reason: null },
    ]);
  });
});

describe('of a pass an observer is told', () => {
  it('how many requests recovery found, and how each of them stands', () => {
    const stuck = [...of<never>(2, { needsHuman: true }), ...of<never>(3, { needsHuman: false })];
    const report = { looked: 3, putOff: 4, settled: of<never>(1), stillOpen: of<never>(2), errors: of<never>(6) };
    expect(endOfRecovery({ ...report, stuck })).toEqual({
      outcome: 'done',
      reason: null,
      counts: { looked: 3, settled: 1, stillOpen: 2, putOff: 4, stuck: 5, needsHuman: 2, errors: 6 },
    });
  });

  it('what a sweep read, how many it found of what, and why it ended early', () => {
    const asked = { requests: 1, events: 2, customers: 3, paymentMethods: 4, errors: of<never>(5) };
    const findings = [...of<never>(2, { finding: 'updateMissed' }), ...of<never>(1, { finding: 'setupMissed' })];
    const report = { ...asked, findings, eventsMissed: false, isFullReadOpen: false, customersUnread: 0 };
    const counts = { ...asked, findings: 3, errors: 5 };
    const byFinding = { updateMissed: 2, setupMissed: 1 };
    const done = { outcome: 'done', reason: null, counts, findings: byFinding };
    expect(endOfSweep({ ...report, stopped: null })).toEqual(done);
    expect(endOfSweep({ ...report, stopped: 'signal' })).toEqual({ ...done, outcome: 'stopped', reason: 'signal' });
  });

  it('how the requests of one stream stand: as the one that is open, where one is', () => {
    const rejected = { isOpen: false, outcome: 'rejected' } as const;
    const open = { isOpen: true, why: 'timeout' } as const;
    expect(endOfSettling([rejected, open])).toEqual({ outcome: 'stillOpen', reason: 'timeout' });
    expect(endOfSettling([rejected, { isOpen: false, outcome: 'gone' }])).toEqual({
      outcome: 'rejected',
      reason: null,
    });
    expect(endOfSettling([])).toEqual({ outcome: 'gone', reason: null });
  });
});

it('the code of what caused an error is told where it is one of this module’s, and of no other', () => {
  const cause = new PaymentMethodsError('STORE_UNAVAILABLE', 'The database did not answer.');
  expect(causeCodeOf(new PaymentMethodsError('OUTCOME_NOT_RECORDED', 'no', { cause }))).toBe('STORE_UNAVAILABLE');
  expect(causeCodeOf(new Error('no', { cause }))).toBe('STORE_UNAVAILABLE');
  for (const error of [cause, new Error('no', { cause: new Error('why') }), { cause }, null, 'no']) {
    expect(causeCodeOf(error)).toBeNull();
  }
});
