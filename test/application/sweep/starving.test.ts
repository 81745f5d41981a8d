import { describe, expect, it } from 'vitest';
import { changedByOthers, afterASweep, attachedByOthers, silentAbout } from './sweptOnce.ts';

describe('a payment method that Stripe never answers about, and that changes before every sweep', () => {
  it('keeps neither the customers waiting nor what happened to others', async () => {
    const swept = await afterASweep();
    const silent = silentAbout(swept, 'pm_A');
    const customers: number[] = [];
    const found: string[] = [];
    for (let pass = 1; pass <= 6; pass += 1) {
      // Older than the change of the other: Stripe lists it after that.
      await attachedByOthers(swept, `pm_9${pass}`);
      swept.passes(1_000);
      changedByOthers(swept, 'pm_A', 2040 + pass);
      const report = await swept.sweep(silent);
      expect(report).toMatchObject({ stopped: 'timeout', eventsMissed: false });
      customers.push(report.customers);
      found.push(report.findings.map(({ paymentMethodId }) => paymentMethodId).join());
    }
    expect(customers, 'it ends one sweep by its event, and one by its customer').toEqual([0, 1, 2, 3, 3, 3]);
    expect(found).toEqual(['', 'pm_92,pm_91', 'pm_93', 'pm_94', 'pm_95', 'pm_96']);
    expect((await swept.cursor()).failedEvents, 'one look shows all').toHaveLength(1);
    expect((await swept.sweep()).findings).toMatchObject([{ finding: 'updateMissed', paymentMethodId: 'pm_A' }]);
    expect((await swept.paymentMethods.history('pm_A')).state).toMatchObject({ card: { expYear: 2046 } });
  });
});
