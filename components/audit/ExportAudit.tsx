'use client'
import { useState } from 'react'
import { FailureCard } from '../shell/FailureCard'
import { showToast } from '../shell/toasts'
import { useWhyNot } from '../shell/use-permission'
import { useTRPCClient } from '../trpc'
import { Button } from '../ui/Button'

/** A bundle to hand out: anybody checks it with `npm run verify -- FILE`, with no database and no network. */
export function ExportAudit() {
  const client = useTRPCClient()
  const whyNot = useWhyNot('audit:export')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const onExport = async () => {
    setBusy(true)
    setError(null)
    try {
      const bundle = await client.audit.export.query({ fromSeq: '1' })
      save(`homeport-audit-${bundle.firstSeq}-${bundle.lastSeq}.json`, JSON.stringify(bundle))
      showToast({ status: 'ok', says: `Exported events ${bundle.firstSeq} to ${bundle.lastSeq}.` })
    } catch (caught) {
      setError(caught)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="grid gap-2">
      <Button onClick={onExport} disabledReason={whyNot} busyLabel={isBusy ? 'Exporting…' : null}>
        Export for offline checking
      </Button>
      {error != null && <FailureCard error={error} what="Export" />}
    </div>
  )
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
