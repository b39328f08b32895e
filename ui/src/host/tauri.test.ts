/** What the channel of the app brings reaches the one it is meant for. The app itself is the only part that is not real here. */

import { expect, test, vi } from 'vitest'
import type { RequestId } from '../protocol/wire'

type Message = { kind: string } & Record<string, unknown>
let tell: (message: Message) => void = () => undefined

vi.mock('@tauri-apps/api/core', () => ({
  Channel: class {
    onmessage: (message: Message) => void = () => undefined
  },
  invoke: async (command: string, args: { channel: { onmessage: (message: Message) => void } }) => {
    if (command !== 'attach') return undefined
    tell = (message) => args.channel.onmessage(message)
    tell({ kind: 'outbox', waiting: [] })
    return undefined
  },
}))

test('a screenshot says what it was begun for; one from a hotkey is for the question', async () => {
  const { createHost } = await import('./tauri')
  vi.stubGlobal('fetch', async () => new Response(new Blob(['picture'])))
  const shots = (await createHost()).desktop?.shots
  const came: string[] = []
  shots?.onPicture((_, forWhat) => came.push(forWhat))
  const picture = () => tell({ kind: 'picture', picture: { address: 'deskside://picture', width: 1, height: 1, bytes: 7 } })

  await shots?.begin({ request: 'a thread' as RequestId })
  picture()
  await vi.waitFor(() => expect(came).toEqual(['a thread']))
  await shots?.begin({})
  picture()
  await vi.waitFor(() => expect(came).toEqual(['a thread', 'ask']))
  await shots?.begin({ request: 'a thread' as RequestId })
  await shots?.begin({})
  picture()
  picture()
  await vi.waitFor(() => expect(came).toEqual(['a thread', 'ask', 'ask', 'ask']))
})
