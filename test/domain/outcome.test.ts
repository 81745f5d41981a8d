import { describe, expect, it } from 'vitest';
import type { Conclusion } from '../../src/domain/answers.ts';
import { decideOutcome } from '../../src/domain/decisions.ts';
import type { PaymentMethodState } from '../../src/domain/paymentMethod.ts';
import { fold } from '../../src/domain/paymentMethod.ts';
import {
  alias,
  ana,
  aPaymentMethod,
  attached,
  ben,
  concluded,
  detached,
  evidence,
  first,
  given,
  other,
  outcomeUnknown,
  pm,
  rejected,
  requested,
  second,
} from './given.ts';

const conclude = (conclusion: Conclusion) => (state: PaymentMethodState) => decideOutcome(conclusion, state);
const yes = concluded({ answer: 'attached', paymentMethod: aPaymentMethod() });
const no = concluded({
  answer: 'rejected',
  reason: 'cardDeclined',
  stripeCode: 'card_declined',
  declineCode: 'generic_decline',
});
const perhaps = concluded({ answer: 'unknown', cause: 'timeout' });

describe('the outcome of an attempt', () => {
  it('is attached, with its evidence, when Stripe says so', () => {
    given(requested()).when(conclude(yes)).thenRecords(attached());
  });

  it('is rejected, with Stripe’s codes, when Stripe says so', () => {
    given(requested()).when(conclude(no)).thenRecords(rejected());
  });

  it('is unknown when nobody can tell', () => {
    given(requested()).when(conclude(perhaps)).thenRecords(outcomeUnknown());
  });

  it('is recorded anew when the cause of not knowing changes', () => {
    given(requested(), outcomeUnknown({ cause: 'connectionLost' }))
      .when(conclude(perhaps))
      .thenRecords(outcomeUnknown());
  });

  it('turns from unknown to attached or rejected', () => {
    given(requested(), outcomeUnknown()).when(conclude(yes)).thenRecords(attached());
    given(requested(), outcomeUnknown()).when(conclude(no)).thenRecords(rejected());
  });

  it('turns from rejected to attached on evidence, and forgets the rejection', () => {
    const after = given(requested(), rejected()).when(conclude(yes)).thenRecords(attached());
    expect(after.rejectedAttempts).toEqual([]);
  });

  const standing = {
    'attached stays attached, whatever an answer says later': [requested(), attached()],
    'detached stays detached': [requested(), attached(), detached],
  };
  for (const [title, events] of Object.entries(standing)) {
    it(title, () => {
      for (const late of [yes, no, perhaps])
        given(...events)
          .when(conclude(late))
          .thenRecords();
    });
  }

  it('a rejection or an unknown of another attempt changes nothing', () => {
    for (const late of [no, perhaps])
      given(requested({ attemptId: second }))
        .when(conclude(late))
        .thenRecords();
    for (const late of [no, perhaps]) given().when(conclude(late)).thenRecords();
  });

  it('an attach that nobody here asked for is recorded with its evidence', () => {
    given().when(conclude(yes)).thenRecords(attached());
  });

  it('on a test alias is a clone, which is attached in its own stream', () => {
    const attachedClone = { answer: 'attached', paymentMethod: aPaymentMethod() } as const;
    given(requested({ paymentMethodId: alias }))
      .when(conclude(concluded(attachedClone, { paymentMethodId: alias })))
      .thenRecords({
        type: 'PaymentMethodCloned',
        data: { attemptId: first, paymentMethodId: alias, customer: ana, cloneId: pm },
      });
    given()
      .when(conclude(concluded(attachedClone, { clonedFrom: alias })))
      .thenRecords(attached({ clonedFrom: alias }));
  });

  it('on a test alias is a clone also after a rejection', () => {
    given(requested({ paymentMethodId: alias }), rejected({ paymentMethodId: alias }))
      .when(conclude(concluded({ answer: 'attached', paymentMethod: aPaymentMethod() }, { paymentMethodId: alias })))
      .thenRecords({
        type: 'PaymentMethodCloned',
        data: { attemptId: first, paymentMethodId: alias, customer: ana, cloneId: pm },
      });
  });

  it('on a test alias is said to be the attempt’s, where a webhook told of the clone before', () => {
    const answer = { answer: 'attached', paymentMethod: aPaymentMethod() } as const;
    const byNobody = attached({ attemptId: null });
    given(byNobody)
      .when(conclude(concluded(answer, { clonedFrom: alias })))
      .thenRecords({
        type: 'AttachmentAttributed',
        data: { paymentMethodId: pm, attemptId: first, clonedFrom: alias, evidence },
      });
    given(byNobody)
      .when(conclude(concluded(answer)))
      .thenRecords();
  });

  it('names the evidence it rests on', () => {
    const readBack = { ...evidence, source: 'readBack' as const };
    given(requested())
      .when(conclude(concluded(yes.answer, { evidence: readBack })))
      .thenRecords(attached({ evidence: readBack }));
  });

  const foreign = {
    'another payment method': aPaymentMethod({ paymentMethodId: other }),
    'another customer': aPaymentMethod({ customer: ben }),
    'no customer': aPaymentMethod({ customer: null }),
  };
  for (const [whose, paymentMethod] of Object.entries(foreign)) {
    it(`is unknown when the answer echoes ${whose}`, () => {
      given(requested())
        .when(conclude(concluded({ answer: 'attached', paymentMethod })))
        .thenRecords(outcomeUnknown({ cause: 'unexpectedEcho' }));
    });
  }

  it('is doubted once more where a look met the same error before, and now Stripe saved it under the key', () => {
    const looked = outcomeUnknown({ cause: 'serverError', evidence: { ...evidence, source: 'readBack' } });
    const saved = concluded({ answer: 'unknown', cause: 'serverError' });
    given(requested(), looked)
      .when(conclude(saved))
      .thenRecords(outcomeUnknown({ cause: 'serverError' }));
    given(requested(), looked, outcomeUnknown({ cause: 'serverError' }))
      .when(conclude(saved))
      .thenRecords();
  });

  it('is not settled by a no, or a doubt, under a key that was renewed since', () => {
    for (const late of [no, perhaps]) {
      given(requested(), outcomeUnknown({ cause: 'serverError' }), renewed)
        .when(conclude(late))
        .thenRecords();
    }
  });

  it('that was a detachment keeps whose it was, and what was rejected before', () => {
    const state = fold([
      requested(),
      rejected(),
      requested({ attemptId: second }),
      attached({ attemptId: second }),
      detached,
    ]);
    expect(state).toMatchObject({ status: 'detached', customer: ana, rejectedAttempts: [{ attemptId: first }] });
  });

  it('is settled by a yes under any of its keys', () => {
    given(requested(), outcomeUnknown({ cause: 'serverError' }), renewed)
      .when(conclude(yes))
      .thenRecords(attached());
  });
});

const renewed = {
  type: 'IdempotencyKeyRenewed' as const,
  data: {
    attemptId: first,
    paymentMethodId: pm,
    customer: ana,
    idempotencyKey: 'key-2',
    apiVersion: '2025-10-29.clover',
    renewedAt: '2025-11-23T13:00:00.000Z',
  },
};
