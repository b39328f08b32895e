/**
 * Where one writes. A helper's Enter answers (and takes the request), Ctrl+Enter asks back; an asker's Enter says it to
 * the desk. What was typed is a draft at once and survives a crash; it is cleared only when it is safely in the outbox.
 */

import { useEffect, useRef, useState } from 'react'
import { Camera, CornerUpLeft, ImagePlus, Pencil, Video, X } from 'lucide-react'
import { attempt, tellProblem } from '../../app/attempt'
import { Button, Chip, IconButton, Note } from '../../kit'
import type { MessageId, Moment, Request } from '../../protocol/wire'
import { useCommands, useHost, useReadable } from '../../replica/hooks'
import { clock, text } from '../../text'
import { useRecord } from '../recorder/open'
import { Cannot } from './Cannot'
import { ACCEPT, choose, describe, lookedAt, type Chosen } from './files'
import { forgetMoment, moments } from './moment'
import { useShot } from './shot'
import { toMark } from './still'
import { marked } from './marked'
import { MaskLine, masksAll, Outlines, useMask } from './MaskLine'
import masks from './Mask.module.css'
import { PictureNote, usePending, useSendLater } from './pictures'
import styles from './Composer.module.css'

type Kind = 'say' | 'answer' | 'askBack'

export function Composer({ request, helper, onTyping }: { request: Request; helper: boolean; onTyping: () => void }) {
  const host = useHost()
  const commands = useCommands()
  const { shoot, why: whyNoShot } = useShot()
  const { record, why } = useRecord()
  const moment: Moment | undefined = useReadable(moments).get(request.id)
  const key = `request:${request.id}`
  const [words, setWords] = useState(() => host.drafts.get(key))
  const [chosen, setChosen] = useState<Chosen[]>([])
  const [problem, setProblem] = useState<string | undefined>()
  const [cannot, setCannot] = useState('')
  const [over, setOver] = useState(false)
  const [scrolled, setScrolled] = useState(0)
  const mask = useMask(words)
  const area = useRef<HTMLTextAreaElement>(null)
  const input = useRef<HTMLInputElement>(null)

  useEffect(() => {
    const element = area.current
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${Math.min(element.scrollHeight, 220)}px`
  }, [words])

  const pictures = usePending<Kind>()
  const { pending, during } = pictures
  // A picture that was marked for this thread comes back as an attachment.
  useEffect(
    () =>
      marked.subscribe(() => {
        const done = marked.get()
        if (done?.request !== request.id) return
        marked.set(undefined)
        const taken = done.looked ? describe(done.picture, done.name, host) : lookedAt(done.picture, done.name, host)
        void during(taken.then((one) => setChosen((before) => [...before, one])))
      }),
    [host, request.id, during],
  )
  useEffect(
    () => host.desktop?.shots.onPicture((picture) => void during(describe(picture, 'screenshot.png', host).then((one) => setChosen((before) => [...before, one])))),
    [host, during],
  )

  const write = (next: string) => {
    setWords(next)
    host.drafts.put(key, next)
    if (next) onTyping()
  }
  const addFiles = async (files: readonly File[]) => {
    const choosing = choose(chosen, files, host)
    await during(choosing.then((added) => (setChosen((before) => [...before, ...added.chosen.slice(chosen.length)]), setProblem(added.problem))))
    setCannot('')
  }
  const empty = words.trim() === '' && chosen.length === 0 && !pending
  const main: Kind = helper && !moment ? 'answer' : 'say'

  const send = (kind: Kind) => {
    if (empty) {
      area.current?.focus()
      return
    }
    if (pending) {
      pictures.setWanted({ how: kind })
      return
    }
    const args = { request: request.id, message: host.id<MessageId>(), text: mask.masked, readable_ibans: mask.readable, attachments: chosen.map(({ about }) => about), clip: null, moment: moment ?? null }
    const sent = kind === 'say' ? commands.say(args) : kind === 'answer' ? commands.answer(args) : commands.askBack(args)
    attempt(sent)
    for (const { file, about } of chosen) host.upload(about.id, file).catch(tellProblem)
    write('')
    setChosen([])
    setProblem(undefined)
    if (moment) forgetMoment(request.id)
    area.current?.focus()
  }

  useSendLater(pictures, send)

  const placeholder = request.state === 'solved' ? text.composer.closed : moment ? text.composer.comment : helper ? text.composer.answer : text.composer.say
  return (
    <section
      className={styles.composer}
      aria-label={text.composer.label}
      data-over={over || undefined}
      onKeyDown={(event) => {
        if (!masksAll(event.nativeEvent)) return
        event.preventDefault()
        mask.toggleAll()
      }}
      onDragOver={(event) => (event.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        void addFiles([...event.dataTransfer.files])
      }}
    >
      {moment && (
        <div className={styles.moment}>
          <Chip tone="accent" onRemove={() => forgetMoment(request.id)} removeLabel={text.composer.dropMoment}>
            {text.composer.moment(clock(moment.at_ms))}
          </Chip>
        </div>
      )}
      <div className={masks.over}>
        <Outlines words={words} finds={mask.finds} className={styles.area} scrolled={scrolled} />
        <textarea
          id="composer"
          ref={area}
          className={styles.area}
          rows={1}
          value={words}
          placeholder={placeholder}
          aria-label={placeholder}
          onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}
          onChange={(event) => write(event.target.value)}
          onPaste={(event) => {
            const files = [...event.clipboardData.files]
            if (files.length === 0) return
            event.preventDefault()
            void addFiles(files)
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return
            if (event.key === 'Enter' && !event.shiftKey) {
              event.preventDefault()
              send((event.ctrlKey || event.metaKey) && helper ? 'askBack' : main)
            } else if (event.key === 'Escape') {
              event.preventDefault()
              document.getElementById(`row-${request.id}`)?.focus()
            }
          }}
        />
      </div>
      <MaskLine mask={mask} />
      {chosen.length > 0 && (
        <ul className={styles.files}>
          {chosen.map((one) => (
            <FileChip key={one.about.id} one={one} onRemove={() => setChosen(chosen.filter((other) => other !== one))} onMark={() => (setChosen(chosen.filter((other) => other !== one)), toMark.set({ picture: one.original ?? one.file, otherwise: one.file, name: one.about.name, request: request.id }))} />
          ))}
        </ul>
      )}
      <PictureNote chosen={chosen} pending={pending} waits={pictures.wanted !== undefined} />
      {problem && <Note tone="danger" role="alert">{problem}</Note>}
      {cannot && <Cannot words={cannot} />}
      <div className={styles.bar}>
        <input ref={input} type="file" multiple accept={ACCEPT} hidden onChange={(event) => (void addFiles([...(event.target.files ?? [])]), (event.target.value = ''))} />
        <IconButton label={text.composer.picture} small onPress={() => input.current?.click()}>
          <ImagePlus />
        </IconButton>
        <IconButton
          label={shoot ? text.composer.shot : text.capabilities.cannot(text.composer.shot, whyNoShot)}
          small
          cannot={!shoot}
          onPress={() => (shoot ? shoot({ request: request.id }) : setCannot(whyNoShot))}
        >
          <Camera />
        </IconButton>
        <IconButton
          label={record ? text.composer.clip : text.capabilities.cannot(text.composer.clip, why)}
          small
          cannot={!record}
          onPress={() => (record ? record(request.id) : setCannot(why))}
        >
          <Video />
        </IconButton>
        <span className={styles.grow} />
        {helper && !moment && (
          <>
            <span className={styles.wide}>
              <Button small tone="quiet" icon={<Video />} onPress={() => attempt(commands.askForClip({ request: request.id }))}>
                {text.composer.askClip}
              </Button>
            </span>
            <Button small icon={<CornerUpLeft />} keys="Mod+Enter" isDisabled={empty} onPress={() => send('askBack')}>
              {text.composer.askBack}
            </Button>
          </>
        )}
        <Button small tone="primary" keys="Enter" isDisabled={empty} onPress={() => send(main)}>
          {moment ? text.composer.comment : helper ? text.composer.sendAnswer : text.composer.send}
        </Button>
      </div>
    </section>
  )
}

export function FileChip({ one, onRemove, onMark }: { one: Chosen; onRemove: () => void; onMark?: () => void }) {
  const [address, setAddress] = useState<string | undefined>()
  useEffect(() => {
    if (!one.about.mime.startsWith('image/')) return
    const made = URL.createObjectURL(one.file)
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [one])
  return (
    <li className={styles.file}>
      {address ? <img src={address} alt={one.about.name} /> : <span className={styles.fileName}>{one.about.name}</span>}
      <span className={styles.fileTools}>
        {address && onMark && (
          <IconButton label={text.composer.markPicture} small tone="plain" onPress={onMark}>
            <Pencil />
          </IconButton>
        )}
        <IconButton label={text.composer.removePicture(one.about.name)} small tone="plain" onPress={onRemove}>
          <X />
        </IconButton>
      </span>
    </li>
  )
}
