import { describe, it } from 'vitest';
import type { SetupAnswer } from '../../src/domain/gatewayAnswers.ts';
import { defaultRetryPolicy } from '../../src/domain/retryPolicy.ts';
import type { SetupEvent, SetupState } from '../../src/domain/setup.ts';
import { evolveSetup, initialSetup } from '../../src/domain/setup.ts';
import { decideBeginSetup, decideSetupOutcome, decideSetupSucceeded } from '../../src/domain/setupDecisions.ts';
import { ana, anaAccount, ben, evidence, first, pm } from './given.ts';
import { givenOf, key, laterKey, seti, webhook } from './requests.ts';

const given = givenOf<SetupState, SetupEvent>(initialSetup, evolveSetup);
const wish = { attemptId: first, customer: ana, usage: 'off_session' as const, paymentMethodTypes: ['card'] };
const asked: SetupEvent = { type: 'SetupRequested', data: { ...wish, ...key } };
const begun: SetupEvent = { type: 'SetupBegun', data: { attemptId: first, setupIntentId: seti, evidence } };
const no: SetupEvent = {
  type: 'SetupRejected',
  data: { attemptId: first, reason: 'customerNotFound', stripeCode: 'resource_missing', evidence },
};
const unknown = (cause: 'timeout' | 'serverError'): SetupEvent => ({
  type: 'SetupOutcomeUnknown',
  data: { attemptId: first, cause, evidence },
});
const success = { attemptId: first, setupIntentId: seti, paymentMethodId: pm, evidence: webhook };
const succeeded: SetupEvent = { type: 'SetupSucceeded', data: success };
const begin =
  (part: object = {}) =>
  (state: SetupState) =>
    decideBeginSetup({ ...wish, ...key, ...part }, state, defaultRetryPolicy);
const conclude =
  (answer: SetupAnswer, part: object = {}) =>
  (state: SetupState) =>
    decideSetupOutcome({ request: { attemptId: first, ...key, ...part }, answer, evidence }, state);
const created: SetupAnswer = {
  answer: 'created',
  setupIntent: {
    setupIntentId: seti,
    clientSecret: 'seti_1_secret_x',
    status: 'requires_payment_method',
    customer: ana,
    paymentMethodId: null,
    attemptId: first,
  },
};

describe('beginning a setup', () => {
  it('is requested once', () => {
    given().when(begin()).thenRecords(asked);
    for (const event of [begun, no, unknown('timeout'), succeeded]) given(asked, event).when(begin()).thenRecords();
  });

  it('gets a new key where the old one is spent or 23 hours old', () => {
    const again: SetupEvent = { type: 'SetupRequested', data: { ...wish, ...laterKey } };
    given(asked).when(begin(laterKey)).thenRecords(again);
    given(asked, unknown('serverError')).when(begin(laterKey)).thenRecords(again);
  });

  it.each([
    ['customer', { customer: ben }],
    ['usage', { usage: 'on_session' }],
    ['list of types', { paymentMethodTypes: null }],
    ['list of types, longer', { paymentMethodTypes: ['card', 'link'] }],
  ])('is rejected where the attempt stands for another %s', (_, part) => {
    for (const events of [[asked], [asked, begun], [asked, succeeded]]) {
      given(...events)
        .when(begin(part))
        .thenRejected('attemptIdReused');
    }
  });

  it('ends begun, without the client secret, or rejected or unknown', () => {
    given(asked).when(conclude(created)).thenRecords(begun);
    given(asked, unknown('timeout')).when(conclude(created)).thenRecords(begun);
    given(asked)
      .when(conclude({ answer: 'rejected', reason: 'customerNotFound', stripeCode: 'resource_missing' }))
      .thenRecords(no);
    given(asked)
      .when(conclude({ answer: 'unknown', cause: 'timeout' }))
      .thenRecords(unknown('timeout'));
    given(asked)
      .when(conclude(created, { idempotencyKey: 'old' }))
      .thenRecords();
  });

  const succeed =
    (part: object = {}) =>
    (state: SetupState) =>
      decideSetupSucceeded({ ...success, customer: ana, ...part }, webhook, state);

  it('succeeds once, also where the trail does not know, or denies, that it was begun', () => {
    for (const events of [[asked], [asked, begun], [asked, no], [asked, unknown('timeout')]])
      given(...events)
        .when(succeed())
        .thenRecords(succeeded);
    given(asked, succeeded)
      .when(succeed({ setupIntentId: 'seti_2' }))
      .thenRecords();
  });

  it('succeeds by either name of its customer, and of nobody else', () => {
    given(asked)
      .when(succeed({ customer: ben, alsoNamed: ana }))
      .thenRecords(succeeded);
    for (const part of [{ customer: ben }, { customer: null }, { customer: ben, alsoNamed: anaAccount }])
      given(asked).when(succeed(part)).thenRecords();
  });

  it('does not succeed by another SetupIntent than it was begun with, nor where nobody asked for it', () => {
    given(asked, begun)
      .when(succeed({ setupIntentId: 'seti_2' }))
      .thenRecords();
    given().when(succeed()).thenRecords();
  });

  it('is none of ours where nobody asked for it, whatever was recorded', () => {
    for (const event of [begun, no, unknown('timeout'), succeeded]) given(event).when(begin()).thenRecords(asked);
  });
});
