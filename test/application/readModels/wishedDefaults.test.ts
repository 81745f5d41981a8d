import { describe, it } from 'vitest';
import type { TrailEvent } from '../../../src/application/events/eventTypes.ts';
import { wishedDefaults } from '../../../src/application/readModels/wishedDefaults.ts';
import { projectionSpec } from '../../../src/testing/projectionSpec.ts';
import {
  anaAccount,
  attached,
  ben,
  evidence,
  first,
  other,
  pm,
  rejected,
  requested,
  second,
} from '../../domain/given.ts';
import { cusAna, key } from '../../domain/requests.ts';

const stream = 'paymentMethod-pm_1';
const wishedAt = '2025-11-23T12:00:00.000Z';
const ofDefault = { attemptId: first, customerId: cusAna, paymentMethodId: pm };
const wished: TrailEvent = { type: 'DefaultPaymentMethodWished', data: { ...ofDefault, wishedAt } };
const wishedLater: TrailEvent = {
  type: 'DefaultPaymentMethodWished',
  data: { attemptId: second, customerId: cusAna, paymentMethodId: other, wishedAt },
};
const asked = (part: object = {}): TrailEvent => ({
  type: 'DefaultPaymentMethodRequested',
  data: { ...ofDefault, ...key, ...part },
});
const set: TrailEvent = { type: 'DefaultPaymentMethodSet', data: { ...ofDefault, evidence } };
const deleted: TrailEvent = { type: 'CustomerDeleted', data: { customerId: cusAna, evidence } };
const detached = (id = pm): TrailEvent => ({
  type: 'PaymentMethodDetached',
  data: { paymentMethodId: id, customer: { kind: 'customer', id: cusAna }, attemptId: null, evidence },
});
const at = (event: TrailEvent, of = stream) => ({ event, stream: of });

const wish = { ...ofDefault, stream, since: wishedAt, isAttached: false, traceparent: null };
const laterWish = {
  ...wish,
  attemptId: second,
  paymentMethodId: other,
  stream: 'paymentMethod-pm_2',
};
const spec = projectionSpec(wishedDefaults);

