import { Kbd } from '../ui/Kbd'
import { Sheet } from '../ui/Sheet'
import { places } from './nav-items'
import { shortcuts } from './shortcuts'

export function KbdHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Sheet isOpen={isOpen} onClose={onClose} title="Keyboard" side="centre">
      <dl className="grid gap-1.5">
        {shortcuts.map(({ keys, does }) => (
          <Row key={does} does={does}>
            {keys.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </Row>
        ))}
        {places.map((place) => (
          <Row key={place.href} does={`Go to ${place.label}`}>
            <Kbd>g</Kbd>
            <Kbd>{place.key}</Kbd>
          </Row>
        ))}
      </dl>
      <p className="mt-4 text-sm text-ink-3">Single keys can be switched off in the user menu.</p>
    </Sheet>
  )
}

function Row({ does, children }: { does: string; children: React.ReactNode }) {
  return (
    <div className="flex items-center justify-between gap-4">
      <dt className="text-ink-2">{does}</dt>
      <dd className="flex gap-1">{children}</dd>
    </div>
  )
}
