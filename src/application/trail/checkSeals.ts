import type { Seal } from '../ports/sealSink.ts';
import { parseSeal, sealInput } from './seals.ts';
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

/** Checks each seal by itself: that it is one, of this trail, and signed with a known key. */
export async function checkSeals(seals: AsyncIterable<Seal>, check: SealCheck): Promise<CheckedSeals> {
  const hashes = new Map<number, string>();
  let last = 0;
  for await (const given of seals) {
    check.signal?.throwIfAborted();
    const seal = parseSeal(given);
    if (seal === undefined) return { finding: notASeal(given) };
    const finding = (await findFault(seal, check)) ?? findRival(seal, hashes);
    if (finding !== null) return { finding };
    hashes.set(seal.position, seal.hash);
    last = Math.max(last, seal.position);
  }
  return { finding: null, hashes, last };
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

function notASeal(given: Seal): Finding {
  const position = Number.isSafeInteger(given.position) ? given.position : 0;
  return { position, problem: 'sealInvalid', expected: 'a seal', actual: JSON.stringify(given) };
}
