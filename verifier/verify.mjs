// Checks an exported trail against its seals with nothing but Node's standard library: none of the package's code, no
// database. The rules are those of docs/seals.md, from which anybody can write a third one.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const usage = 'Usage: node verify.mjs TRAIL.jsonl ... [--seals SEALS.jsonl ...] [--key KEYID=public.pem ...]';
const numbers = ['position', 'version'];
const eventFields = ['trail', 'position', 'stream', 'version', 'eventId', 'type', 'recordedAt', 'data', 'metadata'];
const sealFields = ['format', 'trail', 'position', 'hash', 'sealedAt', 'keyId'];
const sealPattern =
  /^attach-payment-method\/seal\/1 [\w.:-]{1,200} [1-9]\d{0,15} [0-9a-f]{64} \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [\w.:/-]{1,200}$/;

class Bad extends Error {}
const bad = (position, problem, expected, actual) =>
  new Bad(`NOT INTACT at position ${position}: ${problem}; expected ${expected}, found ${actual}`);

const joined = (fields, from, separator = '\u001f') => fields.map((field) => from[field]).join(separator);

/** The object in a line, if it has these fields and no others, each a text or a number as it should be. */
function parse(line, fields) {
  try {
    const value = JSON.parse(line);
    const fits = fields.every((field) => typeof value[field] === (numbers.includes(field) ? 'number' : 'string'));
    return fits && Object.keys(value).length === fields.length ? value : {};
  } catch {
    return {};
  }
}

async function* readLines(files) {
  for (const file of files) {
    let rest = '';
    for await (const chunk of createReadStream(file, 'utf8')) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      yield* lines.filter((line) => line !== '');
    }
    if (rest !== '') yield rest;
  }
}

/** The seals by position. A line that a write left unfinished lacks its closing brace, and has nothing in its place. */
async function readSeals(files, keys) {
  const seals = new Map();
  for await (const line of readLines(files)) {
    if (!line.includes('}') && !/"signature":"[^"]*"./.test(line)) continue;
    const seal = parse(line, [...sealFields, 'signature']);
    const { position = 0, keyId, hash, signature } = seal;
    const isSeal = sealPattern.test(joined(sealFields, seal, ' ')) && /^[0-9a-f]{128}$/.test(signature);
    if (!isSeal) throw bad(position, 'sealInvalid', 'a seal', line);
    if (!keys.has(keyId)) throw bad(position, 'sealKeyUnknown', `one of ${[...keys.keys()].join(', ')}`, keyId);
    if (!verify(null, Buffer.from(joined(sealFields, seal)), keys.get(keyId), Buffer.from(signature, 'hex')))
      throw bad(position, 'sealSignatureInvalid', `a signature with key ${keyId}`, signature);
    const known = seals.get(position) ?? seal;
    if (known.hash !== hash) throw bad(position, 'sealMismatch', known.hash, hash);
    seals.set(position, seal);
  }
  return seals;
}

async function verifyTrail(files, seals) {
  const versions = new Map();
  let position = 0;
  let hash = '0'.repeat(64);
  for await (const line of readLines(files)) {
    position += 1;
    const event = parse(line, [...eventFields, 'hash']);
    const check = (problem, expected, actual) => {
      if (expected !== actual) throw bad(position, problem, expected, actual);
    };
    const version = (versions.get(event.stream) ?? 0) + 1;
    const input = `attach-payment-method/1\u001f${joined(eventFields, event)}`;
    hash = createHash('sha256').update(hash, 'hex').update(input).digest('hex');
    check('lineInvalid', true, 'hash' in event);
    check('positionOutOfOrder', position, event.position);
    check('versionOutOfOrder', version, event.version);
    check('hashMismatch', hash, event.hash);
    check('sealOfAnotherTrail', event.trail, seals.get(position)?.trail ?? event.trail);
    check('sealMismatch', seals.get(position)?.hash ?? hash, hash);
    versions.set(event.stream, version);
  }
  const last = [...seals.keys()].reduce((one, other) => Math.max(one, other), 0);
  if (last > position) throw bad(position + 1, 'sealBeyondEnd', `a seal at ${last}`, `an end at ${position}`);
  return `intact: ${position} events, sealed up to position ${last}`;
}

try {
  const repeated = { type: 'string', multiple: true, default: [] };
  const { values, positionals } = parseArgs({ options: { seals: repeated, key: repeated }, allowPositionals: true });
  const keys = new Map();
  for (const [, id, file] of values.key.map((pair) => /^([^=]+)=(.+)$/.exec(pair) ?? [pair, pair, '']))
    keys.set(id, createPublicKey(readFileSync(file)));
  if (positionals.length === 0) throw new Error(usage);
  console.log(await verifyTrail(positionals, await readSeals(values.seals, keys)));
} catch (error) {
  console.log(error.message);
  process.exitCode = error instanceof Bad ? 1 : 2;
}
