import { describe, it } from 'vitest';
import type { TrailEvent } from '../../../src/application/events/eventTypes.ts';
import { openAttempts } from '../../../src/application/readModels/openAttempts.ts';
import { projectionSpec } from '../../../src/testing/projectionSpec.ts';
import { evidence, first, outcomeUnknown, pm, rejected, requested, second } from '../../domain/given.ts';
import { cusAna, key } from '../../domain/requests.ts';

const stream = 'paymentMethod-pm_1';
const at = (event: TrailEvent) => ({ event, stream });

describe('an open request', () => {
  const opened = {
    sort: 'attachment',
    attemptId: first,
    paymentMethodId: pm,
    customerId: null,
    since: key.requestedAt,
    tries: 0,
    why: null,
    traceparent: null,
  } as const;
  const document = { stream, since: key.requestedAt, requests: [opened] };
  const doubt = { ...opened, tries: evidence.tries.length, why: 'timeout' } as const;
  const open = projectionSpec(openAttempts);

  it('says how often Stripe was asked to no avail, and why nobody knows', () => {
    open.given(at(requested())).thenDocuments({ [stream]: document });
    open
      .given(at(requested()))
      .when(at(outcomeUnknown()))
      .thenDocuments({ [stream]: { ...document, requests: [doubt] } });
    const renewed: TrailEvent = {
      type: 'IdempotencyKeyRenewed',
      data: {
        attemptId: first,
        paymentMethodId: pm,
        customer: { kind: 'customer', id: cusAna },
        idempotencyKey: 'key-2',
        apiVersion: key.apiVersion,
        renewedAt: '2025-11-24T11:00:00.000Z',
      },
    };
    open
      .given(at(requested()), at(outcomeUnknown()))
      .when(at(renewed))
      .thenDocuments({ [stream]: { ...document, requests: [{ ...doubt, why: null }] } });
  });

  it('stands beside another of the same stream, and is as old as the older one', () => {
    const detachment: TrailEvent = {
      type: 'DetachmentRequested',
      data: { ...key, attemptId: second, paymentMethodId: pm, requestedAt: '2025-11-23T11:00:00.000Z' },
    };
    const ofDetachment = {
      ...opened,
      sort: 'detachment',
      attemptId: second,
      since: detachment.data.requestedAt,
    } as const;
    open
      .given(at(requested()), at(detachment))
      .thenDocuments({ [stream]: { stream, since: ofDetachment.since, requests: [opened, ofDetachment] } });
    open
      .given(at(requested()), at(detachment))
      .when(at(outcomeUnknown()))
      .thenDocuments({ [stream]: { stream, since: ofDetachment.since, requests: [doubt, ofDetachment] } });
    open
      .given(at(requested()), at(detachment))
      .when(at(rejected()))
      .thenDocuments({ [stream]: { stream, since: ofDetachment.since, requests: [ofDetachment] } });
  });

  it('of an attachment stays where the detachment beside it is rejected', () => {
    const ofDetachment = { attemptId: second, paymentMethodId: pm };
    const asked: TrailEvent = { type: 'DetachmentRequested', data: { ...key, ...ofDetachment } };
    const no: TrailEvent = {
      type: 'DetachmentRejected',
      data: { ...ofDetachment, reason: 'notAttached', stripeCode: null, evidence },
    };
    open
      .given(at(requested()), at(asked))
      .when(at(no))
      .thenDocuments({ [stream]: document });
  });

  it('begins with itself where another attempt, or another request of the same one, was open before', () => {
    const requestedAt = '2025-11-23T13:00:00.000Z';
    const ofAttempt = { attemptId: first, paymentMethodId: pm };
    const asked: TrailEvent = { type: 'DetachmentRequested', data: { ...key, ...ofAttempt, requestedAt } };
    const detachment = { ...opened, sort: 'detachment', since: requestedAt } as const;
    open
      .given(at(requested()), at(outcomeUnknown()))
      .when(at(asked))
      .thenDocuments({ [stream]: { ...document, requests: [doubt, detachment] } });
    const ofDefault = { ...key, ...ofAttempt, customerId: cusAna };
    const theirs: TrailEvent = { type: 'DefaultPaymentMethodRequested', data: ofDefault };
    const ours: TrailEvent = { ...theirs, data: { ...ofDefault, attemptId: second, requestedAt } };
    const note = { ...opened, sort: 'default', attemptId: second, customerId: cusAna, since: requestedAt } as const;
    open
      .given(at(theirs))
      .when(at(ours))
      .thenDocuments({ [stream]: { stream, since: requestedAt, requests: [note] } });
  });

  it('keeps the traceparent that it was first asked for with, whoever asks again under another key', () => {
    const asked: TrailEvent = {
      type: 'SetupRequested',
      data: {
        ...key,
        attemptId: first,
        customer: { kind: 'customer', id: cusAna },
        usage: 'off_session',
        paymentMethodTypes: null,
      },
    };
    const traced = (traceparent: string) => ({
      ...at(asked),
      metadata: { schemaVersion: 1, actor: 'a', correlationId: 'a', causationId: null, traceparent },
    });
    const setup = { ...opened, sort: 'setup', paymentMethodId: null, traceparent: '00-a' } as const;
    open
      .given(traced('00-a'))
      .when(traced('00-b'))
      .thenDocuments({ [stream]: { ...document, requests: [setup] } });
  });

  it('is not opened by a doubt of one that nobody knows of', () => {
    open.given(at(outcomeUnknown())).thenDocuments({});
  });
});
