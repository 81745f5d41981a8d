import { afterEach, describe, it } from 'vitest';
import { startSimulator } from '../../../src/adapters/simulator/index.ts';
import { StripeGateway } from '../../../src/adapters/stripe/index.ts';
import { paymentMethodGatewayContract } from '../../../src/testing/index.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

describe('StripeGateway, over HTTP to the simulator, keeps the gateway contract', () => {
  const cases = paymentMethodGatewayContract(async (account, apiKey) => {
    const simulator = await startSimulator({ account });
    const gateway = new StripeGateway({ apiKey, baseUrl: simulator.url, random: () => 0 });
    open.push(gateway, simulator);
    return gateway;
  });
  for (const { name, run } of cases) it(name, run);
});