describe('the default that an attach wishes for', () => {
  it('is open until it is asked for and answered', () => {
    spec.given(wished).thenDocuments({ cus_Ana: { asked: null, wishes: [wish] } });
    spec
      .given(wished)
      .when(at(attached()))
      .thenDocuments({ cus_Ana: { asked: null, wishes: [{ ...wish, isAttached: true }] } });
    spec
      .given(wished, at(attached()))
      .when(asked())
      .thenDocuments({ cus_Ana: { asked: first, wishes: [] } });
    spec.given(wished, at(attached()), asked()).when(set).thenDocuments({});
    const rejection = { ...ofDefault, reason: 'customerNotFound', stripeCode: null, evidence } as const;
    spec
      .given(wished, at(attached()), asked())
      .when({ type: 'DefaultPaymentMethodRejected', data: rejection })
      .thenDocuments({});
  });

  it('is the newest that is wished for: one that is asked for takes those before it, and leaves those after it', () => {
    spec.given(wished, wishedLater).thenDocuments({ cus_Ana: { asked: null, wishes: [wish, laterWish] } });
    spec
      .given(wished, wishedLater)
      .when(asked())
      .thenDocuments({ cus_Ana: { asked: first, wishes: [laterWish] } });
    spec
      .given(wished, wishedLater)
      .when(asked({ attemptId: second }))
      .thenDocuments({ cus_Ana: { asked: second, wishes: [] } });
    spec
      .given(wished, wishedLater)
      .when(asked({ attemptId: 'attempt-9' }))
      .thenDocuments({ cus_Ana: { asked: 'attempt-9' as never, wishes: [] } });
  });

  it('stays where the one that was asked for is asked for again, under another key', () => {
    spec
      .given(wished, asked(), wishedLater)
      .when(asked({ idempotencyKey: 'key-2' }))
      .thenDocuments({ cus_Ana: { asked: first, wishes: [laterWish] } });
    spec
      .given(wished, asked(), wishedLater)
      .when(set)
      .thenDocuments({ cus_Ana: { asked: null, wishes: [laterWish] } });
  });

  it('is gone where the attach is rejected, or the customer deleted', () => {
    spec.given(wished).when(at(rejected())).thenDocuments({});
    spec.given(wished, wishedLater, asked()).when(deleted).thenDocuments({});
  });

  it('cannot be asked for where another attempt attached it, or it is detached, and keeps its place all the same', () => {
    const kept = { cus_Ana: { asked: null, wishes: [wish] } };
    spec
      .given(wished)
      .when(at(attached({ attemptId: second })))
      .thenDocuments(kept);
    spec.given(wished, at(attached())).when(at(detached())).thenDocuments(kept);
    spec
      .given(wished, at(attached()), wishedLater, at(detached()))
      .when(asked())
      .thenDocuments({ cus_Ana: { asked: first, wishes: [laterWish] } });
  });

  it('stays where that happened to another one', () => {
    const open = { cus_Ana: { asked: null, wishes: [wish] } };
    spec
      .given(wished)
      .when(at(rejected({ attemptId: second })))
      .thenDocuments(open);
    spec
      .given(wished)
      .when(at(attached({ attemptId: second, paymentMethodId: other }), 'paymentMethod-pm_2'))
      .thenDocuments(open);
    spec
      .given(wished)
      .when(at(detached(other), 'paymentMethod-pm_2'))
      .thenDocuments(open);
  });

  it('stays where an attempt of the same id was rejected for another one', () => {
    spec
      .given(wished)
      .when(at(rejected({ paymentMethodId: other }), 'paymentMethod-pm_2'))
      .thenDocuments({ cus_Ana: { asked: null, wishes: [wish] } });
  });

  it('stays where an attempt of the same id attached another one, or another one is detached', () => {
    const ofPm2 = 'paymentMethod-pm_2';
    spec
      .given(wished)
      .when(at(attached({ paymentMethodId: other }), ofPm2))
      .thenDocuments({ cus_Ana: { asked: null, wishes: [wish] } });
    spec
      .given(wished, at(attached()))
      .when(at(detached(other), ofPm2))
      .thenDocuments({ cus_Ana: { asked: null, wishes: [{ ...wish, isAttached: true }] } });
  });

  it('that is asked for is open still where a later attach is rejected', () => {
    spec
      .given(wished, asked(), wishedLater)
      .when(at(rejected({ attemptId: second, paymentMethodId: other }), 'paymentMethod-pm_2'))
      .thenDocuments({ cus_Ana: { asked: first, wishes: [] } });
  });

  it('of a test alias is that of what Stripe made of it', () => {
    const alias = 'pm_card_visa' as typeof pm;
    const ofAlias = `paymentMethod-pm_card_visa/${first}`;
    const onAlias: TrailEvent = {
      type: 'DefaultPaymentMethodWished',
      data: { ...ofDefault, paymentMethodId: alias, wishedAt },
    };
    const cloned: TrailEvent = {
      type: 'PaymentMethodCloned',
      data: { attemptId: first, paymentMethodId: alias, customer: { kind: 'customer', id: cusAna }, cloneId: other },
    };
    spec
      .given(onAlias)
      .when(at(cloned, ofAlias))
      .thenDocuments({
        cus_Ana: { asked: null, wishes: [{ ...wish, stream: ofAlias, paymentMethodId: other, isAttached: true }] },
      });
  });

  it('is nobody’s where nothing was wished for: of an account, of another customer, of an event that is about neither', () => {
    spec.given(requested(), at(attached()), at(detached())).thenDocuments({});
    spec.given(at(attached({ customer: anaAccount }))).thenDocuments({});
    spec
      .given(wished)
      .when(at(attached({ customer: ben })))
      .thenDocuments({ cus_Ana: { asked: null, wishes: [wish] } });
    spec.given(set, deleted).thenDocuments({});
  });

  it('is kept with the traceparent that it was wished for with', () => {
    const metadata = { schemaVersion: 1, actor: 'user-7', correlationId: 'a', causationId: null, traceparent: '00-a' };
    spec
      .given({ event: wished, metadata })
      .thenDocuments({ cus_Ana: { asked: null, wishes: [{ ...wish, traceparent: '00-a' }] } });
  });
});
