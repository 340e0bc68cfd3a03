import type { ForcedFailoverPlan } from '@/model/schemas/plans'
import { FenceMeans } from '../operations/FenceMeans'
import { FindingCard } from '../regions/FindingCard'
import { TimeStamp } from '../shell/TimeStamp'

/** What a yes to a forced failover rests on: what was found of the old primary, and the fence that the plan counts on. */
export function ForcedFacts({ plan }: { plan: ForcedFailoverPlan }) {
  const { source, finding, fence, observed } = plan
  return (
    <div className="grid min-w-0 grid-cols-1 gap-4 xl:grid-cols-2">
      <section aria-label="What was found" className="grid min-w-0 grid-cols-1 content-start gap-2">
        <h3 className="text-sm font-semibold text-ink-1">
          What was found of the old primary{' '}
          <span className="font-normal text-ink-3">
            at <TimeStamp at={observed.at} form="clock" />, as planned
          </span>
        </h3>
        <FindingCard server={source.member} finding={finding} />
      </section>
      <section aria-label="The fence that it counts on" className="grid min-w-0 grid-cols-1 content-start gap-2">
        <h3 className="text-sm font-semibold text-ink-1">
          The fence that it counts on{' '}
          <span className="font-normal text-ink-3">as planned; it is proven when it runs</span>
        </h3>
        <FenceMeans means={fence.means.filter(({ isPossible }) => isPossible)} />
      </section>
    </div>
  )
}
