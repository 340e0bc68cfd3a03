'use client'
import { type FormEvent, useState } from 'react'
import { Logo } from '../shell/Logo'
import { Button } from '../ui/Button'
import { TextField } from '../ui/Field'
import { Notice } from '../ui/Notice'
import { type SignInAnswer, sendCode, sendPassword } from './sign-in'

/** Password, then the code of the second factor; afterwards to `next`, which the page has checked. */
export function SignIn({ next }: { next: string }) {
  const [step, setStep] = useState<'password' | 'code'>('password')
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isSending, setSending] = useState(false)

  const onAnswer = (answer: SignInAnswer) => {
    setRefusal(answer.kind === 'refused' ? answer.says : null)
    if (answer.kind === 'code-needed') setStep('code')
    // A full load, so that the page is rendered for the person who has just signed in; `next` keeps the deep link.
    if (answer.kind === 'in') window.location.assign(next)
    else setSending(false)
  }
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (isSending) return
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '')
    setSending(true)
    onAnswer(
      step === 'password' ? await sendPassword(text('email'), text('password')) : await sendCode(digits(text('code'))),
    )
  }

  return (
    <main className="grid min-h-dvh content-center justify-items-center gap-6 p-4">
      <div className="flex items-center gap-2.5 text-lg font-semibold">
        <Logo size={24} />
        Homeport
      </div>
      <div className="w-full max-w-sm rounded-md border border-hairline bg-surface-1 p-6">
        <h1 className="text-xl font-semibold">{step === 'password' ? 'Sign in' : 'Second factor'}</h1>
        <p className="mt-1 mb-5 text-ink-2">
          {step === 'password'
            ? 'The account of your organisation’s console.'
            : 'Enter the six digits that your authenticator shows now.'}
        </p>
        <form onSubmit={onSubmit} method="post" className="grid gap-4">
          {refusal && (
            <div role="alert">
              <Notice status="crit">{refusal}</Notice>
            </div>
          )}
          {step === 'password' ? <PasswordFields /> : <CodeField />}
          <Button type="submit" tone="primary" size="touch" busyLabel={isSending ? 'Sending…' : null}>
            {step === 'password' ? 'Continue' : 'Sign in'}
          </Button>
          {step === 'code' && (
            <Button
              tone="ghost"
              onClick={() => {
                setRefusal(null)
                setStep('password')
              }}
            >
              Use another account
            </Button>
          )}
        </form>
      </div>
      <p className="max-w-sm text-center text-sm text-ink-3">
        No access? An admin of the console creates accounts and grants roles. If the console is down, cells keep
        serving: they do not depend on it.
      </p>
    </main>
  )
}

function PasswordFields() {
  return (
    <>
      <TextField label="E-mail" name="email" type="email" autoComplete="username" required maxLength={320} autoFocus />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        maxLength={128}
      />
    </>
  )
}

function CodeField() {
  return (
    <TextField
      label="Code"
      name="code"
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9 ]{6,7}"
      required
      maxLength={7}
      autoFocus
    />
  )
}

/** Authenticators show "123 456". */
function digits(code: string): string {
  return code.replaceAll(/\D/g, '')
}
