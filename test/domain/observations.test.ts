import { describe, it } from 'vitest';
import { decideAttribution } from '../../src/domain/decisions.ts';
import {
  decideLooked,
  decideObservedAttachment,
  decideObservedDetachment,
  decideUpdate,
} from '../../src/domain/observations.ts';
import type { PaymentMethodState } from '../../src/domain/paymentMethod.ts';
import { evolve, initialState } from '../../src/domain/paymentMethod.ts';
import type { PaymentMethodEvent } from '../../src/domain/paymentMethodEvents.ts';
import {
  ana,
  anaAccount,
  aPaymentMethod,
  attached,
  ben,
  detached,
  first,
  outcomeUnknown,
  pm,
  rejected,
  requested,
  second,
} from './given.ts';
import { givenOf, key, readBack, webhook } from './requests.ts';

const given = givenOf<PaymentMethodState, PaymentMethodEvent>(initialState, evolve);
const observed =
  (part: object = {}) =>
  (state: PaymentMethodState) =>
    decideObservedAttachment(
      {
        paymentMethod: { ...aPaymentMethod(), customer: ana },
        idempotencyKey: null,
        attemptId: null,
        evidence: webhook,
        ...part,
      },
      state,
    );
const observedDetached =
  (part: object = {}) =>
  (state: PaymentMethodState) =>
    decideObservedDetachment(
      {
        paymentMethod: aPaymentMethod({ customer: null }),
        customer: ana,
        idempotencyKey: null,
        evidence: webhook,
        ...part,
      },
      state,
    );
const renewed: PaymentMethodEvent = {
  type: 'IdempotencyKeyRenewed',
  data: {
    attemptId: first,
    paymentMethodId: pm,
    customer: ana,
    idempotencyKey: 'key-2',
    apiVersion: key.apiVersion,
    renewedAt: key.requestedAt,
  },
};
const byNobody = attached({ attemptId: null, evidence: webhook });

describe('an attachment that Stripe tells of', () => {
  it('is recorded when nobody here asked for it', () => {
    given().when(observed()).thenRecords(byNobody);
  });

  it('is the open attempt’s when it was done under its key', () => {
    given(requested())
      .when(observed({ idempotencyKey: 'key-1' }))
      .thenRecords(attached({ evidence: webhook }));
    given(requested(), outcomeUnknown())
      .when(observed({ idempotencyKey: 'key-1' }))
      .thenRecords(attached({ evidence: webhook }));
    given(requested())
      .when(observed({ idempotencyKey: 'key-9' }))
      .thenRecords(byNobody);
  });

  it('is the open attempt’s, too, when it was done under a key that was renewed since', () => {
    given(requested(), renewed)
      .when(observed({ idempotencyKey: 'key-1' }))
      .thenRecords(attached({ evidence: webhook }));
  });

  it('is to whom the attempt asked for, where Stripe names a customer and an account', () => {
    const both = { alsoNamed: anaAccount };
    given(requested({ customer: anaAccount }))
      .when(observed({ ...both, idempotencyKey: 'key-1' }))
      .thenRecords(attached({ customer: anaAccount, evidence: webhook }));
    given().when(observed(both)).thenRecords(byNobody);
  });

  it('is nothing to the attempt on a test alias, whose clone has a story of its own', () => {
    const cloned: PaymentMethodEvent = {
      type: 'PaymentMethodCloned',
      data: { attemptId: first, paymentMethodId: pm, customer: ana, cloneId: pm },
    };
    given(requested(), cloned).when(observed()).thenRecords();
  });

  it('is the attempt’s that our metadata names', () => {
    given()
      .when(observed({ attemptId: second }))
      .thenRecords(attached({ attemptId: second, evidence: webhook }));
  });

  it('overrules a rejection', () => {
    given(requested(), rejected()).when(observed()).thenRecords(byNobody);
  });

  it('is nothing new when the trail has it attached, or detached since', () => {
    given(requested(), attached()).when(observed()).thenRecords();
    given(requested(), attached(), detached).when(observed()).thenRecords();
  });
});

describe('a detachment that Stripe tells of', () => {
  const gone = (attemptId: typeof first | null): PaymentMethodEvent => ({
    type: 'PaymentMethodDetached',
    data: { paymentMethodId: pm, customer: ana, attemptId, evidence: webhook },
  });

  it('is recorded once, whoever asked for it', () => {
    given(attached()).when(observedDetached()).thenRecords(gone(null));
    given(attached(), { type: 'DetachmentRequested', data: { attemptId: first, paymentMethodId: pm, ...key } })
      .when(observedDetached({ idempotencyKey: 'key-1' }))
      .thenRecords(gone(first));
    given(attached(), detached).when(observedDetached()).thenRecords();
  });

  it('is nobody’s here when it was done under a key that is none of ours', () => {
    const asked: PaymentMethodEvent = {
      type: 'DetachmentRequested',
      data: { attemptId: first, paymentMethodId: pm, ...key },
    };
    for (const events of [[attached()], [attached(), asked]])
      given(...events)
        .when(observedDetached({ idempotencyKey: 'key-9' }))
        .thenRecords(gone(null));
  });

  it('proves an attachment that the trail missed, which is recorded before it', () => {
    given().when(observedDetached()).thenRecords(byNobody, gone(null));
    given(requested())
      .when(observedDetached({ customer: ben }))
      .thenRecords(attached({ attemptId: null, customer: ben, evidence: webhook }), {
        type: 'PaymentMethodDetached',
        data: { paymentMethodId: pm, customer: ben, attemptId: null, evidence: webhook },
      });
  });
});

