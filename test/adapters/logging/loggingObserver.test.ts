import { Console } from 'node:console';
import { Writable } from 'node:stream';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import type { Logger } from '../../../src/adapters/logging/logger.ts';
import { toStoreError } from '../../../src/adapters/postgres/postgresErrors.ts';
import { LoggingObserver } from '../../../src/adapters/logging/loggingObserver.ts';
import { aMonolith, ana, dying, gatewayWith, hour } from '../../application/support.ts';

type Line = { readonly level: string; readonly msg: string; readonly fields: Readonly<Record<string, unknown>> };

const pinoLevels = new Map([
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
]);

/** A real pino, and what it wrote. */
function aPino() {
  const lines: Line[] = [];
  const write = (text: string) => {
    const line: { readonly level: number; readonly msg: string } = JSON.parse(text);
    const { level, msg, ...fields } = line;
    lines.push({ level: pinoLevels.get(level) ?? '?', msg, fields });
  };
  const logger: Logger = pino({ level: 'debug', base: null, timestamp: false }, { write });
  return { logger, lines, said: () => lines.map(({ level, msg }) => `${level} ${msg}`) };
}

/** The real console class of Node, and what it wrote. */
function aConsole() {
  const written: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      written.push(chunk.toString());
      done();
    },
  });
  const logger: Logger = new Console({ stdout: stream, stderr: stream });
  return { logger, written };
}

describe('a line', () => {
  it('is an object and a message to pino, as it is, or as a child', async () => {
    const { logger, lines } = aPino();
    await aMonolith()
      .process({ observer: new LoggingObserver(logger) })
      .attach({ ...ana, attemptId: 'a-1' });
    expect(lines.at(-1)).toEqual({
      level: 'info',
      msg: 'attach: attached',
      fields: {
        useCase: 'attach',
        outcome: 'attached',
        reason: null,
        paymentMethodId: 'pm_1',
        customerId: 'cus_Ana',
        attemptId: 'a-1',
        durationMs: expect.any(Number),
      },
    });
    expect(lines[0]).toMatchObject({
      level: 'debug',
      msg: 'append: appended',
      fields: { attemptId: 'a-1', events: 1 },
    });
  });

  it('is the same to the console, which prints both', async () => {
    const { logger, written } = aConsole();
    await aMonolith()
      .process({ observer: new LoggingObserver(logger) })
      .attach(ana);
    expect(written.at(-1)).toMatch(/outcome: 'attached'[^]*} attach: attached\n$/);
  });

  it('is taken by the console of the process', () => {
    const logger: Logger = console;
    expect(() => new LoggingObserver(logger)).not.toThrow();
  });
});

