import { z } from 'zod'
import { readable as oneLine } from '@/model/readable'
import { NotDone, OutcomeUnknown } from '@/server/engines/contract'

/** What is asked of an agent. `check` changes nothing. */
export type FencingAction = 'check' | 'power-off' | 'bring-back-closed' | 'release'

const EVIDENCE_MAX = 20

const Says = z.string().max(10_000).transform(readable)

/** An agent's answer. Only what has this form is believed; all else leaves the outcome unknown. */
export const AgentAnswer = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('done'),
    /** When the machine was off, by the agent's clock. Needed for `power-off` alone. */
    offAt: z.iso.datetime({ offset: true }).optional(),
    says: Says.optional(),
    evidence: z
      .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/), z.union([Says, z.number(), z.boolean(), z.null()]))
      .refine((evidence) => Object.keys(evidence).length <= EVIDENCE_MAX)
      .optional(),
  }),
  z.object({ outcome: z.literal('not-done'), says: Says }),
])
export type AgentAnswer = z.infer<typeof AgentAnswer>

export function parseAnswer(text: string): AgentAnswer | null {
  try {
    return AgentAnswer.parse(JSON.parse(text))
  } catch {
    return null
  }
}

export function notDone(doing: string, says: string, cause?: unknown): NotDone {
  return new NotDone(`${doing}: ${readable(says)}`, { cause })
}

export function unknown(doing: string, says: string, cause?: unknown): OutcomeUnknown {
  return new OutcomeUnknown(`${doing}: ${readable(says)}`, { cause })
}

/** One line without what a program printed around it. */
export function readable(text: string): string {
  return oneLine(text).trim()
}
