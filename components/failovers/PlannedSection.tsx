'use client'
import { useMutation } from '@tanstack/react-query'
import type { CellView } from '@/model/schemas/estate'
import { FailureCard } from '../shell/FailureCard'
import { PanelFrame } from '../shell/Panel'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { DryRun } from './DryRun'

/** The dry run of a switchover. `thenAsk` becomes part of its plan. */
export function PlannedSection({
  cell,
  target,
  whyNot,
  thenAsk,
}: {
  cell: CellView | null
  target: string | null
  whyNot: string | null
  thenAsk: boolean
}) {
  const dryRun = useMutation(useTRPC().switchovers.preview.mutationOptions())
  const onDryRun = () => cell && dryRun.mutate({ cellId: cell.id, thenAsk, ...(target && { targetMember: target }) })
  return (
    <PanelFrame
      title="3 · Dry run"
      note="Looks at everything, changes nothing"
      actions={
        <Button
          tone={dryRun.data ? 'plain' : 'primary'}
          onClick={onDryRun}
          busyLabel={dryRun.isPending ? 'Looking…' : null}
          disabledReason={whyNot}
        >
          {dryRun.data ? 'Run it again' : 'Dry run'}
        </Button>
      }
    >
      {dryRun.error && <FailureCard error={dryRun.error} what="Dry run" onRetry={onDryRun} />}
      {dryRun.data ? (
        <DryRun key={dryRun.data.previewedAt} preview={dryRun.data} />
      ) : (
        !dryRun.error && <p className="text-ink-2">Not run yet.</p>
      )}
    </PanelFrame>
  )
}
