import { describe, expect, test } from 'vitest'
import { compareKeys, differenceOf, differencesOfAlike, type Entry, mergeByKey, OutOfOrder, type Place } from './merge'

const place = (isNew: boolean, at = '(0,1)'): Place => ({ relation: 't', at, rawXid: '7', xid: '7', isNew })

async function* entries(...keys: string[]): AsyncGenerator<Entry> {
  for (const key of keys) yield { key, place: place(false) }
}

async function merged(theirs: string[], ours: string[]): Promise<string[]> {
  const groups: string[] = []
  for await (const group of mergeByKey(entries(...theirs), entries(...ours)))
    groups.push(`${group.key}:${group.theirs.length}/${group.ours.length}`)
  return groups
}

describe('two streams side by side', () => {
  test.each([
    ['both empty', [], [], []],
    ['one empty', ['a', 'b'], [], ['a:1/0', 'b:1/0']],
    ['the other empty', [], ['a', 'b'], ['a:0/1', 'b:0/1']],
    ['interleaved', ['a', 'c', 'd'], ['b', 'c', 'e'], ['a:1/0', 'b:0/1', 'c:1/1', 'd:1/0', 'e:0/1']],
    ['alike rows', ['a', 'a', 'b'], ['a', 'b', 'b'], ['a:2/1', 'b:1/2']],
  ])('%s', async (_, theirs, ours, expected) => expect(await merged(theirs, ours)).toEqual(expected))

  test('a stream that is not in order is refused rather than compared', async () => {
    await expect(merged(['b', 'a'], [])).rejects.toBeInstanceOf(OutOfOrder)
  })

  test('keys are ordered by their bytes, not by the units in which JavaScript keeps them', () => {
    expect(compareKeys('\u{1F600}', '\uFFFD')).toBeGreaterThan(0)
    expect('\u{1F600}' < '\uFFFD').toBe(true)
  })
})

describe('what one key says', () => {
  const difference = (theirs: Place[], ours: Place[]) => {
    const found = differenceOf({ key: 'k', theirs, ours })
    return found && `${found.theirs ? 'theirs' : '-'} ${found.ours ? 'ours' : '-'}`
  }
  test.each([
    ['unchanged on both', [place(false)], [place(false)], null],
    ['written by the old server', [place(true)], [place(false)], 'theirs ours'],
    ['written by both', [place(true)], [place(true)], 'theirs ours'],
    ['new on the old server', [place(true)], [], 'theirs -'],
    ['changed by the successor alone', [place(false)], [place(true)], null],
    ['deleted by the successor', [place(false)], [], null],
    ['deleted by the old server', [], [place(false)], '- ours'],
    ['new on the successor', [], [place(true)], null],
  ])('%s', (_, theirs, ours, expected) => expect(difference(theirs, ours)).toBe(expected))
})

describe('rows without a key', () => {
  const keys = (theirs: Place[], ours: Place[]) =>
    differencesOfAlike({ key: '"h"', theirs, ours }).map(({ key, ours: own }) => `${own ? 'delete' : 'insert'} ${key}`)
  test.each([
    ['one more of them', [place(false), place(true)], [place(false)], ['insert {"copy":1,"row":"h"}']],
    ['two new ones', [place(true), place(true)], [], ['insert {"copy":1,"row":"h"}', 'insert {"copy":2,"row":"h"}']],
    ['one fewer', [place(false)], [place(false), place(false)], ['delete {"copy":1,"row":"h"}']],
    ['the successor wrote the same', [], [place(true)], []],
    ['the successor deleted one', [place(false), place(false)], [place(false)], []],
    ['deleted and written again', [place(true)], [place(false)], []],
  ])('%s', (_, theirs, ours, expected) => expect(keys(theirs, ours)).toEqual(expected))
})
