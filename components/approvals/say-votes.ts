import { countInWords } from '@/model/format'
import type { RequestDetail } from '@/model/schemas/operations'

type Votes = Pick<RequestDetail, 'approvals' | 'quorum'>

/** Pure: this person's own yes or no; null when they have given none, or are not known yet. */
export function voteOf(
  { approvals }: Pick<Votes, 'approvals'>,
  personId: string | undefined,
): RequestDetail['approvals'][number] | null {
  return approvals.find(({ person }) => person.id === personId) ?? null
}

/** Pure: how far a waiting request is, for whoever has done their part. */
export function sayVotesLeft({ approvals, quorum }: Votes): string {
  const given = approvals.filter(({ decision }) => decision === 'approve').length
  if (given >= quorum)
    return `${given} of ${quorum}, and it still waits: a vote of somebody who may no longer approve does not count.`
  return `${given} of ${quorum}: it waits for ${countInWords(quorum - given)} more.`
}
