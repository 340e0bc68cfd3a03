import { expect, test } from 'vitest'
import { decideCouldApprove, type Staff } from './decide-could-approve'

const person = (name: string) => ({ id: name.toLowerCase(), name })
const [ana, ben, omar, vic] = ['Ana', 'Ben', 'Omar', 'Vic'].map(person) as [Person, Person, Person, Person]
type Person = ReturnType<typeof person>

/** Omar may ask; Ana and Ben may approve. */
const staff = (change: Partial<Staff> = {}): Staff => ({
  quorum: 1,
  approvers: [ana, ben],
  requesterIds: ['omar'],
  viewer: omar,
  ...change,
})

test.each<[string, Partial<Staff>, { isEnough: boolean; isEnoughForEverybody: boolean; says: RegExp }]>([
  [
    'one of two',
    {},
    { isEnough: true, isEnoughForEverybody: true, says: /^Could approve now: Ana and Ben; one of them must\.$/ },
  ],
  [
    'both of two',
    { quorum: 2 },
    { isEnough: true, isEnoughForEverybody: true, says: /^Could approve now: Ana and Ben; both must\.$/ },
  ],
  [
    'all three of three',
    { quorum: 3, approvers: [ana, ben, vic] },
    { isEnough: true, isEnoughForEverybody: true, says: /^Could approve now: Ana, Ben and Vic; all three must\.$/ },
  ],
  [
    'one of one',
    { approvers: [ana] },
    { isEnough: true, isEnoughForEverybody: true, says: /^Could approve now: Ana and nobody else\.$/ },
  ],
  [
    'the only approver asks',
    { approvers: [omar], viewer: omar },
    { isEnough: false, isEnoughForEverybody: false, says: /^You are the only approver/ },
  ],
  [
    'two are needed and the asker is one of two',
    { quorum: 2, approvers: [ana, omar] },
    { isEnough: false, isEnoughForEverybody: false, says: /^2 must approve, and only Ana could/ },
  ],
  [
    'a viewer looks at a cell that is short of approvers if one of them asks',
    { quorum: 2, approvers: [ana, omar], viewer: vic },
    { isEnough: true, isEnoughForEverybody: false, says: /Not enough are left if Omar asks\.$/ },
  ],
  [
    'nobody holds the role',
    { approvers: [] },
    { isEnough: false, isEnoughForEverybody: false, says: /^Nobody could approve/ },
  ],
  [
    'nothing to approve',
    { quorum: 0, approvers: [] },
    { isEnough: true, isEnoughForEverybody: true, says: /^Nobody needs/ },
  ],
])('%s', (_what, change, expected) => {
  const { says, ...found } = decideCouldApprove(staff(change))
  expect(found).toMatchObject({ isEnough: expected.isEnough, isEnoughForEverybody: expected.isEnoughForEverybody })
  expect(says).toMatch(expected.says)
})

test('whoever asks is never among those who could approve', () => {
  expect(decideCouldApprove(staff({ approvers: [ana, omar] })).people).toEqual([ana])
  expect(decideCouldApprove(staff({ approvers: [ana, omar], viewer: vic })).people).toEqual([ana, omar])
})
