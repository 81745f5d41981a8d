import {
  Global,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import {
  type EventStore,
  PaymentMethods,
  RecoveryWorker,
  randomIds,
  systemChance,
  systemClock,
  systemTimers,
} from 'attach-payment-method';
import { migrate, PostgresEventStore, PostgresLeases } from 'attach-payment-method/postgres';
import { StripeGateway } from 'attach-payment-method/stripe';
import pg from 'pg';

export const eventStoreToken = Symbol('EventStore');
export const gatewayToken = Symbol('PaymentMethodGateway');

/** Lets recovery run while the application does, and closes in order: what is under way, then what it runs on. */
@Injectable()
class Running implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly worker: RecoveryWorker;

  constructor(
    @Inject(PaymentMethods) private readonly paymentMethods: PaymentMethods,
    @Inject(eventStoreToken) private readonly eventStore: EventStore,
    @Inject(gatewayToken) private readonly gateway: StripeGateway,
    @Inject(pg.Pool) private readonly pool: pg.Pool,
  ) {
    this.worker = new RecoveryWorker({ paymentMethods, timers: systemTimers, chance: systemChance });
  }

  onApplicationBootstrap(): void {
    this.worker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.worker.stop();
    await this.paymentMethods.close();
    await Promise.all([this.eventStore.close(), this.gateway.close()]);
    await this.pool.end();
  }
}

@Global()
@Module({
  providers: [
    {
      provide: pg.Pool,
      useFactory: () => {
        const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] });
        pool.on('error', (error) => console.error(error.message)); // else a lost connection ends the process
        return pool;
      },
    },
    {
      provide: eventStoreToken,
      inject: [pg.Pool],
      useFactory: async (pool: pg.Pool) => {
        await migrate({ pool });
        return new PostgresEventStore({ pool });
      },
    },
    {
      provide: gatewayToken,
      useFactory: () =>
        new StripeGateway({ apiKey: process.env['STRIPE_API_KEY'] ?? '', baseUrl: process.env['STRIPE_API_BASE'] }),
    },
    {
      provide: PaymentMethods,
      inject: [eventStoreToken, gatewayToken, pg.Pool],
      useFactory: (eventStore: EventStore, gateway: StripeGateway, pool: pg.Pool) => {
        const leases = new PostgresLeases({ pool });
        return new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds, leases });
      },
    },
    Running,
  ],
  exports: [PaymentMethods],
})
export class PaymentMethodsModule {}
