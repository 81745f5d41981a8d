import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PaymentMethods, randomIds, systemClock } from 'attach-payment-method';
import { ed25519Signer, exportTrailToFile, FileSealSink, sealTrail, verify } from 'attach-payment-method/audit';
import { migrate, PostgresEventStore } from 'attach-payment-method/postgres';
import { FakePaymentGateway } from 'attach-payment-method/testing';
import pg from 'pg';
import { closeSurroundings } from './support/surroundings.ts';

const { DATABASE_URL } = process.env;
const folder = await mkdtemp(join(tmpdir(), 'seals-'));
const pool = new pg.Pool({ connectionString: DATABASE_URL });
await migrate({ pool });
const eventStore = new PostgresEventStore({ pool });
const gateway = new FakePaymentGateway();
const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });
await paymentMethods.attach({ paymentMethodId: 'pm_1', customer: 'cus_1', actor: 'user-7' });

const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

// #region seal
const signer = ed25519Signer(privateKey); // a PEM text
const sink = new FileSealSink({ path: join(folder, 'seals.jsonl') });
const { result, seal } = await sealTrail({ store: eventStore, signer, sink, clock: systemClock });
console.log(result, seal?.position);
// #endregion seal

// #region verify
const publicKeys = { [signer.keyId]: publicKey }; // and every key that was used before
const verified = await verify(eventStore, { seals: sink, publicKeys });
if (verified.intact) console.log(`intact: ${verified.events} events, sealed up to position ${verified.sealedUpTo}`);
else console.log(`position ${verified.position}: ${verified.problem}`);
// #endregion verify

const { events } = await exportTrailToFile({ store: eventStore, path: join(folder, 'trail.jsonl') });
console.log(`exported: ${events} events`);

await eventStore.close();
await pool.end();
await rm(folder, { recursive: true });
await closeSurroundings();
