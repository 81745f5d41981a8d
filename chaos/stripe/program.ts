import { StripeAccount, startSimulator } from '../../src/adapters/simulator/index.ts';

/** Serves a Stripe account that forgets nothing, until the run that started it is gone. */
const { url } = await startSimulator({ account: new StripeAccount({ keeps: { requests: Infinity } }) });
process.once('disconnect', () => process.exit());
process.send?.({ url });
