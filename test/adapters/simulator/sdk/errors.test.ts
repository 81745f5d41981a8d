import { describe, expect, it } from 'vitest';
import { StripeAccount } from '../../../../src/adapters/simulator/index.ts';
import { anySimulator, apiKey } from '../support.ts';
import { attachRows, declineRows } from './attachRows.ts';
import { requestRows } from './requestRows.ts';
import type { Battery, Refusal } from './rows.ts';
import { cus, errorRows, pm } from './rows.ts';
import type { Major, Sdk } from './sdks.ts';
import { clientOf, majors, sdks } from './sdks.ts';

const battery: readonly Battery[] = [...attachRows, ...declineRows, ...requestRows];

/** What an SDK throws, or the headers of what it answers. */
type Thrown = Error & {
  readonly requestId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly raw: Readonly<Record<string, unknown>>;
};

type Setting = { readonly sdk: Sdk; readonly account: StripeAccount };

async function anyAsked({ options = {}, given, apiKey: rowKey = apiKey }: Battery, major: Major): Promise<Setting> {
  const account = new StripeAccount(options);
  account.addCustomer(cus);
  account.addPaymentMethod({ id: pm });
  given?.(account);
  const { url } = await anySimulator({ account });
  return { account, sdk: clientOf(major, url, rowKey ?? undefined) };
}

const asked = { idempotencyKey: 'key-1' };

async function thrownBy(row: Battery, { sdk, account }: Setting): Promise<Thrown> {
  const answered = await row.ask(sdk, asked, account).catch((error: unknown) => error as Thrown);
  if (!(answered instanceof Error)) throw new Error(`${row.row} was answered, not refused`);
  return answered;
}

function expectRefusal(thrown: Thrown, refusal: Refusal, major: Major): void {
  const { error, shouldRetry, requestId, headers = {}, raw = {}, message, ...fields } = refusal;
  expect(thrown).toBeInstanceOf(sdks[major].sdk.errors[error]);
  const isJson = fields.statusCode !== undefined;
  for (const name of ['statusCode', 'code', 'decline_code', 'param'] as const) {
    expect(thrown, name).toHaveProperty(name, fields[name]);
  }
  expect(thrown.message).toEqual(message);
  if (fields.rawType !== undefined) expect(thrown).toHaveProperty('rawType', fields.rawType);
  expect(thrown.raw).toMatchObject(raw);
  expect(thrown.requestId).toEqual(requestId === false ? undefined : (expect.stringMatching(/^req_\w{14}$/) as string));
  if (!isJson) return;
  expect(thrown.headers).toMatchObject(headers);
  expect(thrown.headers?.['stripe-should-retry']).toBe(shouldRetry);
}

describe.each(majors)('the official SDK %s is refused as by Stripe', (major) => {
  const refused = battery.flatMap((row) => (row.refusal === null ? [] : [{ ...row, refusal: row.refusal }]));

  it.each(refused)('$row', async (row) => {
    const setting = await anyAsked(row, major);
    const refusal: Refusal = { ...row.refusal, ...row.differs?.[major] };
    const thrown = await thrownBy(row, setting);
    expectRefusal(thrown, refusal, major);
    if (row.saved !== true) return;
    const again = await thrownBy(row, setting);
    expectRefusal(again, refusal, major);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true', 'original-request': thrown.requestId });
    expect(again.requestId).not.toBe(thrown.requestId);
  });

  it('already on the same customer: it is not', async () => {
    const row = battery.find((one) => one.refusal === null) as Battery;
    const { sdk, account } = await anyAsked(row, major);
    const answered = await row.ask(sdk, asked, account);
    expect(answered).toMatchObject({ id: pm, customer: cus, lastResponse: { statusCode: 200 } });
  });
});

it('every row of the errors has an entry, and one', () => {
  expect(battery.map(({ row }) => row).toSorted()).toEqual([...errorRows].toSorted());
});
