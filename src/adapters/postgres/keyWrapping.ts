import { isPaymentMethodsError, PaymentMethodsError } from '../../application/errors.ts';
import type { KeyWrapper, WrappedKey } from '../../application/ports/keyWrapper.ts';

const keyBytes = 32;

/** A host's wrapper within a time limit, its answers checked: what goes wrong in it is an error of this module's. */
export class KeyWrapping {
  readonly #wrapper: KeyWrapper;

  constructor(wrapper: KeyWrapper) {
    this.#wrapper = wrapper;
  }

  get masterKeyId(): string {
    return this.#wrapper.masterKeyId;
  }

  makeKey(): Uint8Array {
    return ofKeyLength(this.#wrapper.makeKey(), this.masterKeyId);
  }

  /** Throws `INVALID_OPTIONS` where the wrapper names another master key than its own: nobody could tell what is left to rewrap. */
  async wrap(key: Uint8Array, context: string, limitMs: number): Promise<WrappedKey> {
    const { masterKeyId } = this;
    const wrapped = await answered(() => this.#wrapper.wrap(key, context), masterKeyId, limitMs);
    if (wrapped.masterKeyId === masterKeyId) return wrapped;
    throw new PaymentMethodsError(
      'INVALID_OPTIONS',
      `The KeyWrapper's masterKeyId is ${masterKeyId}, and it wrapped with ${wrapped.masterKeyId}: both must be the same id, not an alias of it.`,
      { details: { expected: masterKeyId, actual: wrapped.masterKeyId } },
    );
  }

  /** As `wrap`, and what it answers was unwrapped: it may take the place of what opened before. */
  async rewrap(key: Uint8Array, context: string, limitMs: number): Promise<WrappedKey> {
    const wrapped = await this.wrap(key, context, limitMs);
    const again = await this.unwrap(wrapped, context, limitMs);
    if (Buffer.compare(key, again) !== 0) throw noKey(wrapped.masterKeyId);
    return wrapped;
  }

  async unwrap(wrapped: WrappedKey, context: string, limitMs: number): Promise<Uint8Array> {
    const { masterKeyId } = wrapped;
    const key = await answered(() => this.#wrapper.unwrap(wrapped, context), masterKeyId, limitMs);
    return ofKeyLength(key, masterKeyId);
  }
}

/** The wrapper's answer, or an error of this module's: whatever it throws may quote anything, so that stays the cause. */
async function answered<Value>(ask: () => Promise<Value>, masterKeyId: string, limitMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(away(masterKeyId, `did not answer within ${Math.round(limitMs)} ms`)), limitMs);
  });
  const asking = async () => ask();
  try {
    return await Promise.race([asking(), late]);
  } catch (error) {
    throw isPaymentMethodsError(error) ? error : away(masterKeyId, 'failed', error);
  } finally {
    clearTimeout(timer);
  }
}

function ofKeyLength(key: Uint8Array, masterKeyId: string): Uint8Array {
  if (key instanceof Uint8Array && key.length === keyBytes) return key;
  throw noKey(masterKeyId);
}

function noKey(masterKeyId: string): PaymentMethodsError {
  return new PaymentMethodsError(
    'KEY_UNREADABLE',
    `The KeyWrapper answered what is not the key it was given, of ${keyBytes} bytes (master key ${masterKeyId}). Correct it.`,
    { details: { masterKeyId } },
  );
}

function away(masterKeyId: string, problem: string, cause?: unknown): PaymentMethodsError {
  return new PaymentMethodsError(
    'STORE_UNAVAILABLE',
    `The KeyWrapper ${problem} (master key ${masterKeyId}); nothing was written. See that what it asks is up, then try again.`,
    { details: { masterKeyId }, cause },
  );
}
