'use client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { CellView } from '@/model/schemas/estate'
import { useTRPC } from '../trpc'
import { DryRunPanel } from './DryRunPanel'
import { ForcedDryRun } from './ForcedDryRun'
import type { Reasons } from './OverrideList'
import { prepareOverrides } from './prepare-overrides'

type Props = {
  cell: CellView
  target: string | null
  whyNotYou: string | null
}

/** The dry run of a forced failover. What is ticked here is sent with the next dry run, and becomes part of its plan. */
export function ForcedSection({ cell, target, whyNotYou }: Props) {
  const [reasons, setReasons] = useState<Reasons>({})
  const dryRun = useMutation(useTRPC().failovers.preview.mutationOptions())
  const onDryRun = () =>
    dryRun.mutate({
      cellId: cell.id,
      overrides: prepareOverrides(reasons),
      ...(target && { targetMember: target }),
    })
  return (
    <DryRunPanel
      title="3 · Dry run of a forced failover"
      dryRun={dryRun}
      onDryRun={onDryRun}
      disabledReason={whyNotYou}
    >
      {(preview) => (
        <ForcedDryRun cell={cell} preview={preview} reasons={reasons} onReasons={setReasons} onAgain={onDryRun} />
      )}
    </DryRunPanel>
  )
}
