import { createHash } from 'node:crypto'

/**
 * How events are bound together. Leaves carry the RFC 6962 prefix, so that a Merkle tree over the same leaves can be
 * added without touching history; links have a prefix of their own, so that no leaf can pass for a link.
 */
const LEAF_PREFIX = Buffer.of(0x00)
const LINK_PREFIX = Buffer.of(0x02)

/** What the first event links to. */
export const GENESIS_HASH = '0'.repeat(64)

/** SHA-256 over 0x00 and the UTF-8 bytes of the canonical body. Hex. */
export function leafHash(body: string): string {
  return createHash('sha256').update(LEAF_PREFIX).update(body, 'utf8').digest('hex')
}

/** SHA-256 over 0x02, the previous link, the sequence number as 8 bytes, and the leaf. Hex. */
export function chainHash(previous: string, seq: bigint, leaf: string): string {
  const position = Buffer.alloc(8)
  position.writeBigUInt64BE(seq)
  return createHash('sha256')
    .update(LINK_PREFIX)
    .update(Buffer.from(previous, 'hex'))
    .update(position)
    .update(Buffer.from(leaf, 'hex'))
    .digest('hex')
}
