/**
 * Positions in a log of the form X/Y, two hexadecimal halves, compare as numbers. What is of another form is not compared:
 * null, which is unknown.
 */
export function bytesBetween(from: string | null, to: string | null): bigint | null {
  const [start, end] = [positionOf(from), positionOf(to)]
  return start === null || end === null ? null : end - start
}

function positionOf(text: string | null): bigint | null {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text ?? '') ?? []
  if (!high || !low) return null
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}
