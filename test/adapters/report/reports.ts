import type { ReportParts } from '../../../src/adapters/report/index.ts';
import { customerReport, paymentMethodReport } from '../../../src/adapters/report/index.ts';
import type { PaymentMethodRecord } from '../../../src/application/events/eventCodec.ts';
import type { CustomerPaymentMethods } from '../../../src/application/readModels/paymentMethodsByCustomer.ts';
import type { Verification } from '../../../src/application/trail/verifyTrail.ts';
import type { Evidence } from '../../../src/domain/evidence.ts';
import { fold } from '../../../src/domain/paymentMethod.ts';
import type { PaymentMethodEvent } from '../../../src/domain/paymentMethodEvents.ts';
import { aPaymentMethod, attached, outcomeUnknown, pm, rejected, requested } from '../../domain/given.ts';
import { cusAna } from '../../domain/requests.ts';

const hash = 'a1'.repeat(32);
const intact: Verification = { intact: true, events: 6, hash, sealedUpTo: 4 };
export const tampered: Verification = {
  intact: false,
  events: 3,
  position: 4,
  problem: 'hashMismatch',
  expected: hash,
  actual: 'b2'.repeat(32),
};

const parts: ReportParts = { trail: 'default', madeAt: new Date(Date.UTC(2025, 10, 23, 15)), verification: intact };

const tries = [
  { status: null, requestId: null, failure: 'timeout' },
  { status: 500, requestId: 'req_7', failure: null },
];
const lost: Evidence = { source: 'response', requestId: null, tries };
const webhook: Evidence = { source: 'webhook', requestId: null, tries: [] };

/** A story with everything in it that a page shows. */
const story: readonly PaymentMethodEvent[] = [
  requested(),
  rejected(),
  requested(),
  outcomeUnknown({ evidence: lost }),
  attached({ evidence: { ...lost, source: 'readBack', requestId: 'req_8' } }),
  { type: 'PaymentMethodDetached', data: { paymentMethodId: pm, customer: null, attemptId: null, evidence: webhook } },
];

function recordsOf(events: readonly PaymentMethodEvent[], actor = 'user-7'): readonly PaymentMethodRecord[] {
  return events.map((event, index) => ({
    position: index + 1,
    stream: 'paymentMethod-pm_1',
    version: index + 1,
    eventId: `0467756e-a38e-4333-beba-4f1810ec92e${index}`,
    recordedAt: `2025-11-23T12:0${index}:00.123456Z`,
    hash,
    event,
    metadata: { schemaVersion: 1, actor, correlationId: 'checkout-1', causationId: null },
  }));
}

export function aPaymentMethodReport({
  events = story,
  actor = 'user-7',
  ...given
}: { events?: readonly PaymentMethodEvent[]; actor?: string } & Partial<typeof parts> = {}): string {
  const history = {
    paymentMethodId: pm,
    state: fold(events),
    version: events.length,
    events: recordsOf(events, actor),
  };
  return paymentMethodReport({ ...parts, ...given, history });
}

export function aCustomerReport(): string {
  const lastEvent = { type: 'PaymentMethodAttached', position: 5, recordedAt: '2025-11-23T12:05:00.123456Z' };
  const { card } = aPaymentMethod();
  const paymentMethods = Array.from({ length: 3 }, (_, index) => {
    const status = index === 2 ? ('detached' as const) : ('attached' as const);
    return { paymentMethodId: pm, status, type: 'card', card, lastEvent };
  });
  const customer: CustomerPaymentMethods = {
    customerId: cusAna,
    isDeleted: true,
    defaultPaymentMethodId: pm,
    paymentMethods,
  };
  return customerReport({
    ...parts,
    verification: tampered,
    asOf: '2025-11-23T13:00:00.000Z',
    customer,
    events: recordsOf(story),
  });
}
