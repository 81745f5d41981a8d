import { Global, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import {
  type EventStore,
  type PaymentMethodGateway,
  PaymentMethods,
  randomIds,
  systemClock,
} from 'attach-payment-method';
import { migrate, PostgresEventStore } from 'attach-payment-method/postgres';
import { StripeGateway } from 'attach-payment-method/stripe';
import pg from 'pg';

export const eventStoreToken = Symbol('EventStore');
export const gatewayToken = Symbol('PaymentMethodGateway');

/** Closes in order: what is under way, then the store, then the pool that it uses. */
@Injectable()
class Closing implements OnApplicationShutdown {
  constructor(
    @Inject(PaymentMethods) private readonly paymentMethods: PaymentMethods,
    @Inject(eventStoreToken) private readonly eventStore: EventStore,
    @Inject(pg.Pool) private readonly pool: pg.Pool,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.paymentMethods.close();
    await this.eventStore.close();
    await this.pool.end();
  }
}

@Global()
@Module({
  providers: [
    { provide: pg.Pool, useFactory: () => new pg.Pool({ connectionString: process.env['DATABASE_URL'] }) },
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
      inject: [eventStoreToken, gatewayToken],
      useFactory: (eventStore: EventStore, gateway: PaymentMethodGateway) =>
        new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds }),
    },
    Closing,
  ],
  exports: [PaymentMethods],
})
export class PaymentMethodsModule {}
