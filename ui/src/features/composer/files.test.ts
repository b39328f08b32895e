import { expect, test } from 'vitest'
import { pastedFiles } from './files'

const file = (name: string, type = 'image/png') => new File(['x'], name, { type })
const pasted = (words: string, ...files: File[]) => pastedFiles({ files: files as unknown as FileList, getData: () => words })

test('cells of a spreadsheet come as words and as a picture of them: the words are meant', () => {
  expect(pasted('4711\t19.90\n4712\t24.90', file('image.png'))).toEqual([])
})

test('a picture alone, and files whose names come with them, are files', () => {
  const one = file('image.png')
  expect(pasted('', one)).toEqual([one])
  const bill = file('June bill.pdf', 'application/pdf')
  expect(pasted('June bill.pdf', bill)).toEqual([bill])
  expect(pasted('file:///home/ana/June%20bill.pdf\n', bill)).toEqual([bill])
  expect(pasted('/home/ana/June bill.pdf', bill)).toEqual([bill])
})
