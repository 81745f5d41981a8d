// Checks an exported trail against its seals with nothing but Node's standard library: none of the package's code, no
// database. The rules are those of docs/seals.md, from which anybody can write a third one.
import { isUtf8 } from 'node:buffer';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const hashed = ['trail', 'position', 'stream', 'version', 'eventId', 'type', 'recordedAt', 'data', 'metadata'];
const eventFields = [...hashed.slice(0, 6), 'data', 'metadata', 'recordedAt', 'hash'];
const signed = ['format', 'trail', 'position', 'hash', 'sealedAt', 'keyId'];
const sealPattern =
  /^attach-payment-method\/seal\/1 [\w.:-]{1,200} [1-9]\d{0,15} [0-9a-f]{64} \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [\w.:/-]{1,200} [0-9a-f]{128}$/;

function check(holds, position, problem, expected, actual) {
  if (!holds) throw new Error(`NOT INTACT at position ${position}: ${problem}; expected ${expected}, found ${actual}`);
}

const joined = (fields, from, separator = '\u001f') => fields.map((field) => from[field]).join(separator);

/** What a line holds, and whether that is these fields, each a text or a whole number, in the one spelling there is. */
function parse(line, fields) {
  let from = {};
  try {
    from = Object(JSON.parse(line));
  } catch {}
  const isRight = (field) =>
    ['position', 'version'].includes(field) ? Number.isSafeInteger(from[field]) : typeof from[field] === 'string';
  const spelt = JSON.stringify(from, fields).replace(/[\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);
  return { from, fits: fields.every(isRight) && spelt === line };
}

/** The lines that are not empty. To what is no UTF-8 comes a character more, so that it is taken for nothing else. */
async function* readLines(files) {
  const toText = (bytes) => `${bytes}${isUtf8(bytes) ? '' : '\ufffd'}`;
  for (const file of files) {
    let rest = '';
    for await (const chunk of createReadStream(file, 'latin1')) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      yield* lines.filter((line) => line !== '').map((line) => toText(Buffer.from(line, 'latin1')));
    }
    if (rest !== '') yield toText(Buffer.from(rest, 'latin1'));
  }
}

/** Hashes by position. A line that a write left unfinished lacks its closing brace, and has nothing in its place. */
async function readSeals(files, keys, trail) {
  const seals = new Map();
  for await (const line of readLines(files)) {
    if (!line.includes('}') && !/"signature":"[^"]*"./.test(line)) continue;
    const { from: seal, fits } = parse(line, [...signed, 'signature']);
    const { keyId, hash, signature } = seal;
    const at = Number.isSafeInteger(seal.position) ? seal.position : 0;
    check(fits && sealPattern.test(`${joined(signed, seal, ' ')} ${signature}`), at, 'sealInvalid', 'a seal', line);
    check(seal.trail === (trail ?? seal.trail), at, 'sealOfAnotherTrail', trail, seal.trail);
    check(keys.has(keyId), at, 'sealKeyUnknown', `one of ${[...keys.keys()].join(', ')}`, keyId);
    const isSigned = verify(null, Buffer.from(joined(signed, seal)), keys.get(keyId), Buffer.from(signature, 'hex'));
    check(isSigned, at, 'sealSignatureInvalid', `a signature with key ${keyId}`, signature);
    check((seals.get(at) ?? hash) === hash, at, 'sealMismatch', seals.get(at), hash);
    seals.set(at, hash);
  }
  check(keys.size === 0 || seals.size > 0, 0, 'sealMissing', 'a seal', 'none');
  return seals;
}

async function verifyTrail(files, sealFiles, keys) {
  let [position, hash, trail, seals] = [0, '0'.repeat(64)];
  const versions = new Map();
  for await (const line of readLines(files)) {
    position += 1;
    const same = (problem, expected, actual) => check(expected === actual, position, problem, expected, actual);
    const { from: event, fits } = parse(line, eventFields);
    const input = `attach-payment-method/1\u001f${joined(hashed, event)}`;
    same('lineInvalid', true, fits && input.split('\u001f').length === 10 && !/\p{Cs}/u.test(input));
    same('trailMismatch', (trail ??= event.trail), event.trail);
    seals ??= await readSeals(sealFiles, keys, trail);
    hash = createHash('sha256').update(hash, 'hex').update(input).digest('hex');
    same('positionOutOfOrder', position, event.position);
    same('versionOutOfOrder', (versions.get(event.stream) ?? 0) + 1, event.version);
    same('hashMismatch', hash, event.hash);
    same('sealMismatch', seals.get(position) ?? hash, hash);
    versions.set(event.stream, event.version);
  }
  const last = [...(seals ?? (await readSeals(sealFiles, keys))).keys()].reduce((a, b) => Math.max(a, b), 0);
  check(last <= position, position + 1, 'sealBeyondEnd', `a seal at ${last}`, `an end at ${position}`);
  return `intact: ${position} events of trail ${JSON.stringify(trail)}, sealed up to position ${last}`;
}

try {
  const repeated = { type: 'string', multiple: true, default: [] };
  const { values, positionals } = parseArgs({ options: { seals: repeated, key: repeated }, allowPositionals: true });
  const pairs = values.key.map((pair) => /^([^=]+)=(.+)$/.exec(pair) ?? [pair, pair, '']);
  const keys = new Map(pairs.map(([, id, file]) => [id, createPublicKey(readFileSync(file))]));
  if (positionals.length === 0) throw new Error('Usage: verify.mjs TRAIL... [--seals FILE]... [--key ID=PEMFILE]...');
  console.log(await verifyTrail(positionals, values.seals, keys));
} catch (error) {
  console.log(error.message);
  process.exitCode = error.message.startsWith('NOT INTACT') ? 1 : 2;
}
