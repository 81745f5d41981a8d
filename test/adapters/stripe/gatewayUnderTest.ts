import { afterAll, afterEach, beforeAll } from 'vitest';
import type { StripeGatewayOptions } from '../../../src/adapters/stripe/index.ts';
import { StripeGateway } from '../../../src/adapters/stripe/index.ts';
import { canaryKey } from './samples.ts';
import type { Received, Script, ScriptedServer } from './scriptedServer.ts';
import { startScriptedServer } from './scriptedServer.ts';

/** A scripted server for the tests of a file, and gateways to it that are closed after each test. */
export function useScriptedStripe() {
  let server: ScriptedServer;
  const open: StripeGateway[] = [];

  beforeAll(async () => {
    server = await startScriptedServer();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((gateway) => gateway.close()));
  });
  afterAll(() => server.close());

  return {
    server: (): ScriptedServer => server,
    answer: (...scripts: readonly Script[]): void => server.answer(...scripts),
    /** Without jitter and with a short deadline, unless told otherwise. */
    makeGateway: (options: Partial<StripeGatewayOptions> = {}): StripeGateway => {
      const quick = { apiKey: canaryKey, baseUrl: server.url, deadlineMs: 2_000, random: () => 0 };
      const gateway = new StripeGateway({ ...quick, ...options });
      open.push(gateway);
      return gateway;
    },
    requestsDuring: async (work: () => Promise<unknown>): Promise<readonly Received[]> => {
      const before = server.received.length;
      await work();
      return server.received.slice(before);
    },
  };
}
