import { describe, expect, it } from 'vitest';
import { aMonolith, ana } from '../support.ts';

const detachment = { paymentMethodId: 'pm_1', actor: 'user-7', attemptId: 'leave-1' };
const named = { ...ana, attemptId: 'save-1' };

/** A detachment that was asked for when nobody had the payment method, and of which nobody knows how it ended. */
async function withOpenDetachment() {
  const monolith = aMonolith();
  monolith.account.addCustomer('cus_Ana');
  monolith.account.addPaymentMethod({ id: 'pm_1' });
  monolith.gateway.losesRequest({ of: 'detach' });
  await monolith.paymentMethods.detach(detachment);
  return monolith;
}

describe('an attach while a detachment is open', () => {
  it('P5: is not asked for, nor recorded: the detachment would undo it, and nobody could tell', async () => {
    const monolith = await withOpenDetachment();
    expect(await monolith.paymentMethods.attach(named)).toEqual({
      outcome: 'rejected',
      reason: 'detachmentOpen',
      paymentMethodId: 'pm_1',
      customer: { kind: 'customer', id: 'cus_Ana' },
      attemptId: 'save-1',
      stripeCode: null,
      declineCode: null,
    });
    expect(monolith.posts()).toEqual([]);
    expect(await monolith.trail()).toEqual(['DetachmentRequested', 'DetachmentOutcomeUnknown']);
  });

  it('is asked for by the same attempt once reconcile has settled the detachment', async () => {
    const monolith = await withOpenDetachment();
    await monolith.paymentMethods.attach(named);
    expect(await monolith.paymentMethods.reconcile(detachment)).toMatchObject({ outcome: 'unattached' });
    expect(await monolith.paymentMethods.attach(named)).toMatchObject({ outcome: 'attached', attemptId: 'save-1' });
  });

  it('is attached as it was, where it is attached already', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(named);
    monolith.gateway.losesRequest({ of: 'detach' });
    await monolith.paymentMethods.detach(detachment);
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({ outcome: 'attached', attemptId: 'save-1' });
  });
});
