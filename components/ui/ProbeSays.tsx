import { type ProbeWords, sayProbe, sayProbes } from '@/model/probe-words'

/** What a probe or a server said, in words; literally in the title. */
export function ProbeSays({ raw }: { raw: string }) {
  return <Words words={sayProbe(raw)} />
}

/** The same of a link: several servers in one text. */
export function LinkSays({ raw }: { raw: string }) {
  return <Words words={sayProbes(raw)} />
}

function Words({ words: { says, raw } }: { words: ProbeWords }) {
  return raw === null ? says : <span title={raw}>{says}</span>
}

/** Folded open to what was said literally: a telephone shows no titles. */
export function LinkSaysWhole({ raw }: { raw: string }) {
  const words = sayProbes(raw)
  if (words.raw === null) return words.says
  return (
    <details>
      <summary className="min-h-6 cursor-pointer">{words.says}</summary>
      <code className="font-mono text-xs break-words text-ink-3">{words.raw}</code>
    </details>
  )
}
