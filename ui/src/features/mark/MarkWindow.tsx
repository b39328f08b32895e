/**
 * The window `/mark`. In the app it shows the frozen screen; in a browser, which can't take the picture itself, it takes one
 * that is pasted, dropped or chosen. Either way the original stays in this window and is wiped with it.
 */

import { useCallback, useEffect, useRef, useState } from 'react'
import { ClipboardPaste, ImageOff } from 'lucide-react'
import { go } from '../../app/router'
import type { Area, Desktop } from '../../host/host'
import { Button, EmptyState } from '../../kit'
import { useHost, useReplica } from '../../replica/hooks'
import { text } from '../../text'
import { markText } from '../../text/mark'
import { openAsk } from '../ask/open'
import { addMarked } from '../composer/parcels'
import { MarkBoard } from './MarkBoard'
import { useNumbers } from './look'
import { useLookAt, useOpened } from './Marker'
import { fetchPicture, pictureIn } from './picture'
import styles from './Mark.module.css'

export function MarkWindow() {
  const { desktop } = useHost()
  const [tries, setTries] = useState(0)
  useEffect(() => {
    // The app hides this window between two pictures; shown again, it has another one.
    const look = () => document.visibilityState === 'visible' && setTries((tries) => tries + 1)
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  return desktop ? <Frozen key={tries} desktop={desktop} onRetry={() => setTries(tries + 1)} /> : <Pasted />
}

type Shot = { picture: ImageBitmap; areas: readonly Area[] } | 'broken' | undefined

function Frozen({ desktop, onRetry }: { desktop: Desktop; onRetry: () => void }) {
  const exempt = useReplica((replica) => replica.org?.exempt_numbers)
  const look = useNumbers()?.inFrozen
  const [shot, setShot] = useState<Shot>()
  useEffect(() => {
    let isGone = false
    let bitmap: ImageBitmap | undefined
    const freeze = async () => {
      // Windows are a convenience: without their places one still drags an area.
      const areas = desktop.recorder.areas().then(({ areas }) => areas, () => [])
      bitmap = await fetchPicture((await desktop.shots.frozen()).address)
      if (isGone) bitmap.close()
      else setShot({ picture: bitmap, areas: await areas })
    }
    freeze().catch(() => !isGone && setShot('broken'))
    return () => {
      isGone = true
      bitmap?.close()
    }
  }, [desktop])
  const done = async (picture: Blob, marks: { redacted: boolean }) => {
    await desktop.shots.done(picture, marks)
  }
  if (shot === 'broken') {
    return (
      <EmptyState
        icon={<ImageOff />}
        title={text.mark.failed}
        action={
          <div className={styles.row}>
            <Button onPress={() => desktop.shots.cancel()}>{text.common.cancel}</Button>
            <Button tone="primary" onPress={onRetry}>
              {text.common.retry}
            </Button>
          </div>
        }
      >
        {markText.frozenHint}
      </EmptyState>
    )
  }
  if (!shot) return <output className={styles.waiting}>{markText.opening}</output>
  return <MarkBoard picture={shot.picture} areas={shot.areas} exempt={exempt ?? []} look={look} onDone={done} onCancel={() => desktop.shots.cancel()} />
}

function Pasted() {
  const [file, setFile] = useState<File | undefined>()
  const [made, setMade] = useState<Blob | undefined>()
  if (made) return <Made picture={made} onAnother={() => (setMade(undefined), setFile(undefined))} />
  if (file) return <PastedBoard file={file} onDone={setMade} onCancel={() => setFile(undefined)} />
  return <PastePlace onPicture={setFile} />
}

function PastedBoard({ file, onDone, onCancel }: { file: File; onDone: (picture: Blob) => void; onCancel: () => void }) {
  const exempt = useReplica((replica) => replica.org?.exempt_numbers)
  const opened = useOpened(file)
  const look = useLookAt(file)
  if (opened === 'broken') {
    return (
      <EmptyState icon={<ImageOff />} title={markText.unreadable} action={<Button onPress={onCancel}>{text.common.back}</Button>}>
        {markText.unreadableHint}
      </EmptyState>
    )
  }
  if (!opened) return <output className={styles.waiting}>{markText.opening}</output>
  return <MarkBoard picture={opened} exempt={exempt ?? []} look={look} onDone={onDone} onCancel={onCancel} />
}

function PastePlace({ onPicture }: { onPicture: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [problem, setProblem] = useState(false)
  const take = useCallback(
    (files: Iterable<File>) => {
      const picture = pictureIn(files)
      setProblem(!picture)
      if (picture) onPicture(picture)
    },
    [onPicture],
  )
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      if (event.clipboardData && event.clipboardData.files.length > 0) take(event.clipboardData.files)
    }
    window.addEventListener('paste', paste)
    return () => window.removeEventListener('paste', paste)
  }, [take])
  return (
    // Dropping is one way of three; the button and the paste key do the same.
    <main
      className={styles.drop}
      data-over={over || undefined}
      onDragOver={(event) => (event.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        take(event.dataTransfer.files)
      }}
    >
      <input ref={input} type="file" accept="image/png,image/jpeg,image/webp" hidden onChange={(event) => take(event.target.files ?? [])} />
      <EmptyState icon={<ClipboardPaste />} title={markText.paste} action={<Button tone="primary" autoFocus onPress={() => input.current?.click()}>{markText.chooseFile}</Button>}>
        {problem ? <span role="alert">{`${markText.unreadable}. ${markText.unreadableHint}`}</span> : markText.pasteHint}
      </EmptyState>
    </main>
  )
}

function Made({ picture, onAnother }: { picture: Blob; onAnother: () => void }) {
  const host = useHost()
  const [address, setAddress] = useState<string | undefined>()
  useEffect(() => {
    const made = URL.createObjectURL(picture)
    // Whoever makes the address also revokes it, so it can't be made while rendering.
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [picture])
  const ask = () => {
    void addMarked(host, 'ask', picture, 'screenshot.png')
    openAsk()
    go('/')
  }
  return (
    <main className={styles.made}>
      <output>
        <h1>{markText.ready}</h1>
      </output>
      {address && <img src={address} alt={markText.ready} />}
      <div className={styles.row}>
        <Button tone="primary" autoFocus onPress={ask}>
          {markText.askWith}
        </Button>
        <a className={styles.save} href={address} download="screenshot.png">
          {markText.saveCopy}
        </a>
        <Button tone="quiet" onPress={onAnother}>
          {markText.another}
        </Button>
      </div>
    </main>
  )
}
