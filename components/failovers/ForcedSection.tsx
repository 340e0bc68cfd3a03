'use client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { CellView } from '@/model/schemas/estate'
import { FailureCard } from '../shell/FailureCard'
import { PanelFrame } from '../shell/Panel'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
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
    <PanelFrame
      title="3 · Dry run of a forced failover"
      note="Looks at everything, changes nothing"
      actions={
        <Button
          tone={dryRun.data ? 'plain' : 'primary'}
          onClick={onDryRun}
          busyLabel={dryRun.isPending ? 'Looking…' : null}
          disabledReason={whyNotYou}
        >
          {dryRun.data ? 'Run it again' : 'Dry run'}
        </Button>
      }
    >
      {dryRun.error && <FailureCard error={dryRun.error} what="Dry run" onRetry={onDryRun} />}
      {dryRun.data ? (
        <ForcedDryRun
          writer={cell.activeMember}
          preview={dryRun.data}
          reasons={reasons}
          onReasons={setReasons}
          onAgain={onDryRun}
        />
      ) : (
        !dryRun.error && <p className="text-ink-2">Not run yet.</p>
      )}
    </PanelFrame>
  )
}
