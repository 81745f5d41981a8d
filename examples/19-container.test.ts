// #region container
import { LocalCursors, LocalLeases, systemClock } from 'attach-payment-method';
import { paymentMethodsModule, tokens } from 'attach-payment-method/inversify';
import { FakePaymentGateway, InMemoryEventStore, InMemoryReadModels } from 'attach-payment-method/testing';
import { Container } from 'inversify';
import pg from 'pg';
import { expect, it } from 'vitest';

/** As the host makes it, with no Stripe and no database behind it. */
function makeTestContainer(): Container {
  const container = new Container();
  const pool = new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/nothing' }); // connects to nothing
  container.load(paymentMethodsModule({ pool, stripe: { apiKey: 'not needed' } }));
  container.rebind(tokens.gateway).toConstantValue(new FakePaymentGateway());
  container.rebind(tokens.eventStore).toConstantValue(new InMemoryEventStore());
  // What recovery and sweeps keep, where a test comes to them.
  container.rebind(tokens.readModels).toConstantValue(new InMemoryReadModels());
  container.rebind(tokens.leases).toConstantValue(new LocalLeases(systemClock));
  container.rebind(tokens.cursors).toConstantValue(new LocalCursors());
  return container;
}

it('saves a card', async () => {
  const container = makeTestContainer();
  const card = { paymentMethodId: 'pm_1', customer: 'cus_1', actor: 'user-7' };
  expect(await container.get(tokens.paymentMethods).attach(card)).toMatchObject({ outcome: 'attached' });
  expect(await container.get(tokens.paymentMethods).recover()).toMatchObject({ looked: 0, errors: [] });
  await container.unbindAllAsync();
});
// #endregion container
