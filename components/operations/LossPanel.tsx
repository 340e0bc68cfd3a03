import Link from 'next/link'
import { paths } from '@/model/paths'
import type { OperationDetail } from '@/model/schemas/operations'
import { PanelFrame } from '../shell/Panel'
import { Figure } from '../ui/Facts'
import { prepareLoss } from './prepare-loss'

/** What was lost: as it was approved, as it was known at the promotion, and as it was counted. */
export function LossPanel({ operation }: { operation: OperationDetail }) {
  const { staleServer } = operation
  return (
    <PanelFrame
      title="What was lost"
      note="Bounds first; the count once the old primary has been read out"
      actions={
        staleServer && (
          <Link
            className="link inline-flex min-h-6 items-center text-sm"
            href={paths.staleServer({ id: staleServer.id })}
          >
            {staleServer.member} and its ledger
          </Link>
        )
      }
    >
      <div className="grid gap-x-6 gap-y-4 sm:grid-cols-3">
        {prepareLoss(operation).map(({ name, value, basis }) => (
          <Figure
            key={name}
            name={name}
            value={value ?? <span className="text-unknown">not known</span>}
            note={basis}
          />
        ))}
      </div>
    </PanelFrame>
  )
}
