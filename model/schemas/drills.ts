import { z } from 'zod'
import { CellId, Hash, Instant, MemberId, PersonRef, Uuid } from './common'
import { OperationReport } from './operations'
import { Check, SwitchoverDrillPlan } from './plans'

/** Drills: what is due, what was run, and what was measured against what the cells promise. */
export const drillKinds = { 'drill-clone': 'On a clone', 'drill-switchover': 'Switchover and back' } as const
export type DrillKind = keyof typeof drillKinds
export const DrillKind = z.enum(Object.keys(drillKinds) as [DrillKind, ...DrillKind[]])

export const PreviewDrill = z.strictObject({ cellId: CellId, targetMember: MemberId.optional() })
export type PreviewDrill = z.infer<typeof PreviewDrill>

export const DrillPreview = z.object({
  cellId: z.string(),
  candidates: z.array(z.object({ member: z.string(), region: z.string(), usable: z.boolean(), says: z.string() })),
  checks: z.array(Check),
  plan: SwitchoverDrillPlan.nullable(),
  planHash: Hash.nullable(),
  previewedAt: Instant,
  validUntil: Instant,
})
export type DrillPreview = z.infer<typeof DrillPreview>

export const StartCloneDrill = z.strictObject({ cellId: CellId, targetMember: MemberId.optional() })
export const StartedDrill = z.object({ operationId: Uuid, code: z.string() })

export const ScheduleDrill = z.strictObject({ cellId: CellId, kind: DrillKind, everyDays: z.int().min(1).max(366) })
export type ScheduleDrill = z.infer<typeof ScheduleDrill>
export const EndSchedule = z.strictObject({ id: Uuid })

export const DrillSchedule = z.object({
  id: Uuid,
  everyDays: z.int(),
  nextAt: Instant,
  isDue: z.boolean(),
  placedBy: PersonRef,
})
export type DrillSchedule = z.infer<typeof DrillSchedule>

/** One run. A drill on the live cell is two operations, there and back, and one run. */
export const DrillRun = z.object({
  id: Uuid,
  code: z.string(),
  cellId: z.string(),
  kind: DrillKind,
  /** running, done, failed (undone or not brought back), needs-human. */
  outcome: z.enum(['running', 'done', 'failed', 'needs-human']),
  says: z.string(),
  /** Whoever asked for it; a drill on a clone that was scheduled runs in the name of who scheduled it. */
  startedBy: PersonRef,
  /** Who agreed to it, in the order in which they did; nobody has to agree to a drill on a clone. */
  approvedBy: z.array(PersonRef),
  startedAt: Instant,
  finishedAt: Instant.nullable(),
  legs: z.array(
    z.object({
      operationId: Uuid,
      code: z.string(),
      leg: z.enum(['clone', 'there', 'back']),
      status: z.string(),
      fromRegion: z.string(),
      toRegion: z.string(),
      report: OperationReport.nullable(),
    }),
  ),
  /** The worse of its legs, in ms; null is not measured. */
  rtoMs: z.number().nullable(),
  rpoMs: z.number().nullable(),
  objectives: z.object({ rtoMs: z.int(), rpoMs: z.int() }),
  /** Null: not known, which is not met. */
  isMet: z.boolean().nullable(),
})
export type DrillRun = z.infer<typeof DrillRun>

/** One kind of drill of one cell: when it was last done, and when it is next. */
export const DrillPlace = z.object({
  cellId: z.string(),
  kind: DrillKind,
  /** Why it could never run as things are, the law or a missing server; null when it could. */
  whyNot: z.string().nullable(),
  lastRun: DrillRun.nullable(),
  schedule: DrillSchedule.nullable(),
})
export type DrillPlace = z.infer<typeof DrillPlace>

export const DrillList = z.object({ places: z.array(DrillPlace), asOf: Instant })
export type DrillList = z.infer<typeof DrillList>

export const DrillHistoryQuery = z.strictObject({ cellId: CellId.optional() })
export const DrillHistory = z.object({ runs: z.array(DrillRun), asOf: Instant })
export type DrillHistory = z.infer<typeof DrillHistory>

export const DrillRef = z.strictObject({ id: Uuid })