describe('an attachment that was met as nobody’s', () => {
  const found = { paymentMethodId: pm, attemptId: second, clonedFrom: null, evidence: webhook };
  const attributed: PaymentMethodEvent = { type: 'AttachmentAttributed', data: found };
  const attribute = (state: PaymentMethodState) => decideAttribution(found, state);

  it('is said once to be an attempt’s, also when it is detached by now', () => {
    given(byNobody).when(attribute).thenRecords(attributed);
    given(byNobody, detached).when(attribute).thenRecords(attributed);
  });

  it('stays an attempt’s that it is already, and is none where it is not attached', () => {
    given(requested(), attached()).when(attribute).thenRecords();
    given(requested(), attached(), detached).when(attribute).thenRecords();
    for (const events of [[], [requested()], [requested(), rejected()]])
      given(...events)
        .when(attribute)
        .thenRecords();
  });
});

describe('what a look shows', () => {
  const look =
    (part: object = {}) =>
    (state: PaymentMethodState) =>
      decideLooked({ paymentMethod: aPaymentMethod(part), attemptId: null, evidence: readBack }, state);
  const gone: PaymentMethodEvent = {
    type: 'PaymentMethodDetached',
    data: { paymentMethodId: pm, customer: ana, attemptId: null, evidence: readBack },
  };

  it('is an attachment that the trail missed: the open attempt’s, where it asked for this customer', () => {
    given()
      .when(look())
      .thenRecords(attached({ attemptId: null, evidence: readBack }));
    given(requested())
      .when(look())
      .thenRecords(attached({ evidence: readBack }));
    given(requested({ customer: ben }))
      .when(look())
      .thenRecords(attached({ attemptId: null, evidence: readBack }));
  });

  it('is a detachment that the trail missed, and of one that was never attached nothing', () => {
    given(attached())
      .when(look({ customer: null }))
      .thenRecords(gone);
    for (const events of [[], [requested()], [requested(), rejected()], [attached(), detached]])
      given(...events)
        .when(look({ customer: null }))
        .thenRecords();
  });

  it('is an update where it is attached to this customer, with other details', () => {
    given(attached())
      .when(look({ type: 'link', card: null }))
      .thenRecords({
        type: 'PaymentMethodUpdated',
        data: { ...aPaymentMethod({ type: 'link', card: null }), evidence: readBack },
      });
    given(attached()).when(look()).thenRecords();
  });

  it('is a detachment of ours, where one is open', () => {
    given(attached(), { type: 'DetachmentRequested', data: { attemptId: second, paymentMethodId: pm, ...key } })
      .when(look({ customer: null }))
      .thenRecords({
        type: 'PaymentMethodDetached',
        data: { paymentMethodId: pm, customer: ana, attemptId: second, evidence: readBack },
      });
  });

  it('is the attempt’s whose setup attached it, where no open one asked for this customer', () => {
    given()
      .when((state) => decideLooked({ paymentMethod: aPaymentMethod(), attemptId: second, evidence: readBack }, state))
      .thenRecords(attached({ attemptId: second, evidence: readBack }));
  });

  it('is nothing where the trail has it detached for good, or attached to another', () => {
    given(attached(), detached).when(look()).thenRecords();
    given(attached())
      .when(look({ customer: ben, type: 'link' }))
      .thenRecords();
  });
});

describe('an update that Stripe tells of', () => {
  const newer = { ...aPaymentMethod(), card: { ...aPaymentMethod().card, expYear: 2031 } } as ReturnType<
    typeof aPaymentMethod
  >;
  const updated: PaymentMethodEvent = { type: 'PaymentMethodUpdated', data: { ...newer, evidence: readBack } };

  it('is recorded where the trail has it otherwise', () => {
    given(attached())
      .when((state) => decideUpdate(newer, readBack, state))
      .thenRecords(updated);
    given(attached())
      .when((state) => decideUpdate(aPaymentMethod(), readBack, state))
      .thenRecords();
  });

  it('is one where it is of another type, or has a card by now, or none any more', () => {
    const { card } = aPaymentMethod();
    const link = aPaymentMethod({ type: 'link', card: null });
    const changes = [
      [attached({ card: null }), aPaymentMethod()],
      [attached(), aPaymentMethod({ card: null })],
      [attached({ type: 'link', card: null }), { ...link, type: 'paypal' }],
      [attached(), aPaymentMethod({ card: card && { ...card, last4: '0005' } })],
    ] as const;
    for (const [before, after] of changes) {
      given(before)
        .when((state) => decideUpdate(after, readBack, state))
        .thenRecords({ type: 'PaymentMethodUpdated', data: { ...after, evidence: readBack } });
    }
    given(attached({ type: 'link', card: null }))
      .when((state) => decideUpdate(link, readBack, state))
      .thenRecords();
  });

  it.each(['cvc', 'addressLine1', 'addressPostalCode'])('is one where a check came out otherwise: %s', (check) => {
    const { card } = aPaymentMethod();
    if (card === null) throw new TypeError('no card');
    const checked = aPaymentMethod({ card: { ...card, checks: { ...card.checks, [check]: 'fail' } } });
    given(attached())
      .when((state) => decideUpdate(checked, readBack, state))
      .thenRecords({ type: 'PaymentMethodUpdated', data: { ...checked, evidence: readBack } });
  });

  it('is nothing to a payment method that is not attached', () => {
    given(requested())
      .when((state) => decideUpdate(newer, readBack, state))
      .thenRecords();
  });
});
