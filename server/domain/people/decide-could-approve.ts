import { countInWords } from '@/model/format'
import type { CouldApprove } from '@/model/schemas/people'

type Person = { id: string; name: string }
export type Staff = {
  quorum: number
  /** Enabled humans who may approve now. */
  approvers: readonly Person[]
  /** Ids of those who may ask. */
  requesterIds: readonly string[]
  viewer: Person | null
}

/** Pure: is there anybody to ask before anybody is asked? Whoever asks is no approver of it. */
export function decideCouldApprove({ quorum, approvers, requesterIds, viewer }: Staff): CouldApprove {
  const asker = viewer && requesterIds.includes(viewer.id) ? viewer : null
  const people = approvers.filter(({ id }) => id !== asker?.id)
  const tooFewFor = requesterIds.filter((id) => approvers.filter((person) => person.id !== id).length < quorum)
  const isEnough = quorum === 0 || people.length >= quorum
  return {
    quorum,
    people,
    isEnough,
    isEnoughForEverybody: quorum === 0 || (approvers.length >= quorum && tooFewFor.length === 0),
    says: sayWho({ quorum, approvers, people, asker, isEnough, tooFewFor }),
  }
}

type Found = {
  quorum: number
  approvers: readonly Person[]
  people: readonly Person[]
  asker: Person | null
  isEnough: boolean
  tooFewFor: readonly string[]
}

function sayWho({ quorum, approvers, people, asker, isEnough, tooFewFor }: Found): string {
  if (quorum === 0) return 'Nobody needs to approve this: it changes nothing that anybody uses.'
  const names = people.map(({ name }) => name).join(', ')
  const isOnlyAsker = people.length === 0 && asker !== null && approvers.some(({ id }) => id === asker.id)
  if (isOnlyAsker) return 'You are the only approver, and whoever asks may not approve: an admin can name another.'
  if (people.length === 0) return 'Nobody could approve this now: no enabled person holds the role approver or admin.'
  if (!isEnough) return `${quorum} must approve, and only ${names} could: an admin can name another approver.`
  const could = `Could approve now: ${sayAble(people, quorum)}.`
  const scarce = approvers.filter(({ id }) => tooFewFor.includes(id)).map(({ name }) => name)
  return asker || scarce.length === 0 ? could : `${could} Not enough are left if ${scarce.join(' or ')} asks.`
}

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' })

/** Ana and Ben; both must. */
function sayAble(people: readonly Person[], quorum: number): string {
  const names = list.format(people.map(({ name }) => name))
  if (people.length === 1) return `${names} and nobody else`
  if (quorum < people.length) return `${names}; ${countInWords(quorum)} of them must`
  return `${names}; ${quorum === 2 ? 'both' : `all ${countInWords(quorum)}`} must`
}
