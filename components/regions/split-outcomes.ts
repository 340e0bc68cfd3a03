import type { Finding } from '@/model/schemas/plans'
import { wordOfSight } from './finding-words'

/** "Times out: eu-west-1, us-east-1. Answers: eu-central-1." One sentence, what fails first; vantages are never merged into one. */
export function splitOutcomes({ vantages }: Pick<Finding, 'vantages'>): string {
  const byWord = new Map<string, string[]>()
  const sorted = [...vantages].sort((a, b) => rankOf(a) - rankOf(b))
  for (const vantage of sorted) {
    const { word } = wordOfSight(vantage)
    byWord.set(word, [...(byWord.get(word) ?? []), vantage.region])
  }
  return [...byWord].map(([word, regions]) => `${word}: ${regions.join(', ')}.`).join(' ')
}

function rankOf(vantage: Finding['vantages'][number]): number {
  return { crit: 0, warn: 1, unknown: 2, active: 3, ok: 4 }[wordOfSight(vantage).status]
}
