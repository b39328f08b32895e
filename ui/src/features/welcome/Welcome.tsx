/** Before there is a person: sign in, join by an invitation, set up by the one-time link, sign in by a link. */

import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { Link2Off } from 'lucide-react'
import { Button, EmptyState, Note, Skeleton, TextField } from '../../kit'
import { Refused } from '../../host/host'
import type { InviteOffer } from '../../protocol/wire'
import { useHost, useReadable } from '../../replica/hooks'
import { explain, text } from '../../text'
import { go } from '../../app/router'
import styles from './Welcome.module.css'

export function Welcome({ path, hash }: { path: string; hash: string }) {
  const { desktop } = useHost()
  // Secrets stand behind the #, where no server log sees them; what follows the first & is for the app. The app is also
  // given whole links, and finds server, authority and secret in them by itself.
  const secret = desktop && hash.includes('://') ? hash : hash.split('&')[0]
  if (secret && path === '/join') return <Join secret={secret} />
  if (secret && path === '/setup') return <SetUp secret={secret} />
  if (secret && path === '/sign-in') return <ByLink secret={secret} />
  return <SignIn />
}

function Sheet({ title, hint, children }: { title: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <main className={styles.screen}>
      <div className={styles.sheet}>
        <img src="/icon.svg" alt="" width={44} height={44} />
        <h1>{title}</h1>
        {hint && <p className={styles.hint}>{hint}</p>}
        {children}
      </div>
    </main>
  )
}

/** Runs what a form asks for; the error stands in the form and the input stays. */
function useTry(): [boolean, string | undefined, (act: () => Promise<void>) => (event: FormEvent) => void] {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | undefined>()
  const run = (act: () => Promise<void>) => (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    act().then(
      () => setBusy(false),
      (problem: unknown) => {
        setBusy(false)
        setError(problem instanceof Refused ? explain(problem.problem) : text.signIn.unreachable)
      },
    )
  }
  return [busy, error, run]
}

function SignIn() {
  const host = useHost()
  const session = useReadable(host.session)
  const hello = session.kind === 'out' ? session.hello : undefined
  const [address, setAddress] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [busy, error, run] = useTry()
  const ended = session.kind === 'out' && session.because === 'sign_in_needed'

  // The desktop app asks for the address first; a browser is at it already.
  if (!hello) {
    return (
      <Sheet title={text.product}>
        <form className={styles.form} onSubmit={run(async () => {
          await host.account.hello(address)
          if (address.includes('/join#')) go(`/join#${address.trim()}`)
        })}>
          <TextField label={text.signIn.address} hint={text.signIn.addressHint} value={address} onChange={setAddress} autoFocus isRequired />
          {error && <Note tone="danger" role="alert">{error}</Note>}
          <Button type="submit" tone="primary" isPending={busy}>{text.signIn.next}</Button>
        </form>
      </Sheet>
    )
  }
  if (!hello.set_up) return <Sheet title={text.product} hint={text.signIn.notSetUp}>{null}</Sheet>
  return (
    <Sheet title={text.signIn.to(hello.org)}>
      <form className={styles.form} onSubmit={run(() => host.account.signIn({ email, password }))}>
        {ended && !error && <Note role="status">{text.signIn.signedOut}</Note>}
        <TextField label={text.signIn.email} type="email" autoComplete="username" value={email} onChange={setEmail} autoFocus isRequired />
        <TextField label={text.signIn.password} type="password" autoComplete="current-password" value={password} onChange={setPassword} isRequired />
        {error && <Note tone="danger" role="alert">{error}</Note>}
        <Button type="submit" tone="primary" isPending={busy}>{text.signIn.button}</Button>
        <p className={styles.quiet}>{text.signIn.forgot}</p>
      </form>
    </Sheet>
  )
}

