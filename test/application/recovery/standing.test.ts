import { describe, expect, it } from 'vitest';
import type { CustomerEvent } from '../../../src/domain/customer.ts';
import { evolveCustomer, initialCustomer } from '../../../src/domain/customer.ts';
import { fold } from '../../../src/domain/paymentMethod.ts';
import type { PaymentMethodEvent } from '../../../src/domain/paymentMethodEvents.ts';
import type { SetupEvent } from '../../../src/domain/setup.ts';
import { evolveSetup, initialSetup } from '../../../src/domain/setup.ts';
import type { OpenRequestNote } from '../../../src/application/readModels/openAttempts.ts';
import {
  standingOfAttachment,
  standingOfDefault,
  standingOfDetachment,
  standingOfSetup,
  standingOfWish,
} from '../../../src/application/recovery/settled.ts';
import {
  ana,
  attached,
  evidence,
  first,
  other,
  outcomeUnknown,
  pm,
  rejected,
  requested,
  second,
} from '../../domain/given.ts';
import { cusAna, key, seti } from '../../domain/requests.ts';

const note = { attemptId: first, paymentMethodId: pm } as OpenRequestNote;
const ended = (outcome: string) => ({ isOpen: false, outcome });
const open = (why: string | null) => ({ isOpen: true, why });
const detached: PaymentMethodEvent = {
  type: 'PaymentMethodDetached',
  data: { paymentMethodId: pm, customer: ana, attemptId: null, evidence },
};
const detaching: PaymentMethodEvent = {
  type: 'DetachmentRequested',
  data: { ...key, attemptId: first, paymentMethodId: pm },
};
const ofDetachment = { attemptId: first, paymentMethodId: pm, evidence };
const ofDefault = { attemptId: first, customerId: cusAna, paymentMethodId: pm };
const askedFor = (attemptId = first): CustomerEvent => ({
  type: 'DefaultPaymentMethodRequested',
  data: { ...ofDefault, ...key, attemptId },
});
const deleted: CustomerEvent = { type: 'CustomerDeleted', data: { customerId: cusAna, evidence } };
const setup: SetupEvent = {
  type: 'SetupRequested',
  data: { ...key, attemptId: first, customer: ana, usage: 'off_session', paymentMethodTypes: null },
};
const begun: SetupEvent = { type: 'SetupBegun', data: { attemptId: first, setupIntentId: seti, evidence } };

