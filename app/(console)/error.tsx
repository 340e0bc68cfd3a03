'use client'
import { Page, PageHeader } from '@/components/shell/PageHeader'
import { Button } from '@/components/ui/Button'
import { Notice } from '@/components/ui/Notice'

/** A page that broke while drawing. The shell stands, so that everything else can still be reached. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <Page>
      <PageHeader title="This page broke" />
      <Notice status="warn" action={<Button onClick={reset}>Try again</Button>}>
        <p>The page could not be drawn. Nothing was changed in the estate.</p>
        {error.digest && <p className="text-sm text-ink-3">Quote {error.digest} to whoever runs the console.</p>}
      </Notice>
    </Page>
  )
}
