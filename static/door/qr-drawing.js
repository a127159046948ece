// A QR code as a drawing that scales, black on white with its margin, made on this phone.

import qrcode from "../vendor/qrcode-generator/qrcode.js";

const SPACE = "http://www.w3.org/2000/svg";
const MARGIN = 4; // modules of white around a code (ISO/IEC 18004)

/**
 * @param {string} text capitals, digits and $%*+-./: only
 * @param {string} label for those who cannot see it
 * @returns {SVGSVGElement}
 */
export function drawQr(text, label) {
  const code = qrcode(0, "M");
  code.addData(text, "Alphanumeric");
  code.make();
  const count = code.getModuleCount();
  const size = count + 2 * MARGIN;
  let dark = "";
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (!code.isDark(row, column)) continue;
      const from = column;
      while (column + 1 < count && code.isDark(row, column + 1)) column += 1;
      dark += `M${from + MARGIN} ${row + MARGIN}h${column - from + 1}v1h-${column - from + 1}z`;
    }
  }
  const svg = document.createElementNS(SPACE, "svg");
  svg.setAttribute("class", "qr");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.append(path("#fff", `M0 0h${size}v${size}H0z`), path("#000", dark));
  return svg;
}

/**
 * @param {string} fill
 * @param {string} shape
 */
function path(fill, shape) {
  const made = document.createElementNS(SPACE, "path");
  made.setAttribute("fill", fill);
  made.setAttribute("d", shape);
  return made;
}
