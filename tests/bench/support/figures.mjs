/** One JSON line per figure, as all measuring programs print. */

export function tell(bench, figure, times, bar) {
  const sorted = times.toSorted((a, b) => a - b)
  // Nearest rank, so that a figure is always one that was measured.
  const at = (part) => Math.round(sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)])
  const p95 = at(0.95)
  console.log(JSON.stringify({ bench, figure, n: times.length, p50_ms: at(0.5), p95_ms: p95, max_ms: at(1), bar_ms: bar, ok: p95 <= bar }))
}
