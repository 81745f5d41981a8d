import { randomBytes } from 'node:crypto';
import { PaymentMethods, randomIds, systemClock } from 'attach-payment-method';
import { verify } from 'attach-payment-method/audit';
import { migrate, PostgresEventStore, PostgresKeyProvider } from 'attach-payment-method/postgres';
import { aesFieldCipher, AesKeyWrapper, EncryptingEventStore, fieldPolicy } from 'attach-payment-method/privacy';
import { StripeGateway } from 'attach-payment-method/stripe';
import pg from 'pg';
import { newPaymentMethod } from './support/newPaymentMethod.ts';
import { closeSurroundings } from './support/surroundings.ts';

const { DATABASE_URL, STRIPE_API_BASE: baseUrl, STRIPE_API_KEY: apiKey = '' } = process.env;
process.env['MASTER_KEY'] = randomBytes(32).toString('base64');
process.env['NEXT_MASTER_KEY'] = randomBytes(32).toString('base64');
const pool = new pg.Pool({ connectionString: DATABASE_URL });
await migrate({ pool });

// #region encrypt
const masterKeys = { '2026-01': Buffer.from(process.env['MASTER_KEY'] ?? '', 'base64') }; // 32 bytes, from your secret store
const keys = new PostgresKeyProvider({ pool, wrapper: new AesKeyWrapper({ masterKeys, current: '2026-01' }) });
const stored = new PostgresEventStore({ pool });
const eventStore = new EncryptingEventStore({
  eventStore: stored,
  keys,
  cipher: aesFieldCipher,
  encrypts: ['billingDetails', 'card', 'fingerprint'],
});
const gateway = new StripeGateway({ apiKey, baseUrl, billingDetails: true });
const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds, keys });
// #endregion encrypt

const paymentMethodId = await newPaymentMethod('ana@example.com');
await paymentMethods.attach({ paymentMethodId, customer: 'cus_NbZ8Ki3f322LNn', actor: 'user-7' });

// #region read
async function billingEmail(): Promise<string | null> {
  const { state } = await paymentMethods.history(paymentMethodId);
  if (state.status !== 'attached' || state.billingDetails === undefined) return null;
  return state.billingDetails === 'redacted' ? 'forgotten' : state.billingDetails.email;
}
// #endregion read

console.log(await billingEmail());

// #region forget
const { outcome } = await paymentMethods.forgetCustomer({ customer: 'cus_NbZ8Ki3f322LNn', actor: 'privacy-desk' });
console.log(outcome, await billingEmail());
const { intact } = await verify(stored);
console.log(intact ? 'the trail is intact' : 'the trail was changed');
// #endregion forget

// #region policy
for (const [field, policy] of Object.entries(fieldPolicy.PaymentMethodAttached)) {
  if (policy.class === 'personal') console.log(field, policy.byDefault, policy.encryptedWith ?? 'never encrypted');
}
// #endregion policy

// #region rotate
const next = Buffer.from(process.env['NEXT_MASTER_KEY'] ?? '', 'base64'); // kept in your secret store before it is used
const rotated = new AesKeyWrapper({ masterKeys: { ...masterKeys, '2027-01': next }, current: '2027-01' });
console.log(await new PostgresKeyProvider({ pool, wrapper: rotated }).rewrap());
// #endregion rotate

await paymentMethods.close();
await gateway.close();
await eventStore.close();
await pool.end();
await closeSurroundings();
