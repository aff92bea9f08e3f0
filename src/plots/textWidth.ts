/** Computes text widths from font metrics, so that labels are placed the same on every machine, with or without a canvas. */

/** Advance widths of DejaVu Sans 2.37 for U+0020 to U+007E in thousandths of the font size (its hmtx table). */
const ADVANCES = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
  636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
  748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
  615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
  337, 636, 838,
];

/** Latin, Greek and Cyrillic letters are about this wide; Chinese, Japanese and Korean ones and symbols 1 em. */
const LETTER_WIDTH = 650;
const EM = 1000;
const FIRST_WIDE = 0x2018;
/** Width of DejaVu Sans Bold relative to DejaVu Sans, for English text. */
const BOLD = 1.09;

/** @returns width in px; the other fonts of the theme are narrower, so labels fit with them too */
export function textWidth(text: string, fontSize: number, bold = false): number {
  let thousandths = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    thousandths += ADVANCES[code - 32] ?? (code < FIRST_WIDE ? LETTER_WIDTH : EM);
  }
  return (thousandths / 1000) * fontSize * (bold ? BOLD : 1);
}
