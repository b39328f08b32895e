// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { attempt } from '../app/attempt'
import { Button, IconButton } from './Button'

let place: HTMLElement
let root: ReturnType<typeof createRoot>
let settle: { done: () => void; refuse: (error: Error) => void }
let given = 0
const send = () => {
  given += 1
  return attempt(new Promise<void>((done, refuse) => (settle = { done, refuse })))
}
const button = () => place.querySelector('button') ?? expect.fail('no button')
const press = () => act(async () => button().click())

beforeEach(() => {
  ;(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true
  vi.useFakeTimers()
  given = 0
  place = document.body.appendChild(document.createElement('div'))
  root = createRoot(place)
})
afterEach(async () => {
  await act(() => root.unmount())
  place.remove()
  vi.useRealTimers()
})

test.each([
  ['words', () => <Button onPress={send}>Take</Button>],
  ['an icon', () => <IconButton label="Take" onPress={send}><svg /></IconButton>],
])('a button of %s gives its command once, is busy until it is answered, and can be pressed again', async (_, show) => {
  await act(() => root.render(show()))
  await press()
  await press()
  expect(given).toBe(1)
  expect(button().getAttribute('aria-disabled'), 'nobody sees it flicker').toBeNull()
  await act(() => vi.advanceTimersByTime(300))
  expect(button().getAttribute('aria-disabled')).toBe('true')
  expect(place.querySelector('[role=progressbar]')?.getAttribute('aria-label')).toBe('sending')
  await press()
  expect(given).toBe(1)
  await act(async () => settle.done())
  expect(button().getAttribute('aria-disabled')).toBeNull()
  expect(place.querySelector('[role=progressbar]')).toBeNull()
  await press()
  expect(given).toBe(2)
  await act(async () => settle.done())
})

test('what was refused can be tried again', async () => {
  await act(() => root.render(<Button onPress={send}>Take</Button>))
  await press()
  await act(async () => settle.refuse(new Error('no')))
  await press()
  expect(given).toBe(2)
  await act(async () => settle.done())
})
