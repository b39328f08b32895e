// Makes the pictures and the clip of the demo host: a made-up ticket tool, filmed in Chromium. Needs ffmpeg.
// Usage: node tests/media/make.mjs

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const out = join(import.meta.dirname, '../../src/host/fake/media')
const folder = mkdtempSync(join(tmpdir(), 'media-'))
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] })
const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })

const html = `<!doctype html><meta charset="utf-8"><style>
*{box-sizing:border-box;margin:0}body{font:14px/1.45 Inter,system-ui,sans-serif;color:#1e2a33;background:#eef1f3;height:720px;overflow:hidden}
.bar{height:40px;background:#23343f;color:#d5e0e6;display:flex;align-items:center;gap:18px;padding:0 18px;font-size:13px}.bar b{color:#fff}
.side{position:absolute;left:0;top:40px;bottom:0;width:210px;background:#fff;border-right:1px solid #dde3e7;padding:16px;font-size:13px;color:#51626d}.side div{padding:6px 8px;border-radius:6px}.side .on{background:#e4eef4;color:#1e2a33;font-weight:600}
.main{position:absolute;left:210px;right:300px;top:40px;bottom:0;padding:22px 26px}.main h1{font-size:20px;font-weight:600}.quiet{color:#6a7a84;font-size:13px}
.card{background:#fff;border:1px solid #dde3e7;border-radius:8px;padding:16px 18px;margin-top:16px}.row{display:flex;justify-content:space-between;padding:7px 0;border-bottom:1px solid #eef1f3;font-size:13px}.row:last-child{border:0}
.right{position:absolute;right:0;top:40px;bottom:0;width:300px;background:#fff;border-left:1px solid #dde3e7;padding:18px}.right label{display:block;font-size:12px;color:#6a7a84;margin:12px 0 4px}
input,.field{width:100%;height:32px;border:1px solid #c9d3d9;border-radius:6px;padding:0 10px;font:inherit;background:#fff;display:flex;align-items:center}.field.focus{border-color:#2277aa;box-shadow:0 0 0 3px #2277aa33}
.button{height:36px;border-radius:6px;display:grid;place-items:center;font-weight:600;margin-top:18px;background:#d7dde1;color:#93a0a8}.button.ok{background:#1d6fa5;color:#fff}
.cursor{position:absolute;width:18px;height:26px;z-index:9;left:0;top:0}
.error{position:absolute;left:390px;top:210px;width:500px;background:#fff;border-radius:10px;box-shadow:0 18px 60px #0005;padding:26px}.error h2{font-size:17px;margin-bottom:8px}
.qr{width:120px;height:120px;margin:16px 0;background:repeating-conic-gradient(#1e2a33 0 25%,#fff 0 50%) 0 0/16px 16px;opacity:.25}
</style><div class="bar"><b>Numbra Tickets</b><span>Search</span><span>Views</span><span style="margin-left:auto">Ana L.</span></div>
<div class="side"><div>Unassigned 12</div><div class="on">Ticket #4711</div><div>Ticket #4698</div><div>Ticket #4688</div></div>
<div class="main"><h1>Refund after port-out</h1><div class="quiet">Ticket #4711 · opened 09:12 by phone · Marta Delgado</div>
<div class="card"><b>Marta Delgado</b> <span class="quiet">marta.delgado@example.org · +49 151 5550 1182</span><p style="margin-top:10px">My number moved to the new provider on the 14th, and you still billed the whole month. I would like the rest back, please.</p></div>
<div class="card"><div class="row"><span>Contract</span><b>Family L, since 2021</b></div><div class="row"><span>Last invoice</span><b>39,99 €, paid 16 Nov</b></div><div class="row"><span>Paid with</span><b class="pan">4111 1111 1111 1111</b></div><div class="row"><span>Number</span><b>ported out</b></div></div>
<div class="card quiet">Internal note: asked Phones help about the grey button.</div></div>
<div class="right"><b>Refund</b><label>Amount</label><div class="field" id="amount">18,66 €</div><label>Reason</label><div class="field">Port-out</div><label>Porting date</label><div class="field" id="date"></div><div class="button" id="go">Refund</div><p class="quiet" id="why" style="margin-top:10px">Fill in all fields.</p></div>
<svg class="cursor" viewBox="0 0 18 26"><path d="M1 1v20l5-4 3 8 4-2-3-7h6z" fill="#111" stroke="#fff"/></svg>`

