'use client'
import { useMutation } from '@tanstack/react-query'
import { paths } from '@/model/paths'
import type { ForcedFailoverPlan } from '@/model/schemas/plans'
import { sayLoss } from '../operations/BlastRadius'
import { ProofField } from '../session/ProofField'
import { useProof } from '../session/use-proof'
import { useTRPC } from '../trpc'
import { formatCount } from '../ui/format'
import { RequestForm } from './RequestForm'

/** As the server asks it of the reason: a sentence, not a word. */
const REASON_LENGTH_MIN = 20
const chips = ['No approver can be reached, and writes are down', 'Approval tool and pager are both unavailable']

/** Starts at once and alone: with the second factor, a reason of a sentence, and the region typed out. */
export function BreakGlassRequest({
  plan,
  planHash,
  whyNot,
}: {
  plan: ForcedFailoverPlan
  planHash: string
  whyNot: string | null
}) {
  const start = useMutation(useTRPC().breakGlass.start.mutationOptions())
  const proof = useProof()
  return (
    <RequestForm
      plan={plan}
      planHash={planHash}
      title="Break the glass"
      act={`Break the glass: fence ${plan.source.region} and move ${formatCount(plan.blastRadius.tenantCount)} tenants now, lose ${sayLoss(plan.loss).toLowerCase()}`}
      chips={chips}
      tone="danger"
      reasonMin={REASON_LENGTH_MIN}
      whyNot={whyNot ?? proof.missing}
      send={async (order) => {
        await proof.prove()
        return paths.operation({ id: (await start.mutateAsync(order).catch(proof.askAgain)).operationId })
      }}
    >
      <ProofField proof={proof} act="Breaking the glass" />
    </RequestForm>
  )
}
