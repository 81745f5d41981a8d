import type { ContainerModuleLoadOptions } from 'inversify';
import { ContainerModule } from 'inversify';
import type { PaymentMethodsParts } from '../../application/paymentMethods.ts';
import { PaymentMethods } from '../../application/paymentMethods.ts';
import type { RecoveryWorkerParts } from '../../application/recovery/recoveryWorker.ts';
import { RecoveryWorker } from '../../application/recovery/recoveryWorker.ts';
import type { Chance } from '../../application/ports/chance.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { EventStore } from '../../application/ports/eventStore.ts';
import type { IdGenerator } from '../../application/ports/idGenerator.ts';
import type { Cursors } from '../../application/ports/cursors.ts';
import type { Checkpoints } from '../../application/ports/checkpoints.ts';
import type { KeyProvider } from '../../application/ports/keyProvider.ts';
import type { KeyWrapper } from '../../application/ports/keyWrapper.ts';
import type { KnownCustomers } from '../../application/ports/knownCustomers.ts';
import type { OpenAttempts } from '../../application/ports/openAttempts.ts';
import type { ReadModels } from '../../application/ports/readModels.ts';
import { EncryptingEventStore } from '../../application/privacy/encryptingEventStore.ts';
import type { EncryptedGroup } from '../../application/privacy/fieldPolicy.ts';
import { ProjectedKnownCustomers } from '../../application/readModels/projectedKnownCustomers.ts';
import { ProjectedOpenAttempts } from '../../application/readModels/projectedOpenAttempts.ts';
import { Projections } from '../../application/readModels/projections.ts';
import { Subscriptions } from '../../application/reading/subscriptions.ts';
import { Trail } from '../../application/reading/trail.ts';
import type { Leases } from '../../application/ports/leases.ts';
import type { PaymentMethodGateway } from '../../application/ports/paymentMethodGateway.ts';
import type { Timers } from '../../application/ports/timers.ts';
import type { PgConnection } from '../postgres/pool.ts';
import { PostgresReadModels } from '../postgres/readModels/postgresReadModels.ts';
import { PostgresCheckpoints } from '../postgres/subscriptions/postgresCheckpoints.ts';
import type { PostgresEventStoreOptions } from '../postgres/postgresEventStore.ts';
import { PostgresEventStore } from '../postgres/postgresEventStore.ts';
import { PostgresCursors } from '../postgres/postgresCursors.ts';
import { PostgresKeyProvider } from '../postgres/postgresKeyProvider.ts';
import { PostgresLeases } from '../postgres/postgresLeases.ts';
import { aesFieldCipher } from '../privacy/aesFieldCipher.ts';
import type { StripeGatewayOptions } from '../stripe/index.ts';
import { StripeGateway } from '../stripe/index.ts';
import { checkNames } from '../stripe/options.ts';
import { randomIds, systemChance, systemClock, systemTimers } from '../system/system.ts';
import { tokens } from './tokens.ts';

export { tokens } from './tokens.ts';

/** What the module's singletons are made with: the store's options, Stripe's, and the policies of the use cases. */
export type PaymentMethodsModuleOptions = PostgresEventStoreOptions & {
  readonly stripe: StripeGatewayOptions;
  /** watches the calls, the requests to Stripe and the appends */
  readonly observer?: PaymentMethodsParts['observer'];
  /** encrypts personal fields under keys of the customers; see docs/privacy.md */
  readonly encryption?: { readonly encrypts: readonly EncryptedGroup[]; readonly wrapper: KeyWrapper } | undefined;
  readonly retryPolicy?: PaymentMethodsParts['retryPolicy'];
  readonly recovery?: PaymentMethodsParts['recovery'];
  readonly sweep?: PaymentMethodsParts['sweep'];
  /** of the worker, which does nothing until it is started */
  readonly recoveryWorker?: Pick<RecoveryWorkerParts, 'intervalMs' | 'onPass' | 'onError'> | undefined;
};

const keysIfAny = { serviceIdentifier: tokens.keys, optional: true } as const;

/**
 * Binds `PaymentMethods` over Stripe and Postgres, all as singletons made on first use: a port that is rebound is never
 * made at all, so with the fake gateway no API key is needed. Unbinding closes what the module made; the pool stays the
 * host's. Throws `GATEWAY_MISCONFIGURED` at once for an option of Stripe's that there is not.
 */
