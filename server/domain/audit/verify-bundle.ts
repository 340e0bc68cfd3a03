import type { ZodError } from 'zod'
import { AuditBundle } from '@/model/schemas/audit'
import { GENESIS_HASH } from './hash-chain'
import { type Verdict, verifyChain } from './verify-chain'

export type BundleVerdict = Verdict & { says: string }

/**
 * Checks an exported bundle with nothing but its bytes. Throws `TypeError` with one sentence about `name` when the input
 * is not a bundle at all; a bundle that was tampered with is a verdict, not an error.
 */
export function verifyBundle(text: string, name = 'This'): BundleVerdict {
  const bundle = parseBundle(text, name)
  const firstSeq = BigInt(bundle.firstSeq)
  if (firstSeq === 1n && bundle.previousChainHash !== GENESIS_HASH)
    return bad('1', 'A bundle that starts at event 1 must start from the genesis hash.')
  const verdict = verifyChain({ nextSeq: firstSeq, previousChainHash: bundle.previousChainHash }, bundle.events)
  if (!verdict.ok) return { ...verdict, says: `NOT INTACT: ${verdict.reason}` }
  const lastSeq = verdict.lastSeq ?? (firstSeq - 1n).toString()
  if (lastSeq !== bundle.lastSeq)
    return bad(
      (BigInt(lastSeq) + 1n).toString(),
      `The bundle promises events up to ${bundle.lastSeq} and ends at ${lastSeq}.`,
    )
  return {
    ...verdict,
    says: `Intact: events ${bundle.firstSeq} to ${bundle.lastSeq}, ${verdict.checkedCount} in all; last link ${verdict.lastChainHash}.`,
  }
}

function bad(firstBadSeq: string, reason: string): BundleVerdict {
  return { ok: false, checkedCount: 0, firstBadSeq, reason, says: `NOT INTACT: ${reason}` }
}

function parseBundle(text: string, name: string): AuditBundle {
  const refusal = (why: string) => new TypeError(`${name} is not an audit bundle: ${why}.`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw refusal('it is not JSON')
  }
  const parsed = AuditBundle.safeParse(json)
  if (!parsed.success) throw refusal(firstFault(json, parsed.error))
  for (const key of ['firstSeq', 'lastSeq'] as const)
    if (!/^\d+$/.test(parsed.data[key])) throw refusal(`its ${key} is no number`)
  return parsed.data
}

/** The first fault alone: of another kind of file every field is wrong. */
function firstFault(json: unknown, { issues: [issue] }: ZodError): string {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return 'it is not a JSON object'
  if (!('format' in json)) return 'it has no format'
  return `its ${issue?.path.map(String).join('.')} is missing or not what it should be`
}
