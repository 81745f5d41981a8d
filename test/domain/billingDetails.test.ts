import { describe, expect, it } from 'vitest';
import { decideUpdate } from '../../src/domain/observations.ts';
import type { BillingDetails, PaymentMethodSummary } from '../../src/domain/paymentMethodSummary.ts';
import { aPaymentMethod, attached, evidence, given } from './given.ts';

const billing: BillingDetails = {
  name: 'Ana',
  email: null,
  phone: null,
  address: { line1: null, line2: null, postalCode: null, city: 'Lisboa', state: null, country: null },
};
const moved: BillingDetails = { ...billing, address: { ...billing.address, city: 'Porto' } };
const { card } = aPaymentMethod();

describe('a change at Stripe', () => {
  it('of the billing details that the trail keeps is recorded, and stands from then on', () => {
    const found = aPaymentMethod({ billingDetails: moved });
    const after = given(attached({ billingDetails: billing }))
      .when((state) => decideUpdate(found, evidence, state))
      .thenRecords({ type: 'PaymentMethodUpdated', data: { ...found, evidence } });
    expect(after).toMatchObject({ billingDetails: moved });
  });

  it('of something else leaves the billing details as they were, where the look did not bring them', () => {
    const found = aPaymentMethod({ card: card && { ...card, expYear: 2030 } });
    const after = given(attached({ billingDetails: billing }))
      .when((state) => decideUpdate(found, evidence, state))
      .thenRecords({ type: 'PaymentMethodUpdated', data: { ...found, evidence } });
    expect(after).toMatchObject({ billingDetails: billing, card: { expYear: 2030 } });
  });

  it.each<[string, Partial<PaymentMethodSummary>, Partial<PaymentMethodSummary>]>([
    ['billing details that the trail does not keep', {}, { billingDetails: moved }],
    ['billing details that the gateway does not read', { billingDetails: billing }, {}],
    ['billing details that cannot be read any more', { billingDetails: 'redacted' }, { billingDetails: moved }],
    [
      'a card that cannot be read any more',
      {
        card: card && {
          ...card,
          last4: 'redacted',
          expMonth: 'redacted',
          expYear: 'redacted',
          fingerprint: 'redacted',
        },
      },
      {},
    ],
  ])('shows nothing to record in %s', (_, before, found) => {
    given(attached({ ...before, customer: { kind: 'customer', id: 'cus_Ana' as never } }))
      .when((state) => decideUpdate(aPaymentMethod(found), evidence, state))
      .thenRecords();
  });

  it('of a card is seen by the fields that can be read', () => {
    const hidden = card && { ...card, fingerprint: 'redacted' };
    const found = aPaymentMethod({ card: card && { ...card, expYear: 2030 } });
    given(attached({ card: hidden }))
      .when((state) => decideUpdate(found, evidence, state))
      .thenRecords({ type: 'PaymentMethodUpdated', data: { ...found, evidence } });
  });
});
