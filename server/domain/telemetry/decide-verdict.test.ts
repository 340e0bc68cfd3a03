import { expect, test } from 'vitest'
import type { Status } from '@/model/observations'
import type { RegionJudgement } from './decide-region-status'
import { decideVerdict } from './decide-verdict'

const HEALTHY = 'healthy, checked at 03:14:20Z from 7 vantages.'

const nowMs = Date.parse('2026-11-20T03:14:22Z')
const region = (code: string, change: Partial<RegionJudgement> = {}, shown = change.status ?? ('ok' as Status)) => ({
  code,
  status: shown,
  judgement: {
    status: 'ok' as Status,
    says: `${code} answers 7 vantages.`,
    since: null,
    failingCount: 0,
    freshCount: 7,
    vantageCount: 7,
    partlySilent: [],
    ...change,
  },
})
const cell = (status: Status, says = 'sin-1 takes writes.') => ({
  ...{ name: 'Singapore', activeMember: 'sin-1', status, says },
})
const quiet = {
  regions: ['a', 'b', 'c', 'd', 'e'].map((code) => region(code)),
  cells: [cell('ok')],
  checkedAt: new Date(nowMs - 2_000),
  vantageCount: 7,
}

test('all healthy is one sentence with its instant and its vantages', () => {
  expect(decideVerdict(quiet)).toEqual({
    status: 'ok',
    troubles: [],
    untold: null,
    summary: `5 of 5 regions ${HEALTHY}`,
    since: null,
  })
})

test('trouble comes first, with counts and since when, and the rest is still said', () => {
  const since = new Date('2026-11-20T03:07:41Z')
  const says = 'eu-west-1 unreachable from 2 of 7 vantages since 03:07Z.'
  const verdict = decideVerdict({
    ...quiet,
    regions: [...quiet.regions.slice(1), region('eu-west-1', { status: 'warn', says, since })],
  })
  expect(verdict).toEqual({
    status: 'warn',
    troubles: [says],
    untold: null,
    summary: `4 of 5 regions ${HEALTHY}`,
    since,
  })
})

test('two writers outrank an unreachable region', () => {
  const verdict = decideVerdict({
    ...quiet,
    regions: [region('a', { status: 'warn', says: 'a is unreachable.' })],
    cells: [cell('crit', 'Two writers: sin-1 and sin-2 take writes at the same time.')],
  })
  expect(verdict.status).toBe('crit')
  expect(verdict.troubles).toEqual([expect.stringMatching(/^Singapore: Two writers: /), 'a is unreachable.'])
  expect(verdict.summary).toBe(`0 of 1 region ${HEALTHY}`)
})

test('a region in which one writer is silent repeats nothing that its cell has said, and still says since when', () => {
  const since = new Date('2026-11-20T03:07:41Z')
  const says = 'sin-1 does not answer from 7 of 7 vantages; jkt-2 in the same region does.'
  const from = (partlySilent: string[]) =>
    decideVerdict({
      ...quiet,
      regions: [region('a', { status: 'warn', says, since, partlySilent }), region('b')],
      cells: [cell('crit', 'sin-1 does not answer.')],
    })
  expect(from(['sin-1'])).toMatchObject({
    troubles: ['Singapore: sin-1 does not answer.'],
    summary: `1 of 2 regions ${HEALTHY}`,
    since,
  })
  expect(from(['sin-1', 'jkt-2']).troubles, 'another server is silent as well').toContain(says)
})

test('what threatens the data of a cell comes before a region that some do not reach, and after one that nobody does', () => {
  const copyless = cell('warn', 'sin-2 receives nothing.')
  const from = (status: Status) =>
    decideVerdict({ ...quiet, regions: [region('a', { status, says: 'a is unreachable.' })], cells: [copyless] })
      .troubles
  const [ofCell, ofRegion] = ['Singapore: sin-2 receives nothing.', 'a is unreachable.']
  expect(from('warn')).toEqual([ofCell, ofRegion])
  expect(from('crit')).toEqual([ofRegion, ofCell])
})

test('a region that answers but hosts a cell in trouble is not counted as healthy; one that is being operated is', () => {
  const verdict = decideVerdict({
    ...quiet,
    regions: [region('a', {}, 'crit'), region('b', {}, 'active'), region('c')],
    cells: [cell('crit', 'The gate of sin-1 is FENCED: the cell takes no writes.')],
  })
  expect(verdict.troubles).toEqual(['Singapore: The gate of sin-1 is FENCED: the cell takes no writes.'])
  expect(verdict.summary).toBe(`2 of 3 regions ${HEALTHY}`)
})

test('a region that nobody has checked lately is never counted as healthy', () => {
  const verdict = decideVerdict({
    ...quiet,
    regions: [region('a'), region('b', { status: 'unknown', says: 'b was last checked 40 s ago.' })],
  })
  expect(verdict).toMatchObject({
    status: 'unknown',
    troubles: ['b was last checked 40 s ago.'],
    summary: `1 of 2 regions ${HEALTHY}`,
  })
})

test('nothing checked is unknown, and so is an empty estate', () => {
  expect(decideVerdict({ ...quiet, checkedAt: null })).toMatchObject({
    status: 'unknown',
    summary: 'Nothing has been checked yet.',
  })
  expect(decideVerdict({ ...quiet, regions: [] })).toMatchObject({ status: 'unknown' })
})

test('a long list of troubles is cut, and the cut is said, with whether a cell is in it', () => {
  const regions = ['a', 'b', 'c', 'd', 'e'].map((code) => region(code, { status: 'crit', says: `${code} is down.` }))
  expect(decideVerdict({ ...quiet, regions })).toMatchObject({
    troubles: ['a is down.', 'b is down.', 'c is down.'],
    untold: { count: 2, kind: 'region' },
    summary: `0 of 5 regions ${HEALTHY}`,
  })
  const cells = [cell('warn', 'sin-2 receives nothing.')]
  expect(decideVerdict({ ...quiet, regions, cells }).untold).toEqual({ count: 3, kind: 'cell' })
})

test('since is the beginning of the worst trouble that has one', () => {
  const since = new Date('2026-11-20T03:07:41Z')
  const says = 'syd-1 does not answer from 7 of 7 vantages; sin-2 in the same region does.'
  const dead = region('syd', { status: 'warn', says, since })
  const verdict = decideVerdict({ ...quiet, regions: [dead], cells: [cell('crit', 'syd-1 does not answer.')] })
  expect(verdict).toMatchObject({ status: 'crit', since })
})
