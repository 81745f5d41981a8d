import { isPaymentMethodsError } from '../errors.ts';
import type { Seal } from '../ports/sealSink.ts';
import { notASeal, parseSeal, sealInput } from './seals.ts';
import type { Finding } from './trailProblem.ts';

/** Whether `signature` (128 hex digits) is the Ed25519 signature over the text's UTF-8 bytes by this key's holder. */
export type IsSigned = (text: string, signature: string, publicKeyPem: string) => Promise<boolean>;

export type SealCheck = {
  readonly trail: string;
  /** PEM texts by key id */
  readonly publicKeys: Readonly<Record<string, string>>;
  readonly isSigned: IsSigned;
  readonly signal?: AbortSignal | undefined;
};

/** The sealed hashes by position, and the last of these positions (0 if there is none); or the first bad seal. */
export type CheckedSeals =
  | { readonly finding: null; readonly hashes: ReadonlyMap<number, string>; readonly last: number }
  | { readonly finding: Finding };

/**
 * Checks each seal by itself: that it is one, of this trail, and signed with a known key; and that there is one, where keys
 * say that there should be.
 */
export async function checkSeals(seals: AsyncIterable<Seal>, check: SealCheck): Promise<CheckedSeals> {
  try {
    return await checkEach(seals, check);
  } catch (error) {
    const finding = findingIn(error);
    if (finding === null) throw error;
    return { finding };
  }
}

async function checkEach(seals: AsyncIterable<Seal>, check: SealCheck): Promise<CheckedSeals> {
  const hashes = new Map<number, string>();
  let last = 0;
  for await (const given of seals) {
    check.signal?.throwIfAborted();
    const seal = parseSeal(given);
    if (seal === undefined) return { finding: notASeal(given, JSON.stringify(given)) };
    const finding = (await findFault(seal, check)) ?? findRival(seal, hashes);
    if (finding !== null) return { finding };
    hashes.set(seal.position, seal.hash);
    last = Math.max(last, seal.position);
  }
  if (hashes.size > 0 || Object.keys(check.publicKeys).length === 0) return { finding: null, hashes, last };
  return { finding: { position: 0, problem: 'sealMissing', expected: 'a seal', actual: 'none' } };
}

/** What a sink says that it found instead of a seal of the trail; null if it failed otherwise. */
function findingIn(error: unknown): Finding | null {
  if (!isPaymentMethodsError(error, 'SEALS_UNREADABLE')) return null;
  const { position, problem, expected, actual } = error.details;
  if (problem !== 'sealInvalid' && problem !== 'sealOfAnotherTrail') return null;
  return { position: Number(position), problem, expected: String(expected), actual: String(actual) };
}

async function findFault(seal: Seal, { trail, publicKeys, isSigned }: SealCheck): Promise<Finding | null> {
  const { position, keyId, signature } = seal;
  if (seal.trail !== trail) return { position, problem: 'sealOfAnotherTrail', expected: trail, actual: seal.trail };
  const publicKey = Object.hasOwn(publicKeys, keyId) ? publicKeys[keyId] : undefined;
  if (publicKey === undefined) {
    const known = `one of ${Object.keys(publicKeys).join(', ')}`;
    return { position, problem: 'sealKeyUnknown', expected: known, actual: keyId };
  }
  if (await isSigned(sealInput(seal), signature, publicKey)) return null;
  return { position, problem: 'sealSignatureInvalid', expected: `a signature with key ${keyId}`, actual: signature };
}

/** Two seals of one position that name two hashes: the trail was another one when one of them was made. */
function findRival({ position, hash }: Seal, hashes: ReadonlyMap<number, string>): Finding | null {
  const other = hashes.get(position) ?? hash;
  return other === hash ? null : { position, problem: 'sealMismatch', expected: other, actual: hash };
}
