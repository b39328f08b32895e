/**
 * Where one writes. A helper's Enter answers (and takes the request), Ctrl+Enter asks back; an asker's Enter says it to
 * the desk. What was typed is a draft at once and survives a crash; it is cleared only when it is safely in the outbox.
 */

import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { Camera, CornerUpLeft, ImagePlus, Pencil, Video, X } from 'lucide-react'
import { attempt, tellProblem } from '../../app/attempt'
import { Button, Chip, IconButton, Note } from '../../kit'
import type { MessageId, Moment, Request } from '../../protocol/wire'
import { useCommands, useHost, useReadable } from '../../replica/hooks'
import { clock, text } from '../../text'
import { useRecord } from '../recorder/open'
import { aboutRequest } from '../mention/audience'
import { listAttributes, MentionList } from '../mention/MentionList'
import { Meter } from '../mention/Meter'
import { useMentions } from '../mention/useMentions'
import { Cannot } from './Cannot'
import type { Chosen } from './files'
import { forgetMoment, moments } from './moment'
import { useShot } from './shot'
import { maskKey, MaskLine, Outlines, useMask } from './MaskLine'
import masks from './Mask.module.css'
import { send, takeBack } from './parcels'
import { PictureNote, usePictures } from './pictures'
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
  const [cannot, setCannot] = useState('')
  const [scrolled, setScrolled] = useState(0)
  const mask = useMask(words)
  const area = useRef<HTMLTextAreaElement>(null)
  const reasonField = useRef<HTMLInputElement>(null)
  const list = useId()
  const [tried, setTried] = useState(false)
  // The draft is emptied by what leaves; what was typed since is in it.
  const pictures = usePictures(request.id, () => setWords(host.drafts.get(key)))
  const { chosen, pending, problem } = pictures
  useEffect(() => setCannot(''), [chosen.length])

  useEffect(() => {
    const element = area.current
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${Math.min(element.scrollHeight, 220)}px`
  }, [words])

  const write = (next: string) => {
    takeBack(request.id)
    setWords(next)
    host.drafts.put(key, next)
    if (next) onTyping()
  }
  const about = useMemo(() => aboutRequest(request), [request])
  const mentions = useMentions({ draft: key, words, write, area, about })
  useEffect(() => setTried(false), [words])
  const isEmpty = words.trim() === '' && chosen.length === 0 && !pending
  const main: Kind = helper && !moment ? 'answer' : 'say'

  const say = (kind: Kind) => {
    if (mentions.stops === 'reason' && !isEmpty) {
      setTried(true)
      reasonField.current?.focus()
      return
    }
    area.current?.focus()
    if (isEmpty) return
    if (mentions.stops) {
      setTried(true)
      return
    }
    const args = { request: request.id, message: host.id<MessageId>(), text: mask.masked, readable_ibans: mask.readable, mentions: mentions.sent, clip: null, moment: moment ?? null }
    send(request.id, (chosen) => {
      const all = { ...args, attachments: chosen.map(({ about }) => about) }
      attempt(kind === 'say' ? commands.say(all) : kind === 'answer' ? commands.answer(all) : commands.askBack(all))
      for (const { file, about } of chosen) host.upload(about.id, file).catch(tellProblem)
      host.drafts.put(key, '')
      mentions.forget()
      if (moment) forgetMoment(request.id)
    })
  }

  const placeholder = request.state === 'solved' ? text.composer.closed : moment ? text.composer.comment : helper ? text.composer.answer : text.composer.say
  return (
    <section
      className={styles.composer}
      aria-label={text.composer.label}
      data-over={pictures.over || undefined}
      onKeyDown={maskKey(mask)}
      {...pictures.dropping}
    >
      {moment && (
        <div className={styles.moment}>
          <Chip tone="accent" onRemove={() => forgetMoment(request.id)} removeLabel={text.composer.dropMoment}>
            {text.composer.moment(clock(moment.at_ms))}
          </Chip>
        </div>
      )}
      <div className={masks.over}>
        <MentionList mentions={mentions} id={list} above />
        <Outlines words={words} finds={mask.finds} named={mentions.named} className={styles.area} scrolled={scrolled} />
        <textarea
          id="composer"
          ref={area}
          className={styles.area}
          rows={1}
          value={words}
          placeholder={placeholder}
          aria-label={placeholder}
          {...listAttributes(mentions, list)}
          onSelect={mentions.onCaret}
          onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}
          onChange={(event) => write(event.target.value)}
          onPaste={pictures.onPaste}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing || mentions.onKey(event)) return
            if (event.key === 'Enter' && !event.shiftKey) {
              event.preventDefault()
              say((event.ctrlKey || event.metaKey) && helper ? 'askBack' : main)
            } else if (event.key === 'Escape') {
              event.preventDefault()
              document.getElementById(`row-${request.id}`)?.focus()
            }
          }}
        />
      </div>
      <MaskLine mask={mask} />
      <Meter mentions={mentions} tried={tried} reason={reasonField} onSend={() => say(main)} onLeave={() => area.current?.focus()} />
      {chosen.length > 0 && (
        <ul className={styles.files}>
          {chosen.map((one) => (
            <FileChip key={one.about.id} one={one} onRemove={() => pictures.remove(one)} onMark={() => pictures.mark(one)} />
          ))}
        </ul>
      )}
      <PictureNote chosen={chosen} pending={pending} waits={pictures.leaving} />
      {problem && <Note tone="danger" role="alert">{problem}</Note>}
      {cannot && <Cannot words={cannot} />}
      <div className={styles.bar}>
        {pictures.input}
        <IconButton label={text.composer.picture} small onPress={pictures.choose}>
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
            <Button small icon={<CornerUpLeft />} keys="Mod+Enter" isDisabled={isEmpty} onPress={() => say('askBack')}>
              {text.composer.askBack}
            </Button>
          </>
        )}
        <Button small tone="primary" keys="Enter" isDisabled={isEmpty} onPress={() => say(main)}>
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
