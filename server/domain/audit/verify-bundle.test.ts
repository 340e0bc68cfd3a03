import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '@/model/canonical-json'
import type { AuditBundle } from '@/model/schemas/audit'
import { chainHash, GENESIS_HASH, leafHash } from './hash-chain'
import { verifyBundle } from './verify-bundle'

const EVENT_COUNT = 12

/** A bundle that is right: what an attacker starts from. */
function makeBundle(count = EVENT_COUNT): AuditBundle {
  let previous = GENESIS_HASH
  const events = Array.from({ length: count }, (_, index) => {
    const seq = BigInt(index + 1)
    const body = canonicalJson({ id: `event-${seq}`, detail: { amount: index } })
    const leaf = leafHash(body)
    previous = chainHash(previous, seq, leaf)
    return { seq: seq.toString(), body, leafHash: leaf, chainHash: previous }
  })
  return {
    format: 'homeport-audit-bundle',
    version: 1,
    exportedAt: '2026-11-20T03:00:00.000Z',
    firstSeq: '1',
    lastSeq: String(count),
    previousChainHash: GENESIS_HASH,
    events,
  }
}

function verdictOf(change: (bundle: AuditBundle) => void) {
  const bundle = makeBundle()
  change(bundle)
  return verifyBundle(JSON.stringify(bundle))
}

describe('an exported audit bundle', () => {
  test('verifies when nobody touched it', () => {
    expect(verdictOf(() => undefined)).toMatchObject({ ok: true, checkedCount: EVENT_COUNT, lastSeq: '12' })
  })

  test.each<[string, (bundle: AuditBundle) => void, string]>([
    ['an edited body', (b) => (b.events[4]!.body = canonicalJson({ id: 'event-5', detail: { amount: 99 } })), '5'],
    ['an edited body with a new leaf', (b) => rewriteLeaf(b, 4), '5'],
    ['a deleted event', (b) => b.events.splice(6, 1), '7'],
    ['two swapped events', (b) => ([b.events[2], b.events[3]] = [b.events[3]!, b.events[2]!]), '3'],
    ['a repeated event', (b) => b.events.splice(3, 0, b.events[3]!), '5'],
    ['a truncated tail', (b) => b.events.splice(10), '11'],
    ['a truncated head', (b) => b.events.splice(0, 2), '1'],
    ['a start that is not the genesis', (b) => (b.previousChainHash = 'a'.repeat(64)), '1'],
    ['another spelling of the same body', (b) => (b.events[7]!.body = `${b.events[7]!.body} `), '8'],
  ])('names the first bad event after %s', (_, change, firstBadSeq) => {
    expect(verdictOf(change)).toMatchObject({ ok: false, firstBadSeq })
  })

  test('is found out whichever single byte of a body, leaf or link is flipped', () => {
    const text = JSON.stringify(makeBundle())
    const eventsAt = text.indexOf('"events"')
    fc.assert(
      fc.property(
        fc.integer({ min: eventsAt + 12, max: text.length - 4 }),
        fc.integer({ min: 1, max: 9 }),
        (at, shift) => {
          const flipped = String.fromCharCode(48 + ((text.charCodeAt(at) + shift) % 75))
          if (flipped === text[at]) return
          expect(isAccepted(text.slice(0, at) + flipped + text.slice(at + 1))).toBe(false)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['no JSON', 'hello', 'it is not JSON'],
    ['a list', '[]', 'it is not a JSON object'],
    ['other JSON', '{"name":"homeport"}', 'it has no format'],
    ['of another format', '{"format":"else"}', 'its format is missing or not what it should be'],
    [
      'cut short',
      JSON.stringify({ ...makeBundle(1), events: undefined }),
      'its events is missing or not what it should be',
    ],
    ['without a number', JSON.stringify({ ...makeBundle(1), firstSeq: 'one' }), 'its firstSeq is no number'],
  ])('is refused with a sentence when it is %s', (_, text, why) => {
    expect(() => verifyBundle(text, 'x.json')).toThrow(new TypeError(`x.json is not an audit bundle: ${why}.`))
  })
})

function rewriteLeaf(bundle: AuditBundle, index: number): void {
  const event = bundle.events[index]!
  event.body = canonicalJson({ id: event.seq, detail: {} })
  event.leafHash = leafHash(event.body)
}

function isAccepted(text: string): boolean {
  try {
    return verifyBundle(text).ok
  } catch {
    return false
  }
}