export function paymentMethodsModule(options: PaymentMethodsModuleOptions): ContainerModule {
  const { stripe, encryption, retryPolicy, recovery, sweep, recoveryWorker, ...store } = options;
  const { pool, schema, trail, observer } = store;
  checkNames(stripe);
  return new ContainerModule(({ bind }) => {
    // Whichever is unbound first, calls under way still need the store and the gateway. One for each container.
    let made: PaymentMethods | undefined;
    bind(tokens.clock).toConstantValue(systemClock);
    bind(tokens.ids).toConstantValue(randomIds);
    bind(tokens.timers).toConstantValue(systemTimers);
    bind(tokens.chance).toConstantValue(systemChance);
    bindReading(bind, { pool, schema, trail });
    bind(tokens.leases)
      .toResolvedValue(() => new PostgresLeases({ pool, schema, trail }))
      .inSingletonScope();
    bindKeys(bind, options);
    bind(tokens.eventStore)
      .toResolvedValue((keys: KeyProvider | undefined) => makeEventStore(store, encryption, keys), [keysIfAny])
      .inSingletonScope()
      .onDeactivation(async (eventStore) => {
        await made?.close();
        await eventStore.close();
      });
    bind(tokens.gateway)
      .toResolvedValue(() => new StripeGateway({ observer, ...stripe }))
      .inSingletonScope()
      .onDeactivation(async (gateway) => {
        await made?.close();
        if (gateway instanceof StripeGateway) await gateway.close();
      });
    bind(tokens.paymentMethods)
      .toResolvedValue(
        (
          eventStore: EventStore,
          gateway: PaymentMethodGateway,
          clock: Clock,
          ids: IdGenerator,
          leases: Leases,
          cursors: Cursors,
          timers: Timers,
          openAttempts: OpenAttempts,
          knownCustomers: KnownCustomers,
          keys: KeyProvider | undefined,
        ) => {
          const ports = { eventStore, gateway, clock, ids, leases, cursors, timers, openAttempts, knownCustomers };
          made = new PaymentMethods({ ...ports, keys, retryPolicy, recovery, sweep, observer });
          return made;
        },
        [
          tokens.eventStore,
          tokens.gateway,
          tokens.clock,
          tokens.ids,
          tokens.leases,
          tokens.cursors,
          tokens.timers,
          tokens.openAttempts,
          tokens.knownCustomers,
          keysIfAny,
        ],
      )
      .inSingletonScope()
      .onDeactivation((paymentMethods) => paymentMethods.close());
    bindRecoveryWorker(bind, recoveryWorker);
  });
}

function bindKeys(bind: ContainerModuleLoadOptions['bind'], options: PaymentMethodsModuleOptions): void {
  const { encryption, pool, schema, trail } = options;
  if (encryption === undefined) return;
  const { wrapper } = encryption;
  bind(tokens.keys)
    .toResolvedValue(() => new PostgresKeyProvider({ pool, schema, trail, wrapper }))
    .inSingletonScope();
}

function makeEventStore(
  store: PostgresEventStoreOptions,
  encryption: PaymentMethodsModuleOptions['encryption'],
  keys: KeyProvider | undefined,
): EventStore {
  const eventStore = new PostgresEventStore(store);
  if (encryption === undefined || keys === undefined) return eventStore;
  return new EncryptingEventStore({ eventStore, keys, cipher: aesFieldCipher, encrypts: encryption.encrypts });
}

function bindRecoveryWorker(
  bind: ContainerModuleLoadOptions['bind'],
  options: PaymentMethodsModuleOptions['recoveryWorker'],
): void {
  bind(tokens.recoveryWorker)
    .toResolvedValue(
      (paymentMethods: PaymentMethods, timers: Timers, chance: Chance) =>
        new RecoveryWorker({ ...options, paymentMethods, timers, chance }),
      [tokens.paymentMethods, tokens.timers, tokens.chance],
    )
    .inSingletonScope()
    .onDeactivation((worker) => worker.stop());
}

/** What reads a trail, and what is kept of how far it came. */
function bindReading(
  bind: ContainerModuleLoadOptions['bind'],
  where: Pick<PostgresEventStoreOptions, 'pool' | 'schema' | 'trail'>,
): void {
  bind(tokens.readModels)
    .toResolvedValue(() => new PostgresReadModels(where))
    .inSingletonScope();
  bind(tokens.cursors)
    .toResolvedValue(() => new PostgresCursors(where))
    .inSingletonScope();
  bind(tokens.checkpoints)
    .toResolvedValue(() => new PostgresCheckpoints(where))
    .inSingletonScope();
  bind(tokens.projections)
    .toResolvedValue(
      (eventStore: EventStore, readModels: ReadModels) => new Projections({ eventStore, readModels }),
      [tokens.eventStore, tokens.readModels],
    )
    .inSingletonScope();
  bind(tokens.openAttempts)
    .toResolvedValue((projections: Projections) => new ProjectedOpenAttempts(projections), [tokens.projections])
    .inSingletonScope();
  bind(tokens.knownCustomers)
    .toResolvedValue((projections: Projections) => new ProjectedKnownCustomers(projections), [tokens.projections])
    .inSingletonScope();
  bind(tokens.trail)
    .toResolvedValue(
      (eventStore: EventStore, projections: Projections) => new Trail({ eventStore, projections }),
      [tokens.eventStore, tokens.projections],
    )
    .inSingletonScope();
  bind(tokens.subscriptions)
    .toResolvedValue(
      (eventStore: EventStore, checkpoints: Checkpoints<PgConnection>, timers: Timers) =>
        new Subscriptions({ eventStore, checkpoints, timers }),
      [tokens.eventStore, tokens.checkpoints, tokens.timers],
    )
    .inSingletonScope();
}
