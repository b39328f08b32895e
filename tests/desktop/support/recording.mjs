/** What stories and measurements do alike with the recorder's bar. */

/** Skips the count, unless it is over before anybody can; then waits for the time of the recording. */
export async function skipCount(bar) {
  await bar.until(() => {
    const skip = [...document.querySelectorAll('button')].find((button) => button.innerText.startsWith('Start now'))
    skip?.click()
    return document.querySelector('time')
  }, 'the recording')
}
