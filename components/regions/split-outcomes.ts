import type { Status } from '@/model/observations'
import type { Finding } from '@/model/schemas/plans'
import { wordOfOutcome } from './finding-words'

/** "Times out: eu-west-1, us-east-1. Answers: eu-central-1." One sentence, what fails first; vantages are never merged into one. */
export function splitOutcomes({ name, vantages }: Pick<Finding, 'name' | 'vantages'>): string {
  const byWord = new Map<string, string[]>()
  const sorted = vantages
    .map(({ region, outcome }) => ({ region, ...wordOfOutcome(outcome, name) }))
    .sort((a, b) => ranks[a.status] - ranks[b.status])
  for (const { region, word } of sorted) byWord.set(word, [...(byWord.get(word) ?? []), region])
  return [...byWord].map(([word, regions]) => `${word}: ${regions.join(', ')}.`).join(' ')
}

const ranks = { crit: 0, warn: 1, unknown: 2, active: 3, ok: 4 } as const satisfies Record<Status, number>
