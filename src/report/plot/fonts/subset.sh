#!/usr/bin/env bash
# Makes the two fonts of this folder, to be run in it: subset.sh FOLDER, a folder with NotoSans-*.ttf, NotoSansArabic-*.ttf and
# NotoSansMath-Regular.ttf, of which the minus sign is, since Noto Sans has none.
# Needs fontTools (pip install fonttools); made with 4.68.0.
set -euo pipefail
from=$1
export SOURCE_DATE_EPOCH=1608854400 # 2020-12-25, that of the source: the same bytes from any run
latin=U+0020-007E,U+00A0-017F,U+018F,U+0192,U+01A0,U+01A1,U+01AF,U+01B0,U+01CD-01DC,U+0218-021B,U+0259,U+02BB-02BF
latin+=,U+0300-0304,U+0306-030C,U+0323,U+0327,U+0328,U+0331,U+1E0C,U+1E0D,U+1E20,U+1E21,U+1E24,U+1E25,U+1E2A,U+1E2B
latin+=,U+1E32-1E37,U+1E42-1E49,U+1E5A,U+1E5B,U+1E60-1E63,U+1E6C-1E6F,U+1E80-1E85,U+1E8C-1E93,U+1E9E,U+1EA0-1EF9
greek=U+0384-03CE cyrillic=U+0400-04FF
signs=U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+202F,U+2030,U+2032,U+2033,U+2039,U+203A,U+20AC,U+20BD,U+2116,U+2122
signs+=,U+FFFD
arabic=U+060C,U+061B,U+061F,U+0620-0652,U+0654,U+0655,U+0660-066D,U+0670,U+0671,U+0679,U+067C,U+067E,U+0681,U+0685
arabic+=,U+0686,U+0688,U+0689,U+0691,U+0693,U+0696,U+0698,U+069A,U+06A9,U+06AB,U+06AF,U+06BA,U+06BC,U+06BE,U+06C0-06C3
arabic+=,U+06C6-06C8,U+06CB-06CE,U+06D0,U+06D2-06D5,U+06F0-06F9,U+200C,U+200D
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
common=(--name-IDs=0,1,2,3,4,5,6,7,13,14 --no-hinting --notdef-outline --drop-tables+=DSIG,GlyphOrder,gasp)
for weight in Regular Bold; do
  pyftsubset "$from/NotoSans-$weight.ttf" "${common[@]}" --unicodes="$latin,$greek,$cyrillic,$signs" \
    --layout-features=ccmp,locl,kern,mark --output-file="$work/latin.ttf"
  pyftsubset "$from/NotoSansArabic-$weight.ttf" "${common[@]}" --unicodes="$arabic" \
    --layout-features=ccmp,locl,isol,init,medi,fina,rlig,calt,liga,mark,mkmk,curs --output-file="$work/arabic.ttf"
  pyftsubset "$from/NotoSansMath-Regular.ttf" "${common[@]}" --unicodes=U+2212 --layout-features= --output-file="$work/math.ttf"
  pyftmerge "$work/latin.ttf" "$work/arabic.ttf" "$work/math.ttf" --output-file="NotoSans-$weight.ttf"
done
