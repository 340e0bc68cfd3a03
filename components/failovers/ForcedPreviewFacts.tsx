import type { FailoverPreview } from '@/model/schemas/failovers'
import { FenceMeans } from '../operations/FenceMeans'
import { ImpactFacts } from '../operations/ImpactFacts'
import { FindingCard } from '../regions/FindingCard'
import { AffectedTenants } from './AffectedTenants'
import { CandidatesTable } from './CandidatesTable'
import { ChangeTable } from './ChangeTable'
import { Section } from './Section'

/**
 * What a dry run of a forced failover found beside its checks: what is wrong and who says so, how the old primary would be
 * closed, who could take over, whom it touches. The same whether other people approve it or nobody does.
 */
export function ForcedPreviewFacts({ writer, preview }: { writer: string; preview: FailoverPreview }) {
  const { plan, candidates, finding, means } = preview
  const target = plan?.target.member ?? candidates.find(({ usable }) => usable)?.member ?? candidates[0]?.member ?? null
  return (
    <>
      <div className="grid min-w-0 grid-cols-1 gap-5 xl:grid-cols-2">
        <Section title="What is wrong with the writer" note="by every vantage">
          <FindingCard server={writer} finding={finding} />
        </Section>
        <Section title="How it would be fenced" note="the strongest first; nothing is promoted without a receipt">
          <FenceMeans means={means} />
        </Section>
      </div>
      <Section title="Who could take over, and what would be lost">
        <CandidatesTable candidates={candidates} chosen={plan?.target.member ?? null} />
      </Section>
      {plan && (
        <div className="grid min-w-0 grid-cols-1 gap-5 xl:grid-cols-2">
          <Section title="What would change">
            <ChangeTable plan={plan} />
          </Section>
          <Section title="Whom it touches">
            <ImpactFacts plan={plan} />
          </Section>
        </div>
      )}
      {target && (
        <Section title="Affected tenants" note={`if ${target} takes over`}>
          <AffectedTenants key={target} cellId={preview.cellId} targetMember={target} />
        </Section>
      )}
    </>
  )
}
