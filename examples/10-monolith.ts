import type { PaymentMethods } from 'attach-payment-method';
import { paymentMethodsModule, tokens } from 'attach-payment-method/inversify';
import { migrate } from 'attach-payment-method/postgres';
import { FakePaymentGateway } from 'attach-payment-method/testing';
import { Container } from 'inversify';
import pg from 'pg';
import { closeSurroundings } from './support/surroundings.ts';

// #region monolith
/** The host's own users, in a table of its own beside the trail. */
class Users {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async register(name: string, stripeCustomer: string): Promise<number> {
    const text = 'insert into users (name, stripe_customer) values ($1, $2) returning id';
    const { rows } = await this.#pool.query<{ id: number }>(text, [name, stripeCustomer]);
    return rows[0]?.id ?? 0;
  }

  async customerOf(userId: number): Promise<string> {
    const text = 'select stripe_customer as customer from users where id = $1';
    const { rows } = await this.#pool.query<{ customer: string }>(text, [userId]);
    if (rows[0] === undefined) throw new Error(`There is no user ${userId}.`);
    return rows[0].customer;
  }
}

/** The host's own checkout: the order is written first, and the card is attached outside of any transaction. */
class Checkout {
  readonly #pool: pg.Pool;
  readonly #users: Users;
  readonly #paymentMethods: PaymentMethods;

  constructor(pool: pg.Pool, users: Users, paymentMethods: PaymentMethods) {
    this.#pool = pool;
    this.#users = users;
    this.#paymentMethods = paymentMethods;
  }

  async payLater(userId: number, paymentMethodId: string): Promise<string> {
    const { rows } = await this.#pool.query<{ id: number }>('insert into orders (user_id) values ($1) returning id', [
      userId,
    ]);
    const orderId = rows[0]?.id ?? 0;
    const { outcome } = await this.#paymentMethods.attach({
      paymentMethodId,
      customer: await this.#users.customerOf(userId),
      attemptId: `order-${orderId}`, // an order is one attempt: to finish it again asks nothing twice
      actor: `user-${userId}`,
      correlationId: `order-${orderId}`,
    });
    const status = { attached: 'ready', rejected: 'needs another card', unknown: 'being checked' }[outcome];
    await this.#pool.query('update orders set status = $2 where id = $1', [orderId, status]);
    return `order ${orderId}: ${status}`;
  }
}

function makeContainer(pool: pg.Pool): Container {
  const container = new Container();
  container.load(paymentMethodsModule({ pool, stripe: { apiKey: 'sk_test_none' } }));
  container
    .bind(Users)
    .toDynamicValue(() => new Users(pool))
    .inSingletonScope();
  container
    .bind(Checkout)
    .toDynamicValue(() => new Checkout(pool, container.get(Users), container.get(tokens.paymentMethods)))
    .inSingletonScope();
  return container;
}
// #endregion monolith

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] });
await migrate({ pool });
await pool.query(`
  create table users (id serial primary key, name text not null, stripe_customer text not null);
  create table orders (id serial primary key, user_id int not null references users, status text not null default 'new')`);

const container = makeContainer(pool);
const gateway = new FakePaymentGateway();
container.rebind(tokens.gateway).toConstantValue(gateway);

const ana = await container.get(Users).register('Ana', 'cus_Ana');
const ben = await container.get(Users).register('Ben', 'cus_Ben');
console.log(await container.get(Checkout).payLater(ana, 'pm_1'));
gateway.declines('pm_2');
console.log(await container.get(Checkout).payLater(ben, 'pm_2'));
console.log(await container.get(Checkout).payLater(ben, 'pm_1'));

const { rows } = await pool.query<{ status: string; events: string }>(`
  select o.status, string_agg(e.type, ', ' order by e.position) as events
  from orders o join payment_trail.events e on e.metadata->>'correlationId' = 'order-' || o.id
  group by o.id order by o.id`);
for (const { status, events } of rows) console.log(`${status}: ${events}`);

await container.unbindAllAsync();
await pool.end();
await closeSurroundings();
