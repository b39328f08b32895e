#!/usr/bin/env bash
# Renders every picture here from the SVG sources. Needs librsvg2-bin and imagemagick; the results are committed,
# so that nothing needs them to build.
set -euo pipefail
cd "$(dirname "$0")"

for size in 16 32 48 128 192 256 512; do
  rsvg-convert --width "$size" --height "$size" deskside.svg --output "${size}x${size}.png"
done
cp 256x256.png icon.png
convert 16x16.png 32x32.png 48x48.png 256x256.png icon.ico
convert 16x16.png 32x32.png 48x48.png favicon.ico
rm 16x16.png 48x48.png

# Android and ChromeOS cut their own shape out of this one: no corners of ours, the mark inside the safe circle.
sed 's/ rx="112"//' deskside.svg | rsvg-convert --width 512 --height 512 --output maskable-512x512.png

for source in tray-*.svg; do
  rsvg-convert --width 48 --height 48 "$source" --output "${source%.svg}.png"
done

# The toolkit reads eight bits of red, green, blue and alpha, and nothing else.
for picture in *.png; do
  convert "$picture" -depth 8 -define png:exclude-chunks=date,time "PNG32:$picture"
done
