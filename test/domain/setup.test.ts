import { describe, it } from 'vitest';
import type { SetupAnswer } from '../../src/domain/gatewayAnswers.ts';
import { defaultRetryPolicy } from '../../src/domain/retryPolicy.ts';
import type { SetupEvent, SetupState } from '../../src/domain/setup.ts';
import { evolveSetup, initialSetup } from '../../src/domain/setup.ts';
import { decideBeginSetup, decideSetupOutcome, decideSetupSucceeded } from '../../src/domain/setupDecisions.ts';
import { ana, ben, evidence, first, pm } from './given.ts';
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

  it('gets a new key where the old one is spent or 23 hours old, for the wish it had', () => {
    const again: SetupEvent = { type: 'SetupRequested', data: { ...wish, ...laterKey } };
    given(asked)
      .when(begin({ ...laterKey, usage: 'on_session' }))
      .thenRecords(again);
    given(asked, unknown('serverError')).when(begin(laterKey)).thenRecords(again);
  });

  it('is rejected where the attempt stands for another customer', () => {
    given(asked)
      .when(begin({ customer: ben }))
      .thenRejected('attemptIdReused');
    given(asked, begun)
      .when(begin({ customer: ben }))
      .thenRejected('attemptIdReused');
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

  it('succeeds once, whatever the trail knew of it', () => {
    for (const events of [[], [asked], [asked, begun], [asked, no]])
      given(...events)
        .when((state) => decideSetupSucceeded(success, state))
        .thenRecords(succeeded);
  });
});
