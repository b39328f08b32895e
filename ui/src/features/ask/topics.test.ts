/** Who can help is found by the words of the question, in whatever form they stand there. */

import { expect, test } from 'vitest'
import { topicsIn, wordsOf } from './topics'

test.each<[string, string[], string[]]>([
  ['Refund after port-out?', ['porting', 'tariffs'], ['porting']],
  ['Which tariff is it?', ['porting', 'tariffs'], ['tariffs']],
  ['Two invoices for June', ['Invoice'], ['Invoice']],
  ['IVR again', ['ivr'], ['ivr']],
  ['new machine for Ben', ['new machines', 'rights'], ['new machines']],
  ['machines are old', ['new machines'], []],
  ['TV is dark', ['tvs', 'ta'], []],
  ['', ['porting'], []],
])('%j', (question, topics, found) => expect(topicsIn(wordsOf(question), topics)).toEqual(found))
