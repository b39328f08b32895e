// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { text } from '../text'
import { later } from './later'

let place: HTMLElement
let root: ReturnType<typeof createRoot>
beforeEach(() => {
  ;(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true
  place = document.body.appendChild(document.createElement('div'))
  root = createRoot(place)
})
afterEach(async () => {
  await act(() => root.unmount())
  place.remove()
})

const Hello = ({ name }: { name: string }) => <p>Hello {name}</p>

test('what comes later is announced, and then there; the second time it is there at once', async () => {
  let come: (part: typeof Hello) => void = () => undefined
  const Part = later(() => new Promise<typeof Hello>((done) => (come = done)), <p>coming</p>)
  await act(() => root.render(<Part name="Ana" />))
  expect(place.textContent).toBe('coming')
  await act(async () => come(Hello))
  expect(place.textContent).toBe('Hello Ana')
  await act(() => root.render(<Part key="again" name="Sam" />))
  expect(place.textContent).toBe('Hello Sam')
})

test('without a network it says so, and comes when it is tried again', async () => {
  let isOnline = false
  const Part = later(async () => (isOnline ? Hello : Promise.reject(new TypeError('Failed to fetch'))))
  await act(async () => root.render(<Part name="Ana" />))
  expect(place.textContent).toContain(text.later.title)
  isOnline = true
  await act(async () => place.querySelector('button')?.click())
  expect(place.textContent).toBe('Hello Ana')
})

test('what was fetched while nothing else was to do needs no network any more', async () => {
  let isOnline = true
  const Part = later(async () => (isOnline ? Hello : Promise.reject(new TypeError('Failed to fetch'))))
  await Part.fetch()
  isOnline = false
  await act(() => root.render(<Part name="Ana" />))
  expect(place.textContent).toBe('Hello Ana')
})
