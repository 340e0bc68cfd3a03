'use client'
import { Button } from '../ui/Button'
import { useCopied } from '../ui/use-copied'

/** The same decision as commands, in whole lines: whoever needs them may have to read them off a screen. */
export function ByHand({ commands }: { commands: string }) {
  const { isCopied, copy } = useCopied(commands)
  return (
    <div className="grid min-w-0 gap-2">
      <Commands commands={commands} />
      <div>
        <Button size="small" onClick={copy}>
          {isCopied ? 'Copied' : 'Copy the commands'}
        </Button>
      </div>
    </div>
  )
}

/** Without anything to press, for a page without scripts. */
export function Commands({ commands }: { commands: string }) {
  return (
    <pre className="max-w-full rounded-sm border border-hairline bg-surface-0 p-3 text-xs whitespace-pre-wrap">
      <code className="font-mono wrap-anywhere">{commands}</code>
    </pre>
  )
}
