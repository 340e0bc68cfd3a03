import { canonicalJson } from '@/model/canonical-json'
import { chainHash, leafHash } from './hash-chain'

export type ChainLink = { seq: string; body: string; leafHash: string; chainHash: string }

export type Verdict =
  | { ok: true; checkedCount: number; lastSeq: string | null; lastChainHash: string }
  | { ok: false; checkedCount: number; firstBadSeq: string; reason: string }

/**
 * Walks a run of links and names the first bad one: a missing or repeated number, a body that is not in canonical form or
 * does not match its leaf, a leaf or order that does not match the chain. Pure: no database, no network.
 */
export function verifyChain(
  start: { nextSeq: bigint; previousChainHash: string },
  links: Iterable<ChainLink>,
): Verdict {
  let expected = start.nextSeq
  let previous = start.previousChainHash
  let checkedCount = 0
  for (const link of links) {
    const reason = whyBad(link, expected, previous)
    if (reason) return { ok: false, checkedCount, firstBadSeq: expected.toString(), reason }
    previous = link.chainHash
    expected += 1n
    checkedCount += 1
  }
  return {
    ok: true,
    checkedCount,
    lastSeq: checkedCount > 0 ? (expected - 1n).toString() : null,
    lastChainHash: previous,
  }
}

function whyBad(link: ChainLink, expected: bigint, previous: string): string | null {
  const seq = expected.toString()
  if (link.seq !== seq) return `Event ${seq} is missing: the next one in the file is ${link.seq}.`
  if (!isCanonical(link.body)) return `The body of event ${seq} is not canonical JSON.`
  if (leafHash(link.body) !== link.leafHash) return `The body of event ${seq} was changed: it does not match its hash.`
  if (chainHash(previous, expected, link.leafHash) !== link.chainHash)
    return `Event ${seq} does not follow from the event before it.`
  return null
}

/** One value has one text; a second spelling of the same facts would let two parties hold "the same" event. */
function isCanonical(body: string): boolean {
  try {
    return canonicalJson(JSON.parse(body)) === body
  } catch {
    return false
  }
}
