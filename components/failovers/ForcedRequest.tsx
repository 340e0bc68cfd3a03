'use client'
import { useMutation } from '@tanstack/react-query'
import { formatCount } from '@/model/format'
import { paths } from '@/model/paths'
import type { ForcedFailoverPlan } from '@/model/schemas/plans'
import { CouldApprove } from '../approvals/CouldApprove'
import { sayLoss } from '../operations/say-loss'
import { useTRPC } from '../trpc'
import { RequestForm } from './RequestForm'

const chips = ['Region does not answer', 'Primary does not run', 'Provider confirms an outage', 'Failover exercise']

/** Asks two people. Nothing runs before both have agreed to exactly this plan. */
export function ForcedRequest({
  plan,
  planHash,
  whyNot,
}: {
  plan: ForcedFailoverPlan
  planHash: string
  whyNot: string | null
}) {
  const request = useMutation(useTRPC().failovers.request.mutationOptions())
  return (
    <>
      <CouldApprove kind="forced-failover" cellId={plan.cell} />
      <RequestForm
        plan={plan}
        planHash={planHash}
        title="4 · Request it"
        act={`Request: fence ${plan.source.region}, move ${formatCount(plan.blastRadius.tenantCount)} tenants, lose ${inSentence(plan.loss)}`}
        chips={chips}
        tone="danger"
        whyNot={whyNot}
        send={async (order) => paths.approval({ id: (await request.mutateAsync(order)).requestId })}
      />
    </>
  )
}

function inSentence(loss: ForcedFailoverPlan['loss']): string {
  if (loss.kind === 'none') return 'nothing'
  return loss.kind === 'unknown' ? 'an unknown amount' : sayLoss(loss)
}
