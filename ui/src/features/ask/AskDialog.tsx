/** The question panel over the main window. */

import { Dialog, toast } from '../../kit'
import { go } from '../../app/router'
import { useReadable } from '../../replica/hooks'
import { text } from '../../text'
import { AskPanel } from './AskPanel'
import { askOpen, closeAsk } from './open'

export function AskDialog() {
  const start = useReadable(askOpen)
  return (
    <Dialog open={start !== undefined} onClose={closeAsk} title={text.ask.title} quietTitle place="top" width="middle">
      {start && (
        <AskPanel
          words={start.words}
          desk={start.desk}
          link={start.link}
          guess={start.ticket && { ticket: start.ticket, guessed: false }}
          privateWith={start.privateWith}
          canMark
          onHide={closeAsk}
          onDone={(request) => {
            closeAsk()
            if (request) go(`/r/${request}`)
            else toast({ title: text.ask.solvedIt })
          }}
        />
      )}
    </Dialog>
  )
}