describe('how a request stands that was open when a pass of recovery began', () => {
  it.each<[string, readonly PaymentMethodEvent[], object]>([
    ['open, and nobody knows why', [requested()], open(null)],
    ['open, and why', [requested(), outcomeUnknown()], open('timeout')],
    ['attached', [requested(), attached()], ended('attached')],
    ['attached, by another attempt', [requested(), attached({ attemptId: second })], ended('attached')],
    ['rejected', [requested(), rejected()], ended('rejected')],
    [
      'rejected, though another attempt is open',
      [requested(), rejected(), requested({ attemptId: second })],
      ended('rejected'),
    ],
    ['detached', [requested(), attached(), detached], ended('detached')],
    ['gone, another attempt being open', [requested({ attemptId: second })], ended('gone')],
    ['gone, nothing being there', [], ended('gone')],
    [
      'attached, as a clone',
      [
        requested(),
        { type: 'PaymentMethodCloned', data: { attemptId: first, paymentMethodId: pm, customer: ana, cloneId: other } },
      ],
      ended('attached'),
    ],
  ])('an attachment is %s', (_, events, standing) => {
    expect(standingOfAttachment(note, fold(events))).toEqual(standing);
  });

  it.each<[string, readonly PaymentMethodEvent[], object]>([
    ['open, and nobody knows why', [detaching], open(null)],
    [
      'open, and why',
      [detaching, { type: 'DetachmentOutcomeUnknown', data: { ...ofDetachment, cause: 'rateLimited' } }],
      open('rateLimited'),
    ],
    ['detached', [detaching, detached], ended('detached')],
    [
      'rejected',
      [detaching, { type: 'DetachmentRejected', data: { ...ofDetachment, reason: 'notAttached', stripeCode: null } }],
      ended('rejected'),
    ],
    ['gone', [attached()], ended('gone')],
    [
      'gone, another attempt being rejected',
      [
        { type: 'DetachmentRequested', data: { ...key, attemptId: second, paymentMethodId: pm } },
        {
          type: 'DetachmentRejected',
          data: { ...ofDetachment, attemptId: second, reason: 'notAttached', stripeCode: null },
        },
      ],
      ended('gone'),
    ],
  ])('a detachment is %s', (_, events, standing) => {
    expect(standingOfDetachment(note, fold([attached(), ...events]))).toEqual(standing);
  });

  it.each<[string, readonly CustomerEvent[], object]>([
    ['open, and nobody knows why', [askedFor()], open(null)],
    [
      'open, and why',
      [askedFor(), { type: 'DefaultPaymentMethodOutcomeUnknown', data: { ...ofDefault, cause: 'aborted', evidence } }],
      open('aborted'),
    ],
    ['set', [askedFor(), { type: 'DefaultPaymentMethodSet', data: { ...ofDefault, evidence } }], ended('set')],
    [
      'rejected',
      [
        askedFor(),
        {
          type: 'DefaultPaymentMethodRejected',
          data: { ...ofDefault, reason: 'invalidRequest', stripeCode: null, evidence },
        },
      ],
      ended('rejected'),
    ],
    ['superseded', [askedFor(), askedFor(second)], ended('superseded')],
    ['gone', [], ended('gone')],
    [
      'gone, another attempt being set',
      [askedFor(second), { type: 'DefaultPaymentMethodSet', data: { ...ofDefault, attemptId: second, evidence } }],
      ended('gone'),
    ],
    [
      'gone, another attempt being rejected',
      [
        askedFor(second),
        {
          type: 'DefaultPaymentMethodRejected',
          data: { ...ofDefault, attemptId: second, reason: 'invalidRequest', stripeCode: null, evidence },
        },
      ],
      ended('gone'),
    ],
    ['gone, another attempt being superseded', [askedFor(second), askedFor('attempt-3' as never)], ended('gone')],
    ['gone with its customer', [deleted], ended('customerDeleted')],
    [
      'gone with its customer, what its attempt wished for besides being superseded',
      [
        {
          type: 'DefaultPaymentMethodWished',
          data: { ...ofDefault, paymentMethodId: other, wishedAt: key.requestedAt },
        },
        askedFor(second),
        deleted,
      ],
      ended('customerDeleted'),
    ],
  ])('a default is %s', (_, events, standing) => {
    expect(standingOfDefault(note, events.reduce(evolveCustomer, initialCustomer))).toEqual(standing);
  });

  it.each<[string, readonly SetupEvent[], object]>([
    ['open, and nobody knows why', [setup], open(null)],
    [
      'open, and why',
      [setup, { type: 'SetupOutcomeUnknown', data: { attemptId: first, cause: 'unreachable', evidence } }],
      open('unreachable'),
    ],
    ['begun', [setup, begun], ended('begun')],
    [
      'succeeded',
      [
        setup,
        begun,
        { type: 'SetupSucceeded', data: { attemptId: first, setupIntentId: seti, paymentMethodId: pm, evidence } },
      ],
      ended('succeeded'),
    ],
    [
      'rejected',
      [
        setup,
        { type: 'SetupRejected', data: { attemptId: first, reason: 'invalidRequest', stripeCode: null, evidence } },
      ],
      ended('rejected'),
    ],
    ['gone', [], ended('gone')],
  ])('a setup is %s', (_, events, standing) => {
    expect(standingOfSetup(events.reduce(evolveSetup, initialSetup))).toEqual(standing);
  });

  it.each<[string, Parameters<typeof standingOfWish>[0], object]>([
    ['gone, where nobody wishes for it any more', null, ended('gone')],
    ['set', { outcome: 'set' } as never, ended('set')],
    ['superseded', { outcome: 'superseded' } as never, ended('superseded')],
    ['rejected', { outcome: 'rejected', reason: 'notAttachedToCustomer' } as never, ended('rejected')],
    ['gone with its customer', { outcome: 'rejected', reason: 'customerDeleted' } as never, ended('customerDeleted')],
    ['open, and why', { outcome: 'unknown', cause: 'timeout' } as never, open('timeout')],
    ['open, and under way elsewhere', { outcome: 'unknown', cause: 'attemptInProgress' } as never, open(null)],
  ])('a default that an attach wished for is %s', (_, result, standing) => {
    expect(standingOfWish(result)).toEqual(standing);
  });
});
