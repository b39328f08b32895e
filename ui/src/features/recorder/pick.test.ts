/** The picker over two displays: a plain one to the left, a sharp one to the right of it and lower. */

import { expect, test } from 'vitest'
import { areaBetween, arrowed, cover, inWindow, middle, pointOnDesktop, SMALLEST, still } from './pick'

const left = { x: 0, y: 0, width: 1920, height: 1080 }
const right = { x: 1920, y: 300, width: 3840, height: 2160 }
/** The sharp one has two pixels for each of the window's. */
const onLeft = cover(left, 1920)
const onRight = cover(right, 1920)

test('a point in the window is a point of the display that it lies over', () => {
  expect(pointOnDesktop(onLeft, { x: 100, y: 50 })).toEqual({ x: 100, y: 50 })
  expect(pointOnDesktop(onRight, { x: 100, y: 50 })).toEqual({ x: 2120, y: 400 })
})

test('what is dragged on the second display is recorded there, in its own pixels', () => {
  expect(areaBetween(onRight, { x: 300, y: 200 }, { x: 100, y: 50 })).toEqual({ x: 2120, y: 400, width: 400, height: 300 })
})

test('a drag that leaves the display ends at its edge; one that is hardly a drag is none', () => {
  expect(areaBetween(onRight, { x: 1900, y: 1000 }, { x: 5000, y: 5000 })).toEqual({ x: 5720, y: 2300, width: 40, height: 160 })
  expect(areaBetween(onRight, { x: 10, y: 10 }, { x: 12, y: 400 })).toBeUndefined()
})

test('an area is shown where it is: drawn and shown again, it is the same place', () => {
  const area = areaBetween(onRight, { x: 100, y: 50 }, { x: 300, y: 200 })
  expect(area && inWindow(onRight, area)).toEqual({ x: 100, y: 50, width: 200, height: 150 })
  expect(inWindow(onRight, left).x).toBeLessThan(0)
})

test('arrow keys move, with Shift they size, with Ctrl by a pixel, and the area stays on its display', () => {
  const press = (key: string, held = '') => ({ key, shiftKey: held.includes('s'), ctrlKey: held.includes('c') })
  const area = middle(onRight)
  expect(area).toEqual({ x: 2880, y: 840, width: 1920, height: 1080 })
  expect(arrowed(onRight, area, press('ArrowLeft'))).toEqual({ ...area, x: 2864 })
  expect(arrowed(onRight, area, press('ArrowDown', 'c'))).toEqual({ ...area, y: 841 })
  expect(arrowed(onRight, area, press('ArrowUp', 's'))).toEqual({ ...area, height: 1064 })
  expect(arrowed(onRight, { ...area, x: 1925 }, press('ArrowLeft'))?.x).toBe(1920)
  expect(arrowed(onRight, { ...area, width: 40 }, press('ArrowLeft', 's'))?.width).toBe(SMALLEST)
  expect(arrowed(onRight, { ...area, x: 3830 }, press('ArrowRight', 's'))).toMatchObject({ width: 1930 })
  expect(arrowed(onRight, area, press('Enter'))).toBeUndefined()
})

test('the still of all displays lies so that the window shows its own', () => {
  expect(still(onLeft, [left, right])).toEqual({ backgroundSize: '5760px 2460px', backgroundPosition: '0px 0px' })
  expect(still(onRight, [left, right])).toEqual({ backgroundSize: '2880px 1230px', backgroundPosition: '-960px -150px' })
})
