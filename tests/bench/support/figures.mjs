/** One JSON line per figure, as all measuring programs print: milliseconds, of which at most five in a hundred took longer. */

export function tell(name, times, bar, more = {}) {
  const sorted = times.toSorted((a, b) => a - b)
  // Nearest rank, so that a figure is always one that was measured.
  const at = (part) => Math.round(sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] * 10) / 10
  const figure = at(0.95)
  console.log(JSON.stringify({ name, figure, unit: 'ms', bar, holds: bar === undefined ? undefined : figure <= bar, rounds: times.length, p50: at(0.5), worst: at(1), ...more }))
}
