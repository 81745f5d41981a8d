import { describe, it } from 'vitest';
import { FakePaymentGateway } from '../../../src/adapters/fake/index.ts';
import { paymentMethodGatewayContract } from '../../../src/testing/index.ts';

describe('FakePaymentGateway keeps the gateway contract', () => {
  const cases = paymentMethodGatewayContract(
    async (account, apiKey) => new FakePaymentGateway({ account, apiKey, strict: true }),
  );
  for (const { name, run } of cases) it(name, run);
});