await page.setContent(html)
await page.evaluate(() => { document.querySelector('.cursor').style.display = 'none'; document.querySelector('.pan').textContent = '•••• 1111' })
await page.screenshot({ path: join(out, 'ticket.png') })
await page.evaluate(() => { document.querySelector('.pan').textContent = '4111 1111 1111 1111' })
await page.screenshot({ path: join(out, 'screen.png') })
await page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<div class="error"><h2>This code has expired</h2><p>eSIM activation codes are valid for 10 minutes.</p><div class="qr"></div><p class="quiet">Error ES-0417</p></div>'))
await page.screenshot({ path: join(out, 'error.png') })
await page.evaluate(() => { document.querySelector('.error').remove(); document.querySelector('.pan').textContent = '•••• 1111'; document.querySelector('.cursor').style.display = '' })

// The clip: from the ticket to the button, that stays grey; then the date, and it wakes up.
const FPS = 10
const stops = [[0, 640, 400], [2, 560, 150], [4, 1080, 330], [5.5, 1080, 350], [7.5, 1130, 262], [9, 1000, 262], [11, 1090, 330], [14, 1110, 332]]
for (let frame = 0; frame < 14 * FPS; frame++) {
  const t = frame / FPS
  const next = stops.findIndex(([at]) => at > t)
  const [t0, x0, y0] = stops[Math.max(0, next - 1)]
  const [t1, x1, y1] = stops[next === -1 ? stops.length - 1 : next]
  const k = t1 === t0 ? 1 : Math.min(1, (t - t0) / (t1 - t0))
  const e = k * k * (3 - 2 * k)
  await page.evaluate(({ x, y, t }) => {
    document.querySelector('.cursor').style.transform = `translate(${x}px,${y}px)`
    const date = document.querySelector('#date')
    date.className = t > 8.6 ? 'field focus' : 'field'
    date.textContent = '14.11.2026'.slice(0, Math.max(0, Math.floor((t - 8.8) * 7)))
    const done = t > 10.4
    document.querySelector('#go').className = done ? 'button ok' : 'button'
    document.querySelector('#why').textContent = done ? 'Ready.' : 'Fill in all fields.'
  }, { x: x0 + (x1 - x0) * e, y: y0 + (y1 - y0) * e, t })
  writeFileSync(join(folder, `${String(frame).padStart(4, '0')}.png`), await page.screenshot())
}
await browser.close()
execFileSync('ffmpeg', ['-v', 'error', '-y', '-framerate', String(FPS), '-i', join(folder, '%04d.png'), '-c:v', 'libvpx-vp9', '-pix_fmt', 'yuv420p', '-crf', '34', '-b:v', '0', '-row-mt', '1', '-g', '20', '-cues_to_front', '1', join(out, 'refund.webm')])
execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', join(folder, '0050.png'), '-vf', 'scale=640:-1', '-q:v', '4', join(out, 'refund.jpg')])
for (const name of ['ticket', 'error', 'screen']) execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', join(out, `${name}.png`), '-vf', 'split[a][b];[a]palettegen=max_colors=96[p];[b][p]paletteuse=dither=none', join(folder, `${name}.png`)])
for (const name of ['ticket', 'error', 'screen']) execFileSync('cp', [join(folder, `${name}.png`), join(out, `${name}.png`)])
rmSync(folder, { recursive: true })
