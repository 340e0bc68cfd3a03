import type { ReactNode } from 'react'
import { FailureCard } from '../shell/FailureCard'
import { PanelFrame } from '../shell/Panel'
import { Button } from '../ui/Button'

type Props<Preview> = {
  title: string
  dryRun: { data: Preview | undefined; error: unknown; isPending: boolean }
  onDryRun: () => void
  /** Null when the viewer may make one. */
  disabledReason: string | null
  children: (preview: Preview) => ReactNode
}

/** A dry run of whatever kind: asked for by hand, shown beside an error of the one after it. */
export function DryRunPanel<Preview>({ title, dryRun, onDryRun, disabledReason, children }: Props<Preview>) {
  return (
    <PanelFrame
      title={title}
      note="Looks at everything, changes nothing"
      actions={
        <Button
          tone={dryRun.data ? 'plain' : 'primary'}
          onClick={onDryRun}
          busyLabel={dryRun.isPending ? 'Looking…' : null}
          disabledReason={disabledReason}
        >
          {dryRun.data ? 'Run it again' : 'Dry run'}
        </Button>
      }
    >
      {dryRun.error !== null && <FailureCard error={dryRun.error} what="Dry run" onRetry={onDryRun} />}
      {dryRun.data ? children(dryRun.data) : dryRun.error === null && <p className="text-ink-2">Not run yet.</p>}
    </PanelFrame>
  )
}
