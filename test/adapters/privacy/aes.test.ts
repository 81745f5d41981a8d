import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aesFieldCipher } from '../../../src/adapters/privacy/aesFieldCipher.ts';
import { AesKeyWrapper } from '../../../src/adapters/privacy/aesKeyWrapper.ts';

const key = randomBytes(32);

describe('the cipher of fields', () => {
  it('opens what it made, of any text', () => {
    for (const text of ['', '"4242"', 'é\u{1f600}', 'x'.repeat(100_000)]) {
      expect(aesFieldCipher.decrypt(key, aesFieldCipher.encrypt(key, text, 'here'), 'here')).toBe(text);
    }
  });

  it('makes another ciphertext each time', () => {
    const made = Array.from({ length: 1000 }, () => aesFieldCipher.encrypt(key, '4242', 'here').slice(0, 16));
    expect(new Set(made).size).toBe(1000);
  });

  it('answers null for another key, another context, any bit changed, and any length', () => {
    const made = aesFieldCipher.encrypt(key, '4242', 'here');
    expect(aesFieldCipher.decrypt(randomBytes(32), made, 'here')).toBeNull();
    expect(aesFieldCipher.decrypt(key, made, 'there')).toBeNull();
    const bytes = Buffer.from(made, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(aesFieldCipher.decrypt(key, changed.toString('base64url'), 'here')).toBeNull();
    }
    for (let length = 0; length < bytes.length; length += 1) {
      expect(aesFieldCipher.decrypt(key, bytes.subarray(0, length).toString('base64url'), 'here')).toBeNull();
    }
  });
});

describe('the wrapper of keys', () => {
  const wrapper = new AesKeyWrapper({ masterKeys: { first: key }, current: 'first' });

  it('opens what it wrapped, in its place alone', async () => {
    const made = wrapper.makeKey();
    expect(made).toHaveLength(32);
    const wrapped = await wrapper.wrap(made, 'here');
    expect(Buffer.compare(await wrapper.unwrap(wrapped, 'here'), made)).toBe(0);
    await expect(wrapper.unwrap(wrapped, 'there')).rejects.toMatchObject({ code: 'KEY_UNREADABLE' });
  });

  it('says which master key is missing', async () => {
    const wrapped = { ...(await wrapper.wrap(wrapper.makeKey(), 'here')), masterKeyId: 'second' };
    await expect(wrapper.unwrap(wrapped, 'here')).rejects.toMatchObject({
      code: 'KEY_UNREADABLE',
      message: expect.stringContaining('second') as string,
    });
  });

  it.each([
    ['a master key of another length', { masterKeys: { first: key.subarray(1) }, current: 'first' }],
    ['an id that cannot be stored', { masterKeys: { 'a b': key }, current: 'a b' }],
    ['no present master key', { masterKeys: { first: key }, current: 'second' }],
    ['none at all', { masterKeys: {}, current: 'first' }],
  ])('is not made with %s, and does not tell it', (_, options) => {
    const make = () => new AesKeyWrapper(options);
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
    expect(make).not.toThrow(key.toString('hex'));
  });
});
