'use client'
import { useMutation } from '@tanstack/react-query'
import type { CellView } from '@/model/schemas/estate'
import { useTRPC } from '../trpc'
import { DryRun } from './DryRun'
import { DryRunPanel } from './DryRunPanel'

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
    <DryRunPanel title="3 · Dry run" dryRun={dryRun} onDryRun={onDryRun} disabledReason={whyNot}>
      {(preview) => <DryRun key={preview.previewedAt} cell={cell} preview={preview} />}
    </DryRunPanel>
  )
}