function Join({ secret }: { secret: string }) {
  const { account, desktop } = useHost()
  const [offer, setOffer] = useState<InviteOffer | 'spent' | 'unreachable' | undefined>()
  const [tries, setTries] = useState(0)
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [busy, error, run] = useTry()
  useEffect(() => {
    let here = true
    account.offer(secret).then(
      (found) => here && setOffer(found),
      (error: unknown) => here && setOffer(error instanceof Refused && error.problem.code !== 'unavailable' ? 'spent' : 'unreachable'),
    )
    return () => {
      here = false
    }
  }, [account, secret, tries])
  if (!offer) return <Skeleton label={text.common.loading} rows={3} />
  if (offer === 'unreachable') {
    return (
      <Sheet title={text.product} hint={text.signIn.unreachable}>
        <Button tone="primary" onPress={() => (setOffer(undefined), setTries(tries + 1))}>{text.common.retry}</Button>
      </Sheet>
    )
  }
  if (offer === 'spent') return <Spent title={text.join.spent} hint={text.join.spentHint} />
  return (
    <Sheet title={text.join.title(offer.org)} hint={text.join.as(text.role[offer.role])}>
      <form className={styles.form} onSubmit={run(async () => {
        await account.join({ secret, name, email, password })
        go('/welcome', 'replace')
      })}>
        <TextField label={text.join.name} hint={text.join.nameHint} autoComplete="name" value={name} onChange={setName} autoFocus isRequired />
        <TextField label={text.join.email} type="email" autoComplete="username" value={email} onChange={setEmail} isRequired />
        <TextField label={text.join.password} hint={text.join.passwordHint} type="password" autoComplete="new-password" minLength={10} value={password} onChange={setPassword} isRequired />
        {error && <Note tone="danger" role="alert">{error}</Note>}
        <Button type="submit" tone="primary" isPending={busy}>{text.join.button}</Button>
      </form>
      {!desktop && (
        <p className={styles.quiet}>
          {text.join.haveApp} <a href={`deskside://join?link=${encodeURIComponent(location.href)}`}>{text.join.openApp}</a>
        </p>
      )}
    </Sheet>
  )
}

function SetUp({ secret }: { secret: string }) {
  const { account } = useHost()
  const [org, setOrg] = useState('')
  const [desk, setDesk] = useState<string>(text.setUp.deskName)
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [zone, setZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone)
  const [busy, error, run] = useTry()
  return (
    <Sheet title={text.setUp.title} hint={text.setUp.hint}>
      <form className={styles.form} onSubmit={run(async () => {
        await account.setUp({ secret, org, zone, name, email, password, desk })
        go('/welcome', 'replace')
      })}>
        <TextField label={text.setUp.org} value={org} onChange={setOrg} autoFocus isRequired />
        <TextField label={text.setUp.desk} hint={text.setUp.deskHint} value={desk} onChange={setDesk} isRequired />
        <TextField label={text.setUp.zone} value={zone} onChange={setZone} isRequired />
        <hr className={styles.line} />
        <TextField label={text.join.name} autoComplete="name" value={name} onChange={setName} isRequired />
        <TextField label={text.join.email} type="email" autoComplete="username" value={email} onChange={setEmail} isRequired />
        <TextField label={text.join.password} hint={text.join.passwordHint} type="password" autoComplete="new-password" minLength={10} value={password} onChange={setPassword} isRequired />
        {error && <Note tone="danger" role="alert">{error}</Note>}
        <Button type="submit" tone="primary" isPending={busy}>{text.setUp.button}</Button>
      </form>
    </Sheet>
  )
}

/** A one-time link: signs in at once; one that is for a new password asks for it first. */
function ByLink({ secret }: { secret: string }) {
  const { account } = useHost()
  const [password, setPassword] = useState('')
  const [state, setState] = useState<'trying' | 'password' | 'spent'>('trying')
  const [busy, error, run] = useTry()
  const tried = useRef(false)
  useEffect(() => {
    // It works once: asking twice would find it spent.
    if (tried.current) return
    tried.current = true
    account.signInByLink(secret).then(
      () => go('/', 'replace'),
      (problem: unknown) => setState(problem instanceof Refused && problem.problem.code === 'empty' ? 'password' : 'spent'),
    )
  }, [account, secret])
  if (state === 'spent') return <Spent title={text.link.spent} hint={text.link.spentHint} />
  if (state === 'trying') return <Sheet title={text.link.working}>{null}</Sheet>
  return (
    <Sheet title={text.link.newPassword}>
      <form className={styles.form} onSubmit={run(async () => {
        await account.signInByLink(secret, password)
        go('/', 'replace')
      })}>
        <TextField label={text.link.newPassword} hint={text.join.passwordHint} type="password" autoComplete="new-password" minLength={10} value={password} onChange={setPassword} autoFocus isRequired />
        {error && <Note tone="danger" role="alert">{error}</Note>}
        <Button type="submit" tone="primary" isPending={busy}>{text.link.button}</Button>
      </form>
    </Sheet>
  )
}

function Spent({ title, hint }: { title: string; hint: string }) {
  return (
    <main className={styles.screen}>
      <EmptyState icon={<Link2Off />} title={title} action={<Button onPress={() => go('/', 'replace')}>{text.signIn.title}</Button>}>
        {hint}
      </EmptyState>
    </main>
  )
}
