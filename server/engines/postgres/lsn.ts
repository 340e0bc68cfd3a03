const LSN = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i
const LOW_HALF_BITS = 32n

/** The byte position behind `16/B374D848`, or null when the text is not a WAL position. */
export function parseLsn(text: string): bigint | null {
  const match = LSN.exec(text)
  if (!match) return null
  return (BigInt(`0x${match[1]}`) << LOW_HALF_BITS) + BigInt(`0x${match[2]}`)
}

/** Bytes of WAL from `behind` to `ahead`; negative when `behind` is in front. Null when either is not a position. */
export function lsnDistance(ahead: string, behind: string): bigint | null {
  const to = parseLsn(ahead)
  const from = parseLsn(behind)
  return to === null || from === null ? null : to - from
}

/** Whether `position` covers `wanted`. A text that is not a position covers nothing. */
export function hasReached(position: string, wanted: string): boolean {
  const distance = lsnDistance(position, wanted)
  return distance !== null && distance >= 0n
}
