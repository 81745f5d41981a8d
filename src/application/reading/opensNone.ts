/** For who reads events as they are stored, or decodes them closed: no key is asked for. */
export function opensNone(): boolean {
  return false;
}
