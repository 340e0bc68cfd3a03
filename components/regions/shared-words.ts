import { midSentence, sayProbe } from '@/model/probe-words'
import type { Finding } from '@/model/schemas/plans'

/** What every vantage that says something says of a server, when it is the same and said more than once: then it is shown once. */
export function sharedWords(vantages: readonly Pick<Finding['vantages'][number], 'detail'>[]): string | null {
  const words = vantages.flatMap(({ detail }) => (detail ? [sayProbe(detail).says] : []))
  return words.length > 1 && new Set(words).size === 1 ? midSentence(words[0]!) : null
}
