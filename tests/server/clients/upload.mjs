// Uploads one file with tus-js-client, which goes on after every cut by itself: node upload.mjs ENDPOINT TOKEN ID FILE SHAPE
//
// Each shape is another way through the protocol: `whole` sends one body of known length, `pieces` several, `deferred`
// says the length with the last piece, `created` sends the first piece with the creation, `terminated` gives up in the
// middle and has the server forget it.

import { createReadStream, readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { Upload } from 'tus-js-client'

const [endpoint, token, id, file, shape] = process.argv.slice(2)
const shapes = {
  whole: {},
  pieces: { chunkSize: 150_000 },
  deferred: { chunkSize: 150_000, uploadLengthDeferred: true },
  created: { chunkSize: 90_000, uploadDataDuringCreation: true },
  terminated: { chunkSize: 50_000 },
}
// A stream without a path, as a recorder's is: of a file the client looks up the size, and then never declares it.
const source = shape === 'deferred' ? createReadStream(file).pipe(new PassThrough()) : readFileSync(file)
let terminating = false

const upload = new Upload(source, {
  endpoint,
  headers: { Authorization: `Bearer ${token}` },
  metadata: { kind: 'clip', id },
  // The client stops after this many failures in a row without progress.
  retryDelays: Array.from({ length: 100 }, () => 5),
  ...shapes[shape],
  onError(error) {
    console.error(String(error))
    process.exit(1)
  },
  onSuccess: () => console.log(upload.url),
  async onChunkComplete() {
    if (shape !== 'terminated' || terminating) return
    terminating = true
    await upload.abort(true)
    console.log(upload.url)
  },
})
upload.start()
