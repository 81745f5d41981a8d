import type { ServiceIdentifier } from 'inversify';
import type { PaymentMethods } from '../../application/paymentMethods.ts';
import type { Chance } from '../../application/ports/chance.ts';
import type { Checkpoints } from '../../application/ports/checkpoints.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Cursors } from '../../application/ports/cursors.ts';
import type { EventStore } from '../../application/ports/eventStore.ts';
import type { IdGenerator } from '../../application/ports/idGenerator.ts';
import type { KeyProvider } from '../../application/ports/keyProvider.ts';
import type { KnownCustomers } from '../../application/ports/knownCustomers.ts';
import type { Leases } from '../../application/ports/leases.ts';
import type { OpenAttempts } from '../../application/ports/openAttempts.ts';
import type { PaymentMethodGateway } from '../../application/ports/paymentMethodGateway.ts';
import type { ReadModels } from '../../application/ports/readModels.ts';
import type { Timers } from '../../application/ports/timers.ts';
import type { Projections } from '../../application/readModels/projections.ts';
import type { Subscriptions } from '../../application/reading/subscriptions.ts';
import type { Trail } from '../../application/reading/trail.ts';
import type { RecoveryWorker } from '../../application/recovery/recoveryWorker.ts';
import type { PgConnection } from '../postgres/pool.ts';

/** What a container knows the use cases and the ports by. */
export const tokens = {
  paymentMethods: Symbol.for('attach-payment-method/PaymentMethods') as ServiceIdentifier<PaymentMethods>,
  eventStore: Symbol.for('attach-payment-method/EventStore') as ServiceIdentifier<EventStore>,
  gateway: Symbol.for('attach-payment-method/PaymentMethodGateway') as ServiceIdentifier<PaymentMethodGateway>,
  cursors: Symbol.for('attach-payment-method/Cursors') as ServiceIdentifier<Cursors>,
  readModels: Symbol.for('attach-payment-method/ReadModels') as ServiceIdentifier<ReadModels>,
  projections: Symbol.for('attach-payment-method/Projections') as ServiceIdentifier<Projections>,
  openAttempts: Symbol.for('attach-payment-method/OpenAttempts') as ServiceIdentifier<OpenAttempts>,
  knownCustomers: Symbol.for('attach-payment-method/KnownCustomers') as ServiceIdentifier<KnownCustomers>,
  trail: Symbol.for('attach-payment-method/Trail') as ServiceIdentifier<Trail>,
  checkpoints: Symbol.for('attach-payment-method/Checkpoints') as ServiceIdentifier<Checkpoints<PgConnection>>,
  subscriptions: Symbol.for('attach-payment-method/Subscriptions') as ServiceIdentifier<Subscriptions<PgConnection>>,
  /** bound where there is `encryption` alone */
  keys: Symbol.for('attach-payment-method/KeyProvider') as ServiceIdentifier<KeyProvider>,
  leases: Symbol.for('attach-payment-method/Leases') as ServiceIdentifier<Leases>,
  clock: Symbol.for('attach-payment-method/Clock') as ServiceIdentifier<Clock>,
  ids: Symbol.for('attach-payment-method/IdGenerator') as ServiceIdentifier<IdGenerator>,
  timers: Symbol.for('attach-payment-method/Timers') as ServiceIdentifier<Timers>,
  chance: Symbol.for('attach-payment-method/Chance') as ServiceIdentifier<Chance>,
  recoveryWorker: Symbol.for('attach-payment-method/RecoveryWorker') as ServiceIdentifier<RecoveryWorker>,
};