describe('the level', () => {
  it('is info of what is known, be it yes or no', async () => {
    const { logger, said } = aPino();
    const monolith = aMonolith();
    monolith.account.addPaymentMethod({ id: 'pm_2', decline: 'generic_decline' });
    const paymentMethods = monolith.process({ observer: new LoggingObserver(logger) });
    await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_2' });
    await paymentMethods.attach(ana);
    await paymentMethods.detach({ paymentMethodId: 'pm_1', actor: 'user-7' });
    expect(said().filter((line) => !line.includes('append'))).toEqual([
      'info attach: rejected',
      'info attach: attached',
      'info detach: detached',
    ]);
  });

  it('is warn of a doubt, and info where another call is at it', async () => {
    const { logger, said } = aPino();
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, false) }).attach({ ...ana, paymentMethodId: 'pm_2' });
    await expect.poll(async () => (await monolith.store.readHead()).position).toBe(1);
    monolith.account.faults.next({ fault: 'loseResponse', times: 5 });
    const paymentMethods = monolith.process({ observer: new LoggingObserver(logger) });
    await paymentMethods.attach(ana);
    await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_2', attemptId: 'other' });
    expect(said().filter((line) => line.includes('attach'))).toEqual(['warn attach: unknown', 'info attach: unknown']);
  });

  it('is error of what is thrown, with our code and message; of what is not ours, with its name alone', async () => {
    const { logger, lines } = aPino();
    const monolith = aMonolith();
    const observer = new LoggingObserver(logger);
    const foreign = Object.assign(new Error('password=hunter2'), { name: 'DatabaseError' });
    const gateway = gatewayWith(monolith.gateway, { attach: () => Promise.reject(foreign) });
    await expect(monolith.process({ observer, gateway }).attach(ana)).rejects.toThrow('hunter2');
    await monolith.store.close();
    await expect(monolith.process({ observer }).attach(ana)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    const failures = lines.filter(({ level }) => level === 'error');
    expect(failures).toMatchObject([
      { msg: 'attach failed', fields: { errorCode: 'DatabaseError' } },
      { msg: 'attach failed', fields: { errorCode: 'STORE_CLOSED', errorMessage: expect.stringContaining('closed') } },
    ]);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it('and of an outcome that is not recorded names the cause by its code alone', async () => {
    const { logger, lines } = aPino();
    const monolith = aMonolith();
    const driver = Object.assign(new Error('password of "shop"'), { severity: 'ERROR', code: '42501' });
    const refused = toStoreError(driver, 'payment_trail', false);
    const save = monolith.store.append.bind(monolith.store);
    let appends = 0;
    monolith.store.append = (batch) => ((appends += 1) === 1 ? save(batch) : Promise.reject(refused));
    const observer = new LoggingObserver(logger);
    await expect(monolith.process({ observer }).attach(ana)).rejects.toMatchObject({ code: 'OUTCOME_NOT_RECORDED' });
    expect(lines.filter(({ level }) => level !== 'debug')).toMatchObject([
      { msg: 'append failed', fields: { errorCode: 'STORE_REFUSED', sqlState: '42501' } },
      {
        msg: 'attach failed',
        fields: { errorCode: 'OUTCOME_NOT_RECORDED', causeCode: 'STORE_REFUSED', sqlState: '42501' },
      },
    ]);
    expect(lines[0]?.fields, 'of another it says none').not.toHaveProperty('causeCode');
    expect(JSON.stringify(lines)).not.toContain('shop');
  });

  it('of recovery is debug of nothing, info of what it settled, warn of what is stuck, error of what needs a human', async () => {
    const { logger, said } = aPino();
    const monolith = aMonolith();
    const paymentMethods = monolith.process({ observer: new LoggingObserver(logger), leases: monolith.leases });
    const passes = () => said().filter((line) => line.includes('recover:'));
    await paymentMethods.recover();
    void monolith.process({ gateway: dying(monolith, true) }).attach(ana);
    await expect.poll(() => monolith.effects()).toEqual(['attached']);
    monolith.passes(hour);
    await paymentMethods.recover();
    void monolith.process({ gateway: dying(monolith, false) }).attach({ ...ana, paymentMethodId: 'pm_2' });
    await expect.poll(async () => (await monolith.store.readHead()).position).toBe(3);
    monolith.account.faults.next({ fault: 'loseRequest', times: 100 });
    monolith.passes(25 * hour);
    await paymentMethods.recover();
    monolith.passes(48 * hour);
    await paymentMethods.recover();
    expect(passes()).toEqual([
      'debug recover: done',
      'info recover: done',
      'warn recover: done',
      'error recover: done',
    ]);
    expect(said()).toContain('info recovery of attachment: attached');
  });

  it('of a notification is info of what was new, and debug of what was known', async () => {
    const { logger, said } = aPino();
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    const [told] = await monolith.notifications();
    if (told === undefined) throw new TypeError('nothing was told');
    const paymentMethods = monolith.process({ observer: new LoggingObserver(logger) });
    await paymentMethods.ingest(told);
    const other = aMonolith();
    await other.process({ observer: new LoggingObserver(logger) }).ingest(told);
    expect(said().filter((line) => line.includes('ingest'))).toEqual(['debug ingest: known', 'info ingest: recorded']);
  });

  it('of a sweep is info where both agree, and warn where it found something', async () => {
    const { logger, lines, said } = aPino();
    const monolith = aMonolith();
    const parts = { observer: new LoggingObserver(logger), timers: { sleep: async () => {} } };
    await monolith.process(parts).sweep({ customer: 'cus_Ana' });
    await monolith.paymentMethods.attach(ana);
    const other = aMonolith();
    await other.process({ ...parts, gateway: monolith.gateway }).sweep({ customer: 'cus_Ana' });
    expect(said().filter((line) => line.includes('sweep'))).toEqual(['info sweep: done', 'warn sweep: done']);
    expect(lines.at(-1)?.fields).toMatchObject({ findings: 1, attachmentMissed: 1 });
  });
});

describe('the line of a request to Stripe', () => {
  const begun = {
    method: 'POST',
    origin: 'https://api.stripe.com',
    path: '/v1/payment_methods/pm_1/attach',
    route: '/v1/payment_methods/{id}/attach',
    apiVersion: '2025-10-29.clover',
    tryNumber: 1,
    isLive: true,
  } as const;

  it.each([
    ['debug', 200, null],
    ['info', 402, null],
    ['warn', 401, null],
    ['warn', 409, null],
    ['warn', 429, null],
    ['warn', 500, null],
    ['warn', 200, 'ECONNRESET'],
    ['warn', null, 'timeout'],
  ] as const)('is %s of status %s, failure %s', (level, status, failure) => {
    const { logger, lines } = aPino();
    new LoggingObserver(logger).stripeRequest(begun).ended({ status, failure, requestId: 'req_1' });
    expect(lines).toMatchObject([
      {
        level,
        fields: {
          status,
          failure,
          stripeRequestId: 'req_1',
          stripeRequestLog: 'https://dashboard.stripe.com/logs/req_1',
        },
      },
    ]);
  });

  it('names the call that it is made for, and the call names the last request that Stripe gave an id', () => {
    const { logger, lines } = aPino();
    const observer = new LoggingObserver(logger);
    const call = observer.useCase({ useCase: 'attach', paymentMethodId: 'pm_1', attemptId: 'a-1' });
    call.within?.(() => {
      observer.stripeRequest(begun).ended({ status: 500, failure: null, requestId: 'req_1' });
      observer.stripeRequest({ ...begun, tryNumber: 2 }).ended({ status: null, failure: 'timeout', requestId: null });
    });
    call.ended({ outcome: 'unknown', reason: 'timeout' });
    expect(lines.map(({ fields }) => [fields['attemptId'], fields['stripeRequestId']])).toEqual([
      ['a-1', 'req_1'],
      ['a-1', undefined],
      ['a-1', 'req_1'],
    ]);
  });
});
