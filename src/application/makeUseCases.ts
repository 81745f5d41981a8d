import { defaultRetryPolicy } from '../domain/retryPolicy.ts';
import type { RetryPolicy } from '../domain/retryPolicy.ts';
import { PaymentMethodsError } from './errors.ts';
import { makeStreams } from './events/streams.ts';
import type { Clock } from './ports/clock.ts';
import type { Cursors } from './ports/cursors.ts';
import type { EventStore } from './ports/eventStore.ts';
import type { IdGenerator } from './ports/idGenerator.ts';
import type { KeyProvider } from './ports/keyProvider.ts';
import type { KnownCustomers } from './ports/knownCustomers.ts';
import type { Leases } from './ports/leases.ts';
import type { Observer } from './ports/observer.ts';
import type { OpenAttempts } from './ports/openAttempts.ts';
import type { PaymentMethodGateway } from './ports/paymentMethodGateway.ts';
import type { Timers } from './ports/timers.ts';
import { checkRetryPolicy } from './protocol/checkRetryPolicy.ts';
import { AttachmentProtocol } from './protocol/attachmentProtocol.ts';
import { FoldedKnownCustomers } from './readModels/foldedKnownCustomers.ts';
import { FoldedOpenAttempts } from './readModels/foldedOpenAttempts.ts';
import { LocalLeases } from './recovery/localLeases.ts';
import { Recovering } from './recovery/recovering.ts';
import type { RecoveryPolicy } from './recovery/recoveryPolicy.ts';
import { recoveryPolicy } from './recovery/recoveryPolicy.ts';
import { LocalCursors } from './sweep/localCursors.ts';
import { Sweeping } from './sweep/sweeping.ts';
import type { SweepPolicy } from './sweep/sweepPolicy.ts';
import { sweepPolicy } from './sweep/sweepPolicy.ts';
import { Attaching } from './useCases/attach.ts';
import { BeginningSetups } from './useCases/beginSetup.ts';
import { Detaching } from './useCases/detach.ts';
import { Forgetting } from './useCases/forgetCustomer.ts';
import { Ingesting } from './useCases/ingest.ts';
import { Reconciling } from './useCases/reconcile.ts';
import { SettingDefaults } from './useCases/setDefault.ts';

/**
 * The ports that `PaymentMethods` works by, and its policies. What is absent has a default; `INVALID_OPTIONS` where a
 * policy cannot be.
 */
export type PaymentMethodsParts = {
  readonly eventStore: EventStore;
  readonly gateway: PaymentMethodGateway;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly retryPolicy?: RetryPolicy | undefined;
  /** what recovery finds its work by; folded in this process's memory if absent */
  readonly openAttempts?: OpenAttempts | undefined;
  /** by which several processes that recover share the work; within this process if absent */
  readonly leases?: Leases | undefined;
  readonly recovery?: Partial<RecoveryPolicy> | undefined;
  /** what a sweep waits by between requests; without it there is no sweep */
  readonly timers?: Timers | undefined;
  /** what a sweep finds customers by; folded in this process's memory if absent */
  readonly knownCustomers?: KnownCustomers | undefined;
  /** where a sweep of the account keeps how far it came; in this process's memory if absent: the next one begins anew */
  readonly cursors?: Cursors | undefined;
  readonly sweep?: Partial<SweepPolicy> | undefined;
  /** watches calls, what they append and what recovery settles; the gateway and the event store take one of their own */
  readonly observer?: Observer | undefined;
  /** the keys that an `EncryptingEventStore` encrypts under; without them no customer can be forgotten */
  readonly keys?: KeyProvider | undefined;
};

export type UseCases = ReturnType<typeof makeUseCases>;

/** The use cases over these parts, with what the host left out filled in. Throws `INVALID_OPTIONS`. */
export function makeUseCases(given: PaymentMethodsParts) {
  checkParts(given);
  const { eventStore, gateway, clock, ids, observer } = given;
  const policy = given.retryPolicy === undefined ? defaultRetryPolicy : checkRetryPolicy(given.retryPolicy);
  const parts = { streams: makeStreams(eventStore, ids, observer), gateway, clock, ids, policy };
  const { paymentMethods, customers } = parts.streams;
  const protocol = new AttachmentProtocol({ ...parts, streams: paymentMethods, customers });
  const detaching = new Detaching(parts);
  const settingDefaults = new SettingDefaults(parts);
  const settling = {
    reconciling: new Reconciling(parts, protocol, detaching, settingDefaults),
    settingDefaults,
    beginningSetups: new BeginningSetups(parts),
  };
  const leases = given.leases ?? new LocalLeases(clock);
  return {
    store: eventStore,
    makeAttemptId: () => ids.next(),
    attaching: new Attaching(parts, protocol),
    detaching,
    ...settling,
    ingesting: new Ingesting(parts),
    forgetting: new Forgetting(parts.streams.customers, given.keys, eventStore),
    recovering: new Recovering(parts, {
      ...settling,
      openAttempts: given.openAttempts ?? new FoldedOpenAttempts(eventStore),
      leases,
      policy: recoveryPolicy(given.recovery),
      observer,
    }),
    sweeping: new Sweeping(parts, {
      knownCustomers: given.knownCustomers ?? new FoldedKnownCustomers(eventStore),
      cursors: given.cursors ?? new LocalCursors(),
      leases,
      timers: given.timers,
      policy: sweepPolicy(given.sweep),
    }),
  };
}

const required = { eventStore: 'append', gateway: 'attach', clock: 'now', ids: 'next' } as const;

/** Hosts without types learn here, and not by the first call, that a part is not there or is another one. */
function checkParts(given: PaymentMethodsParts): void {
  for (const [name, method] of Object.entries(required)) {
    const part: unknown = Reflect.get(Object(given), name);
    if ((typeof part === 'object' || typeof part === 'function') && part !== null && method in part) continue;
    throw new PaymentMethodsError(
      'INVALID_OPTIONS',
      `PaymentMethods has no ${name} with a method ${method}. Give it { ${Object.keys(required).join(', ')} }.`,
      { details: { missing: name } },
    );
  }
}
