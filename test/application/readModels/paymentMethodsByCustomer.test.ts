import { describe, expect, it } from 'vitest';
import { paymentMethodsByCustomer } from '../../../src/application/readModels/paymentMethodsByCustomer.ts';
import type { CustomerEvent } from '../../../src/domain/customer.ts';
import { projectionSpec } from '../../../src/testing/projectionSpec.ts';
import {
  alias,
  anaAccount,
  anAttach,
  aPaymentMethod,
  attached,
  ben,
  detached,
  evidence,
  first,
  other,
  outcomeUnknown,
  pm,
  refused,
  rejected,
  requested,
} from '../../domain/given.ts';
import { cusAna } from '../../domain/requests.ts';

const spec = projectionSpec(paymentMethodsByCustomer);
const recordedAt = '2025-11-23T12:00:00.000000Z';
const { card } = aPaymentMethod();
const at = (position: number, type: string) => ({ type, position, recordedAt });
const nothing = { customerId: cusAna, isDeleted: false, defaultPaymentMethodId: null, paymentMethods: [] };
const asked = { paymentMethodId: pm, type: null, card: null };
const visa = { paymentMethodId: pm, status: 'attached' as const, type: 'card', card };
const setAsDefault: CustomerEvent = {
  type: 'DefaultPaymentMethodSet',
  data: { attemptId: first, customerId: cusAna, paymentMethodId: pm, evidence },
};
const deleted: CustomerEvent = { type: 'CustomerDeleted', data: { customerId: cusAna, evidence } };

describe('paymentMethodsByCustomer', () => {
  it('shows a payment method from the moment it is asked for', () => {
    spec.when(requested()).thenDocuments({
      cus_Ana: {
        ...nothing,
        paymentMethods: [{ ...asked, status: 'attaching', lastEvent: at(1, 'AttachmentRequested') }],
      },
    });
  });

  it('shows an outcome that is unknown, and a rejection', () => {
    spec
      .given(requested())
      .when(outcomeUnknown())
      .thenDocuments({
        cus_Ana: {
          ...nothing,
          paymentMethods: [{ ...asked, status: 'outcomeUnknown', lastEvent: at(2, 'AttachmentOutcomeUnknown') }],
        },
      });
    spec
      .given(requested())
      .when(rejected())
      .thenDocuments({
        cus_Ana: {
          ...nothing,
          paymentMethods: [{ ...asked, status: 'rejected', lastEvent: at(2, 'AttachmentRejected') }],
        },
      });
  });

  it('shows that Stripe is asked again, under another key', () => {
    const { requestedAt: renewedAt, setAsDefault: _, ...asks } = anAttach({ idempotencyKey: 'key-2' });
    spec
      .given(requested(), outcomeUnknown())
      .when({ type: 'IdempotencyKeyRenewed', data: { ...asks, renewedAt } })
      .thenDocuments({
        cus_Ana: {
          ...nothing,
          paymentMethods: [{ ...asked, status: 'attaching', lastEvent: at(3, 'IdempotencyKeyRenewed') }],
        },
      });
  });

  it('shows an attached one with its card, and the default', () => {
    spec
      .given(requested(), attached())
      .when(setAsDefault)
      .thenDocuments({
        cus_Ana: {
          ...nothing,
          defaultPaymentMethodId: pm,
          paymentMethods: [{ ...visa, lastEvent: at(2, 'PaymentMethodAttached') }],
        },
      });
  });

  it('takes an update, and leaves how it stands', () => {
    const renewed = aPaymentMethod({ type: 'link', card: null });
    spec
      .given(attached())
      .when({ type: 'PaymentMethodUpdated', data: { ...renewed, evidence } })
      .thenDocuments({
        cus_Ana: {
          ...nothing,
          paymentMethods: [{ ...visa, type: 'link', card: null, lastEvent: at(2, 'PaymentMethodUpdated') }],
        },
      });
  });

  it('keeps a detached one, which is the default no more', () => {
    spec
      .given(attached(), setAsDefault)
      .when(detached)
      .thenDocuments({
        cus_Ana: {
          ...nothing,
          paymentMethods: [{ ...visa, status: 'detached', lastEvent: at(3, 'PaymentMethodDetached') }],
        },
      });
    spec
      .given(attached(), attached({ paymentMethodId: other }), {
        ...setAsDefault,
        data: { ...setAsDefault.data, paymentMethodId: other },
      })
      .when(detached)
      .thenDocuments({
        cus_Ana: {
          ...nothing,
          defaultPaymentMethodId: other,
          paymentMethods: [
            { ...visa, status: 'detached', lastEvent: at(4, 'PaymentMethodDetached') },
            { ...visa, paymentMethodId: other, lastEvent: at(2, 'PaymentMethodAttached') },
          ],
        },
      });
  });

  it('has nothing attached to a deleted customer', () => {
    spec
      .given(attached(), requested({ paymentMethodId: other }), setAsDefault)
      .when(deleted)
      .thenDocuments({
        cus_Ana: {
          ...nothing,
          isDeleted: true,
          paymentMethods: [
            { ...visa, status: 'detached', lastEvent: at(4, 'CustomerDeleted') },
            { ...asked, paymentMethodId: other, status: 'attaching', lastEvent: at(2, 'AttachmentRequested') },
          ],
        },
      });
  });

  it('has a document for each customer and each account', () => {
    spec
      .when(
        attached(),
        attached({ paymentMethodId: other, customer: anaAccount }),
        refused('detached', { customer: ben }),
      )
      .thenDocuments({
        cus_Ana: { ...nothing, paymentMethods: [{ ...visa, lastEvent: at(1, 'PaymentMethodAttached') }] },
        acct_Ana: {
          ...nothing,
          customerId: anaAccount.id,
          paymentMethods: [{ ...visa, paymentMethodId: other, lastEvent: at(2, 'PaymentMethodAttached') }],
        },
      });
  });

  it('shows no test alias, and what Stripe made of it', () => {
    spec.when(requested({ paymentMethodId: alias }), attached({ clonedFrom: alias })).thenDocuments({
      cus_Ana: { ...nothing, paymentMethods: [{ ...visa, lastEvent: at(2, 'PaymentMethodAttached') }] },
    });
  });

  it('fails a test whose documents are others, or that has one too many or too few', () => {
    const { customerId: _, ...part } = nothing;
    for (const documents of [{}, { cus_Ana: nothing }, { cus_Ana: part as typeof nothing }]) {
      expect(() => spec.when(attached()).thenDocuments(documents)).toThrow(/deep/i);
    }
  });
});
