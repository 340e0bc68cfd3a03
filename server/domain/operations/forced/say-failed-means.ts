import { endSentence } from '@/model/join-sentences'
import { sayAfterColon, sayProbe } from '@/model/probe-words'
import type { FenceStrength } from '@/model/states'

/** Pure: why a means of fencing gave no receipt. `raw` is what the engine wrote where `says` is words for it: it goes into the journal. */
export function sayFailedMeans(strength: FenceStrength, error: unknown): { says: string; raw: string | null } {
  const said = saidBy(error)
  const failed = `${strength} could not be had:`
  if (strength !== 'PROVEN') return { says: `${failed} ${endSentence(said)}`, raw: null }
  return { says: `${failed} ${sayAfterColon(said)}`, raw: sayProbe(said).raw }
}

function saidBy(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'says' in error && typeof error.says === 'string')
    return error.says
  return error instanceof Error ? error.message : String(error)
}
