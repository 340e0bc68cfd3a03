import { useId } from 'react'
import { cx } from '../ui/cx'
import { type Verb, type VerbOffer, verbs } from './prepare-verbs'

/** Which verb. What cannot be chosen says why, in its place. */
export function VerbChoice({
  offer,
  chosen,
  onChoose,
}: {
  offer: VerbOffer
  chosen: Verb | null
  onChoose: (verb: Verb) => void
}) {
  const group = useId()
  return (
    <fieldset className="grid gap-3 lg:grid-cols-3">
      <legend className="sr-only">What to do</legend>
      {(Object.keys(verbs) as Verb[]).map((id) => {
        const { name, promise, says } = verbs[id]
        const { whyNot } = offer[id]
        return (
          <label
            key={id}
            className={cx(
              'grid content-start gap-1 rounded-md border p-3',
              whyNot || chosen !== id ? 'border-hairline' : chosenFrames[id],
              !whyNot && 'cursor-pointer',
            )}
          >
            <span className="flex items-center gap-2 font-medium text-ink-1">
              <input
                type="radio"
                name={group}
                value={id}
                checked={chosen === id && whyNot === null}
                onChange={() => onChoose(id)}
                disabled={whyNot !== null}
                aria-describedby={`${group}-${id}`}
                className="size-4 accent-active"
              />
              {name}
            </span>
            <span id={`${group}-${id}`} className="grid gap-1 text-sm">
              <span className={id === 'forced' ? 'font-medium text-crit' : 'text-ink-1'}>{promise}</span>
              <span className="text-ink-2">{says}</span>
              {whyNot && <span className="text-ink-3">Not available. {whyNot}</span>}
            </span>
          </label>
        )
      })}
    </fieldset>
  )
}

const chosenFrames = {
  planned: 'border-active bg-active/8',
  'planned-then-ask': 'border-active bg-active/8',
  forced: 'border-crit bg-crit/8',
} as const satisfies Record<Verb, string>
