'use client'
import { formatSpan, shortHash } from '@/model/format'
import type { OperationPlan } from '@/model/schemas/plans'
import { useNow } from '../shell/clock'
import { TimeStamp } from '../shell/TimeStamp'
import { CopyText } from '../ui/CopyText'

type Dated = { previewedAt: string; validUntil: string }

/** Which plan this is, by its hash, and for how long it may still be asked for. */
export function PlanLine({ plan, planHash, dated }: { plan: OperationPlan; planHash: string; dated: Dated }) {
  const leftMs = Date.parse(dated.validUntil) - useNow()
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-2">
      <CopyText text={planHash} shown={`plan ${shortHash(planHash)}`} label="Copy the plan hash" />
      <span>
        made <TimeStamp at={dated.previewedAt} form="ago" />, epoch {plan.epoch.from}
      </span>
      <span className={leftMs <= 0 ? 'font-medium text-crit' : undefined}>
        {leftMs <= 0 ? 'too old: run it again' : `good for ${formatSpan(leftMs)}`}
      </span>
    </p>
  )
}

/** Whether a dry run is older than it may be, by the server's clock. */
export function useHasExpired({ validUntil }: Dated): boolean {
  return Date.parse(validUntil) <= useNow()
}
